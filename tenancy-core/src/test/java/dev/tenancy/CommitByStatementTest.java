package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.RoundTripsTest.Wire;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.hibernate.HibernateException;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.TenantId;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import testserver.NotOnCluster;

/** A transaction whose single statement commits by itself, with policies and without. */
@NotOnCluster("the tenant is announced in a flight of its own")
class CommitByStatementTest {

    private static final UUID ACME = new UUID(1, 1);
    private static final UUID GLOBEX = new UUID(2, 2);
    private static final String TRUSTED = "/* tenancy: trusted because a test looks at the policies */ ";

    private static SecuredPostgres postgres;
    private static final Map<String, OneConnection> POOLS = new HashMap<>();
    private static final Map<String, SessionFactory> FACTORIES = new HashMap<>();

    @Entity(name = "Memo")
    static class Memo {

        @Id
        UUID id;

        @TenantId
        @Column(name = "tenant_id")
        UUID tenantId;

        @Version
        int version;

        // Of no length that the driver could know.
        @Column(columnDefinition = "text")
        String text;

        LocalDate day = LocalDate.EPOCH;

        Memo() {}

        Memo(UUID id, String text) {
            this.id = id;
            this.text = text;
        }
    }

    @BeforeAll
    static void build() throws Exception {
        postgres = new SecuredPostgres();
        for (String database : List.of("policies", "bare")) {
            postgres.make(database, Memo.class);
            if (database.equals("bare")) {
                SecuredPostgres.run(
                        postgres.superuser(database), List.of("alter table memo disable row level security"));
            }
            OneConnection pool =
                    new OneConnection(postgres.url("app", database) + "&socketFactory=" + Wire.class.getName());
            POOLS.put(database, pool);
            FACTORIES.put(
                    database,
                    postgres.factory(
                            database,
                            Map.of(
                                    "hibernate.connection.datasource",
                                    TenantIsolation.guard(pool),
                                    "hibernate.jdbc.batch_size",
                                    20),
                            Memo.class));
        }
    }

    @AfterAll
    static void close() throws Exception {
        FACTORIES.values().forEach(SessionFactory::close);
        for (OneConnection pool : POOLS.values()) {
            pool.close();
        }
        postgres.close();
    }

    @BeforeEach
    void nothingIsThereButGlobexsMemo() throws SQLException {
        for (String database : FACTORIES.keySet()) {
            SecuredPostgres.run(
                    postgres.superuser(database),
                    List.of(
                            "delete from memo",
                            "insert into memo (id, tenant_id, version, text) values ('" + GLOBEX + "', '" + GLOBEX
                                    + "', 0, 'theirs')"));
        }
    }

    @AfterEach
    void nothingIsLeftOnTheConnections() throws SQLException {
        for (OneConnection pool : POOLS.values()) {
            assertThat(pool.left()).isEqualTo("app");
        }
    }

    private static String texts(String database) throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres.superuser(database));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select string_agg(text || ' ' || version, ', ' order by text) from memo")) {
            row.next();
            return row.getString(1);
        }
    }

    private static void byStatement(String database, Consumer<Session> work) {
        CurrentTenant.runAs(
                ACME,
                () -> FACTORIES.get(database).inTransaction(session -> {
                    assertThat(TenantIsolation.commitByStatement(session)).isTrue();
                    work.accept(session);
                    TenantIsolation.commitTogether(session);
                }));
    }

    private static int flights(String database, Consumer<Session> work) {
        for (int warming = 0; warming < 8; warming++) {
            byStatement(database, work);
        }
        int before = Wire.FLIGHTS.get();
        byStatement(database, work);
        return Wire.FLIGHTS.get() - before;
    }

    private static int flightsOutsideOfATransaction(String database, Consumer<Session> work) {
        int before = 0;
        for (int i = 0; i < 8; i++) {
            before = Wire.FLIGHTS.get();
            CurrentTenant.runAs(ACME, () -> {
                try (Session session = FACTORIES.get(database).openSession()) {
                    assertThat(TenantIsolation.commitByStatement(session)).isTrue();
                    work.accept(session);
                }
            });
        }
        return Wire.FLIGHTS.get() - before;
    }

    @ParameterizedTest
    @ValueSource(strings = {"policies", "bare"})
    void eachStatementIsOneFlight(String database) {
        UUID id = UUID.randomUUID();
        byStatement(database, session -> session.persist(new Memo(id, "first")));
        assertThat(flights(database, session -> {
                    session.persist(new Memo(UUID.randomUUID(), "more"));
                    session.flush();
                }))
                .isEqualTo(1);
        assertThat(flights(database, session -> {
                    Memo memo = session.find(Memo.class, id);
                    memo.text += ".";
                    session.flush();
                }))
                .isEqualTo(2);
        assertThat(flightsOutsideOfATransaction(database, session -> session.find(Memo.class, id)))
                .isEqualTo(1);
        assertThat(flights(
                        database,
                        session -> session.createMutationQuery("delete from Memo where id = :id")
                                .setParameter("id", id)
                                .executeUpdate()))
                .isEqualTo(1);
    }

    /** The driver may end what is a transaction only as long as it sends all of it at once. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "stringtype=unspecified",
                "preferQueryMode=simple",
                "preferQueryMode=extendedForPrepared",
                "prepareThreshold=1",
                "prepareThreshold=-1",
                "prepareThreshold=0",
                "autosave=always",
                "readOnlyMode=always",
                "defaultRowFetchSize=1",
                "reWriteBatchedInserts=true"
            })
    void thePoliciesHoldHoweverTheDriverSendsIt(String setting) throws Exception {
        // The driver describes the first statement of a text, and takes that for all of them.
        boolean inText = !setting.equals("prepareThreshold=-1");
        try (OneConnection pool = new OneConnection(postgres.url("app", "policies") + "&" + setting);
                SessionFactory factory = postgres.factory(
                        "policies",
                        Map.of("hibernate.connection.datasource", TenantIsolation.guard(pool)),
                        Memo.class)) {
            CurrentTenant.runAs(ACME, () -> {
                for (int i = 0; i < 12; i++) {
                    UUID id = UUID.randomUUID();
                    factory.inTransaction(session -> {
                        assertThat(TenantIsolation.commitByStatement(session)).isEqualTo(inText);
                        session.persist(new Memo(id, "mine"));
                        session.flush();
                        assertThat(memos(session)).extracting(memo -> memo.id).containsExactly(id);
                        memos(session).get(0).text = "changed";
                        session.flush();
                    });
                    try (Session session = factory.openSession()) {
                        assertThat(memos(session)).extracting(memo -> memo.text).containsExactly("changed");
                    }
                    try (Session session = factory.openSession()) {
                        assertThat(TenantIsolation.commitByStatement(session)).isEqualTo(inText);
                        assertThat(memos(session)).extracting(memo -> memo.text).containsExactly("changed");
                        session.doWork(connection -> {
                            try (PreparedStatement delete =
                                    connection.prepareStatement("delete from memo where tenant_id = ? -- mine")) {
                                delete.setObject(1, ACME);
                                assertThat(delete.executeUpdate()).isEqualTo(1);
                            }
                        });
                    }
                }
            });
            assertThat(pool.left()).isEqualTo("app");
        }
        assertThat(texts("policies")).isEqualTo("theirs 0");
    }

    private static List<Memo> memos(Session session) {
        return session.createSelectionQuery("from Memo where day <= :day", Memo.class)
                .setParameter("day", LocalDate.EPOCH)
                .getResultList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"policies", "bare"})
    void whoForgetsToEndItLosesNothing(String database) throws SQLException {
        SessionFactory factory = FACTORIES.get(database);
        CurrentTenant.runAs(ACME, () -> {
            factory.inTransaction(session -> {
                TenantIsolation.commitByStatement(session);
                session.persist(new Memo(ACME, "mine"));
            });
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> factory.inTransaction(session -> {
                        TenantIsolation.commitByStatement(session);
                        session.find(Memo.class, ACME).text = "changed";
                        session.flush();
                        throw new IllegalStateException("too late");
                    }));
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> factory.inTransaction(session -> {
                        session.find(Memo.class, ACME).text = "not this";
                        session.flush();
                        throw new IllegalStateException("in time");
                    }));
        });
        assertThat(texts(database)).isEqualTo("changed 1, theirs 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"policies", "bare"})
    void endingWhatHasNotBegunEndsNoTransaction(String database) throws SQLException {
        CurrentTenant.runAs(ACME, () -> {
            try (Session session = FACTORIES.get(database).openSession()) {
                session.beginTransaction();
                session.persist(new Memo(ACME, "mine"));
                session.flush();
                TenantIsolation.commitTogether(session);
                assertThat(TenantIsolation.commitByStatement(session)).isFalse();
                session.getTransaction().rollback();
            }
        });
        assertThat(texts(database)).isEqualTo("theirs 0");
    }

    @Test
    void endingWhatHasNotBegunLeavesNobodyTheRoleOfAll() {
        FACTORIES.get("policies").inTransaction(session -> {
            CurrentTenant.acrossTenants(
                    "looks at all",
                    () -> session.doWork(
                            connection -> assertThat(seen(connection)).isEqualTo(1)));
            CurrentTenant.runAs(ACME, () -> {
                TenantIsolation.commitTogether(session);
                session.doWork(connection -> assertThat(seen(connection)).isZero());
            });
        });
    }

    private static int seen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(TRUSTED + "select count(*) from memo")) {
            row.next();
            return row.getInt(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"policies", "bare"})
    void whatIsReadOnlyStaysSo(String database) throws SQLException {
        CurrentTenant.runAs(ACME, () -> {
            try (Session session = FACTORIES.get(database).openSession()) {
                session.doWork(connection -> connection.setReadOnly(true));
                session.beginTransaction();
                assertThat(TenantIsolation.commitByStatement(session)).isTrue();
                assertThat(memos(session)).isEmpty();
                session.doWork(connection -> seen(connection));
                session.persist(new Memo(ACME, "mine"));
                assertThatExceptionOfType(HibernateException.class)
                        .isThrownBy(session::flush)
                        .withRootCauseInstanceOf(ReadOnlyTransactionException.class);
                session.getTransaction().rollback();
                session.doWork(connection -> connection.setReadOnly(false));
            }
        });
        assertThat(texts(database)).isEqualTo("theirs 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"policies", "bare"})
    void aSavepointOrABatchSizeIsKept(String database) {
        SessionFactory factory = FACTORIES.get(database);
        CurrentTenant.runAs(ACME, () -> {
            factory.inTransaction(session -> session.doWork(connection -> {
                Savepoint savepoint = connection.setSavepoint();
                assertThat(TenantIsolation.commitByStatement(session)).isFalse();
                connection.rollback(savepoint);
            }));
            factory.inTransaction(session -> session.doWork(connection -> {
                Savepoint savepoint = connection.setSavepoint("here");
                assertThat(TenantIsolation.commitByStatement(session)).isFalse();
                connection.rollback(savepoint);
            }));
            factory.inTransaction(session -> {
                session.setJdbcBatchSize(7);
                assertThat(TenantIsolation.commitByStatement(session)).isFalse();
                TenantIsolation.commitTogether(session);
                assertThat(session.getJdbcBatchSize()).isEqualTo(7);
            });
        });
    }

    private static void outsideOfATransaction(String database, Consumer<Session> work) {
        CurrentTenant.runAs(ACME, () -> {
            try (Session session = FACTORIES.get(database).openSession()) {
                assertThat(TenantIsolation.commitByStatement(session)).isTrue();
                work.accept(session);
            }
        });
    }

    private static int insert(Connection connection, UUID id) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into memo (id, tenant_id, version, text) values (?, ?, 0, 'mine') -- new")) {
            insert.setObject(1, id);
            insert.setObject(2, ACME);
            return insert.executeUpdate();
        }
    }

    @Test
    void withoutPoliciesWhatFailsIsAtAnEnd() throws SQLException {
        byStatement(
                "bare",
                session -> session.doWork(connection -> {
                    assertThatExceptionOfType(SQLException.class).isThrownBy(() -> insert(connection, GLOBEX));
                    assertThat(insert(connection, ACME)).isEqualTo(1);
                }));
        assertThat(texts("bare")).isEqualTo("mine 0, theirs 0");
    }

    /** Also where the driver has begun another transaction, or gone back to a savepoint of its own. */
    @ParameterizedTest
    @ValueSource(strings = {"", "preferQueryMode=simple", "autosave=always"})
    void withPoliciesNothingFollowsWhatFailsAndWhatWasWrittenBeforeStays(String setting) throws Exception {
        try (OneConnection pool = new OneConnection(postgres.url("app", "policies") + "&" + setting);
                SessionFactory factory = postgres.factory(
                        "policies",
                        Map.of("hibernate.connection.datasource", TenantIsolation.guard(pool)),
                        Memo.class);
                Session session = CurrentTenant.callAs(ACME, factory::openSession)) {
            CurrentTenant.runAs(ACME, () -> {
                session.beginTransaction();
                assertThat(TenantIsolation.commitByStatement(session)).isTrue();
                session.doWork(connection -> {
                    assertThat(insert(connection, ACME)).isEqualTo(1);
                    try (PreparedStatement returning = connection.prepareStatement(
                            "insert into memo (id, tenant_id, version, text) values (?, ?, 0, 'lost') returning id")) {
                        returning.setObject(1, UUID.randomUUID());
                        returning.setObject(2, ACME);
                        assertThat(RoundTripsTest.rows(returning.executeQuery()))
                                .isEqualTo(1);
                    }
                    assertThatExceptionOfType(SQLException.class).isThrownBy(() -> insert(connection, GLOBEX));
                    assertThatExceptionOfType(SQLException.class)
                            .isThrownBy(() -> insert(connection, UUID.randomUUID()))
                            .withMessageContaining("Roll it back")
                            .extracting(SQLException::getSQLState)
                            .isEqualTo("25P02");
                    assertThatExceptionOfType(SQLException.class)
                            .isThrownBy(connection::setSavepoint)
                            .withMessageContaining("Roll it back");
                    assertThatExceptionOfType(SQLException.class)
                            .isThrownBy(connection::commit)
                            .withMessageContaining("not committed");
                    assertThat(seen(connection)).isEqualTo(1);
                });
                session.getTransaction().rollback();
            });
        }
        assertThat(texts("policies")).isEqualTo("mine 0, theirs 0");
    }

    /** What it reads is fetched before the commit, whatever the driver would fetch at a time. */
    @Test
    void aQueryOfAReadOnlyTransactionIsOneFlight() {
        for (int i = 0; i < 3; i++) {
            byStatement("policies", session -> session.persist(new Memo(UUID.randomUUID(), "mine")));
        }
        int before = 0;
        for (int i = 0; i < 8; i++) {
            before = Wire.FLIGHTS.get();
            CurrentTenant.runAs(
                    ACME,
                    () -> FACTORIES.get("policies").inTransaction(session -> {
                        session.doWork(connection -> connection.setReadOnly(true));
                        assertThat(TenantIsolation.commitByStatement(session)).isTrue();
                        assertThat(session.createSelectionQuery("from Memo", Memo.class)
                                        .setFetchSize(1)
                                        .getResultList())
                                .hasSize(3);
                        session.doWork(connection -> {
                            TenantIsolation.commitTogether(session);
                            connection.commit();
                            connection.setReadOnly(false);
                        });
                    }));
        }
        assertThat(Wire.FLIGHTS.get() - before).isEqualTo(1);
    }

    /** What is read before a write is of the same transaction, which ends with the write. */
    @Test
    void withPoliciesWhatIsReadIsOfTheTransactionThatTheWriteEnds() throws SQLException {
        byStatement("policies", session -> session.persist(new Memo(ACME, "mine")));
        byStatement("policies", session -> {
            Object began = began(session);
            Memo memo = session.find(Memo.class, ACME);
            assertThat(began(session)).isEqualTo(began);
            TenantIsolation.commitTogether(session);
            assertThat(TenantIsolation.commitByStatement(session)).isTrue();
            memo.text = "changed";
            session.flush();
            session.doWork(connection -> assertThat(texts("policies")).isEqualTo("changed 1, theirs 0"));
            assertThat(began(session)).isNotEqualTo(began);
        });
    }

    private static Object began(Session session) {
        return session.createNativeQuery("select now()", Object.class).getSingleResult();
    }

    @Test
    void whatIsRefusedAtTheCommitIsNotWrittenAndTheNextStatementIsAnnouncedAnew() throws SQLException {
        SecuredPostgres.run(
                postgres.superuser("policies"),
                List.of("alter table memo add constraint memo_text unique (text) deferrable initially deferred"));
        try {
            byStatement("policies", session -> session.persist(new Memo(ACME, "mine")));
            CurrentTenant.runAs(ACME, () -> {
                try (Session session = FACTORIES.get("policies").openSession()) {
                    session.beginTransaction();
                    assertThat(TenantIsolation.commitByStatement(session)).isTrue();
                    assertThat(memos(session)).hasSize(1);
                    session.persist(new Memo(UUID.randomUUID(), "mine"));
                    assertThatExceptionOfType(ConstraintViolationException.class)
                            .isThrownBy(session::flush)
                            .satisfies(refusal ->
                                    assertThat(refusal.getConstraintName()).isEqualTo("memo_text"));
                    session.clear();
                    assertThatExceptionOfType(HibernateException.class)
                            .isThrownBy(() -> memos(session))
                            .withMessageContaining("Roll it back");
                    session.getTransaction().rollback();
                    session.beginTransaction();
                    assertThat(memos(session)).hasSize(1);
                    session.getTransaction().commit();
                }
            });
        } finally {
            SecuredPostgres.run(postgres.superuser("policies"), List.of("alter table memo drop constraint memo_text"));
        }
        assertThat(texts("policies")).isEqualTo("mine 0, theirs 0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theWriteIsForWhoeverRunsIt(boolean known) throws SQLException {
        byStatement(
                "policies",
                session -> session.doWork(connection -> {
                    if (known) {
                        assertThat(memos(session)).isEmpty();
                    }
                    try (PreparedStatement update =
                            connection.prepareStatement("update memo set text = 'x' where tenant_id = ?")) {
                        update.setObject(1, GLOBEX);
                        assertThatExceptionOfType(UnprovenStatementException.class)
                                .isThrownBy(update::executeUpdate);
                        CurrentTenant.runAs(
                                GLOBEX, () -> assertThat(updated(update)).isEqualTo(1));
                        assertThat(seen(connection)).isZero();
                    }
                }));
        assertThat(texts("policies")).isEqualTo("x 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prepared with a tenant that is known", "prepared first of all", "prepared after it"})
    void theRoleOfAllIsNotThatOfTheWrite(String when) throws SQLException {
        byStatement("policies", session -> session.persist(new Memo(ACME, "mine")));
        byStatement(
                "policies",
                session -> session.doWork(connection -> {
                    if (when.contains("known")) {
                        assertThat(memos(session)).hasSize(1);
                    }
                    PreparedStatement before = when.contains("after") ? null : update(connection);
                    CurrentTenant.acrossTenants(
                            "looks at all",
                            () -> session.doWork(any -> assertThat(seen(any)).isEqualTo(2)));
                    try (PreparedStatement update = before == null ? update(connection) : before) {
                        assertThat(updated(update)).isEqualTo(1);
                    }
                    assertThat(role(connection)).isEqualTo("app");
                    assertThat(seen(connection)).isEqualTo(1);
                }));
        assertThat(texts("policies")).isEqualTo("theirs 0, x 0");
    }

    private static PreparedStatement update(Connection connection) throws SQLException {
        PreparedStatement update = connection.prepareStatement("update memo set text = 'x' where tenant_id = ?");
        update.setObject(1, ACME);
        return update;
    }

    private static int updated(PreparedStatement update) {
        try {
            return update.executeUpdate();
        } catch (SQLException refused) {
            throw new IllegalStateException(refused);
        }
    }

    private static String role(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select current_user")) {
            row.next();
            return row.getString(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"policies", "bare"})
    void aSavepointEndsItAndCanBeGoneBackTo(String database) throws SQLException {
        byStatement(
                database,
                session -> session.doWork(connection -> {
                    insert(connection, ACME);
                    Savepoint savepoint = connection.setSavepoint();
                    insert(connection, UUID.randomUUID());
                    connection.rollback(savepoint);
                }));
        assertThat(texts(database)).isEqualTo("mine 0, theirs 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"policies", "bare"})
    void aWriteThatAnswersWithRowsIsCommittedAtTheLatestWithTheTransaction(String database) throws SQLException {
        String insert = "insert into memo (id, tenant_id, version, text) values (?, ?, 0, 'mine') returning id";
        byStatement(
                database,
                session -> session.doWork(connection -> {
                    try (PreparedStatement returning = connection.prepareStatement(insert)) {
                        returning.setObject(1, ACME);
                        returning.setObject(2, ACME);
                        assertThat(RoundTripsTest.rows(returning.executeQuery()))
                                .isEqualTo(1);
                    }
                }));
        assertThat(texts(database)).isEqualTo("mine 0, theirs 0");
    }

    @Test
    void aQueryIsNoUpdateAndAnUpdateNoQuery() throws SQLException {
        String query = "select text from memo where tenant_id = ?";
        Consumer<Session> queried = session -> session.doWork(connection -> {
            try (PreparedStatement select = connection.prepareStatement(query)) {
                select.setObject(1, ACME);
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(select::executeUpdate)
                        .withMessageContaining("executeQuery");
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(select::executeLargeUpdate)
                        .withMessageContaining("executeQuery");
            }
        });
        byStatement("policies", session -> session.persist(new Memo(ACME, "mine")));
        byStatement("policies", queried);
        outsideOfATransaction("policies", queried);
        outsideOfATransaction(
                "policies",
                session -> session.doWork(connection -> {
                    try (PreparedStatement select = connection.prepareStatement(query)) {
                        select.setObject(1, ACME);
                        assertThatExceptionOfType(SQLFeatureNotSupportedException.class)
                                .isThrownBy(select::addBatch);
                        TenantIsolation.commitTogether(session);
                        assertThatExceptionOfType(SQLException.class)
                                .isThrownBy(select::executeQuery)
                                .withMessageContaining("Prepare it anew");
                    }
                }));
        byStatement(
                "policies",
                session -> session.doWork(connection -> {
                    try (PreparedStatement update =
                            connection.prepareStatement("update memo set text = 'changed' where tenant_id = ?")) {
                        update.setObject(1, ACME);
                        assertThatExceptionOfType(SQLException.class)
                                .isThrownBy(update::executeQuery)
                                .withMessageContaining("executeUpdate");
                        assertThat(texts("policies")).isEqualTo("mine 0, theirs 0");
                        update.closeOnCompletion();
                        assertThat(update.executeUpdate()).isEqualTo(1);
                    }
                }));
    }

    /** What the driver has sent is not known then, so nobody gets the connection again. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "select id from memo where text = ? and tenant_id = ?",
                "update memo set text = ? where tenant_id = ?"
            })
    void whatFailsOtherwiseThanByTheDatabaseEndsTheConnection(String text) throws Exception {
        try (OneConnection pool = new OneConnection(postgres.url("app", "policies"));
                SessionFactory factory = postgres.factory(
                        "policies",
                        Map.of("hibernate.connection.datasource", TenantIsolation.guard(pool)),
                        Memo.class)) {
            CurrentTenant.runAs(ACME, () -> {
                try (Session session = factory.openSession()) {
                    if (text.startsWith("update")) {
                        session.beginTransaction();
                    }
                    assertThat(TenantIsolation.commitByStatement(session)).isTrue();
                    session.doWork(connection -> {
                        try (PreparedStatement statement = connection.prepareStatement(text)) {
                            statement.setBinaryStream(
                                    1,
                                    new InputStream() {
                                        @Override
                                        public int read() {
                                            throw new IllegalStateException("gone");
                                        }
                                    },
                                    10);
                            statement.setObject(2, ACME);
                            assertThatExceptionOfType(IllegalStateException.class)
                                    .isThrownBy(statement::execute);
                        }
                        assertThat(connection.isClosed()).isTrue();
                    });
                }
            });
        }
    }

    @Test
    void whatWouldEndATransactionIsNotRunInOne() throws SQLException {
        byStatement(
                "policies",
                session -> session.doWork(connection -> {
                    try (PreparedStatement update =
                            connection.prepareStatement("update memo set text = 'changed' where tenant_id = ?")) {
                        TenantIsolation.commitTogether(session);
                        update.setObject(1, ACME);
                        assertThatExceptionOfType(SQLException.class)
                                .isThrownBy(update::executeUpdate)
                                .withMessageContaining("Prepare it anew");
                    }
                }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"policies", "bare"})
    void whatIsWrittenIsThereAtOnceAndStays(String database) throws SQLException {
        CurrentTenant.runAs(ACME, () -> {
            try (Session session = FACTORIES.get(database).openSession()) {
                session.beginTransaction();
                assertThat(TenantIsolation.commitByStatement(session)).isTrue();
                session.persist(new Memo(UUID.randomUUID(), "mine"));
                session.flush();
                assertThat(texts(database)).isEqualTo("mine 0, theirs 0");
                TenantIsolation.commitTogether(session);
                session.persist(new Memo(UUID.randomUUID(), "mine as well"));
                session.flush();
                assertThat(texts(database)).isEqualTo("mine 0, theirs 0");
                session.getTransaction().rollback();
            }
            assertThat(texts(database)).isEqualTo("mine 0, theirs 0");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"policies", "bare"})
    void aTransactionThatHasBegunGoesOn(String database) throws SQLException {
        CurrentTenant.runAs(ACME, () -> {
            try (Session session = FACTORIES.get(database).openSession()) {
                session.beginTransaction();
                assertThat(session.find(Memo.class, ACME)).isNull();
                assertThat(TenantIsolation.commitByStatement(session)).isFalse();
                session.persist(new Memo(UUID.randomUUID(), "mine"));
                session.flush();
                session.getTransaction().rollback();
                session.clear();
                session.beginTransaction();
                session.doWork(connection -> {
                    try (Statement any = connection.createStatement()) {
                        any.execute("select 1");
                    }
                });
                assertThat(TenantIsolation.commitByStatement(session)).isFalse();
                session.getTransaction().rollback();
                session.beginTransaction();
                assertThat(TenantIsolation.commitByStatement(session)).isTrue();
                TenantIsolation.commitTogether(session);
                session.getTransaction().commit();
            }
            assertThat(texts(database)).isEqualTo("theirs 0");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"policies", "bare"})
    void whatFailsWritesNothingAndTheNextTransactionWorks(String database) throws SQLException {
        assertThatExceptionOfType(ConstraintViolationException.class)
                .isThrownBy(() -> byStatement(database, session -> {
                    session.persist(new Memo(GLOBEX, "mine"));
                    session.flush();
                }));
        byStatement(database, session -> session.persist(new Memo(UUID.randomUUID(), "mine")));
        assertThat(texts(database)).isEqualTo("mine 0, theirs 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"trusted", "mapped"})
    void thePoliciesHoldEachStatement(String kind) throws SQLException {
        String text = kind.equals("trusted") ? TRUSTED : "";
        byStatement("policies", session -> {
            session.persist(new Memo(ACME, "mine"));
            session.flush();
            session.doWork(connection -> {
                String update = text + "update memo set text = 'changed'";
                try (PreparedStatement all = connection.prepareStatement(
                        kind.equals("trusted") ? update : update + " where tenant_id = ?")) {
                    if (kind.equals("mapped")) {
                        all.setObject(1, ACME);
                    }
                    assertThat(all.executeUpdate()).isEqualTo(1);
                    assertThat(all.executeLargeUpdate()).isEqualTo(1);
                    assertThat(all.execute()).isFalse();
                    assertThat(all.getUpdateCount()).isEqualTo(1);
                }
            });
        });
        assertThat(texts("policies")).isEqualTo("changed 0, theirs 0");
    }

    @ParameterizedTest
    @ValueSource(strings = "policies")
    void aBatchIsRefusedBeforeItLosesWhatItHolds(String database) {
        byStatement(
                database,
                session -> session.doWork(connection -> {
                    try (PreparedStatement one =
                            connection.prepareStatement("update memo set text = 'changed' where tenant_id = ?")) {
                        one.setObject(1, ACME);
                        assertThatExceptionOfType(SQLFeatureNotSupportedException.class)
                                .isThrownBy(one::addBatch)
                                .withMessageContaining("JDBC batch size");
                    }
                }));
    }
}

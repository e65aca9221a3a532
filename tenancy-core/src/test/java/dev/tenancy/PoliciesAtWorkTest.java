package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.hibernate.ScrollMode;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.annotations.TenantId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import testserver.NotOnCluster;

/**
 * Tenants that take turns on a pool of one connection, under policies: nothing of one is left there for the next. A test ends with
 * a look at what the server would tell whoever came next.
 */
class PoliciesAtWorkTest {

    private static final UUID ACME = new UUID(1, 1);
    private static final UUID GLOBEX = new UUID(2, 2);
    private static final String COUNT = "select count(*) from note where tenant_id = ?";
    private static final String INSERT = "insert into note (text, tenant_id) values (?, ?)";

    private static SecuredPostgres postgres;
    private static OneConnection pool;
    private static DataSource dataSource;
    private static SessionFactory factory;

    @Entity(name = "Note")
    static class Note {

        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        Long id;

        @TenantId
        @Column(name = "tenant_id")
        UUID tenantId;

        String text;

        Note() {}

        Note(String text) {
            this.text = text;
        }
    }

    @Entity(name = "Currency")
    @GlobalEntity(reason = "the same money for all")
    static class Currency {

        @Id
        String code;
    }

    @BeforeAll
    static void build() throws Exception {
        postgres = new SecuredPostgres();
        postgres.make("work", Note.class, Currency.class);
        pool = new OneConnection(postgres.url("app", "work"));
        dataSource = TenantIsolation.guard(pool);
        factory = postgres.factory(
                "work", Map.of("hibernate.connection.datasource", dataSource), Note.class, Currency.class);
    }

    @AfterAll
    static void close() throws Exception {
        factory.close();
        pool.close();
        postgres.close();
    }

    @BeforeEach
    void acmeHasTenNotesAndGlobexOne() throws SQLException {
        SecuredPostgres.run(
                postgres.superuser("work"),
                List.of(
                        "delete from note",
                        "insert into note (tenant_id, text) select '" + ACME
                                + "', 'n' || i from generate_series(1, 10) i",
                        "insert into note (tenant_id, text) values ('" + GLOBEX + "', 'n1')"));
    }

    @AfterEach
    void nothingIsLeftOnTheConnection() throws SQLException {
        assertThat(pool.left()).isIn("app", "closed");
    }

    @FunctionalInterface
    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private static <T> T as(Object tenant, Work<T> work) throws SQLException {
        return CurrentTenant.callAs(tenant, () -> {
            try (Connection connection = dataSource.getConnection()) {
                return work.on(connection);
            }
        });
    }

    private static <T> T inTransaction(Object tenant, Work<T> work) throws SQLException {
        return as(tenant, connection -> {
            connection.setAutoCommit(false);
            T result = work.on(connection);
            connection.commit();
            return result;
        });
    }

    private static long count(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(COUNT)) {
            query.setObject(1, CurrentTenant.require().tenantId());
            return number(query.executeQuery());
        }
    }

    private static long number(ResultSet rows) throws SQLException {
        rows.next();
        return rows.getLong(1);
    }

    private static int insert(Connection connection, String text) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, text);
            insert.setObject(2, CurrentTenant.require().tenantId());
            return insert.executeUpdate();
        }
    }

    private static long notesOf(Object tenant) {
        return CurrentTenant.callAs(
                tenant,
                () -> factory.fromTransaction(
                        session -> session.createSelectionQuery("select count(*) from Note", Long.class)
                                .getSingleResult()));
    }

    /** Which tenant's rows the policies let through, whatever a statement says. */
    private static String policiesLetThrough(Connection connection) throws SQLException {
        try (PreparedStatement trusted =
                connection.prepareStatement("/* tenancy: trusted because a test looks at the policies */"
                        + " select string_agg(distinct tenant_id::text, ',') from note")) {
            try (ResultSet row = trusted.executeQuery()) {
                row.next();
                return String.valueOf(row.getString(1));
            }
        }
    }

    @Test
    void withoutTheLibraryTheRoleSeesNothingAtAll() throws SQLException {
        try (Connection bare = DriverManager.getConnection(postgres.url("app", "work"))) {
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> bare.createStatement().executeQuery("select * from note"))
                    .withMessageContaining("app.tenant");
        }
    }

    @Test
    void tenantsTakeTurnsAndEachTransactionIsItsOwnTenants() throws SQLException {
        for (int turn = 1; turn <= 3; turn++) {
            assertThat(notesOf(ACME)).isEqualTo(10);
            assertThat(pool.left()).isEqualTo("app");
            assertThat(notesOf(GLOBEX)).isEqualTo(turn);
            assertThat(pool.left()).isEqualTo("app");
            CurrentTenant.runAs(GLOBEX, () -> factory.inTransaction(session -> session.persist(new Note("more"))));
            assertThat(pool.left()).isEqualTo("app");
        }
        for (Object tenant : List.of(ACME, GLOBEX)) {
            assertThat(inTransaction(tenant, PoliciesAtWorkTest::policiesLetThrough))
                    .isEqualTo(tenant.toString());
        }
    }

    @Test
    void aRollbackTakesTheTenantWithIt() throws SQLException {
        as(ACME, connection -> {
            connection.setAutoCommit(false);
            insert(connection, "gone");
            connection.rollback();
            // The next transaction on the same connection is announced anew.
            assertThat(count(connection)).isEqualTo(10);
            connection.rollback();
            assertThat(insert(connection, "stays")).isEqualTo(1);
            connection.commit();
            return null;
        });
        assertThat(notesOf(ACME)).isEqualTo(11);
    }

    @Test
    void whatIsLeftOpenIsRolledBackByThePool() throws SQLException {
        as(ACME, connection -> {
            connection.setAutoCommit(false);
            return insert(connection, "gone");
        });
        assertThat(pool.left()).isEqualTo("app");
        assertThat(as(GLOBEX, PoliciesAtWorkTest::policiesLetThrough)).isEqualTo(GLOBEX.toString());
        assertThat(notesOf(ACME)).isEqualTo(10);
    }

    @Test
    void aRollbackToASavepointFromBeforeTheAnnouncementIsFollowedByAnother() throws SQLException {
        long seen = inTransaction(ACME, connection -> {
            Savepoint before = connection.setSavepoint();
            assertThat(count(connection)).isEqualTo(10);
            insert(connection, "gone");
            connection.rollback(before);
            insert(connection, "stays");
            Savepoint between = connection.setSavepoint();
            insert(connection, "gone");
            connection.rollback(between);
            return count(connection);
        });
        assertThat(seen).isEqualTo(11);
    }

    @Test
    void aRollbackToASavepointFromAcrossTenantsDoesNotLeaveTheTenantAcross() throws SQLException {
        String through = inTransaction(ACME, connection -> {
            CurrentTenant.acrossTenants("a test", () -> policiesLetThrough(connection));
            Savepoint across = connection.setSavepoint();
            assertThat(policiesLetThrough(connection)).isEqualTo(ACME.toString());
            connection.rollback(across);
            return policiesLetThrough(connection);
        });
        assertThat(through).isEqualTo(ACME.toString());
    }

    @Test
    void aQueryPreparedBeforeAcrossTenantsDoesNotRunAcross() throws SQLException {
        inTransaction(ACME, connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement("select current_user from note where tenant_id = ? limit 1")) {
                query.setObject(1, ACME);
                CurrentTenant.acrossTenants("a test", () -> policiesLetThrough(connection));
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    assertThat(row.getString(1)).isEqualTo("app");
                }
            }
            assertThat(policiesLetThrough(connection)).isEqualTo(ACME.toString());
            return insert(connection, "written");
        });
    }

    @Test
    @NotOnCluster("a crossing behind a write of the same transaction")
    void aTransactionGoesAcrossTenantsAndBack() throws SQLException {
        inTransaction(ACME, connection -> {
            assertThat(count(connection)).isEqualTo(10);
            CurrentTenant.acrossTenants(
                    "a test", () -> assertThat(policiesLetThrough(connection)).isEqualTo(ACME + "," + GLOBEX));
            assertThat(insert(connection, "own")).isEqualTo(1);
            CurrentTenant.acrossTenants("a test", () -> policiesLetThrough(connection));
            CurrentTenant.runAs(
                    GLOBEX, () -> assertThat(policiesLetThrough(connection)).isEqualTo(GLOBEX.toString()));
            assertThat(policiesLetThrough(connection)).isEqualTo(ACME.toString());
            return null;
        });
        assertThat(notesOf(ACME)).isEqualTo(11);
    }

    @Test
    void acrossTenantsThroughHibernateIsFollowedByATenantAndAnother() throws SQLException {
        long all = CurrentTenant.acrossTenants(
                "a test",
                () -> factory.fromTransaction(
                        session -> session.createSelectionQuery("select count(*) from Note", Long.class)
                                .getSingleResult()));
        assertThat(all).isEqualTo(11);
        assertThat(pool.left()).isEqualTo("app");
        assertThat(notesOf(GLOBEX)).isEqualTo(1);
        assertThat(notesOf(ACME)).isEqualTo(10);
    }

    @Test
    void aKilledConnectionFailsAndTheNextOneWorks() throws SQLException {
        Throwable failure = catchThrowable(() -> inTransaction(ACME, connection -> {
            insert(connection, "gone");
            kill();
            return count(connection);
        }));
        assertThat(failure).isInstanceOf(SQLException.class);
        assertThat(pool.left()).isEqualTo("closed");
        assertThat(notesOf(GLOBEX)).isEqualTo(1);
        assertThat(notesOf(ACME)).isEqualTo(10);
    }

    @Test
    void aConnectionThatIsKilledOutsideOfATransactionSaysSo() throws SQLException {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> as(ACME, connection -> {
                    kill();
                    return insert(connection, "gone");
                }))
                .withMessageContaining("terminating connection");
        assertThat(notesOf(ACME)).isEqualTo(10);
    }

    private static void kill() throws SQLException {
        SecuredPostgres.run(
                postgres.superuser("work"),
                List.of("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'app'"));
    }

    @Test
    void statementsOutsideOfATransactionAreEachTheirOwnTenants() throws SQLException {
        as(ACME, connection -> {
            assertThat(count(connection)).isEqualTo(10);
            assertThat(insert(connection, "more")).isEqualTo(1);
            CurrentTenant.runAs(GLOBEX, () -> assertThat(count(connection)).isEqualTo(1));
            CurrentTenant.runAs(
                    GLOBEX, () -> assertThat(policiesLetThrough(connection)).isEqualTo(GLOBEX.toString()));
            CurrentTenant.acrossTenants(
                    "a test", () -> assertThat(policiesLetThrough(connection)).isEqualTo(ACME + "," + GLOBEX));
            try (Statement statement = connection.createStatement()) {
                assertThat(number(statement.executeQuery("select count(*) from note where tenant_id = '" + ACME + "'")))
                        .isEqualTo(11);
            }
            assertThat(connection.getAutoCommit()).isTrue();
            return null;
        });
    }

    @Test
    void aFailedStatementOutsideOfATransactionLeavesTheConnectionAsItWas() throws SQLException {
        as(ACME, connection -> {
            try (PreparedStatement update =
                    connection.prepareStatement("update note set text = text || (1 / ?)::text where tenant_id = ?")) {
                update.setInt(1, 0);
                update.setObject(2, ACME);
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(update::executeUpdate)
                        .withMessageContaining("division");
            }
            assertThat(connection.getAutoCommit()).isTrue();
            return count(connection);
        });
    }

    @Test
    void aTransactionThatBeganWithAGlobalTableIsAnnouncedWhenItNeedsTo() throws SQLException {
        CurrentTenant.runAs(
                ACME,
                () -> factory.inTransaction(session -> {
                    Currency currency = new Currency();
                    currency.code = UUID.randomUUID().toString();
                    session.persist(currency);
                    session.flush();
                    assertThat(session.createSelectionQuery("select count(*) from Note", Long.class)
                                    .getSingleResult())
                            .isEqualTo(10);
                    session.persist(new Note("more"));
                }));
        assertThat(notesOf(ACME)).isEqualTo(11);
    }

    @Test
    void aTransactionWithoutATenantReadsGlobalTables() {
        assertThat(factory.<Long>fromTransaction(
                        session -> session.createSelectionQuery("select count(*) from Currency", Long.class)
                                .getSingleResult()))
                .isNotNegative();
    }

    @Test
    void rowsAreFetchedInPartsFromTheFirstQueryOn() {
        List<String> texts = new ArrayList<>();
        CurrentTenant.runAs(
                ACME,
                () -> factory.inTransaction(session -> {
                    try (var rows = session.createSelectionQuery("select text from Note order by id", String.class)
                            .setFetchSize(3)
                            .scroll(ScrollMode.FORWARD_ONLY)) {
                        while (rows.next()) {
                            texts.add(rows.get());
                        }
                    }
                    try (var rows = session.createSelectionQuery("select text from Note order by id", String.class)
                            .setFetchSize(3)
                            .scroll(ScrollMode.SCROLL_INSENSITIVE)) {
                        rows.last();
                        texts.add(rows.get());
                    }
                }));
        assertThat(texts).hasSize(11).startsWith("n1", "n2").endsWith("n10", "n10");
    }

    @Test
    void batchesAndGeneratedKeysWork() throws SQLException {
        CurrentTenant.runAs(ACME, () -> {
            try (StatelessSession session = factory.openStatelessSession()) {
                session.beginTransaction();
                session.setJdbcBatchSize(4);
                List<Note> notes = IntStream.range(0, 9)
                        .mapToObj(i -> new Note("batch " + i))
                        .toList();
                session.insertMultiple(notes);
                session.getTransaction().commit();
                assertThat(notes).extracting(note -> note.id).doesNotContainNull();
            }
        });
        assertThat(pool.left()).isEqualTo("app");
        for (boolean autoCommit : new boolean[] {true, false}) {
            as(ACME, connection -> {
                connection.setAutoCommit(autoCommit);
                try (PreparedStatement insert = connection.prepareStatement(INSERT, new String[] {"id"})) {
                    for (int i = 0; i < 3; i++) {
                        insert.setString(1, "keyed");
                        insert.setObject(2, ACME);
                        insert.addBatch();
                    }
                    assertThat(insert.executeBatch()).hasSize(3);
                    assertThat(number(insert.getGeneratedKeys())).isPositive();
                }
                if (!autoCommit) {
                    connection.commit();
                }
                return null;
            });
        }
        assertThat(notesOf(ACME)).isEqualTo(25);
    }

    @Test
    void aStatementThatTakesTooLongIsCancelledAndTheNextTransactionWorks() throws SQLException {
        for (boolean autoCommit : new boolean[] {true, false}) {
            as(ACME, connection -> {
                connection.setAutoCommit(autoCommit);
                try (PreparedStatement slow = connection.prepareStatement(
                        "select count(*) from note, generate_series(1, 2000000000) as far where tenant_id = ?")) {
                    slow.setQueryTimeout(1);
                    slow.setObject(1, ACME);
                    assertThatExceptionOfType(SQLException.class)
                            .isThrownBy(slow::executeQuery)
                            .withMessageContaining("cancel");
                }
                if (!autoCommit) {
                    connection.rollback();
                }
                return count(connection);
            });
            assertThat(pool.left()).isEqualTo("app");
        }
    }

    private static final String TRUSTED = "/* tenancy: trusted because of the test */ ";

    private static String currentUser(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select current_user")) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void aTextThatGoesBackIntoACrossingLeavesTheTenantAlone() throws SQLException {
        for (String back : List.of(
                "rollback to savepoint s",
                "ROLLBACK TO s;",
                TRUSTED + "-- back\nrollback work to s",
                TRUSTED + "/* a /* b */ */ rollback transaction to savepoint s",
                TRUSTED + "select 1; rollback to s")) {
            boolean several = back.contains("1;");
            inTransaction(GLOBEX, connection -> {
                Statement statement = connection.createStatement();
                CurrentTenant.acrossTenants("a test", () -> {
                    policiesLetThrough(connection);
                    statement.execute("savepoint s");
                });
                assertThat(policiesLetThrough(connection)).isEqualTo(GLOBEX.toString());
                statement.execute(back);
                assertThat(currentUser(connection)).as(back).isEqualTo("app");
                assertThat(policiesLetThrough(connection)).as(back).isEqualTo(GLOBEX.toString());
                statement.execute(back);
                assertThat(count(connection)).as(back).isEqualTo(1);
                if (!several) {
                    statement.addBatch(back);
                    statement.executeBatch();
                }
                assertThat(policiesLetThrough(connection)).as(back).isEqualTo(GLOBEX.toString());
                return null;
            });
        }
    }

    @Test
    void afterATextThatEndsTheTransactionTheTenantIsAnnouncedAnew() throws SQLException {
        for (String end : List.of(
                "commit",
                "rollback",
                "Commit work;",
                TRUSTED + "end",
                TRUSTED + "abort",
                TRUSTED + "/* now */ commit and chain",
                TRUSTED + "select 1;-- now\ncommit",
                TRUSTED + "commit; begin")) {
            as(GLOBEX, connection -> {
                connection.setAutoCommit(false);
                try (PreparedStatement early = connection.prepareStatement(COUNT)) {
                    early.setObject(1, GLOBEX);
                    assertThat(number(early.executeQuery())).isEqualTo(1);
                    connection.createStatement().execute(end);
                    assertThat(policiesLetThrough(connection)).as(end).isEqualTo(GLOBEX.toString());
                    connection.createStatement().execute(end);
                    assertThat(number(early.executeQuery())).as(end).isEqualTo(1);
                    connection.createStatement().execute(end);
                    assertThat(count(connection)).as(end).isEqualTo(1);
                }
                connection.commit();
                return null;
            });
        }
    }

    @Test
    void aFailedTransactionIsEndedByATextAfterACrossing() throws SQLException {
        as(GLOBEX, connection -> {
            connection.setAutoCommit(false);
            CurrentTenant.acrossTenants("a test", () -> policiesLetThrough(connection));
            Statement statement = connection.createStatement();
            assertThatExceptionOfType(SQLException.class).isThrownBy(() -> statement.execute("select 1 / 0"));
            statement.execute("rollback");
            assertThat(count(connection)).isEqualTo(1);
            connection.rollback();
            return null;
        });
    }

    @Test
    void theRoleThatReadsAllRowsIsForNobodyElseWhateverAStatementIsAbout() throws SQLException {
        inTransaction(GLOBEX, connection -> {
            CurrentTenant.acrossTenants("a test", () -> policiesLetThrough(connection));
            assertThat(currentUser(connection)).isEqualTo("app");
            return null;
        });
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            CurrentTenant.acrossTenants("a test", () -> policiesLetThrough(connection));
            assertThat(currentUser(connection)).isEqualTo("app");
            connection.rollback();
        }
    }

    @Test
    void aTextThatEndsTheTransactionAndGoesOnIsRefused() throws SQLException {
        inTransaction(GLOBEX, connection -> {
            Statement statement = connection.createStatement();
            CurrentTenant.acrossTenants("a test", () -> {
                policiesLetThrough(connection);
                statement.execute("savepoint s");
            });
            for (String back : List.of("rollback to s; ", "/* a */ commit; begin; ")) {
                assertThatExceptionOfType(UnprovenStatementException.class)
                        .isThrownBy(() -> statement.execute(TRUSTED + back + "select text from note"))
                        .withMessageContaining("Run each statement by itself");
            }
            statement.addBatch("rollback to savepoint s");
            assertThatExceptionOfType(UnprovenStatementException.class)
                    .isThrownBy(() -> statement.addBatch("delete from note where tenant_id = '" + GLOBEX + "'"));
            statement.clearBatch();
            statement.execute(TRUSTED + "delete from note where tenant_id = '" + GLOBEX + "'; commit");
            return null;
        });
        assertThat(notesOf(GLOBEX)).isZero();
        assertThat(notesOf(ACME)).isEqualTo(10);
    }

    @Test
    void nobodySetsTheTenantOrTheRoleInSqlOfTheirOwn() throws SQLException {
        for (String sql : List.of(
                "set app.tenant = '" + ACME + "'",
                "set local app.tenant = '" + ACME + "'",
                "set role tenancy_across",
                "set local role tenancy_across",
                "set session authorization tenancy_across",
                "reset role",
                "select set_config('app.tenant', '" + ACME + "', false)",
                "do 'begin perform set_config(''app.tenant'', ''" + ACME + "'', true); end'",
                "do 'begin set local role tenancy_across; end'")) {
            as(GLOBEX, connection -> {
                assertThatExceptionOfType(UnprovenStatementException.class)
                        .as(sql)
                        .isThrownBy(() -> connection.createStatement().execute(sql));
                return null;
            });
        }
    }

    @Test
    void aSessionThatOutlivesItsTransactionIsAnnouncedInTheNext() {
        CurrentTenant.runAs(ACME, () -> {
            try (Session session = factory.openSession()) {
                for (int turn = 0; turn < 3; turn++) {
                    session.beginTransaction();
                    session.persist(new Note("more"));
                    session.getTransaction().commit();
                }
            }
        });
        assertThat(notesOf(ACME)).isEqualTo(13);
    }
}

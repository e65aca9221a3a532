package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.LockModeType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.SecondaryTable;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.OnDelete;
import org.hibernate.annotations.OnDeleteAction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import testserver.TestServer;

/** Whoever keeps answers of {@link Memberships} is told when they change, whatever wrote; and not when something else did. */
class MembershipChangesTest {

    private static final String TRUSTED = "/* tenancy: trusted because the test says so */ ";

    private static TestServer postgres;
    private static Database onPostgres;
    private static Database onH2;

    private final AtomicInteger told = new AtomicInteger();
    private Runnable end;
    private Connection bare;

    @Entity(name = "Place")
    @GlobalEntity(reason = "a fixture")
    static class Place {
        @Id
        Long id;
    }

    @Entity(name = "Member")
    @Inheritance(strategy = InheritanceType.JOINED)
    @SecondaryTable(name = "member_status")
    @GlobalEntity(reason = "asked before a company is current", decidesMembership = true)
    static class Member {
        @Id
        Long id;

        String role = "STAFF";

        @Column(table = "member_status")
        String status = "ACTIVE";

        @ElementCollection
        Set<String> teams = new HashSet<>(Set.of("A"));

        @ManyToOne
        @OnDelete(action = OnDeleteAction.CASCADE)
        Place place;
    }

    @Entity(name = "Guest")
    static class Guest extends Member {
        int days = 1;
    }

    @Entity(name = "Login")
    @GlobalEntity(reason = "a fixture")
    static class Login {
        @Id
        Long id;

        String role = "";
    }

    record Database(DataSource guarded, SessionFactory factory) {

        static Database of(DataSource bare) {
            DataSource guarded = TenantIsolation.guard(bare);
            return new Database(
                    guarded,
                    MembershipChangesTest.factory(guarded, Place.class, Member.class, Guest.class, Login.class));
        }
    }

    private static SessionFactory factory(DataSource guarded, Class<?>... entities) {
        return Model.factory(Map.of("hibernate.connection.datasource", guarded), entities);
    }

    @BeforeAll
    static void build() throws IOException {
        postgres = TestServer.start();
        onPostgres = Database.of(postgres.getPostgresDatabase());
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setUrl("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        onH2 = Database.of(h2);
    }

    @AfterAll
    static void close() throws IOException {
        onPostgres.factory().close();
        onH2.factory().close();
        postgres.close();
    }

    @BeforeEach
    void listen() {
        end = Memberships.onChange(told::incrementAndGet);
    }

    @AfterEach
    void stopListening() {
        end.run();
    }

    /** Writes, or does not, in a transaction: there are a guest 1, a member 2, and a member 7 in place 1. */
    @FunctionalInterface
    private interface Work {
        void in(Session session) throws SQLException;
    }

    private static Work jdbc(String sql) {
        return session -> session.doWork(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.execute();
            }
        });
    }

    private static Work text(String sql) {
        return session -> session.doWork(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        });
    }

    private static Work call(String sql) {
        return session -> session.doWork(connection -> {
            try (PreparedStatement statement = connection.prepareCall(sql)) {
                statement.execute();
            }
        });
    }

    private static Member member(long id) {
        Member member = new Member();
        member.id = id;
        return member;
    }

    private static Map<String, Work> writes(boolean isPostgres) {
        Map<String, Work> writes = new LinkedHashMap<>();
        writes.put("persist", session -> session.persist(member(3)));
        writes.put("a changed attribute", session -> session.find(Member.class, 2L).role = "ADMIN");
        writes.put("a changed attribute of a subclass", session -> session.find(Guest.class, 1L).days = 2);
        writes.put("a changed attribute in a secondary table", session -> session.find(Member.class, 2L).status = "");
        writes.put(
                "an element of a collection",
                session -> session.find(Member.class, 2L).teams.add("B"));
        writes.put("remove", session -> session.remove(session.find(Member.class, 2L)));
        writes.put("merge", session -> session.merge(member(4)));
        writes.put(
                "bulk update",
                session -> session.createMutationQuery("update Member set role = 'ADMIN'")
                        .executeUpdate());
        writes.put(
                "bulk delete",
                session -> session.createMutationQuery("delete Member where id = 2")
                        .executeUpdate());
        writes.put(
                "bulk insert",
                session -> session.createMutationQuery("insert into Member (id, role) values (5, 'ADMIN')")
                        .executeUpdate());
        writes.put(
                "native SQL",
                session -> session.createNativeMutationQuery("update member set role = 'ADMIN'")
                        .executeUpdate());
        writes.put(
                "quoted, with its schema",
                text(
                        isPostgres
                                ? "update public.\"member\" set role = 'ADMIN'"
                                : "update PUBLIC.\"MEMBER\" set role = 'ADMIN'"));
        writes.put("JDBC", jdbc("delete from member_teams"));
        writes.put("JDBC without preparation", text("update member set role = 'ADMIN'"));
        writes.put(
                "a batch of values",
                session -> session.doWork(connection -> {
                    try (PreparedStatement statement =
                            connection.prepareStatement("update member set role = ? where id = 2")) {
                        statement.setString(1, "ADMIN");
                        statement.addBatch();
                        statement.executeBatch();
                    }
                }));
        writes.put(
                "a batch of texts, before another",
                session -> session.doWork(connection -> {
                    try (Statement statement = connection.createStatement()) {
                        statement.addBatch("update member set role = 'ADMIN'");
                        statement.addBatch("update login set role = 'x'");
                        statement.executeBatch();
                    }
                }));
        writes.put("a row that takes a member along", text("delete from place"));
        writes.put(
                "merge into",
                text("merge into member m using (select 2 as id) s on (m.id = s.id)"
                        + " when matched then update set role = 'ADMIN'"));
        if (isPostgres) {
            writes.put(
                    "upsert",
                    jdbc(
                            "insert into member (id, role) values (2, 'x') on conflict (id) do update set role = 'ADMIN'"));
            writes.put(
                    "a change inside of WITH",
                    jdbc("with gone as (delete from member_status returning id) select count(*) from gone"));
            writes.put("an explained change", jdbc("explain analyze update member set role = 'ADMIN'"));
        }
        return writes;
    }

    private static Map<String, Work> opaque(boolean isPostgres) {
        Map<String, Work> opaque = new LinkedHashMap<>();
        opaque.put("a trusted statement", text(TRUSTED + "update member set role = 'ADMIN'"));
        opaque.put(
                "truncate", text(TRUSTED + (isPostgres ? "truncate member cascade" : "truncate table member_teams")));
        if (isPostgres) {
            opaque.put("a trusted call", call(TRUSTED + "call promote()"));
            opaque.put("a trusted function", text(TRUSTED + "select promoted()"));
        }
        return opaque;
    }

    private static Map<String, Work> others() {
        Map<String, Work> others = new LinkedHashMap<>();
        others.put(
                "a query",
                session -> session.createSelectionQuery("from Member", Member.class)
                        .getResultList());
        others.put(
                "a lock",
                session -> session.createSelectionQuery("from Member where id = 2", Member.class)
                        .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                        .getResultList());
        others.put("a native lock", jdbc("select id from member for update"));
        others.put("another entity", session -> session.find(Login.class, 1L).role = "x");
        others.put("another table from this one", jdbc("insert into login (id, role) select id + 9, role from member"));
        others.put("another table by this one", jdbc("delete from login where id in (select id from member)"));
        others.put("a place that nothing takes along", jdbc("insert into place (id) values (9)"));
        others.put("a trusted query", jdbc(TRUSTED + "select id from member"));
        return others;
    }

    @TestFactory
    Stream<DynamicTest> aCommittedChangeIsToldAndOneThatWasRolledBackIsNot() {
        return both(MembershipChangesTest::writes, (database, work) -> {
            assertThat(toldOf(database, work, false)).isZero();
            assertThat(toldOf(database, work, true)).isPositive();
        });
    }

    @TestFactory
    Stream<DynamicTest> whatCannotBeSeenIntoIsToldAtOnceAndAgainAtTheEnd() {
        return both(MembershipChangesTest::opaque, (database, work) -> {
            assertThat(toldOf(database, work, false)).isEqualTo(1);
            assertThat(toldOf(database, work, true)).isEqualTo(2);
        });
    }

    @TestFactory
    Stream<DynamicTest> whatWritesNoMemberIsNotTold() {
        return both(
                isPostgres -> others(),
                (database, work) -> assertThat(toldOf(database, work, true)).isZero());
    }

    @FunctionalInterface
    private interface Check {
        void of(Database database, Work work) throws SQLException;
    }

    private Stream<DynamicTest> both(Function<Boolean, Map<String, Work>> ways, Check check) {
        return Stream.of(true, false)
                .flatMap(isPostgres -> ways.apply(isPostgres).entrySet().stream()
                        .map(way -> dynamicTest(
                                (isPostgres ? "PostgreSQL: " : "H2: ") + way.getKey(),
                                () -> check.of(isPostgres ? onPostgres : onH2, way.getValue()))));
    }

    private int toldOf(Database database, Work work, boolean commit) throws SQLException {
        freshRows(database);
        int before = told.get();
        try (Session session = database.factory().openSession()) {
            session.beginTransaction();
            work.in(session);
            session.flush();
            if (commit) {
                session.getTransaction().commit();
            } else {
                session.getTransaction().rollback();
            }
            return told.get() - before;
        }
    }

    private static void freshRows(Database database) throws SQLException {
        try (Connection connection = database == onPostgres
                        ? postgres.getPostgresDatabase().getConnection()
                        : database.guarded().unwrap(JdbcDataSource.class).getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : new String[] {
                "delete from guest",
                "delete from member_teams",
                "delete from member_status",
                "delete from member",
                "delete from place",
                "delete from login",
                "insert into place (id) values (1)",
                "insert into login (id, role) values (1, '')",
                "insert into member (id, role, place_id) values (1, 'STAFF', null), (2, 'STAFF', null), (7, 'STAFF', 1)",
                "insert into member_status (id, status) values (1, 'ACTIVE'), (2, 'ACTIVE')",
                "insert into guest (id, days) values (1, 1)",
            }) {
                statement.execute(sql);
            }
            if (database == onPostgres) {
                statement.execute(
                        "create or replace procedure promote() language sql as 'update member set role = ''x'''");
                statement.execute(
                        "create or replace function promoted() returns void language sql as 'update member set role = ''x'''");
            }
        }
    }

    @Test
    void itIsToldAfterTheDatabaseHasCommittedAndBeforeTheCallerKnows() throws SQLException {
        freshRows(onPostgres);
        String[] seen = new String[1];
        Runnable stop = Memberships.onChange(() -> seen[0] = roleOf(2));
        onPostgres.factory().inTransaction(session -> session.find(Member.class, 2L).role = "OWNER");
        stop.run();
        assertThat(seen[0]).isEqualTo("OWNER");
    }

    private static String roleOf(long id) {
        return onPostgres.factory().fromSession(session -> session.find(Member.class, id).role);
    }

    @Test
    void whatIsRolledBackToASavepointStillCounts() throws SQLException {
        freshRows(onH2);
        try (Connection connection = onH2.guarded().getConnection()) {
            connection.setAutoCommit(false);
            Savepoint before = connection.setSavepoint();
            update(connection);
            connection.rollback(before);
            connection.commit();
            assertThat(told).hasValue(1);
        }
        assertThat(told).hasValue(1);
    }

    @Test
    void inAutoCommitModeEachStatementIsToldOnce() throws SQLException {
        freshRows(onH2);
        try (Connection connection = onH2.guarded().getConnection()) {
            update(connection);
            assertThat(told).hasValue(1);
            update(connection);
        }
        assertThat(told).hasValue(2);
    }

    @Test
    void aTransactionThatEndsBySwitchingAutoCommitOnIsTold() throws SQLException {
        freshRows(onH2);
        try (Connection connection = onH2.guarded().getConnection()) {
            connection.setAutoCommit(false);
            update(connection);
            connection.setAutoCommit(true);
            assertThat(told).hasValue(1);
        }
    }

    @Test
    void aCommitThatIsWrittenAsSqlIsTold() throws SQLException {
        freshRows(onPostgres);
        try (Connection connection = onPostgres.guarded().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("begin");
            update(connection);
            int early = told.get();
            statement.execute("commit");
            assertThat(told.get()).isGreaterThan(early);
        }
    }

    @Test
    void aConnectionThatSomebodyElseCommitsIsToldWhenItCloses() throws SQLException {
        freshRows(onH2);
        try (Connection connection = onH2.guarded().getConnection()) {
            connection.setAutoCommit(false);
            update(connection);
            assertThat(told).hasValue(0);
        }
        assertThat(told).hasValue(1);
    }

    @Test
    void aSessionFactorysOwnConnectionIsToldWhenItCloses() throws SQLException {
        String url = "jdbc:h2:mem:" + UUID.randomUUID();
        try (SessionFactory own = Model.factory(url, Map.of(), Place.class, Member.class, Guest.class)) {
            told.set(0);
            own.inSession(session -> session.doWork(connection -> {
                connection.setAutoCommit(false);
                update(connection);
            }));
            assertThat(told).hasValue(1);
        }
    }

    @Test
    void aCommitOfWhichNoAnswerCameBackIsTold() throws SQLException {
        freshRows(onH2);
        bare = onH2.guarded().unwrap(JdbcDataSource.class).getConnection();
        Connection broken = (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("commit")) {
                        throw new SQLException("the network is gone");
                    }
                    return method.invoke(bare, arguments);
                });
        try (Connection connection = GuardedJdbc.connection(broken, ((GuardedDataSource) onH2.guarded()).guard())) {
            connection.setAutoCommit(false);
            update(connection);
            assertThatExceptionOfType(SQLException.class).isThrownBy(connection::commit);
            assertThat(told).hasValue(1);
        }
    }

    @Test
    void aListenerThatFailsHidesNeitherTheCommitNorTheOtherListeners() throws SQLException {
        freshRows(onPostgres);
        Runnable stop = Memberships.onChange(() -> {
            throw new AssertionError("expected: a listener failed");
        });
        AtomicInteger later = new AtomicInteger();
        Runnable stopLater = Memberships.onChange(later::incrementAndGet);
        onPostgres.factory().inTransaction(session -> session.find(Member.class, 2L).role = "ADMIN");
        stop.run();
        stopLater.run();
        assertThat(roleOf(2)).isEqualTo("ADMIN");
        assertThat(later).hasValue(1);
    }

    @Test
    void aListenerThatHasEndedIsNotCalled() throws SQLException {
        freshRows(onH2);
        end.run();
        end.run();
        onH2.factory().inTransaction(session -> session.find(Member.class, 2L).role = "ADMIN");
        assertThat(told).hasValue(0);
    }

    @Test
    void severalSessionFactoriesOverOneDataSourceTellOfWhatAnyOfThemKnows() throws SQLException {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setUrl("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        DataSource guarded = TenantIsolation.guard(h2);
        try (SessionFactory first = factory(guarded, Place.class, Member.class, Guest.class);
                SessionFactory second = factory(guarded, Login.class)) {
            told.set(0);
            second.inTransaction(session -> session.createNativeMutationQuery("update member set role = 'ADMIN'")
                    .executeUpdate());
            assertThat(told).hasValue(1);
        }
    }

    private static void update(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("update member set role = 'ADMIN'")) {
            statement.executeUpdate();
        }
    }
}

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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.TenantId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What one tenant's work leaves in the database's session is gone when the pool hands the connection to another; the pool's own stays. */
class SessionLeftoversTest {

    private static final String TRUSTED = "/* tenancy: trusted because of the test */ ";
    private static final UUID ACME = new UUID(1, 1);
    private static final UUID GLOBEX = new UUID(2, 2);

    private static SecuredPostgres postgres;
    private static Pool onPostgresql;
    private static Pool onH2;

    @Entity(name = "Asset")
    static class Asset {

        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        Long id;

        @TenantId
        @Column(name = "tenant_id")
        UUID tenantId;
    }

    /** A pool of one connection, which has settings, tables and statements of its own. */
    private record Pool(OneConnection bare, DataSource guarded, SessionFactory factory, List<String> init, String look)
            implements AutoCloseable {

        void begin() throws SQLException {
            try (Connection connection = bare.getConnection();
                    Statement statement = connection.createStatement()) {
                for (String sql : init) {
                    statement.execute(sql);
                }
            }
        }

        /** What somebody finds in the session, who comes next. */
        List<String> seen() throws SQLException {
            try (Connection connection = bare.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(look)) {
                List<String> seen = new ArrayList<>(List.of("auto-commit " + connection.getAutoCommit()));
                while (rows.next()) {
                    seen.add(rows.getString(1));
                }
                return seen;
            }
        }

        @Override
        public void close() throws SQLException {
            factory.close();
            bare.close();
        }
    }

    @BeforeAll
    static void build() throws Exception {
        postgres = new SecuredPostgres();
        postgres.make("leftovers", Asset.class);
        OneConnection one = new OneConnection(postgres.url("app", "leftovers"));
        DataSource guarded = TenantIsolation.guard(one);
        onPostgresql = new Pool(
                one,
                guarded,
                postgres.factory("leftovers", Map.of("hibernate.connection.datasource", guarded), Asset.class),
                List.of(
                        "set statement_timeout = '70s'",
                        "set myapp.region = 'eu'",
                        "listen pools",
                        "prepare pools as select 1",
                        "create temp table pools (k int)"),
                """
                select name || '=' || setting || ' ' || source from pg_settings
                  where source = 'session' or name in ('work_mem', 'TimeZone', 'search_path', 'application_name')
                union all select 'region ' || current_setting('myapp.region', true)
                union all select 'other ' || coalesce(current_setting('myapp.other', true), '')
                union all select 'role ' || current_setting('role')
                union all select relname || ' ' || relkind::text from pg_class where relnamespace = pg_my_temp_schema()
                union all select typname from pg_type where typnamespace = pg_my_temp_schema() and typname not like '\\_%'
                union all select proname from pg_proc where pronamespace = pg_my_temp_schema()
                union all select 'prepared ' || name from pg_prepared_statements where from_sql
                union all select 'cursor ' || name from pg_cursors where is_holdable
                union all select 'channel ' || c from pg_listening_channels() c
                union all select 'lock ' || objid from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()
                union all select 'sum ' || count(*) from pools
                order by 1
                """);
        OneConnection h2 = new OneConnection("jdbc:h2:mem:leftovers;DB_CLOSE_DELAY=-1");
        DataSource guardedH2 = TenantIsolation.guard(h2);
        onH2 = new Pool(
                h2,
                guardedH2,
                Model.factory(Map.of("hibernate.connection.datasource", guardedH2), Asset.class),
                List.of(
                        "create schema if not exists other",
                        "drop table if exists leftover",
                        "set lock_timeout 1234",
                        "set @region = 'eu'",
                        "create local temporary table if not exists pools (k int)"),
                """
                select state_key || ' ' || state_command from information_schema.session_state
                union all select 'lock timeout ' || lock_timeout()
                union all select setting_name || ' ' || setting_value from information_schema.settings
                  where setting_name in ('QUERY_TIMEOUT', 'TRUNCATE_LARGE_LENGTH', 'VARIABLE_BINARY', 'TIME ZONE')
                union all select 'global ' || table_name from information_schema.tables
                  where table_type = 'GLOBAL TEMPORARY'
                order by 1
                """);
    }

    @AfterAll
    static void close() throws Exception {
        onPostgresql.close();
        onH2.close();
        postgres.close();
    }

    @BeforeEach
    void thePoolHasItsOwn() throws SQLException {
        onPostgresql.begin();
        onH2.begin();
    }

    @AfterEach
    void theNextTestHasAFreshConnection() throws SQLException {
        onPostgresql.bare().close();
        onH2.bare().close();
    }

    /** How a connection is used, and left. */
    private enum Way {
        ALONE,
        COMMITTED,
        LEFT_OPEN,
        ROLLED_BACK,
        FAILED
    }

    private static void run(Pool pool, Object tenant, Way way, String... texts) throws SQLException {
        CurrentTenant.runAs(tenant, () -> {
            try (Connection connection = pool.guarded().getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(way == Way.ALONE);
                for (String text : texts) {
                    statement.execute(text);
                }
                if (way == Way.COMMITTED) {
                    connection.commit();
                } else if (way == Way.ROLLED_BACK) {
                    connection.rollback();
                } else if (way == Way.FAILED) {
                    assertThat(catchThrowable(() -> statement.execute("select 1 / 0")))
                            .isInstanceOf(SQLException.class);
                }
            }
        });
    }

    static Stream<Arguments> textsThatLeaveSomething() {
        return Stream.concat(
                Stream.of(
                                TRUSTED + "create temp table asset (id bigint, tenant_id uuid)",
                                TRUSTED + "CREATE TEMPORARY TABLE if not exists t2 as select 1 as x",
                                TRUSTED + "select 1 as x into temp t3",
                                TRUSTED + "select 1 as x into temporary table t3",
                                TRUSTED + "create table pg_temp.t4 (x int)",
                                TRUSTED + "create table \"pg_temp\".t4 (x int)",
                                TRUSTED + "create temporary view v5 as select 1 as x",
                                TRUSTED + "create temp sequence s6",
                                TRUSTED + "create function pg_temp.f7() returns int language sql as 'select 1'",
                                TRUSTED + "create type pg_temp.e8 as enum ('a')",
                                TRUSTED + "explain analyze create temp table t10 as select 1 as x",
                                "set statement_timeout = '3s'",
                                "set session statement_timeout to 5000",
                                TRUSTED + "set session/* a comment */statement_timeout to 5000",
                                TRUSTED + "-- a line\n set work_mem = '9MB'",
                                TRUSTED + "select 1; set work_mem = '9MB'",
                                TRUSTED
                                        + "select ';', \";\", E'\\';', $$;$$ from (select 1 as \";\") x; set work_mem = '9MB'",
                                "set time zone 'Asia/Tokyo'",
                                "set application_name = 'globex'",
                                TRUSTED + "set search_path = pg_temp, public",
                                TRUSTED + "set schema 'pg_temp'",
                                TRUSTED + "set myapp.region = 'us'",
                                TRUSTED + "set myapp.other = 'us'",
                                TRUSTED + "set \"myapp\" . other = 'us'",
                                TRUSTED + "reset statement_timeout",
                                TRUSTED + "reset myapp.region",
                                TRUSTED + "select set_config('work_mem', '10MB', false)",
                                TRUSTED
                                        + "select set_config('myapp.region', 'x', false), set_config('myapp.other', 'y', (true and false))",
                                TRUSTED + "prepare q as select 1",
                                "listen globex",
                                TRUSTED + "select pg_advisory_lock(7), pg_try_advisory_lock_shared(1, 2)",
                                TRUSTED + "do $$ begin create temp table t9 (x int); end $$",
                                TRUSTED + "do $x$ begin set work_mem = '11MB'; end $x$")
                        .map(text -> Arguments.of("PostgreSQL", text)),
                Stream.of(
                                "create local temporary table t1 (id bigint, tenant_id uuid)",
                                "create temp table leftover (id bigint)",
                                "create cached global temporary table leftover (id bigint)",
                                TRUSTED + "create local temporary table t2 as select 1 as x",
                                TRUSTED + "create local temporary table \"T Q\" (x int)",
                                TRUSTED + "declare local temporary table t3 (x int)",
                                TRUSTED + "set @x = 5",
                                TRUSTED + "SET @\"x y\" = 'q'",
                                TRUSTED + "set @region = 'us'",
                                TRUSTED + "set @region = null",
                                TRUSTED + "select @x := 7",
                                TRUSTED + "select @\"x y\" := 7",
                                TRUSTED + "select set(@x, 7)",
                                TRUSTED + "set schema other",
                                TRUSTED + "use other",
                                TRUSTED + "set lock_timeout 77",
                                TRUSTED + "set query_timeout 5000",
                                TRUSTED + "set time zone '+05:00'",
                                TRUSTED + "set variable_binary true",
                                TRUSTED + "set truncate_large_length true",
                                TRUSTED + "execute immediate 'set @x = 5'")
                        .map(text -> Arguments.of("H2", text)));
    }

    private static Pool pool(String database) {
        return database.equals("H2") ? onH2 : onPostgresql;
    }

    @ParameterizedTest
    @MethodSource("textsThatLeaveSomething")
    void thePoolGetsItsConnectionBackAsItWas(String database, String text) throws SQLException {
        Pool pool = pool(database);
        List<String> before = pool.seen();
        for (Way way : Way.values()) {
            run(pool, GLOBEX, way, text);
            assertThat(pool.seen()).as(way.name()).isEqualTo(before);
            // Again, since what was prepared may remember what is gone.
            run(pool, GLOBEX, way, text);
            assertThat(pool.seen()).as(way.name()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @MethodSource("textsThatLeaveSomething")
    void thePoolsConnectionIsLeftAloneByTheTextItself(String database, String text) throws SQLException {
        // The texts do something: without the library they are seen.
        Pool pool = pool(database);
        List<String> before = pool.seen();
        try (Connection connection = pool.bare().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
        assertThat(pool.seen()).isNotEqualTo(before);
    }

    @Test
    void aCursorThatOutlivesItsTransactionIsClosed() throws SQLException {
        List<String> before = onPostgresql.seen();
        run(onPostgresql, GLOBEX, Way.COMMITTED, TRUSTED + "declare c cursor with hold for select 1");
        assertThat(onPostgresql.seen()).isEqualTo(before);
    }

    @Test
    void aTransactionThatATextBeganIsEnded() throws SQLException {
        run(onPostgresql, GLOBEX, Way.ALONE, "begin", "set local statement_timeout = '3s'", "select 1");
        assertThat(onPostgresql.seen()).anyMatch(line -> line.startsWith("statement_timeout=70000"));
    }

    @Test
    void aSettingForTheTransactionIsNoReasonToLookAndNotTakenForTheSessions() throws SQLException {
        List<String> before = onPostgresql.seen();
        int pid = onPostgresql.bare().pid();
        run(
                onPostgresql,
                GLOBEX,
                Way.COMMITTED,
                "set local statement_timeout = '3s'",
                TRUSTED + "select set_config('myapp.region', 'us', true)",
                "create temp table t (x int)");
        assertThat(onPostgresql.seen()).isEqualTo(before);
        run(onPostgresql, GLOBEX, Way.COMMITTED, "set local statement_timeout = '3s'", "set statement_timeout = '4s'");
        // Its value of before could not be read any more.
        assertThat(onPostgresql.bare().left()).isEqualTo("closed");
        assertThat(pid).isPositive();
    }

    @ParameterizedTest
    @MethodSource("textsThatCannotBePutBack")
    void aConnectionThatCannotBePutBackIsNotHandedOn(String database, String text) throws SQLException {
        Pool pool = pool(database);
        run(pool, GLOBEX, Way.ALONE, text);
        assertThat(pool.bare().isOver()).isTrue();
        // The pool makes another, and goes on.
        try (Connection next = pool.bare().getConnection()) {
            assertThat(next.isClosed()).isFalse();
        }
    }

    static Stream<Arguments> textsThatCannotBePutBack() {
        return Stream.of(
                Arguments.of("PostgreSQL", TRUSTED + "reset all"),
                Arguments.of("PostgreSQL", TRUSTED + "unlisten *"),
                Arguments.of("PostgreSQL", TRUSTED + "deallocate pools"),
                Arguments.of("PostgreSQL", TRUSTED + "discard temp"),
                Arguments.of("PostgreSQL", "set session characteristics as transaction read only"),
                Arguments.of("PostgreSQL", "set default_transaction_read_only = on"),
                Arguments.of(
                        "PostgreSQL",
                        TRUSTED + "do $$ begin perform set_config('myapp.' || 'region', 'x', false); end $$"),
                Arguments.of("H2", TRUSTED + "set throttle 1"),
                Arguments.of("H2", TRUSTED + "set schema_search_path other"),
                Arguments.of("H2", TRUSTED + "set autocommit off"));
    }

    @Test
    void theNextTenantReadsItsOwnTableAndNotTheOneThatStoodBeforeIt() throws SQLException {
        CurrentTenant.runAs(ACME, () -> onPostgresql.factory().inTransaction(session -> session.persist(new Asset())));
        for (Way way : Way.values()) {
            run(onPostgresql, GLOBEX, way, TRUSTED + "create local temporary table asset (id bigint, tenant_id uuid)");
            long own = CurrentTenant.callAs(
                    ACME,
                    () -> onPostgresql
                            .factory()
                            .fromTransaction(
                                    session -> session.createSelectionQuery("select count(*) from Asset", Long.class)
                                            .getSingleResult()));
            assertThat(own).as(way.name()).isEqualTo(1);
        }
    }

    @Test
    void hibernatesWorkLeavesNothingEither() throws SQLException {
        for (Pool pool : List.of(onPostgresql, onH2)) {
            List<String> before = pool.seen();
            CurrentTenant.runAs(
                    GLOBEX,
                    () -> pool.factory()
                            .inTransaction(session -> session.createNativeMutationQuery(
                                            "create local temporary table t (x int)")
                                    .executeUpdate()));
            assertThat(pool.seen()).isEqualTo(before);
        }
    }

    @Test
    void whatOneTenantLeftOnAConnectionIsTakenAwayBeforeAnotherUsesIt() throws SQLException {
        for (Pool pool : List.of(onPostgresql, onH2)) {
            try (Connection connection = pool.guarded().getConnection();
                    Statement statement = connection.createStatement()) {
                CurrentTenant.runAs(GLOBEX, () -> {
                    statement.execute("create local temporary table t (x int)");
                    statement.execute(TRUSTED + "insert into t values (1)");
                    assertThat(number(statement.executeQuery(TRUSTED + "select count(*) from t")))
                            .isEqualTo(1);
                });
                CurrentTenant.runAs(
                        ACME,
                        () -> assertThatExceptionOfType(SQLException.class)
                                .isThrownBy(() -> statement.executeQuery(TRUSTED + "select count(*) from t")));
            }
        }
    }

    @Test
    void withinATransactionAnotherTenantIsRefused() throws SQLException {
        for (Pool pool : List.of(onPostgresql, onH2)) {
            try (Connection connection = pool.guarded().getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                CurrentTenant.runAs(GLOBEX, () -> statement.execute("create local temporary table t (x int)"));
                CurrentTenant.runAs(ACME, () -> {
                    assertThatExceptionOfType(UnprovenStatementException.class)
                            .isThrownBy(() -> statement.executeQuery(TRUSTED + "select count(*) from t"))
                            .withMessageContaining("another tenant")
                            .withMessageContaining("Close the connection");
                    try (PreparedStatement query =
                            connection.prepareStatement("select count(*) from asset where tenant_id = ?")) {
                        query.setObject(1, ACME);
                        assertThatExceptionOfType(UnprovenStatementException.class)
                                .isThrownBy(query::executeQuery);
                    }
                });
            }
        }
    }

    @Test
    void whatWasMadeAcrossTenantsIsForNoTenant() throws SQLException {
        List<String> before = onPostgresql.seen();
        CurrentTenant.acrossTenants("a test", () -> {
            try (Connection connection = onPostgresql.guarded().getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute(TRUSTED + "create temp table everyones as select * from asset");
                connection.commit();
            }
        });
        assertThat(onPostgresql.bare().left()).isIn("closed", "app");
        if (onPostgresql.bare().left().equals("app")) {
            assertThat(onPostgresql.seen()).isEqualTo(before);
        }
    }

    @Test
    void aBatchIsLookedAtInEachOfItsParts() throws SQLException {
        List<String> before = onPostgresql.seen();
        CurrentTenant.runAs(GLOBEX, () -> {
            try (Connection connection = onPostgresql.guarded().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.addBatch("insert into asset (tenant_id) values ('" + GLOBEX + "')");
                statement.addBatch("set statement_timeout = '3s'");
                statement.addBatch("create temp table t (x int)");
                statement.executeBatch();
            }
        });
        assertThat(onPostgresql.seen()).isEqualTo(before);
    }

    @Test
    void whatJdbcItselfSetsIsPutBackAsWell() throws SQLException {
        List<String> before = onPostgresql.seen();
        CurrentTenant.runAs(GLOBEX, () -> {
            try (Connection connection = onPostgresql.guarded().getConnection()) {
                connection.setClientInfo("ApplicationName", "globex");
                connection.setSchema("pg_temp");
            }
        });
        assertThat(onPostgresql.seen()).isEqualTo(before);
        List<String> beforeH2 = onH2.seen();
        CurrentTenant.runAs(GLOBEX, () -> {
            try (Connection connection = onH2.guarded().getConnection()) {
                connection.setSchema("OTHER");
            }
        });
        assertThat(onH2.seen()).isEqualTo(beforeH2);
    }

    private static long number(ResultSet rows) throws SQLException {
        rows.next();
        return rows.getLong(1);
    }
}

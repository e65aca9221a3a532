package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.tenancy.sql.Proof;
import dev.tenancy.sql.Proof.Effect;
import dev.tenancy.sql.StatementProver;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.model.relational.internal.SqlStringGenerationContextImpl;
import org.hibernate.boot.registry.StandardServiceRegistry;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.MultiTenancySettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import testserver.NotOnCluster;
import testserver.TestServer;

/** Statements of every kind, in two files beside this class: those that have to be refused, and those that have to be proven. */
@NotOnCluster("a secondary table where a row may be missing (TENANCY-607)")
class StatementProofTest {

    private static final Pattern LINE = Pattern.compile("(both|h2|pg|none|incomplete): (.*?)(?: => (.*))?");
    private static final Map<String, Target> DATABASES = new HashMap<>();
    private static TestServer server;

    @Entity(name = "Currency")
    @GlobalEntity(reason = "ISO currency list")
    static class Currency {
        @Id
        String code;

        String name;
    }

    private record Target(Connection connection, MappedTables tables) {

        Proof proof(String sql) throws SQLException {
            Database database = Database.of(connection);
            StatementProver prover = new StatementProver(
                    database.dialect(),
                    new DatabaseCatalog(tables, List.of(), new Functions(), connection, database, false));
            return prover.prove(prover.narrowed(sql, tables.tenantColumns()));
        }

        void accepts(String sql) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                // PostgreSQL reads the text only now.
                statement.getParameterMetaData();
            }
        }
    }

    private record Line(String database, String sql, String demands) {

        Stream<Map.Entry<String, Target>> databases() {
            return DATABASES.entrySet().stream()
                    .filter(one -> !database.equals("h2") && !database.equals("pg")
                            || one.getKey().equals(database));
        }

        boolean isAccepted() {
            return !database.equals("none");
        }
    }

    @BeforeAll
    static void build() throws Exception {
        server = TestServer.start();
        DATABASES.put(
                "h2",
                database(
                        "jdbc:h2:mem:proof;DB_CLOSE_DELAY=-1",
                        "sa",
                        "create alias all_parents for 'java.lang.System.lineSeparator'"));
        DATABASES.put(
                "pg",
                database(
                        server.getJdbcUrl("postgres", "postgres"),
                        "postgres",
                        "alter table parent add unique (tenant_id, id)",
                        "create function all_parents() returns text language sql stable as 'select max(text) from parent'",
                        "create function parent_rows(int) returns setof parent language sql as 'select * from parent'",
                        "create function leak(parent) returns text language sql as 'select max(text) from parent'",
                        "create function liar() returns text language sql immutable as 'select max(text) from parent'",
                        "create function \"odd.name\"() returns text language sql as 'select max(text) from parent'",
                        "create function plain_upper(text) returns text language sql immutable as 'select upper($1)'",
                        "create function step(text, text) returns text language sql as 'select max(text) from parent'",
                        "create aggregate worst(text) (sfunc = step, stype = text)",
                        "create operator === (leftarg = text, rightarg = text, function = step)",
                        "create procedure clean() language sql as 'delete from parent'"));
    }

    private static Target database(String url, String user, String... more) throws SQLException {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "hibernate.connection.url",
                url,
                "hibernate.connection.username",
                user,
                "hibernate.connection.password",
                "",
                "hibernate.hbm2ddl.auto",
                "create"));
        TenantIsolation.applyTo(settings);
        OwnedEntities owned = ((SessionTenant)
                        Objects.requireNonNull(settings.get(MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER)))
                .owned();
        Connection connection = DriverManager.getConnection(url, user, "");
        try (StandardServiceRegistry registry =
                new StandardServiceRegistryBuilder().applySettings(settings).build()) {
            MetadataSources sources = new MetadataSources(registry).addAnnotatedClass(Currency.class);
            Arrays.stream(Model.ENTITIES).forEach(sources::addAnnotatedClass);
            Metadata metadata = sources.buildMetadata();
            metadata.buildSessionFactory().close();
            for (String table : List.of("dog", "split_more", "parent_notes", "parent_tag")) {
                run(connection, "alter table " + table + " add column if not exists tenant_id uuid");
            }
            run(connection, "create table audit_log (id uuid, tenant_id uuid, line varchar(100))");
            run(connection, "create view parent_view as select * from parent");
            run(connection, "create schema other");
            run(connection, "create view other.currency as select * from parent");
            run(connection, "create sequence ids");
            for (String sql : more) {
                run(connection, sql);
            }
            return new Target(
                    connection,
                    new MappedTables(
                            metadata,
                            owned,
                            SqlStringGenerationContextImpl.forTests(
                                    metadata.getDatabase().getJdbcEnvironment())));
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        connection.createStatement().execute(sql);
    }

    @AfterAll
    static void close() throws Exception {
        for (Target one : DATABASES.values()) {
            one.connection().close();
        }
        server.close();
    }

    @TestFactory
    Stream<DynamicTest> evasionsAreRefused() throws IOException {
        return each("evasions.txt", (database, line) -> {
            Proof proof = database.proof(line.sql());
            assertThat(isEvaded(proof)).as("accepted: " + proof.text().sql()).isFalse();
        });
    }

    @TestFactory
    Stream<DynamicTest> honestStatementsAreProven() throws IOException {
        return each("honest.txt", (database, line) -> {
            Proof proof = database.proof(line.sql());
            assertThat(proof.refusal()).isNull();
            assertThat(demands(proof)).isEqualTo(line.demands());
        });
    }

    @TestFactory
    Stream<DynamicTest> whatHibernateEmitsIsProvenWhereItNamesTheTenant() throws IOException {
        return lines("hibernate.txt").stream()
                .flatMap(line -> line.databases()
                        .map(one -> dynamicTest(one.getKey() + ": " + line.sql(), () -> {
                            Proof proof = one.getValue().proof(line.sql());
                            assertThat(proof.refusal() == null).isEqualTo(line.isAccepted());
                        })));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select * from parent",
                "with q as (select * from parent) select * from q, child for update",
                "select count(*) from parent union select count(*) from child",
                "select nextval('ids') from parent",
                "explain select * from parent",
                "select * from parent_view"
            })
    void aQueryOnlyReadsEvenIfItIsRefused(String sql) throws SQLException {
        Proof proof = DATABASES.get("pg").proof(sql);
        assertThat(proof.refusal()).isNotNull();
        assertThat(proof.reads()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "delete from parent",
                "insert into currency (code, name) select code, text from parent",
                "update currency set name = 'x'",
                "with gone as (delete from parent returning *) select * from gone",
                "with q as (select 1), made as (insert into parent (id) values (?) returning *) select * from q",
                "explain analyze delete from parent",
                "select * into copied from parent",
                "select * from parent where text = set_config('app.tenant', ?, true)",
                "select all_parents()",
                "select worst(text) over () from parent",
                "select 1; delete from parent",
                "create table copied as select * from parent",
                "truncate parent",
                "do $$ begin end $$",
                "call clean()"
            })
    void whatDoesMoreThanReadDoesNotPassForAQuery(String sql) throws SQLException {
        assertThat(DATABASES.get("pg").proof(sql).reads()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    create table x (id uuid references parent)                       | true
                    alter table if exists child add constraint f foreign key (parent_id) references parent | true
                    drop table if exists parent cascade                             | true
                    create view v as select * from parent                           | true
                    create table x as select * from parent                          | false
                    create table x (id uuid); delete from parent                    | false
                    truncate table parent                                           | false
                    delete from parent                                              | false
                    """)
    void aChangeOfTheSchemaIsToldFromOneThatTouchesRows(String sql, boolean defines) throws SQLException {
        Proof proof = DATABASES.get("pg").proof(sql);
        assertThat(proof.effects().contains(Effect.DEFINES)).isEqualTo(defines);
    }

    private interface Claim {
        void check(Target database, Line line) throws SQLException;
    }

    private static Stream<DynamicTest> each(String file, Claim claim) throws IOException {
        return lines(file).stream()
                .flatMap(line -> line.databases()
                        .map(one -> dynamicTest(one.getKey() + ": " + line.sql(), () -> {
                            claim.check(one.getValue(), line);
                            if (line.isAccepted()) {
                                one.getValue().accepts(line.sql());
                            }
                        })));
    }

    private static List<Line> lines(String file) throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(StatementProofTest.class.getResourceAsStream(file)), StandardCharsets.UTF_8))) {
            return reader.lines()
                    .filter(text -> !text.isEmpty() && !text.startsWith("#"))
                    .map(text -> {
                        Matcher line = LINE.matcher(text);
                        assertThat(line.matches()).as(text).isTrue();
                        return new Line(line.group(1), line.group(2), Objects.requireNonNullElse(line.group(3), ""));
                    })
                    .toList();
        }
    }

    // What names the tenant by a parameter that the guard binds evades nothing.
    private static boolean isEvaded(Proof proof) {
        return proof.refusal() == null && proof.ownParameters().isEmpty();
    }

    /** As the file of honest statements writes them. */
    private static String demands(Proof proof) {
        return proof.demands().stream()
                .filter(demand -> demand.anyOf().stream()
                        .noneMatch(value -> proof.ownParameters().contains(value.parameter())))
                .map(demand -> demand.anyOf().stream()
                        .map(value -> value.literal() == null
                                ? String.valueOf(value.parameter())
                                : "'" + value.literal() + "'")
                        .collect(Collectors.joining("|")))
                .sorted()
                .collect(Collectors.joining(" "));
    }
}

package dev.tenancy.test.isolation;

import static dev.tenancy.test.isolation.EntityIsolationTestsTest.SHOP;
import static dev.tenancy.test.isolation.EntityIsolationTestsTest.failures;
import static dev.tenancy.test.isolation.EntityIsolationTestsTest.isolated;
import static dev.tenancy.test.isolation.EntityIsolationTestsTest.plain;
import static dev.tenancy.test.isolation.EntityIsolationTestsTest.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.mapped.Mapped;
import dev.tenancy.mapped.Mapped.Invoice;
import dev.tenancy.test.isolation.EntityIsolationTestsTest.Kit;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import testserver.NotOnCluster;
import testserver.TestServer;

/** The same attacks on a PostgreSQL. */
@NotOnCluster("one database in which each application makes its schema anew")
class PostgresIsolationTest {

    private static TestServer postgres;

    private SessionFactory factory;

    @BeforeAll
    static void start() throws IOException {
        postgres = TestServer.start();
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    @AfterEach
    void close() {
        factory.close();
        System.clearProperty(EntityIsolationTests.REPORT);
        System.clearProperty(EntityIsolationTests.REHEARSAL);
    }

    static Stream<List<Class<?>>> applications() {
        return Stream.concat(Stream.of(List.of(SHOP)), EntityShapesTest.shapes());
    }

    @ParameterizedTest
    @MethodSource("applications")
    void ofAGoodApplicationNothingIsFound(List<Class<?>> entities) {
        factory = isolated(database(), entities.toArray(Class<?>[]::new));

        assertThat(failures(new Kit(factory))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("applications")
    void inARehearsalEachAttackIsNoticed(List<Class<?>> entities) {
        System.setProperty(EntityIsolationTests.REHEARSAL, "true");
        factory = isolated(database(), entities.toArray(Class<?>[]::new));

        assertThat(failures(new Kit(factory))).isEmpty();
    }

    @Test
    void withoutAnyFilterMostIsRed() {
        factory = plain(database(), true, Mapped.COLLECTIONS);
        Map<String, Throwable> all = run(new Kit(factory));

        assertThat(failures(all).size()).isGreaterThan(all.size() * 3 / 5);
    }

    @Test
    void idsThatAreCountedTogetherTellOfOthers() {
        factory = isolated(database(), Invoice.class);

        assertThat(failures(new Kit(factory))).containsOnlyKeys("Invoice/volume by id");
    }

    @Test
    void aUniqueExpressionWithoutTenantIsNamed() throws SQLException {
        factory = isolated(database(), SHOP);
        execute("create unique index client_mail on client (lower(mail))");

        Map<String, Throwable> found = failures(new Kit(factory));

        assertThat(found).containsOnlyKeys("Client/same unique value: mail");
        assertThat(found.get("Client/same unique value: mail"))
                .hasMessageContainingAll("leak: Client: ", "client_mail", "tenant_id");
    }

    @Test
    void aUniqueComputedColumnWithoutTenantIsNamed() throws SQLException {
        factory = isolated(database(), SHOP);
        execute("alter table client add column lower_mail text generated always as (lower(mail)) stored unique");

        assertThat(failures(new Kit(factory))).containsOnlyKeys("Client/same unique value: mail");
    }

    @Test
    void aUniqueExpressionWithTenantIsGood() throws SQLException {
        factory = isolated(database(), SHOP);
        execute("create unique index client_mail on client (tenant_id, lower(mail))");

        assertThat(run(new Kit(factory))).containsEntry("Client/same unique value: mail", null);
    }

    private static void execute(String sql) throws SQLException {
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Map<String, Object> database() {
        return Map.of(
                "hibernate.connection.url",
                postgres.getJdbcUrl("postgres", "postgres"),
                "hibernate.connection.username",
                "postgres");
    }
}

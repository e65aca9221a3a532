package dev.tenancy;

import static dev.tenancy.SecondFactoryTest.count;
import static dev.tenancy.SecondFactoryTest.factory;
import static dev.tenancy.SecondFactoryTest.isHeld;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.SecondFactoryTest.Customer;
import dev.tenancy.SecondFactoryTest.GlobalCustomer;
import dev.tenancy.SecondFactoryTest.Invoice;
import jakarta.persistence.EntityManagerFactory;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.ds.PGSimpleDataSource;
import testserver.NotOnCluster;
import testserver.TestServer;

/** Several data sources of one application, which reach one database or several. */
@NotOnCluster("a schema that a second factory adds to, and is distributed once")
class DataSourceGuardsTest {

    private static TestServer postgres;

    private final DataSourceGuards guards = new DataSourceGuards();

    @BeforeAll
    static void start() throws IOException, SQLException {
        postgres = TestServer.start();
        postgres.role("reader", "login");
        run(postgres.getPostgresDatabase(), "grant pg_read_all_data to reader");
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    /** One makes databases, and tells of each by two data sources. */
    static Stream<Named<Supplier<DataSource[]>>> databases() {
        return Stream.of(
                Named.of("H2", DataSourceGuardsTest::h2), Named.of("PostgreSQL", DataSourceGuardsTest::postgres));
    }

    private static DataSource[] h2() {
        String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
        JdbcDataSource pool = new JdbcDataSource();
        pool.setUrl(url);
        JdbcDataSource beside = new JdbcDataSource();
        beside.setUrl(url + ";LOCK_TIMEOUT=1000");
        return new DataSource[] {pool, beside};
    }

    private static DataSource[] postgres() {
        String name = "d" + UUID.randomUUID().toString().replace("-", "");
        postgres.create(name);
        PGSimpleDataSource beside = new PGSimpleDataSource();
        beside.setUrl(postgres.getJdbcUrl("reader", name).replace("localhost", "127.0.0.1") + "&loginTimeout=5");
        return new DataSource[] {postgres.getDatabase("postgres", name), beside};
    }

    @ParameterizedTest
    @MethodSource("databases")
    void databasesWithTablesOfOneNameAreKeptApartInEitherOrder(Supplier<DataSource[]> databases) {
        for (boolean ownedFirst : new boolean[] {true, false}) {
            DataSourceGuards both = new DataSourceGuards();
            DataSource main = both.guard(databases.get()[0]);
            DataSource other = both.guard(databases.get()[0]);
            try (SessionFactory first =
                            ownedFirst ? factory(main, Customer.class) : factory(other, GlobalCustomer.class);
                    SessionFactory second =
                            ownedFirst ? factory(other, GlobalCustomer.class) : factory(main, Customer.class)) {
                both.complete(Map.of("main", main, "other", other), Map.of(), Map.of("first", first, "second", second));
                isHeld(main, "customer");
                assertThat(count(other, "select count(*) from customer")).isZero();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aPoolBesideOfTheSameDatabaseKnowsItsTables(Supplier<DataSource[]> databases) {
        DataSource[] database = databases.get();
        DataSource main = guards.guard(database[0]);
        DataSource beside = guards.guard(database[1]);
        DataSource other = guards.guard(databases.get()[0]);
        try (SessionFactory factory = factory(main, Customer.class);
                SessionFactory global = factory(other, GlobalCustomer.class)) {
            guards.complete(Map.of("main", main, "beside", beside, "other", other), Map.of(), Map.of("one", factory));
            isHeld(beside, "customer");
            assertThat(count(beside, "select 1")).isEqualTo(1);
            assertThat(count(other, "select count(*) from customer")).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void twoFactoriesOfOneDatabaseHaveToAgree(Supplier<DataSource[]> databases) {
        DataSource[] database = databases.get();
        DataSource main = guards.guard(database[0]);
        DataSource again = guards.guard(database[0]);
        try (SessionFactory first = factory(main, Customer.class);
                SessionFactory second = factory(again, GlobalCustomer.class)) {
            assertThatExceptionOfType(TenancySetupException.class)
                    .isThrownBy(() -> guards.complete(
                            Map.of("main", main, "again", again), Map.of(), Map.of("first", first, "second", second)))
                    .withMessageContaining("Customer")
                    .withMessageContaining("GlobalCustomer");
        }
    }

    // Each finds the other's tables, and would take them for nobody's.
    @ParameterizedTest
    @MethodSource("databases")
    void eachOfTwoFactoriesMapsSomeOfTheTables(Supplier<DataSource[]> databases) {
        DataSource[] database = databases.get();
        factory(TenantIsolation.guard(database[0]), Customer.class, Invoice.class)
                .close();
        DataSource main = guards.guard(database[0]);
        DataSource again = guards.guard(database[0]);
        try (SessionFactory first = factory(main, SecondFactoryTest.Customer2.class)) {
            assertThatExceptionOfType(TenancySetupException.class)
                    .isThrownBy(() -> guards.complete(Map.of("main", main), Map.of(), Map.of("first", first)))
                    .withMessageContaining("TENANCY-207")
                    .withMessageContaining("has a tenant column");
            try (SessionFactory second = factory(again, Customer.class, Invoice.class)) {
                guards.complete(
                        Map.of("main", main, "again", again), Map.of(), Map.of("first", first, "second", second));
                isHeld(main, "invoice");
                isHeld(again, "invoice");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aReplicaKnowsTheTablesOfWhatItIsACopyOf(Supplier<DataSource[]> databases) {
        DataSource main = guards.guard(databases.get()[0]);
        DataSource replica = databases.get()[0];
        factory(TenantIsolation.guard(replica), Customer.class).close();
        DataSource guarded = guards.guard(replica);
        DataSource empty = guards.guard(databases.get()[0]);
        try (SessionFactory factory = factory(main, Customer.class, Invoice.class)) {
            guards.complete(Map.of("main", main, "replica", guarded, "empty", empty), Map.of(), Map.of("one", factory));
            isHeld(guarded, "customer");
            isHeld(empty, "customer");
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void anotherDatabaseWithTenantColumnsThatNobodyMapsIsRefusedByName(Supplier<DataSource[]> databases) {
        DataSource main = guards.guard(databases.get()[0]);
        DataSource strange = databases.get()[0];
        run(strange, "create schema deep; create table deep.stray (Tenant_Id varchar(9))");
        DataSource guarded = guards.guard(strange);
        try (SessionFactory factory = factory(main, Customer.class)) {
            refused(
                    Map.of("main", main, "reports", guarded),
                    Map.of(),
                    Map.of("one", factory),
                    "TENANCY-304",
                    "reports",
                    "stray");
            // Nobody's of ours, so that it may be left out.
            guards.complete(Map.of("main", main), Map.of("reports", strange), Map.of("one", factory));
        }
        DataSourceGuards others = new DataSourceGuards();
        DataSource alone = others.guard(strange);
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> others.complete(Map.of("reports", alone), Map.of(), Map.of()))
                .withMessageContaining("TENANCY-304");
    }

    @ParameterizedTest
    @MethodSource("databases")
    void anotherDatabaseWithoutTenantsIsLeftInPeace(Supplier<DataSource[]> databases) {
        DataSource main = guards.guard(databases.get()[0]);
        DataSource batch = databases.get()[0];
        run(batch, "create table customer (id int); create table job (id int)");
        DataSource guarded = guards.guard(batch);
        try (SessionFactory factory = factory(main, Customer.class)) {
            guards.complete(Map.of("main", main, "batch", guarded), Map.of(), Map.of("one", factory));
            assertThat(count(guarded, "select count(*) from customer")).isZero();
            isHeld(main, "customer");
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void whatIsLeftOutReachesNoTableOfAnOwnedEntity(Supplier<DataSource[]> databases) {
        DataSource[] database = databases.get();
        DataSource main = guards.guard(database[0]);
        DataSource copy = databases.get()[0];
        factory(TenantIsolation.guard(copy), Customer.class).close();
        DataSource legacy = databases.get()[0];
        run(legacy, "create table customer (id int)");
        try (SessionFactory factory = factory(main, Customer.class)) {
            refused(
                    Map.of("main", main),
                    Map.of("reports", database[1]),
                    Map.of("one", factory),
                    "TENANCY-306",
                    "reports",
                    "customer");
            refused(
                    Map.of("main", main),
                    Map.of("copy", copy),
                    Map.of("one", factory),
                    "TENANCY-306",
                    "copy",
                    "customer");
            refused(
                    Map.of("main", main),
                    Map.of("down", down()),
                    Map.of("one", factory),
                    "TENANCY-306",
                    "down",
                    "could not be asked");
            guards.complete(Map.of("main", main), Map.of("legacy", legacy), Map.of("one", factory));
        }
    }

    @Test
    void aDataSourceWithoutAGuardIsRefused() {
        DataSource[] database = h2();
        DataSource main = guards.guard(database[0]);
        try (SessionFactory factory = factory(main, Customer.class)) {
            refused(Map.of("main", main, "raw", database[1]), Map.of(), Map.of("one", factory), "TENANCY-303", "raw");
            refused(Map.of("main", main, "down", down()), Map.of(), Map.of("one", factory), "TENANCY-303", "down");
        }
    }

    @Test
    void theGuardIsFoundBehindWhatDoesNotTellOfIt() {
        DataSource[] database = h2();
        DataSource main = mute(guards.guard(database[0]));
        DataSource beside = mute(guards.guard(database[1]));
        try (SessionFactory factory = factory(main, Customer.class)) {
            isHeld(main, "customer");
            guards.complete(Map.of("main", main, "beside", beside), Map.of(), Map.of("one", factory));
            isHeld(beside, "customer");
        }
    }

    @Test
    void whatCannotBeAskedIsHeldToAllThatIsKnown() {
        DataSource[] database = h2();
        DataSource main = guards.guard(database[0]);
        boolean[] isUp = {false};
        DataSource late = guards.guard(new UpLater(database[1], isUp).dataSource());
        try (SessionFactory factory = factory(main, Customer.class)) {
            guards.complete(Map.of("main", main, "late", late), Map.of(), Map.of("one", factory));
            isUp[0] = true;
            isHeld(late, "customer");
            isHeld(guards.guard(database[1]), "customer");
        }
    }

    @Test
    void aFactoryWithoutTheIsolationIsRefused() {
        DataSource[] database = h2();
        DataSource main = guards.guard(database[0]);
        try (SessionFactory factory = factory(main, Customer.class);
                SessionFactory owning = unisolated(h2()[0], Customer.class);
                SessionFactory reaching = unisolated(database[1], GlobalCustomer.class);
                SessionFactory guarded = unisolated(main, GlobalCustomer.class);
                SessionFactory elsewhere = unisolated(h2()[0], GlobalCustomer.class)) {
            refused(
                    Map.of("main", main),
                    Map.of(),
                    Map.of("one", factory, "two", owning),
                    "TENANCY-305",
                    "two",
                    "Customer");
            refused(
                    Map.of("main", main),
                    Map.of(),
                    Map.of("one", factory, "two", reaching),
                    "TENANCY-305",
                    "two",
                    "customer");
            guards.complete(Map.of("main", main), Map.of(), Map.of("one", factory, "two", guarded, "three", elsewhere));
        }
    }

    private void refused(
            Map<String, DataSource> guarded,
            Map<String, DataSource> leftOut,
            Map<String, ? extends EntityManagerFactory> factories,
            String... words) {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> guards.complete(guarded, leftOut, factories))
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains(words));
    }

    private static SessionFactory unisolated(DataSource dataSource, Class<?>... entities) {
        Configuration configuration = new Configuration();
        configuration.addAnnotatedClasses(entities);
        configuration.getProperties().put("hibernate.connection.datasource", dataSource);
        return configuration.buildSessionFactory();
    }

    private static DataSource down() {
        return new UpLater(null, new boolean[] {false}).dataSource();
    }

    /** A data source whose database is not there at first. */
    private record UpLater(DataSource target, boolean[] isUp) {

        DataSource dataSource() {
            return (DataSource) Proxy.newProxyInstance(
                    DataSourceGuardsTest.class.getClassLoader(),
                    new Class<?>[] {DataSource.class},
                    (proxy, method, arguments) -> {
                        if (!isUp[0]) {
                            throw new SQLException("down");
                        }
                        return method.invoke(target, arguments);
                    });
        }
    }

    /** Stands before a data source and leaves out that part of JDBC that would tell so; so do many that are written by hand. */
    private static DataSource mute(DataSource target) {
        return (DataSource) Proxy.newProxyInstance(
                DataSourceGuardsTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("isWrapperFor")) {
                        throw new UnsupportedOperationException();
                    }
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }

    private static void run(DataSource dataSource, String sql) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String one : sql.split(";")) {
                statement.execute(one);
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}

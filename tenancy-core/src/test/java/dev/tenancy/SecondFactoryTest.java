package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Table;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.TenantId;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import testserver.NotOnCluster;
import testserver.TestServer;

/** Several session factories over one guarded data source. */
@NotOnCluster("a schema that a second factory adds to, and is distributed once")
class SecondFactoryTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    private static TestServer postgres;

    @BeforeAll
    static void start() throws IOException {
        postgres = TestServer.start();
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    static Stream<Named<DataSource>> databases() throws SQLException {
        String name = "d" + UUID.randomUUID().toString().replace("-", "");
        postgres.create(name);
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setUrl("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        return Stream.of(named("H2", h2), named("PostgreSQL", postgres.getDatabase("postgres", name)));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aTableOfAnOwnedEntityIsNotGlobalForAnother(DataSource database) {
        DataSource guarded = TenantIsolation.guard(database);
        try (SessionFactory owning = factory(guarded, Customer.class)) {
            refused(guarded, GlobalCustomer.class, "Customer", "GlobalCustomer", "customer", "@GlobalEntity");
            refused(guarded, GlobalCodes.class, "Customer", "GlobalCodes.codes", "customer");
            isHeld(guarded, "customer");
        }
        refused(guarded, GlobalCustomer.class, "Customer", "GlobalCustomer");
        isHeld(guarded, "customer");
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aTableOfAGlobalEntityIsNotOwnedForAnother(DataSource database) {
        DataSource guarded = TenantIsolation.guard(database);
        try (SessionFactory global = factory(guarded, GlobalCustomer.class)) {
            refused(guarded, Customer.class, "GlobalCustomer", "Customer", "customer");
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void tablesBesideTheEntitysOwnAreComparedAsWell(DataSource database) {
        DataSource guarded = TenantIsolation.guard(database);
        try (SessionFactory owning = factory(guarded, Customer.class, Wide.class, Car.class, Asset.class)) {
            refused(guarded, GlobalNotes.class, "Wide.notes", "GlobalNotes", "wide_notes");
            refused(guarded, GlobalDetails.class, "Wide", "GlobalDetails", "wide_details");
            refused(guarded, GlobalCars.class, "Car", "GlobalCars", "car");
            isHeld(guarded, "wide_notes");
            isHeld(guarded, "wide_details");
            isHeld(guarded, "car");
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void theTenantColumnOfATableIsTheSameForAll(DataSource database) {
        DataSource guarded = TenantIsolation.guard(database);
        try (SessionFactory first = factory(guarded, Customer.class)) {
            refused(guarded, OtherColumn.class, "Customer", "OtherColumn", "tenant_id", "company_id");
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void whatWasRefusedTeachesTheGuardNothing(DataSource database) {
        DataSource guarded = TenantIsolation.guard(database);
        try (SessionFactory global = factory(guarded, GlobalCustomer.class)) {
            refused(guarded, Customer.class, "GlobalCustomer", "Customer", "customer");
            assertThat(count(guarded, "select count(*) from customer")).isZero();
        }
    }

    static Stream<Arguments> orders() throws SQLException {
        return Stream.concat(
                databases().map(one -> arguments(one, false)), databases().map(one -> arguments(one, true)));
    }

    @ParameterizedTest
    @MethodSource("orders")
    void twoThatAgreeWorkInEitherOrder(DataSource database, boolean turned) {
        DataSource guarded = TenantIsolation.guard(database);
        Class<?>[] many = {Customer.class, Invoice.class, Wide.class, Asset.class, Car.class};
        Class<?>[] few = {Customer2.class, Asset2.class, Currency.class};
        try (SessionFactory first = factory(guarded, turned ? few : many);
                SessionFactory second = factory(guarded, turned ? many : few)) {
            works(turned ? second : first);
            Customer2 other = new Customer2();
            SessionFactory small = turned ? first : second;
            CurrentTenant.runAs(ACME, () -> small.inTransaction(session -> session.persist(other)));
            CurrentTenant.runAs(
                    GLOBEX,
                    () -> small.inTransaction(session -> assertThat(session.find(Customer2.class, other.getId()))
                            .isNull()));
            isHeld(guarded, "customer");
            isHeld(guarded, "invoice");
            assertThat(count(guarded, "select count(*) from currency")).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aFactoryThatIsBuiltAgainWorksAsBefore(DataSource database) {
        DataSource guarded = TenantIsolation.guard(database);
        for (int i = 0; i < 3; i++) {
            try (SessionFactory factory =
                    factory(guarded, Customer.class, Invoice.class, Wide.class, Asset.class, Car.class)) {
                works(factory);
                isHeld(guarded, "customer");
            }
            isHeld(guarded, "customer");
        }
    }

    /** Work that is let through by what the guard knows of keys. */
    private static void works(SessionFactory factory) {
        Car car = new Car();
        Wide wide = new Wide();
        CurrentTenant.runAs(ACME, () -> {
            factory.inTransaction(session -> {
                Customer customer = new Customer();
                session.persist(customer);
                Invoice invoice = new Invoice();
                invoice.customer = customer;
                session.persist(invoice);
                wide.notes.add("a");
                wide.detail = "b";
                session.persist(wide);
                session.persist(car);
            });
            factory.inTransaction(session -> {
                assertThat(session.find(Car.class, car.getId()).plate).isEqualTo("x");
                assertThat(session.find(Wide.class, wide.getId()).notes).hasSize(1);
                assertThat(session.createSelectionQuery("from Invoice i join fetch i.customer", Invoice.class)
                                .getResultList())
                        .isNotEmpty();
                session.createMutationQuery("update Car c set c.plate = 'y' where c.name = 'y'")
                        .executeUpdate();
            });
        });
        CurrentTenant.runAs(
                GLOBEX,
                () -> factory.inTransaction(session ->
                        assertThat(session.find(Car.class, car.getId())).isNull()));
    }

    static void isHeld(DataSource guarded, String table) {
        assertThatExceptionOfType(NoTenantException.class)
                .isThrownBy(() -> count(guarded, "select count(*) from " + table));
        CurrentTenant.runAs(
                GLOBEX,
                () -> assertThatExceptionOfType(UnprovenStatementException.class)
                        .isThrownBy(() -> count(guarded, "select count(*) from " + table)));
    }

    static long count(DataSource dataSource, String sql) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void refused(DataSource guarded, Class<?> entity, String... words) {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> factory(guarded, entity).close())
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains(List.of(words)));
    }

    static SessionFactory factory(DataSource guarded, Class<?>... entities) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("hibernate.connection.datasource", guarded);
        settings.put("hibernate.hbm2ddl.auto", "update");
        settings.put(
                "hibernate.physical_naming_strategy",
                "org.hibernate.boot.model.naming.PhysicalNamingStrategySnakeCaseImpl");
        TenantIsolation.applyTo(settings);
        Configuration configuration = new Configuration();
        configuration.addAnnotatedClasses(entities);
        configuration.getProperties().putAll(settings);
        return configuration.buildSessionFactory();
    }

    @Entity(name = "Customer")
    static class Customer extends TenantOwned {
        String name;
    }

    @Entity(name = "Customer2")
    @Table(name = "customer")
    static class Customer2 extends TenantOwned {
        String name;
    }

    @Entity(name = "Invoice")
    static class Invoice extends TenantOwned {

        @ManyToOne
        Customer customer;
    }

    @Entity(name = "Wide")
    @SecondaryTable(name = "wide_details")
    static class Wide extends TenantOwned {

        @ElementCollection
        @CollectionTable(name = "wide_notes")
        Set<String> notes = new HashSet<>();

        @Column(table = "wide_details")
        String detail;
    }

    @Entity(name = "Asset")
    @Inheritance(strategy = InheritanceType.JOINED)
    static class Asset extends TenantOwned {
        String name;
    }

    @Entity(name = "Car")
    static class Car extends Asset {
        String plate = "x";
    }

    @Entity(name = "Asset2")
    @Table(name = "asset")
    static class Asset2 extends TenantOwned {
        String name;
    }

    @Entity(name = "GlobalCustomer")
    @Table(name = "customer")
    @GlobalEntity(reason = "a test")
    static class GlobalCustomer {
        @Id
        UUID id;
    }

    @Entity(name = "GlobalCodes")
    @GlobalEntity(reason = "a test")
    static class GlobalCodes {
        @Id
        UUID id;

        @ElementCollection
        @CollectionTable(name = "customer")
        Set<String> codes = new HashSet<>();
    }

    @Entity(name = "GlobalNotes")
    @Table(name = "WIDE_NOTES")
    @GlobalEntity(reason = "a test")
    static class GlobalNotes {
        @Id
        UUID id;
    }

    @Entity(name = "GlobalDetails")
    @Table(name = "wide_details", schema = "public")
    @GlobalEntity(reason = "a test")
    static class GlobalDetails {
        @Id
        UUID id;
    }

    @Entity(name = "GlobalCars")
    @Table(name = "\"car\"")
    @GlobalEntity(reason = "a test")
    static class GlobalCars {
        @Id
        UUID id;
    }

    @Entity(name = "OtherColumn")
    @Table(name = "customer")
    static class OtherColumn {
        @Id
        UUID id;

        @TenantId
        @Column(name = "company_id", nullable = false, updatable = false)
        UUID company;
    }

    @Entity(name = "Currency")
    @GlobalEntity(reason = "a test")
    static class Currency {
        @Id
        String code;
    }
}

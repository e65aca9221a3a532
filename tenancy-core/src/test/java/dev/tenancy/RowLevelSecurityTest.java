package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.TenantId;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import testserver.TestServer;

/** The way that the documentation shows, from the first start without policies to the application's own role. */
class RowLevelSecurityTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    @Test
    void theSqlThatAFactoryGivesIsAllThatARoleNeedsToWorkUnderPolicies() throws Exception {
        try (TestServer postgres = TestServer.start()) {
            String url = postgres.getJdbcUrl("%s", "postgres");
            // As docs/quickstart.md has it.
            postgres.role("tenancy_across", "nologin");
            postgres.role("\"App\"", "login nosuperuser nobypassrls");
            postgres.role("keeper", "login");
            run(
                    url.formatted("postgres"),
                    List.of(
                            "grant create on schema public to keeper",
                            "grant tenancy_across to keeper with admin option, inherit false, set false"));
            try (SessionFactory keeper = factory(url.formatted("keeper"), "create")) {
                run(url.formatted("keeper"), TenantIsolation.rowLevelSecurity(keeper));
                run(url.formatted("keeper"), TenantIsolation.grants(keeper, "App"));
            }
            try (SessionFactory app = factory(url.formatted("App"), "none")) {
                persist(app, ACME);
                persist(app, GLOBEX);
                assertThat(CurrentTenant.<Long, RuntimeException>callAs(ACME, () -> count(app)))
                        .isEqualTo(1);
                assertThat(CurrentTenant.<Long, RuntimeException>acrossTenants("a test", () -> count(app)))
                        .isEqualTo(2);
            }
            try (Connection app = DriverManager.getConnection(url.formatted("App"));
                    Statement statement = app.createStatement()) {
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(() -> statement.executeQuery("select * from memo"));
            }
        }
    }

    // Spring's LazyConnectionDataSourceProxy over a data source that is a bean of its own is such a one.
    @Test
    void aGuardedDataSourceBehindAnotherOfTheApplicationsAnnouncesTheTenantOnce() throws Exception {
        try (TestServer postgres = TestServer.start()) {
            try (SessionFactory keeper = factory(postgres.getJdbcUrl("postgres", "postgres"), "create")) {
                postgres.role("tenancy_across", "nologin");
                postgres.role("app", "login");
                run(postgres.getJdbcUrl("postgres", "postgres"), TenantIsolation.rowLevelSecurity(keeper));
                run(postgres.getJdbcUrl("postgres", "postgres"), TenantIsolation.grants(keeper, "app"));
            }
            PGSimpleDataSource pool = new PGSimpleDataSource();
            pool.setUrl(postgres.getJdbcUrl("app", "postgres"));
            DataSource guarded = TenantIsolation.guard(pool);
            DataSource twice = TenantIsolation.guard(over(guarded), guarded);
            try (SessionFactory app = factory(twice, "none")) {
                persist(app, ACME);
                assertThat(CurrentTenant.<Long, RuntimeException>callAs(ACME, () -> count(app)))
                        .isEqualTo(1);
                assertThat(CurrentTenant.<Long, RuntimeException>callAs(GLOBEX, () -> count(app)))
                        .isZero();
                assertThat(CurrentTenant.<Long, RuntimeException>acrossTenants("a test", () -> count(app)))
                        .isEqualTo(1);
            }
        }
    }

    /** Hands out proxies of the connections, as data sources that stand before others do. */
    private static DataSource over(DataSource target) {
        return proxy(DataSource.class, target);
    }

    private static <T> T proxy(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                RowLevelSecurityTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(target, arguments);
                        return result instanceof Connection connection
                                        && method.getName().equals("getConnection")
                                ? proxy(Connection.class, connection)
                                : result;
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                }));
    }

    @Test
    void aFactoryWithoutTheIsolationHasNoPolicies() {
        Configuration configuration = new Configuration();
        configuration.setProperty("hibernate.connection.url", "jdbc:h2:mem:" + UUID.randomUUID());
        try (SessionFactory factory = configuration.buildSessionFactory()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TenantIsolation.rowLevelSecurity(factory))
                    .withMessageContaining("TenantIsolation.applyTo");
            assertThatIllegalArgumentException().isThrownBy(() -> TenantIsolation.grants(factory, "app"));
        }
    }

    private static SessionFactory factory(Object database, String schema) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(
                database instanceof String ? "hibernate.connection.url" : "jakarta.persistence.nonJtaDataSource",
                database);
        settings.put("hibernate.hbm2ddl.auto", schema);
        TenantIsolation.applyTo(settings);
        Configuration configuration = new Configuration().addAnnotatedClass(Memo.class);
        configuration.getProperties().putAll(settings);
        return configuration.buildSessionFactory();
    }

    private static void run(String url, List<String> statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(TestServer.spelled(sql));
            }
        }
    }

    private static void persist(SessionFactory factory, UUID tenant) {
        CurrentTenant.runAs(tenant, () -> factory.inTransaction(session -> session.persist(new Memo())));
    }

    private static long count(SessionFactory factory) {
        return factory.fromTransaction(session -> session.createSelectionQuery("select count(*) from Memo", Long.class)
                .getSingleResult());
    }

    @Entity(name = "Memo")
    static class Memo {

        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        Long id;

        @TenantId
        UUID tenantId;
    }
}

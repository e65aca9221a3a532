package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.TenantId;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.Test;

/** The way that the documentation shows, from the first start without policies to the application's own role. */
class RowLevelSecurityTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    @Test
    void theSqlThatAFactoryGivesIsAllThatARoleNeedsToWorkUnderPolicies() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            String url = postgres.getJdbcUrl("%s", "postgres");
            try (SessionFactory owner = factory(url.formatted("postgres"), "create");
                    Connection connection = DriverManager.getConnection(url.formatted("postgres"));
                    Statement statement = connection.createStatement()) {
                statement.execute("create role tenancy_across nologin");
                statement.execute("create role \"App\" login");
                for (String sql : TenantIsolation.rowLevelSecurity(owner)) {
                    statement.execute(sql);
                }
                for (String sql : TenantIsolation.grants(owner, "App")) {
                    statement.execute(sql);
                }
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

    private static SessionFactory factory(String url, String schema) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("hibernate.connection.url", url);
        settings.put("hibernate.hbm2ddl.auto", schema);
        TenantIsolation.applyTo(settings);
        Configuration configuration = new Configuration().addAnnotatedClass(Memo.class);
        configuration.getProperties().putAll(settings);
        return configuration.buildSessionFactory();
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

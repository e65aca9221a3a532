package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.TenantId;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.Test;

/** HSQLDB stands for every database that the guard does not know. */
class UnknownDatabaseTest {

    private final String url = "jdbc:hsqldb:mem:" + UUID.randomUUID();

    @Test
    void ownedEntitiesAreRefusedBeforeAnythingIsMadeThere() throws SQLException {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> factory(Owned.class, Shared.class))
                .satisfies(refused ->
                        assertThat(refused.findings()).extracting(Finding::id).containsExactly("TENANCY-307"))
                .withMessageContaining("HSQL Database Engine 2.")
                .withMessageContaining("nothing was checked");
        try (Connection connection = DriverManager.getConnection(url);
                ResultSet tables = connection.getMetaData().getTables(null, null, "OWNED", null)) {
            assertThat(tables.next()).isFalse();
        }
    }

    @Test
    void globalEntitiesAreNoConcern() {
        try (SessionFactory factory = factory(Shared.class)) {
            factory.inTransaction(session -> session.persist(new Shared()));
            Long count = factory.fromTransaction(
                    session -> session.createSelectionQuery("select count(*) from Shared", Long.class)
                            .getSingleResult());
            assertThat(count).isOne();
        }
    }

    private SessionFactory factory(Class<?>... entities) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("hibernate.connection.url", url);
        settings.put("hibernate.hbm2ddl.auto", "create-drop");
        TenantIsolation.applyTo(settings);
        Configuration configuration = new Configuration().addAnnotatedClasses(entities);
        configuration.getProperties().putAll(settings);
        return configuration.buildSessionFactory();
    }

    @Entity(name = "Owned")
    static class Owned {

        @Id
        UUID id = UUID.randomUUID();

        @TenantId
        UUID tenantId;
    }

    @Entity(name = "Shared")
    @GlobalEntity(reason = "everybody's")
    static class Shared {

        @Id
        UUID id = UUID.randomUUID();
    }
}

package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.TenantId;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import testserver.TestServer;

/**
 * One connection whose session forgets what it has prepared before each statement, as if a pooler gave it another one. A DO block
 * does that: of a plain DEALLOCATE the driver would take notice.
 */
class NamedStatementsTest {

    private static TestServer server;

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Test
    void aPoolerBelowStatementsThatArePreparedByNameIsFound() throws SQLException {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> started("&prepareThreshold=1"))
                .withMessageContaining("prepareThreshold=0")
                .satisfies(refused ->
                        assertThat(refused.findings()).extracting(Finding::id).containsExactly("TENANCY-308"));
    }

    @Test
    void withoutNamesAPoolerIsNoConcern() throws SQLException {
        started("&prepareThreshold=0");
    }

    private static void started(String setting) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.getJdbcUrl("postgres", "postgres") + setting)) {
            Map<String, Object> settings = new HashMap<>();
            settings.put("hibernate.connection.datasource", of(forgetful(connection)));
            settings.put("hibernate.hbm2ddl.auto", "create-drop");
            TenantIsolation.applyTo(settings);
            Configuration configuration = new Configuration().addAnnotatedClasses(Owned.class, Other.class);
            configuration.getProperties().putAll(settings);
            try (SessionFactory factory = configuration.buildSessionFactory()) {
                assertThat(factory.isOpen()).isTrue();
            }
        }
    }

    private static DataSource of(Connection connection) {
        return (DataSource) Proxy.newProxyInstance(
                NamedStatementsTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, given) -> switch (method.getName()) {
                    case "getConnection" -> connection;
                    case "isWrapperFor" -> false;
                    case "hashCode" -> 1;
                    case "equals" -> proxy == given[0];
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static Connection forgetful(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                NamedStatementsTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, given) -> {
                    if (method.getName().equals("close")) {
                        return null;
                    }
                    if (method.getName().equals("prepareStatement")) {
                        try (Statement forget = connection.createStatement()) {
                            forget.execute("do $$ begin execute 'deallocate all'; end $$");
                        }
                    }
                    try {
                        return method.invoke(connection, given);
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }

    @Entity(name = "Owned")
    static class Owned {

        @Id
        UUID id = UUID.randomUUID();

        @TenantId
        UUID tenantId;
    }

    @Entity(name = "Other")
    static class Other {

        @Id
        UUID id = UUID.randomUUID();

        @TenantId
        UUID tenantId;
    }
}

package dev.tenancy;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.SessionFactory;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.boot.spi.MetadataImplementor;
import testserver.TestServer;

/**
 * A PostgreSQL with three roles: "postgres" sees everything, "keeper" owns the tables, and "app", as which an application connects,
 * owns nothing and is held by the policies.
 */
final class SecuredPostgres implements AutoCloseable {

    private final TestServer postgres;

    SecuredPostgres() throws IOException {
        postgres = TestServer.start(60);
        postgres.role("tenancy_across", "nologin");
        postgres.role("keeper", "login inherit");
        postgres.role("app", "login");
        if (TestServer.isCluster()) {
            postgres.onEachNode("grant tenancy_across to app");
        }
    }

    /** Makes a database: as its owner the tables, then their policies and what the application may do. */
    void make(String database, Class<?>... entities) throws SQLException {
        postgres.create(database, "keeper");
        Model.factory(url("keeper", database), Map.of("hibernate.hbm2ddl.auto", "create-only"), entities)
                .close();
        Boot boot = Boot.of(url("keeper", database), entities);
        StandardServiceRegistryBuilder.destroy(((MetadataImplementor) boot.metadata())
                .getMetadataBuildingOptions()
                .getServiceRegistry());
        run(url("keeper", database), RowPolicies.sql(boot.metadata(), boot.owned(), true));
        run(superuser(database), RowPolicies.grants(RowPolicies.Reach.of(boot.metadata()), "app", true));
    }

    /** A session factory of the application, which finds its schema made. */
    SessionFactory factory(String database, Map<String, Object> more, Class<?>... entities) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("hibernate.hbm2ddl.auto", "none");
        settings.putIfAbsent("hibernate.connection.username", "app");
        return Model.factory(url("app", database), settings, entities);
    }

    String superuser(String database) {
        return url("postgres", database);
    }

    String url(String role, String database) {
        return postgres.getJdbcUrl(role, database);
    }

    /** Makes a database without tables. */
    void create(String database) {
        postgres.create(database);
    }

    static void run(String url, List<String> statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(TestServer.spelled(sql));
            }
        }
    }

    static Class<?>[] everyEntity() {
        List<Class<?>> entities = new ArrayList<>(Arrays.asList(Model.ENTITIES));
        entities.addAll(Arrays.asList(Relations.ENTITIES));
        return entities.toArray(Class<?>[]::new);
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}

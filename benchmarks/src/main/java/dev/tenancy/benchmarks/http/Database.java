package dev.tenancy.benchmarks.http;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.flywaydb.core.Flyway;

/**
 * A PostgreSQL with two databases that the sample's migrations made, one of them with policies. Both have the same rows, and
 * {@code timesheets}, the role of every variant, owns both.
 */
final class Database implements AutoCloseable {

    static final int TENANTS = 200;
    static final int CUSTOMERS = 50;
    static final int PROJECTS = 20;
    static final int ENTRIES = 500;

    private static final String ROLE = "timesheets";

    private final EmbeddedPostgres server;
    private final Connection plain;
    private final Connection policies;

    private Database(EmbeddedPostgres server, Connection plain, Connection policies) {
        this.server = server;
        this.plain = plain;
        this.policies = policies;
    }

    static Database start() throws IOException, SQLException {
        // Neither is to run in the middle of somebody's turn: both are done between turns.
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setServerConfig("autovacuum", "off")
                .setServerConfig("checkpoint_timeout", "1d")
                .setServerConfig("max_connections", "200")
                .start();
        try (Connection superuser = server.getPostgresDatabase().getConnection();
                Statement statement = superuser.createStatement()) {
            // As docs/quickstart.md has it.
            statement.execute("create role tenancy_across nologin");
            statement.execute("create role timesheets login nosuperuser nobypassrls");
            statement.execute("grant tenancy_across to timesheets with inherit false, set true");
            statement.execute("create database " + name(false) + " owner timesheets");
            statement.execute("create database " + name(true) + " owner timesheets");
        }
        return new Database(server, filled(server, false), filled(server, true));
    }

    private static String name(boolean withPolicies) {
        return withPolicies ? "policies" : "plain";
    }

    /** Where the sample's migrations are. */
    static List<String> migrations(boolean withPolicies) {
        return withPolicies
                ? List.of("classpath:db/migration", "classpath:db/postgresql")
                : List.of("classpath:db/migration");
    }

    private static Connection filled(EmbeddedPostgres server, boolean withPolicies) throws SQLException {
        Flyway.configure()
                .dataSource(server.getJdbcUrl(ROLE, name(withPolicies)), ROLE, "")
                .locations(migrations(withPolicies).toArray(String[]::new))
                .load()
                .migrate();
        // As a superuser, whom no policy holds.
        Connection connection =
                server.getDatabase("postgres", name(withPolicies)).getConnection();
        try (Statement statement = connection.createStatement()) {
            for (String sql : rows()) {
                statement.execute(sql);
            }
            statement.execute("vacuum analyze");
            statement.execute("checkpoint");
        }
        return connection;
    }

    private static List<String> rows() {
        String tenants = " from generate_series(0, " + (TENANTS - 1) + ") t";
        String tenant = sqlId("7000", "t", "0");
        String user = sqlId("7001", "t", "0");
        return List.of(
                "insert into company select " + tenant + ", 'company-' || t, 'Company ' || t, 'ACTIVE'" + tenants,
                "insert into app_user select " + user + ", 'owner@' || t || '.test', 'Owner ' || t, '-', " + tenant
                        + tenants,
                "insert into company_member select " + tenant + ", " + user + ", " + tenant + ", 'OWNER', 'ACTIVE'"
                        + tenants,
                "insert into customer select " + tenant + ", " + sqlId("7002", "t", "n") + ", 0, 'Customer ' || n,"
                        + " 'office@' || n || '.test'" + tenants + ", generate_series(0, " + (CUSTOMERS - 1) + ") n",
                "insert into project select " + tenant + ", " + sqlId("7003", "t", "n") + ", 0, 'Project ' || n, "
                        + sqlId("7002", "t", "n") + ", 'ACTIVE'" + tenants + ", generate_series(0, " + (PROJECTS - 1)
                        + ") n",
                "insert into time_entry select " + tenant + ", " + sqlId("7004", "t", "n") + ", 0, "
                        + sqlId("7003", "t", "n % " + PROJECTS) + ", " + user
                        + ", date '2026-01-01' + n * 7 % 300, 15 + n % 400, 'What was done in entry ' || n, n % 3 > 0"
                        + tenants + ", generate_series(0, " + (ENTRIES - 1) + ") n");
    }

    // The same ids in SQL and here, so that nobody has to ask for them.
    private static String sqlId(String kind, String tenant, String number) {
        return "(lpad(to_hex(" + tenant + "), 8, '0') || '-0000-" + kind + "-8000-' || lpad(to_hex(" + number
                + "), 12, '0'))::uuid";
    }

    private static UUID id(int kind, int tenant, int number) {
        return new UUID((long) tenant << 32 | kind, 0x8000_0000_0000_0000L | number);
    }

    static UUID tenant(int tenant) {
        return id(0x7000, tenant, 0);
    }

    static UUID user(int tenant) {
        return id(0x7001, tenant, 0);
    }

    static UUID customer(int tenant, int number) {
        return id(0x7002, tenant, number);
    }

    static UUID project(int tenant, int number) {
        return id(0x7003, tenant, number);
    }

    /** Where a variant connects, by a name that its backends can be told by. */
    String url(Variant variant, String application) {
        return server.getJdbcUrl(ROLE, name(variant.has(Variant.Feature.POLICIES))) + "&ApplicationName=" + application;
    }

    /** The processes that serve an application. */
    List<Long> backends(String application) throws SQLException {
        try (PreparedStatement statement =
                plain.prepareStatement("select pid from pg_stat_activity where application_name = ?")) {
            statement.setString(1, application);
            List<Long> pids = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    pids.add(rows.getLong(1));
                }
            }
            return pids;
        }
    }

    /** Gives each tenant as many customers to delete, numbered on from the others. */
    void addCustomers(Variant variant, int each) throws SQLException {
        execute(
                variant,
                "insert into customer select " + sqlId("7000", "t", "0") + ", " + sqlId("7002", "t", "n")
                        + ", 0, 'Victim ' || n, 'office@' || n || '.test' from generate_series(0, " + (TENANTS - 1)
                        + ") t, generate_series(" + CUSTOMERS + ", " + (CUSTOMERS + each - 1) + ") n");
    }

    /** Takes away all customers that were not there at first, and the remains of what was written. */
    void tidy(Variant variant) throws SQLException {
        execute(variant, "delete from customer where name not like 'Customer %'");
        execute(variant, "vacuum customer");
    }

    private void execute(Variant variant, String sql) throws SQLException {
        Connection connection = variant.has(Variant.Feature.POLICIES) ? policies : plain;
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws IOException, SQLException {
        plain.close();
        policies.close();
        server.close();
    }
}

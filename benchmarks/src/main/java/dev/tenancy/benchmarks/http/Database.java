package dev.tenancy.benchmarks.http;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.Flyway;

/**
 * A database that the sample's migrations made, and the rows in it. {@code timesheets}, the role of every variant, owns it; what is
 * done here is done as a superuser, whom no policy holds.
 */
final class Database implements AutoCloseable {

    /** Of each tenant, but for a large one. */
    static final int CUSTOMERS = 50;

    static final int PROJECTS = 20;

    /**
     * Whose rows there are.
     *
     * @param entries of each tenant
     * @param large how many times as many rows as the others the first tenant has: 1 if all are alike
     * @param mixed whether rows of all tenants come in turn, as an application writes them: else those of one lie together
     */
    record Population(int tenants, int entries, int large, boolean mixed) {

        boolean hasLarge() {
            return large > 1;
        }
    }

    private final String url;
    private final Population population;
    private final Connection connection;

    Database(String url, String role, boolean withPolicies, Population population, Connection connection)
            throws SQLException {
        this.url = url;
        this.population = population;
        this.connection = connection;
        Flyway.configure()
                .dataSource(url, role, "")
                .locations(migrations(withPolicies).toArray(String[]::new))
                .placeholders(Map.of("application", role))
                .load()
                .migrate();
        // A vacuum takes no page for visible to all whose rows were committed asynchronously, as this server does it.
        execute("set synchronous_commit = on");
        // References are right as the rows are made; to look at each would take most of the time.
        execute("set session_replication_role = replica");
        for (String sql : rows(population)) {
            execute(sql);
        }
        execute("set session_replication_role = origin");
        execute("vacuum analyze");
        execute("checkpoint");
    }

    /** Where the sample's migrations are. */
    static List<String> migrations(boolean withPolicies) {
        return withPolicies
                ? List.of("classpath:db/migration", "classpath:db/postgresql")
                : List.of("classpath:db/migration");
    }

    Population population() {
        return population;
    }

    private static List<String> rows(Population population) {
        String tenants = " from generate_series(0, " + (population.tenants() - 1) + ") t";
        String tenant = sqlId("7000", "t", "0");
        String user = sqlId("7001", "t", "0");
        String times = " * case t when 0 then " + population.large() + " else 1 end";
        String projects = "(" + PROJECTS + times + ")";
        return List.of(
                "insert into company select " + tenant + ", 'company-' || t, 'Company ' || t, 'ACTIVE'" + tenants,
                "insert into app_user select " + user + ", 'owner@' || t || '.test', 'Owner ' || t, '-', " + tenant
                        + tenants,
                "insert into company_member select " + tenant + ", " + user + ", " + tenant + ", 'OWNER', 'ACTIVE'"
                        + tenants,
                "insert into customer select " + tenant + ", " + sqlId("7002", "t", "n") + ", 0, 'Customer ' || n,"
                        + " 'office@' || n || '.test'" + tenants + each(population, CUSTOMERS + times),
                "insert into project select " + tenant + ", " + sqlId("7003", "t", "n") + ", 0, 'Project ' || n, "
                        + sqlId("7002", "t", "n") + ", case n % 5 when 4 then 'ARCHIVED' else 'ACTIVE' end" + tenants
                        + each(population, PROJECTS + times),
                "insert into time_entry select " + tenant + ", " + sqlId("7004", "t", "n") + ", 0, "
                        + sqlId("7003", "t", "n % " + projects) + ", " + user
                        + ", date '2026-01-01' + n * 7 % 300, 15 + n % 400, 'What was done in entry ' || n, n % 3 > 0"
                        + tenants + each(population, population.entries() + times));
    }

    private static String each(Population population, String count) {
        return ", generate_series(0, " + count + " - 1) n order by " + (population.mixed() ? "n, t" : "t, n");
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
    String url(String application) {
        return url + "&ApplicationName=" + application;
    }

    /** The processes that serve an application. */
    List<Long> backends(String application) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select pid from pg_stat_activity where application_name = ?")) {
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

    /** Gives each tenant as many customers to delete, numbered on from the others; but for a large one, which has these numbers. */
    void addCustomers(int each) throws SQLException {
        execute("insert into customer select " + sqlId("7000", "t", "0") + ", " + sqlId("7002", "t", "n")
                + ", 0, 'Victim ' || n, 'office@' || n || '.test' from generate_series("
                + (population.hasLarge() ? 1 : 0) + ", "
                + (population.tenants() - 1) + ") t, generate_series(" + CUSTOMERS + ", " + (CUSTOMERS + each - 1)
                + ") n");
    }

    /** Lets the server log the plan of each statement of connections that are made from now on, as JSON; or no longer. */
    void logPlans(boolean on) throws SQLException {
        String database = "alter database " + connection.getCatalog();
        if (!on) {
            execute(database + " reset all");
            return;
        }
        for (String setting : List.of(
                "session_preload_libraries = 'auto_explain'",
                "auto_explain.log_min_duration = 0",
                "auto_explain.log_analyze = on",
                "auto_explain.log_buffers = on",
                "auto_explain.log_timing = off",
                "auto_explain.log_format = json")) {
            execute(database + " set " + setting);
        }
    }

    /** Takes away all customers that were not there at first, and the remains of what was written. */
    void tidy() throws SQLException {
        execute("delete from customer where name not like 'Customer %'");
        execute("vacuum customer");
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}

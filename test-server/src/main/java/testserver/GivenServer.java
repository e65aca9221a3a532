package testserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.postgresql.Driver;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The server at {@code tenancy.test.url}, whose user is a superuser. Of what is there it reads the extension and the nodes of Citus
 * alone; the tests' databases are its own, and are made on each node. They and the roles are gone when the last test closes, and those
 * of a run that was ended are gone before the first.
 */
final class GivenServer extends TestServer {

    private static final String PREFIX = "tenancy_test_";
    private static final String OURS = "made by the tests of Tenancy";

    private static final String URL = System.getProperty("tenancy.test.url", "");
    private static final List<Node> NODES = new ArrayList<>();

    private static boolean isCluster;
    private static int version;
    private static int started;
    private static int open;

    private final String prefix;
    private final List<String> databases = new ArrayList<>();

    /** A server, of which a cluster has several and the coordinator is the first. */
    private record Node(String host, int port) {}

    GivenServer() {
        synchronized (GivenServer.class) {
            demand(GivenServer::find);
            if (started == 0) {
                demand(GivenServer::cleanUp);
            }
            prefix = PREFIX + ++started;
            open++;
        }
        create(POSTGRES, POSTGRES);
    }

    static boolean isGiven() {
        return !URL.isEmpty();
    }

    static synchronized boolean hasCitus() {
        demand(GivenServer::find);
        return isCluster;
    }

    static synchronized int version() {
        demand(GivenServer::find);
        return version;
    }

    private static void find() throws SQLException {
        if (!NODES.isEmpty()) {
            return;
        }
        Node given = new Node(given("PGHOST", "localhost"), Integer.parseInt(given("PGPORT", "5432")));
        try (Connection superuser = connect(given, home())) {
            version = superuser.getMetaData().getDatabaseMajorVersion();
            if (names(superuser, "select extname from pg_extension where extname = 'citus'")
                    .isEmpty()) {
                NODES.add(given);
                return;
            }
            ResultSet nodes = superuser
                    .createStatement()
                    .executeQuery(
                            "select nodename, nodeport from pg_dist_node where noderole = 'primary' order by groupid");
            while (nodes.next()) {
                NODES.add(new Node(nodes.getString(1), nodes.getInt(2)));
            }
            if (NODES.size() < 2) {
                NODES.clear();
                throw new IllegalStateException("pg_dist_node names no coordinator and workers in the database of "
                        + URL + "; make the cluster as docs/scaling.md says.");
            }
            isCluster = true;
        }
    }

    private static void cleanUp() throws SQLException {
        for (Node node : NODES) {
            try (Connection superuser = connect(node, home())) {
                for (String database :
                        names(superuser, "select datname from pg_database where datname ~ '^" + PREFIX + "[0-9]'")) {
                    drop(superuser, database);
                }
                dropRoles(superuser);
            }
        }
    }

    private static void dropRoles(Connection superuser) throws SQLException {
        for (String role : names(
                superuser,
                "select quote_ident(rolname) from pg_roles where shobj_description(oid, 'pg_authid') = '" + OURS
                        + "'")) {
            execute(superuser, "drop role " + role);
        }
    }

    private static void drop(Connection superuser, String database) throws SQLException {
        execute(superuser, "drop database if exists " + database + " with (force)");
    }

    @Override
    void make(String database, String owner) throws SQLException {
        String name = name(database);
        databases.add(name);
        for (Node node : NODES) {
            try (Connection superuser = connect(node, home())) {
                execute(superuser, "create database " + name + " owner " + (owner.equals(POSTGRES) ? user() : owner));
            }
            if (isCluster) {
                try (Connection superuser = connect(node, name)) {
                    execute(superuser, "create extension citus");
                }
            }
        }
        if (isCluster) {
            try (Connection superuser = connect(NODES.get(0), name)) {
                for (Node node : NODES) {
                    execute(
                            superuser,
                            "select " + (node == NODES.get(0) ? "citus_set_coordinator_host" : "citus_add_node") + "('"
                                    + node.host() + "', " + node.port() + ")");
                }
                for (String setting : List.of(
                        "citus.propagate_set_commands = 'local'",
                        "citus.enable_local_reference_table_foreign_keys = off",
                        "citus.shard_count = 4")) {
                    execute(superuser, "alter database " + name + " set " + setting);
                }
            }
        }
    }

    @Override
    void makeRole(String name, String attributes) throws SQLException {
        String more = (isCluster ? attributes.replace("nologin", "login") : attributes)
                + (version < 16 && !attributes.endsWith(" inherit") ? " noinherit" : "");
        for (Node node : NODES) {
            try (Connection superuser = connect(node, home())) {
                if (names(superuser, "select 1 from pg_roles where quote_ident(rolname) = '" + name + "'")
                        .isEmpty()) {
                    String password = password().isEmpty()
                            ? ""
                            : " password '" + password().replace("'", "''") + "'";
                    execute(superuser, "create role " + name + " " + more + password);
                    execute(superuser, "comment on role " + name + " is '" + OURS + "'");
                }
            }
        }
    }

    @Override
    void tellEachNode(String sql) throws SQLException {
        for (Node node : NODES) {
            try (Connection superuser = connect(node, home())) {
                execute(superuser, sql);
            }
        }
    }

    @Override
    public String getJdbcUrl(String role, String database) {
        return url(NODES.get(0), role.equals(POSTGRES) ? user() : role, name(database));
    }

    @Override
    public DataSource getDatabase(String role, String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(getJdbcUrl(role, database));
        return source;
    }

    @Override
    public String getHost() {
        return NODES.get(0).host();
    }

    @Override
    public int getPort() {
        return NODES.get(0).port();
    }

    @Override
    public void close() {
        demand(this::dropDatabases);
        synchronized (GivenServer.class) {
            if (--open == 0) {
                demand(GivenServer::cleanUp);
            }
        }
    }

    private void dropDatabases() throws SQLException {
        for (Node node : NODES) {
            try (Connection superuser = connect(node, home())) {
                for (String database : databases) {
                    drop(superuser, database);
                }
            }
        }
    }

    private String name(String database) {
        return database.equals(POSTGRES) ? prefix : prefix + "_" + database.toLowerCase(Locale.ROOT);
    }

    private static String user() {
        return given("user", POSTGRES);
    }

    private static String password() {
        return System.getProperty("tenancy.test.password", given("password", ""));
    }

    /** The database that the address names. */
    private static String home() {
        return given("PGDBNAME", POSTGRES);
    }

    private static String given(String property, String otherwise) {
        Properties all = Objects.requireNonNull(
                Driver.parseURL(URL, null), "tenancy.test.url is no address of PostgreSQL: " + URL);
        return all.getProperty(property, otherwise);
    }

    private static Connection connect(Node node, String database) throws SQLException {
        Connection superuser = DriverManager.getConnection(url(node, user(), database));
        if (isCluster && database.equals(home())) {
            // Each node is told by itself.
            execute(superuser, "set citus.enable_ddl_propagation = off");
        }
        return superuser;
    }

    private static String url(Node node, String role, String database) {
        String more = Arrays.stream(URL.substring(URL.indexOf('?') + 1).split("&"))
                .filter(one -> URL.contains("?") && !one.startsWith("user=") && !one.startsWith("password="))
                .map(one -> "&" + one)
                .collect(Collectors.joining());
        return "jdbc:postgresql://" + node.host() + ":" + node.port() + "/" + database + "?user="
                + role
                + (password().isEmpty() ? "" : "&password=" + URLEncoder.encode(password(), UTF_8)) + more;
    }

    interface Migration {
        List<String> of(Connection superuser) throws SQLException;
    }

    /** In one transaction, as the superuser, in the database and the schema of the address. */
    static void run(String url, Migration migration) throws SQLException {
        Properties of = Objects.requireNonNull(Driver.parseURL(url, null), url);
        try (Connection superuser = connect(NODES.get(0), of.getProperty("PGDBNAME"))) {
            superuser.setAutoCommit(false);
            if (of.getProperty("currentSchema") != null) {
                superuser.setSchema(of.getProperty("currentSchema"));
            }
            for (String sql : migration.of(superuser)) {
                execute(superuser, sql);
            }
            superuser.commit();
        }
    }

    private static List<String> names(Connection connection, String query) throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet rows = connection.createStatement().executeQuery(query)) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        connection.createStatement().execute(sql);
    }
}

package testserver;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Assumptions;

/**
 * The PostgreSQL of a test: one that the build brings along, which is the test's alone, or the server at the address that the system
 * property {@code tenancy.test.url} names, as docs/scaling.md says. Its superuser and its main database are called {@code postgres}
 * here, whatever the given server calls them.
 */
public abstract class TestServer implements AutoCloseable {

    /** The name of the superuser, and of the main database. */
    public static final String POSTGRES = "postgres";

    public static TestServer start() throws IOException {
        return start(300);
    }

    /** @param connections how many at once the server is made for; a given one has its own number */
    public static TestServer start(int connections) throws IOException {
        return GivenServer.isGiven() ? new GivenServer() : new Embedded(connections);
    }

    /** Whether the tests run on a given server that has the extension Citus. */
    public static boolean isCluster() {
        return GivenServer.isGiven() && GivenServer.hasCitus();
    }

    /** SQL as the server knows it: before PostgreSQL 16 the role inherits or does not, and not what it was granted. */
    public static String spelled(String sql) {
        return GivenServer.isGiven() && GivenServer.version() < 16
                ? sql.replaceAll("(,| with) inherit (true|false)", "").replaceAll("(,| with) set (true|false)", "")
                : sql;
    }

    /** For what a given server of another version does otherwise than that of the build. */
    public static void assumeFrom(int version, String why) {
        Assumptions.assumeTrue(
                !GivenServer.isGiven() || GivenServer.version() >= version,
                () -> "Before PostgreSQL " + version + ": " + why);
    }

    /** Before what only one server can do, in a test of which each row may need another reason. */
    public static void assumeNoCluster(String why) {
        Assumptions.assumeFalse(isCluster(), "On a cluster: " + why);
    }

    /** The address of a database for a role, who needs no password beside it. Ends so that "&…" can be added. */
    public abstract String getJdbcUrl(String role, String database);

    public abstract DataSource getDatabase(String role, String database);

    public final DataSource getPostgresDatabase() {
        return getDatabase(POSTGRES, POSTGRES);
    }

    public abstract String getHost();

    public abstract int getPort();

    /** Makes an empty database, on a cluster one of all its nodes. */
    public final void create(String database) {
        create(database, POSTGRES);
    }

    public final void create(String database, String owner) {
        demand(() -> make(database, owner));
    }

    /**
     * Makes a role, on each node of a cluster.
     *
     * @param attributes as behind {@code create role}; on a cluster each role may log in, since one node does so at another, and before
     *     PostgreSQL 16 one inherits only if that stands at the end
     */
    public final void role(String name, String attributes) {
        demand(() -> makeRole(name, attributes));
    }

    /** For what is no database's own, such as the members of a role: a cluster brings it to no other node. */
    public final void onEachNode(String sql) {
        demand(() -> tellEachNode(spelled(sql)));
    }

    abstract void tellEachNode(String sql) throws SQLException;

    abstract void make(String database, String owner) throws SQLException;

    abstract void makeRole(String name, String attributes) throws SQLException;

    @Override
    public abstract void close() throws IOException;

    interface Step {
        void run() throws SQLException;
    }

    static void demand(Step step) {
        try {
            step.run();
        } catch (SQLException refused) {
            throw new IllegalStateException("The server of the tests refused what they need.", refused);
        }
    }

    private static final class Embedded extends TestServer {

        private final EmbeddedPostgres server;

        Embedded(int connections) throws IOException {
            server = EmbeddedPostgres.builder()
                    .setServerConfig("max_connections", String.valueOf(connections))
                    // With new statistics in the midst of a test, a plan asks what can fail of other tenants' rows
                    // before it asks whose they are (docs/limits.md).
                    .setServerConfig("autovacuum", "off")
                    .start();
        }

        @Override
        public String getJdbcUrl(String role, String database) {
            return server.getJdbcUrl(role, database);
        }

        @Override
        public DataSource getDatabase(String role, String database) {
            return server.getDatabase(role, database);
        }

        @Override
        public String getHost() {
            return "localhost";
        }

        @Override
        public int getPort() {
            return server.getPort();
        }

        @Override
        void make(String database, String owner) throws SQLException {
            tellEachNode("create database " + database + " owner " + owner);
        }

        @Override
        void makeRole(String name, String attributes) throws SQLException {
            tellEachNode("create role " + name + " " + attributes);
        }

        @Override
        void tellEachNode(String sql) throws SQLException {
            try (Connection connection = getPostgresDatabase().getConnection()) {
                connection.createStatement().execute(sql);
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}

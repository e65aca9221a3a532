package dev.tenancy.benchmarks.http;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A PostgreSQL of its own, with the roles that the sample asks for. */
final class DatabaseServer implements AutoCloseable {

    private static final String ROLE = "timesheets";

    private final EmbeddedPostgres server;
    private final Path log;
    private final List<Database> databases = new ArrayList<>();

    private DatabaseServer(EmbeddedPostgres server, Path log) {
        this.server = server;
        this.log = log;
    }

    static DatabaseServer start() throws IOException, SQLException {
        Path log = Files.createTempFile("postgres", ".log");
        // Neither is to run in the middle of somebody's turn: both are done between turns.
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setServerConfig("autovacuum", "off")
                .setServerConfig("checkpoint_timeout", "1d")
                .setServerConfig("max_wal_size", "16GB")
                .setServerConfig("max_connections", "300")
                // So that all of the rows are in memory, however many there are.
                .setServerConfig("shared_buffers", "2GB")
                .setOutputRedirector(Redirect.appendTo(log.toFile()))
                .start();
        try (Connection superuser = server.getPostgresDatabase().getConnection();
                Statement statement = superuser.createStatement()) {
            // As docs/quickstart.md has it.
            statement.execute("create role tenancy_across nologin");
            statement.execute("create role timesheets login nosuperuser nobypassrls");
            statement.execute("grant tenancy_across to timesheets with inherit false, set true");
        }
        return new DatabaseServer(server, log);
    }

    /** Makes a database. */
    Database database(String name, boolean withPolicies, Database.Population population) throws SQLException {
        try (Connection superuser = server.getPostgresDatabase().getConnection();
                Statement statement = superuser.createStatement()) {
            statement.execute("create database " + name + " owner " + ROLE);
        }
        Database database = new Database(
                server.getJdbcUrl(ROLE, name),
                ROLE,
                withPolicies,
                population,
                server.getDatabase("postgres", name).getConnection());
        databases.add(database);
        return database;
    }

    /** What the server has logged. */
    Path log() {
        return log;
    }

    @Override
    public void close() throws IOException, SQLException {
        for (Database database : databases) {
            database.close();
        }
        server.close();
        Files.delete(log);
    }
}

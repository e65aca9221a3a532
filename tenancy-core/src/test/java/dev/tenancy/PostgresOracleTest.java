package dev.tenancy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the guard lets through on PostgreSQL ends as if the other tenant had never been. */
class PostgresOracleTest {

    @TempDir
    static Path directory;

    @Test
    void whatIsLetThroughEndsAsOnACopyWithoutTheOtherTenant() throws SQLException, IOException {
        Path secret = Files.writeString(directory.resolve("secret.txt"), OracleTables.SECRET);
        try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
            SecuredPostgres.run(
                    server.getJdbcUrl("postgres", "postgres"),
                    List.of("create database oracle_main", "create database oracle_copy"));
            // What the driver keeps prepared would be gone with the statements' own.
            try (DifferentialOracle oracle = new DifferentialOracle(
                    server.getJdbcUrl("postgres", "oracle_main") + "&prepareThreshold=0",
                    server.getJdbcUrl("postgres", "oracle_copy") + "&prepareThreshold=0",
                    secret.toString())) {
                OracleRun.demand(oracle);
            }
        }
    }
}

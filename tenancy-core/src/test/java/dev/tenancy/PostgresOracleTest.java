package dev.tenancy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import testserver.NotOnCluster;
import testserver.TestServer;

/** What the guard lets through on PostgreSQL ends as if the other tenant had never been. */
@NotOnCluster("the oracle reads the plans of one server, and moves rows from tenant to tenant")
class PostgresOracleTest {

    @TempDir
    static Path directory;

    @Test
    void whatIsLetThroughEndsAsOnACopyWithoutTheOtherTenant() throws SQLException, IOException {
        TestServer.assumeFrom(18, "other plans, with scans that are left out of those that the oracle reads");
        Path secret = Files.writeString(directory.resolve("secret.txt"), OracleTables.SECRET);
        try (TestServer server = TestServer.start()) {
            server.create("oracle_main");
            server.create("oracle_copy");
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

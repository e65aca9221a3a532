package dev.tenancy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the guard lets through on H2 ends as if the other tenant had never been. */
class H2OracleTest {

    @TempDir
    static Path directory;

    @Test
    void whatIsLetThroughEndsAsOnACopyWithoutTheOtherTenant() throws SQLException, IOException {
        Path secret = Files.writeString(directory.resolve("secret.csv"), OracleTables.SECRET);
        try (DifferentialOracle oracle = new DifferentialOracle(
                "jdbc:h2:mem:oracle_main;DB_CLOSE_DELAY=-1",
                "jdbc:h2:mem:oracle_copy;DB_CLOSE_DELAY=-1",
                secret.toString())) {
            OracleRun.demand(oracle);
        }
    }
}

package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;

/** How long the oracle asks, and what it demands: few questions at each build, as many as wanted with the profile "oracle". */
final class OracleRun {

    private static final long SEED = 20261129;
    private static final long STATEMENTS = 5_000;
    private static final long SHRINKINGS = 40;
    private static final long MOST_FALSE_REFUSALS = 0;

    private OracleRun() {}

    static void demand(DifferentialOracle oracle) throws SQLException {
        String given = System.getProperty("oracle.seed", String.valueOf(SEED));
        long seed = given.equals("random") ? ThreadLocalRandom.current().nextInt(1_000_000_000) : Long.parseLong(given);
        long statements = Long.getLong("oracle.statements", STATEMENTS);
        System.out.println("Oracle: seed " + seed);
        OracleReport report = oracle.run(
                seed, Long.getLong("oracle.first", 0), statements, Long.getLong("oracle.shrinking", SHRINKINGS));
        System.out.println(report);
        if (Boolean.getBoolean("oracle.validity")) {
            System.out.println(report.seldomValid());
        }
        assertThat(report.faults())
                .as("statements that do not say the tenant everywhere, or not always yield the same")
                .isEmpty();
        assertThat(report.leaks()).as("leaks\n" + report).isZero();
        assertThat(report.falseRefusals()).as("false refusals\n" + report).isLessThanOrEqualTo(MOST_FALSE_REFUSALS);
        if (statements >= STATEMENTS) {
            assertThat(report.unexplained() * 10)
                    .as("statements without a plan")
                    .isLessThan(report.explained());
            assertThat(report.valid() * 2).as("valid statements").isGreaterThan(report.statements());
            assertThat(report.attacks() * 5).as("attacks").isBetween(report.valid() * 2, report.valid() * 3);
        }
    }
}

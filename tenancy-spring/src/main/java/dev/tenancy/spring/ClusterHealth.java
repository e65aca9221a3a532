package dev.tenancy.spring;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether the coordinator reaches all workers of Citus. One that is lost fails its own tenants' requests alone, so that no instance of
 * the application is to be taken out of service for it.
 */
final class ClusterHealth implements HealthIndicator {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterHealth.class);
    private static final String DEGRADED = "DEGRADED";
    private static final Duration REMEMBERED = Duration.ofSeconds(5);
    // Citus itself would wait for half a minute.
    private static final int SECONDS = 2;
    private static final String TIMED_OUT = "57014";

    private final List<DataSource> coordinators;
    private @Nullable Health last;
    private long asked;

    ClusterHealth(List<DataSource> coordinators) {
        this.coordinators = coordinators;
    }

    /** Null if none of these leads to a coordinator. */
    static @Nullable ClusterHealth of(Iterable<DataSource> dataSources) {
        List<DataSource> coordinators = new ArrayList<>();
        for (DataSource dataSource : dataSources) {
            try {
                // No tenant has a part in it.
                DataSource unguarded = GuardedBean.behind(dataSource);
                if (isCoordinator(unguarded)) {
                    coordinators.add(unguarded);
                }
            } catch (SQLException | RuntimeException unreachable) {
                LOG.info("A data source could not be asked whether it has workers of Citus to look after", unreachable);
            }
        }
        return coordinators.isEmpty() ? null : new ClusterHealth(coordinators);
    }

    private static boolean isCoordinator(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            if (!connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")) {
                return false;
            }
            try (Statement statement = connection.createStatement();
                    ResultSet found = statement.executeQuery("select 1 from pg_proc where proname ="
                            + " 'run_command_on_workers' and pg_function_is_visible(oid)")) {
                return found.next();
            }
        }
    }

    @Override
    public synchronized Health health() {
        if (last == null || System.nanoTime() - asked > REMEMBERED.toNanos()) {
            last = ask();
            asked = System.nanoTime();
        }
        return last;
    }

    private Health ask() {
        List<String> lost = new ArrayList<>();
        for (DataSource coordinator : coordinators) {
            try {
                lost.addAll(lost(coordinator));
            } catch (SQLException | RuntimeException failure) {
                if (failure instanceof SQLException sql && TIMED_OUT.equals(sql.getSQLState())) {
                    return Health.status(DEGRADED)
                            .withDetail("lost", "a worker that did not answer within " + SECONDS + " s")
                            .build();
                }
                return Health.unknown().withException(failure).build();
            }
        }
        return lost.isEmpty()
                ? Health.up().build()
                : Health.status(DEGRADED).withDetail("lost", lost).build();
    }

    // As the role that statements run as, and so by the same entries of pg_hba.conf.
    private static List<String> lost(DataSource coordinator) throws SQLException {
        List<String> lost = new ArrayList<>();
        try (Connection connection = coordinator.getConnection();
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(SECONDS);
            try (ResultSet rows = statement.executeQuery("select nodename || ':' || nodeport from"
                    + " run_command_on_workers('select true') where not success order by 1")) {
                while (rows.next()) {
                    lost.add(rows.getString(1));
                }
            }
        }
        return lost;
    }
}

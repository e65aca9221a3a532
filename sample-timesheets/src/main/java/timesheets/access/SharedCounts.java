package timesheets.access;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.jdbc.CustomColumnProvider;
import io.github.bucket4j.distributed.jdbc.PrimaryKeyMapper;
import io.github.bucket4j.distributed.remote.RemoteBucketState;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;
import io.github.bucket4j.postgresql.PostgreSQLSelectForUpdateBasedProxyManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Counts of attempts in PostgreSQL, where all nodes count together. They are found by a hash: the table tells nobody who failed.
 *
 * <p>Nodes go by the database's time, and not by clocks of their own: one that is ahead would give attempts back too early. They begin
 * no earlier than the last count of any node.
 */
final class SharedCounts {

    private static final String NOW = "select cast(extract(epoch from clock_timestamp()) * 1000000 as bigint) * 1000";

    private static final String DELETE_EXPIRED = "delete from attempt_count where id in"
            + " (select id from attempt_count where expires_at < ? limit ? for update skip locked)";

    private final JdbcTemplate jdbc;
    private final DatabaseTime time;
    private final PostgreSQLSelectForUpdateBasedProxyManager<String> counts;

    SharedCounts(DataSource dataSource) {
        this(dataSource, () -> number(new JdbcTemplate(dataSource), NOW), System::nanoTime);
    }

    /** @param databaseTime as {@link DatabaseTime} takes it, as is {@code elapsed} */
    SharedCounts(DataSource dataSource, LongSupplier databaseTime, LongSupplier elapsed) {
        jdbc = new JdbcTemplate(dataSource);
        time = new DatabaseTime(
                databaseTime, elapsed, number(jdbc, "select coalesce(max(counted_at), 0) from attempt_count"));
        counts = Bucket4jPostgreSQL.selectForUpdateBasedBuilder(dataSource)
                .primaryKeyMapper(PrimaryKeyMapper.STRING)
                .table("attempt_count")
                .clientClock(time)
                // As full as a new one by then, and kept for a second more.
                .addCustomColumn(new Column(
                        "expires_at",
                        (state, now) -> Duration.ofNanos(now + state.calculateFullRefillingTime(now))
                                .plusSeconds(1)
                                .toMillis()))
                .addCustomColumn(new Column("counted_at", (state, now) -> now))
                .build();
    }

    private interface Value {

        long of(RemoteBucketState state, long now);
    }

    /** What Bucket4j itself writes of an end goes by the clock of the node, as does what it deletes. */
    private record Column(String name, Value value) implements CustomColumnProvider<String> {

        @Override
        public void setCustomField(
                String id, int index, PreparedStatement statement, RemoteBucketState state, long currentTimeNanos)
                throws SQLException {
            statement.setLong(index, value.of(state, currentTimeNanos));
        }

        @Override
        public String getCustomFieldName() {
            return name;
        }
    }

    private static long number(JdbcTemplate jdbc, String query) {
        return Objects.requireNonNull(jdbc.queryForObject(query, Long.class));
    }

    /** For a count that is taken at once: the time it goes by is asked for here. */
    Bucket of(String kind, String key, BucketConfiguration configuration) {
        time.refresh();
        // A row keeps the limit that it was made with: with another one, whoever counts begins anew.
        return counts.getProxy(Secrets.hash(kind + ":" + configuration + ":" + key), () -> configuration);
    }

    /** By which it counts. */
    TimeMeter time() {
        return time;
    }

    /** How many were deleted, of those that are as full as new ones. */
    int deleteExpired(int most) {
        time.refresh();
        return jdbc.update(
                DELETE_EXPIRED, Duration.ofNanos(time.currentTimeNanos()).toMillis(), most);
    }
}

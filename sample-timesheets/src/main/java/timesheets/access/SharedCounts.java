package timesheets.access;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.jdbc.CustomColumnProvider;
import io.github.bucket4j.distributed.jdbc.PrimaryKeyMapper;
import io.github.bucket4j.distributed.remote.RemoteBucketState;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;
import io.github.bucket4j.postgresql.PostgreSQLSelectForUpdateBasedProxyManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Counts of attempts in PostgreSQL, where all nodes count together. They are found by a hash: the table tells nobody who failed.
 *
 * <p>Each node goes by a clock that never goes back, and begins no earlier than the last count of any node.
 */
final class SharedCounts {

    private final TimeMeter time;
    private final PostgreSQLSelectForUpdateBasedProxyManager<String> counts;

    SharedCounts(DataSource dataSource, Clock clock) {
        time = new Elapsed(clock, latest(dataSource));
        counts = Bucket4jPostgreSQL.selectForUpdateBasedBuilder(dataSource)
                .primaryKeyMapper(PrimaryKeyMapper.STRING)
                .table("attempt_count")
                .clientClock(time)
                .expirationAfterWrite(
                        ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofSeconds(1)))
                .addCustomColumn(new CountedAt())
                .build();
    }

    private static final class CountedAt implements CustomColumnProvider<String> {

        @Override
        public void setCustomField(
                String id, int index, PreparedStatement statement, RemoteBucketState state, long currentTimeNanos)
                throws SQLException {
            statement.setLong(index, currentTimeNanos);
        }

        @Override
        public String getCustomFieldName() {
            return "counted_at";
        }
    }

    private static Duration latest(DataSource dataSource) {
        Long nanos = new JdbcTemplate(dataSource)
                .queryForObject("select coalesce(max(counted_at), 0) from attempt_count", Long.class);
        return Duration.ofNanos(nanos == null ? 0 : nanos);
    }

    Bucket of(String kind, String key, BucketConfiguration configuration) {
        // A row keeps the limit that it was made with: with another one, whoever counts begins anew.
        return counts.getProxy(Secrets.hash(kind + ":" + configuration + ":" + key), () -> configuration);
    }

    /** By which it counts. */
    TimeMeter time() {
        return time;
    }

    /** How many were deleted, of those that are as full as new ones. */
    int deleteExpired(int most) {
        return counts.removeExpired(most);
    }
}

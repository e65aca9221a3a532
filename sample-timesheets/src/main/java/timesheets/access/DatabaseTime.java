package timesheets.access;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The database's time, by which all nodes count alike, whatever their own clocks show. It is carried on by what passes at this node, and
 * never goes back. Only {@link #refresh} asks the database: Bucket4j wants the time while it holds a connection and the lock of a row.
 * To ask then would take a second connection, which may be in the hands of those that wait for that lock.
 */
final class DatabaseTime implements TimeMeter {

    private static final long FRESH = Duration.ofMinutes(1).toNanos();
    // By less, it is this node that counts too fast. By more, somebody has set the database's clock back: waiting until
    // it is where it was would give no attempt back meanwhile.
    private static final long SET_BACK = Duration.ofSeconds(10).toNanos();

    private record Reading(long time, long at) {

        long carriedOn(long now) {
            return time + now - at;
        }
    }

    private final LongSupplier database;
    private final LongSupplier elapsed;
    private final AtomicBoolean asking = new AtomicBoolean();
    private final AtomicLong told = new AtomicLong();
    private volatile Reading last;

    /**
     * @param database its time in nanoseconds since 1970
     * @param elapsed what passes here, in nanoseconds
     * @param atLeast where to begin if the database's clock stands before that
     */
    DatabaseTime(LongSupplier database, LongSupplier elapsed, long atLeast) {
        this.database = database;
        this.elapsed = elapsed;
        this.last = new Reading(Math.max(database.getAsLong(), atLeast), elapsed.getAsLong());
    }

    /** Asks the database, if that was a minute ago. Not for those who hold a connection. */
    void refresh() {
        // Whoever comes while one asks goes on with what is known.
        if (elapsed.getAsLong() - last.at() >= FRESH && asking.compareAndSet(false, true)) {
            try {
                ask();
            } finally {
                asking.set(false);
            }
        }
    }

    private void ask() {
        long time = database.getAsLong();
        long now = elapsed.getAsLong();
        long carried = last.carriedOn(now);
        last = new Reading(carried - time > SET_BACK ? carried : time, now);
    }

    @Override
    public long currentTimeNanos() {
        return told.accumulateAndGet(last.carriedOn(elapsed.getAsLong()), Math::max);
    }

    @Override
    public boolean isWallClockBased() {
        return true;
    }
}

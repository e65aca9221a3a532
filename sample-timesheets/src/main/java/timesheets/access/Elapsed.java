package timesheets.access;

import io.github.bucket4j.TimeMeter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Time that only goes on. Set back, a clock would otherwise give no attempt back until it is where it was. */
final class Elapsed implements TimeMeter {

    private final Clock clock;
    private Instant seen; // guarded by this
    private long nanos; // likewise

    /** @param atLeast where to begin if the clock stands before that: since 1970, as the clock counts */
    Elapsed(Clock clock, Duration atLeast) {
        this.clock = clock;
        this.seen = clock.instant();
        this.nanos = Math.max(Duration.between(Instant.EPOCH, seen).toNanos(), atLeast.toNanos());
    }

    @Override
    public synchronized long currentTimeNanos() {
        Instant now = clock.instant();
        nanos += Math.max(0, Duration.between(seen, now).toNanos());
        seen = now;
        return nanos;
    }

    @Override
    public boolean isWallClockBased() {
        return true;
    }
}

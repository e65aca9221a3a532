package timesheets.access;

import io.github.bucket4j.TimeMeter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** The time of one node alone, which only goes on. Set back, a clock would otherwise give no attempt back until it is where it was. */
final class Elapsed implements TimeMeter {

    private final Clock clock;
    private Instant seen; // guarded by this
    private long nanos; // likewise

    Elapsed(Clock clock) {
        this.clock = clock;
        this.seen = clock.instant();
        this.nanos = Duration.between(Instant.EPOCH, seen).toNanos();
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

package timesheets;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.springframework.context.annotation.Primary;

/** The application's clock: that of this machine, until a test stops it. */
@Primary
class TestClock extends Clock {

    private volatile Instant stopped;

    @Override
    public Instant instant() {
        Instant fixed = stopped;
        return fixed == null ? Instant.now() : fixed;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException();
    }

    /** Stops the clock at what it shows, as far as every database stores it. */
    void stop() {
        stopped = instant().truncatedTo(ChronoUnit.MILLIS);
    }

    void forward(Duration time) {
        stopped = instant().plus(time);
    }

    void goOn() {
        stopped = null;
    }
}

package timesheets.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.web.ErrorResponseException;

class AttemptsTest {

    private static final Duration WINDOW = Duration.ofMinutes(15);

    private Instant now = Instant.parse("2026-03-02T10:00:00Z");
    private final InstantSource source = () -> now;
    private final Attempts attempts =
            new Attempts(new Limits(2, 100, 5, 50, WINDOW), source.withZone(ZoneOffset.UTC), Optional.empty());

    @Test
    void aClockThatIsSetBackKeepsNobodyOutForLonger() {
        guess();
        guess();
        assertThatExceptionOfType(ErrorResponseException.class).isThrownBy(this::guess);
        now = now.minus(Duration.ofHours(1));
        assertThatExceptionOfType(ErrorResponseException.class).isThrownBy(this::guess);
        now = now.plus(WINDOW);
        guess();
        guess();
        assertThatExceptionOfType(ErrorResponseException.class).isThrownBy(this::guess);
    }

    private void guess() {
        assertThat(attempts.at("ada@acme.example", Optional::empty)).isEmpty();
    }
}

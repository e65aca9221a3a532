package timesheets.web;

import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** The day that it is where the company works ({@code timesheets.zone}), whatever zone the server runs in. */
@Component
class Today {

    private final Clock clock;
    private final ZoneId zone;

    Today(Clock clock, @Value("${timesheets.zone}") ZoneId zone) {
        this.clock = clock;
        this.zone = zone;
    }

    LocalDate date() {
        return LocalDate.ofInstant(clock.instant(), zone);
    }
}

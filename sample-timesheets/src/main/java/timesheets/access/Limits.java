package timesheets.access;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings under {@code timesheets.limits}.
 *
 * @param failuresPerAccount how many wrong passwords an account takes within the window, whether it exists or not
 * @param failuresPerAddress how many refused calls of {@code /api/auth} an address makes within the window
 * @param mailsPerRecipient how many mails an address is sent within the window
 * @param bodiesPerAddress for how many bodies of an address the server waits at a time
 * @param window how long it takes until all attempts are there again; each comes back in its share of it
 */
@Validated
@ConfigurationProperties("timesheets.limits")
record Limits(
        @DefaultValue("10") @Min(1) int failuresPerAccount,
        @DefaultValue("100") @Min(1) int failuresPerAddress,
        @DefaultValue("5") @Min(1) int mailsPerRecipient,
        @DefaultValue("30") @Min(1) int bodiesPerAddress,
        @DefaultValue("15m") @DurationMin(seconds = 1) Duration window) {}

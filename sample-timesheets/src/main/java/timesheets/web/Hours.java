package timesheets.web;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Hours as people write them: {@code 1:30}, {@code 1.5} or {@code 1,5}. */
final class Hours {

    private static final Pattern CLOCK = Pattern.compile("(\\d{1,2}):([0-5]\\d)");
    private static final Pattern DECIMAL = Pattern.compile("\\d{1,2}([.,]\\d{1,2})?");
    private static final BigDecimal HOUR = BigDecimal.valueOf(60);

    private Hours() {}

    /** How many minutes that is; 0 of an empty text, null if it is none of these. */
    static @Nullable Integer minutes(String text) {
        String stripped = text.strip();
        Matcher clock = CLOCK.matcher(stripped);
        if (stripped.isEmpty()) {
            return 0;
        }
        if (clock.matches()) {
            return Integer.parseInt(clock.group(1)) * 60 + Integer.parseInt(clock.group(2));
        }
        return DECIMAL.matcher(stripped).matches()
                ? new BigDecimal(stripped.replace(',', '.'))
                        .multiply(HOUR)
                        .setScale(0, RoundingMode.HALF_UP)
                        .intValueExact()
                : null;
    }

    static String text(long minutes) {
        return "%d:%02d".formatted(minutes / 60, minutes % 60);
    }
}

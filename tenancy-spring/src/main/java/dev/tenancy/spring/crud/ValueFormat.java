package dev.tenancy.spring.crud;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a value is written in a parameter.
 *
 * @param ordered whether a filter may compare values
 * @param parser throws {@link IllegalArgumentException} or {@link DateTimeException} on what is no such value
 */
record ValueFormat(Class<?> type, boolean ordered, Function<String, Object> parser) {

    private static final int MAX_LENGTH = 200;
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant BEHIND_LAST = Instant.parse("+10000-01-01T00:00:00Z");
    // Keeps out what takes long to compute with, and the digits of other scripts.
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,19}");
    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,38}(\\.[0-9]{1,38})?");

    private static final Map<Class<?>, ValueFormat> KNOWN = Map.ofEntries(
            known(String.class, false, text -> text),
            known(UUID.class, false, ValueFormat::uuid),
            known(Boolean.class, false, ValueFormat::bool),
            known(Long.class, true, text -> Long.valueOf(matched(WHOLE, text))),
            known(Integer.class, true, text -> Integer.valueOf(matched(WHOLE, text))),
            known(Short.class, true, text -> Short.valueOf(matched(WHOLE, text))),
            known(BigDecimal.class, true, text -> new BigDecimal(matched(DECIMAL, text))),
            known(Double.class, true, text -> Double.valueOf(matched(DECIMAL, text))),
            known(LocalDate.class, true, LocalDate::parse),
            known(LocalTime.class, true, LocalTime::parse),
            known(LocalDateTime.class, true, LocalDateTime::parse),
            known(Instant.class, true, Instant::parse),
            known(OffsetDateTime.class, true, OffsetDateTime::parse));

    private static Map.Entry<Class<?>, ValueFormat> known(
            Class<?> type, boolean ordered, Function<String, Object> parser) {
        return Map.entry(type, new ValueFormat(type, ordered, parser));
    }

    /** Null if values of this type cannot be written in a parameter. */
    static @Nullable ValueFormat of(Class<?> type) {
        return type.isEnum() ? ofEnum(type) : KNOWN.get(type);
    }

    private static ValueFormat ofEnum(Class<?> type) {
        return new ValueFormat(
                type,
                false,
                text -> Arrays.stream(type.getEnumConstants())
                        .filter(constant -> ((Enum<?>) constant).name().equals(text))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(text)));
    }

    boolean isText() {
        return type == String.class;
    }

    /** Null if the text is no such value, or one that a database would not take. */
    @Nullable Object parse(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH || !isStorable(text)) {
            return null;
        }
        try {
            Object value = parser.apply(text);
            return value instanceof TemporalAccessor time && !isStorable(time) ? null : value;
        } catch (IllegalArgumentException | DateTimeException malformed) {
            return null;
        }
    }

    /** PostgreSQL stores no NUL, and no driver sends half a character. */
    static boolean isStorable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char one = text.charAt(i);
            if (Character.isHighSurrogate(one)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (one == 0 || Character.isSurrogate(one)) {
                return false;
            }
        }
        return true;
    }

    /** The years that every database and every client can show. */
    static boolean isStorable(TemporalAccessor time) {
        if (time instanceof Instant instant) {
            return !instant.isBefore(FIRST) && instant.isBefore(BEHIND_LAST);
        }
        return !time.isSupported(ChronoField.YEAR)
                || time.get(ChronoField.YEAR) >= 1 && time.get(ChronoField.YEAR) <= 9999;
    }

    private static String matched(Pattern pattern, String text) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException(text);
        }
        return text;
    }

    // UUID.fromString takes 1-1-1-1-1 as well.
    private static UUID uuid(String text) {
        UUID value = UUID.fromString(text);
        if (!value.toString().equalsIgnoreCase(text)) {
            throw new IllegalArgumentException(text);
        }
        return value;
    }

    private static Boolean bool(String text) {
        return switch (text) {
            case "true" -> Boolean.TRUE;
            case "false" -> Boolean.FALSE;
            default -> throw new IllegalArgumentException(text);
        };
    }
}

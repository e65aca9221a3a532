package dev.tenancy.test.isolation;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.UUID;
import org.hibernate.metamodel.mapping.SqlTypedMapping;
import org.jspecify.annotations.Nullable;

/** A value for each basic type, as small as it may be; texts, ids and points in time are different each time, and bytes are a text. */
final class SampleValues {

    private static final LocalDateTime NOON = LocalDateTime.of(2024, 2, 29, 12, 0);

    // Four digits to the base of 36, as long as there are fewer than a million.
    private static final int FEWEST = 36 * 36 * 36;

    private final int start = (int) (System.nanoTime() & 0xFFFFFF);
    private int count;

    /**
     * @param distinct whether numbers have to be different each time, too
     * @return null if the type is not known
     */
    @Nullable Object of(Class<?> type, SqlTypedMapping column, boolean distinct) {
        count++;
        if (type == String.class) {
            return text(column.getLength());
        }
        if (type == UUID.class) {
            return UUID.randomUUID();
        }
        if (type.isEnum()) {
            return type.getEnumConstants().length == 0 ? null : type.getEnumConstants()[0];
        }
        if (type == Boolean.class || type == boolean.class) {
            return false;
        }
        if (type == Character.class || type == char.class) {
            return (char) ('a' + count % 26);
        }
        if (type == byte[].class) {
            return text(column.getLength()).getBytes(StandardCharsets.US_ASCII);
        }
        Object number = number(type, distinct ? start + count : 1);
        return number != null ? number : time(type, NOON.plusMinutes(count));
    }

    /** A text, different each time, as far as its length allows. */
    String text(int most) {
        count++;
        return text((long) most);
    }

    // None is the beginning of another, so that each is recognized where it stands in a longer text.
    private String text(@Nullable Long length) {
        String distinct = Integer.toString(start, 36) + Integer.toString(FEWEST + count, 36);
        int most = length == null || length > 255 ? 255 : length.intValue();
        return distinct.length() <= most ? distinct : distinct.substring(distinct.length() - most);
    }

    static @Nullable Object number(Class<?> type, int value) {
        if (type == Long.class || type == long.class) {
            return (long) value;
        }
        if (type == Integer.class || type == int.class) {
            return value;
        }
        if (type == Short.class || type == short.class) {
            return (short) value;
        }
        if (type == Byte.class || type == byte.class) {
            return (byte) value;
        }
        if (type == Double.class || type == double.class) {
            return (double) value;
        }
        if (type == Float.class || type == float.class) {
            return (float) value;
        }
        if (type == BigDecimal.class) {
            return BigDecimal.valueOf(value);
        }
        return type == BigInteger.class ? BigInteger.valueOf(value) : null;
    }

    static @Nullable Object time(Class<?> type, LocalDateTime time) {
        Instant instant = time.toInstant(ZoneOffset.UTC);
        if (type == LocalDate.class) {
            // The same day always: reports ask for days.
            return NOON.toLocalDate();
        }
        if (type == LocalDateTime.class) {
            return time;
        }
        if (type == LocalTime.class) {
            return time.toLocalTime();
        }
        if (type == Instant.class) {
            return instant;
        }
        if (type == OffsetDateTime.class) {
            return time.atOffset(ZoneOffset.UTC);
        }
        if (type == ZonedDateTime.class) {
            return time.atZone(ZoneOffset.UTC);
        }
        if (type == Year.class) {
            return Year.of(time.getYear());
        }
        if (type == Duration.class) {
            return Duration.ofMinutes(1);
        }
        return type == Date.class ? Date.from(instant) : null;
    }
}

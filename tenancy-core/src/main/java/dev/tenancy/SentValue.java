package dev.tenancy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.JDBCType;
import java.sql.SQLType;
import java.sql.Types;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A bound value as the database will see it, after the driver has converted it to the type that was asked for. Null where that is
 * not exactly the value: as BOOLEAN each number is 1, REAL rounds, SMALLINT wraps around in PostgreSQL's driver, CHAR ignores blanks
 * at the end.
 */
final class SentValue {

    static final int UNSCALED = 0;
    /** SQL's null: known, and no value. */
    static final Object NOTHING = new Object();

    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

    private SentValue() {}

    /** The value to give to the driver, so that whoever holds the other cannot change it once it was looked at. */
    static @Nullable Object kept(@Nullable Object value) {
        return value instanceof byte[] bytes ? bytes.clone() : value;
    }

    /** A value that the driver sends in its own type. */
    static @Nullable Object of(@Nullable Object value) {
        if (value == null) {
            return NOTHING;
        }
        if (value instanceof String || value instanceof UUID || value instanceof byte[]) {
            return value;
        }
        return isNumber(value) ? whole(value) : null;
    }

    /** @param scaleOrLength digits behind the point of a number, which it has to have none of */
    static @Nullable Object of(@Nullable Object value, int type, int scaleOrLength) {
        if (value == null) {
            return NOTHING;
        }
        return switch (type) {
            case Types.BIGINT -> within(value, Long.MIN_VALUE, Long.MAX_VALUE);
            case Types.INTEGER -> within(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case Types.SMALLINT -> within(value, Short.MIN_VALUE, Short.MAX_VALUE);
            case Types.TINYINT -> within(value, Byte.MIN_VALUE, Byte.MAX_VALUE);
            // A negative scale rounds.
            case Types.NUMERIC, Types.DECIMAL ->
                scaleOrLength < 0 ? null : within(value, Long.MIN_VALUE, Long.MAX_VALUE);
            case Types.VARCHAR, Types.LONGVARCHAR, Types.NVARCHAR, Types.LONGNVARCHAR -> text(value, scaleOrLength);
            case Types.OTHER -> value instanceof byte[] ? null : of(value);
            default -> null;
        };
    }

    /** The number that {@link Types} has for a type, or one that it has not: only names of the JDK's own are known to be stable. */
    static int number(@Nullable SQLType type) {
        return type instanceof JDBCType jdbc ? jdbc.getVendorTypeNumber() : Types.NULL;
    }

    // A BigDecimal has several texts.
    private static @Nullable Object text(@Nullable Object value, int length) {
        if (!(value instanceof String || value instanceof UUID || value instanceof Long || value instanceof Integer)) {
            return null;
        }
        String text = value.toString();
        return length == UNSCALED || length >= text.length() ? text : null;
    }

    private static @Nullable Object within(@Nullable Object value, long least, long most) {
        Long number = isNumber(value) ? whole(value) : value instanceof String text ? written(text) : null;
        return number != null && number >= least && number <= most ? number : null;
    }

    // BigDecimal and BigInteger can be extended, by classes that are one number now and another later.
    private static boolean isNumber(@Nullable Object value) {
        return value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte
                || value != null && (value.getClass() == BigDecimal.class || value.getClass() == BigInteger.class);
    }

    private static @Nullable Long whole(@Nullable Object value) {
        if (value instanceof BigDecimal decimal) {
            // One of a large exponent would fill the memory, written out.
            return decimal.precision() - (long) decimal.scale() > 19
                            || decimal.stripTrailingZeros().scale() > 0
                    ? null
                    : whole(decimal.toBigInteger());
        }
        if (value instanceof BigInteger number) {
            return number.compareTo(LEAST) < 0 || number.compareTo(MOST) > 0 ? null : number.longValue();
        }
        return value instanceof Number number ? number.longValue() : null;
    }

    private static @Nullable Long written(String text) {
        if (text.isEmpty() || text.length() > 20) {
            return null;
        }
        try {
            long number = Long.parseLong(text);
            return Long.toString(number).equals(text) ? number : null;
        } catch (NumberFormatException none) {
            return null;
        }
    }
}

package dev.tenancy.spring;

import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.Expression;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.Temporal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A field by which a list may be filtered, and the operators that its type has.
 *
 * @param name as parameters name it
 */
record ListFilter(String name, AttributePath path) {

    private static final int LONGEST_VALUE = 200;
    private static final int MOST_VALUES = 100;

    private static final Map<Class<?>, Function<String, ?>> READERS = new LinkedHashMap<>();

    static {
        READERS.put(String.class, text -> text);
        READERS.put(UUID.class, ListFilter::uuid);
        READERS.put(Boolean.class, ListFilter::bool);
        READERS.put(Integer.class, Integer::valueOf);
        READERS.put(Long.class, Long::valueOf);
        READERS.put(Short.class, Short::valueOf);
        READERS.put(BigDecimal.class, ListFilter::decimal);
        READERS.put(LocalDate.class, text -> storable(LocalDate.parse(text)));
        READERS.put(LocalDateTime.class, text -> storable(LocalDateTime.parse(text)));
        READERS.put(OffsetDateTime.class, text -> storable(OffsetDateTime.parse(text)));
        READERS.put(Instant.class, text -> {
            Instant instant = Instant.parse(text);
            storable(instant.atOffset(java.time.ZoneOffset.UTC));
            return instant;
        });
    }

    /** What a parameter asks of a row. */
    @FunctionalInterface
    interface Condition {
        Predicate of(CriteriaBuilder criteria, Root<?> row);
    }

    /** Whether values of the type can be read from text and compared. */
    static boolean isReadable(Class<?> type) {
        return type.isEnum() || READERS.containsKey(type);
    }

    /** Besides equality, which has no name. */
    List<String> operators() {
        Class<?> type = path.type();
        if (type == String.class) {
            return List.of("in", "isnull", "contains");
        }
        boolean ordered = Number.class.isAssignableFrom(type) || Temporal.class.isAssignableFrom(type);
        return ordered ? List.of("in", "isnull", "gte", "lte", "gt", "lt") : List.of("in", "isnull");
    }

    /** All names of parameters that it takes. */
    Stream<String> parameters() {
        return Stream.concat(Stream.of(name), operators().stream().map(operator -> name + "." + operator));
    }

    /**
     * What a parameter asks for.
     *
     * @param parameter one of {@link #parameters()}
     * @throws IllegalArgumentException if a value is malformed; its message says what is expected
     */
    Condition condition(String parameter, List<String> values) {
        if (parameter.equals(name)) {
            Object wanted = value(single(values));
            return (criteria, row) -> criteria.equal(path.in(row), wanted);
        }
        String operator = parameter.substring(name.length() + 1);
        if (operator.equals("in")) {
            List<Object> wanted = values.stream()
                    .flatMap(text -> Arrays.stream(text.split(",", -1)))
                    .map(this::value)
                    .toList();
            if (wanted.size() > MOST_VALUES) {
                throw new IllegalArgumentException("must be at most " + MOST_VALUES + " values");
            }
            return (criteria, row) -> path.in(row).in(wanted);
        }
        String text = single(values);
        if (operator.equals("isnull")) {
            boolean isNull = bool(text);
            return (criteria, row) ->
                    isNull ? path.in(row).isNull() : path.in(row).isNotNull();
        }
        if (operator.equals("contains")) {
            String pattern = containing(checked(text));
            return (criteria, row) -> like(criteria, path.in(row), pattern);
        }
        return comparison(operator, text);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private Condition comparison(String operator, String text) {
        Comparable bound = (Comparable) value(text);
        return (criteria, row) -> {
            Expression<Comparable> attribute = (Expression<Comparable>) path.in(row);
            return switch (operator) {
                case "gte" -> criteria.greaterThanOrEqualTo(attribute, bound);
                case "lte" -> criteria.lessThanOrEqualTo(attribute, bound);
                case "gt" -> criteria.greaterThan(attribute, bound);
                default -> criteria.lessThan(attribute, bound);
            };
        };
    }

    /** The pattern of texts that contain another one, in any case; nothing in it is a wildcard of its own. */
    static String containing(String text) {
        return "%" + text.toLowerCase(Locale.ROOT).replaceAll("[\\\\%_]", "\\\\$0") + "%";
    }

    static Predicate like(CriteriaBuilder criteria, Expression<?> attribute, String pattern) {
        return criteria.like(criteria.lower(attribute.as(String.class)), pattern, '\\');
    }

    private static String single(List<String> values) {
        if (values.size() != 1) {
            throw new IllegalArgumentException("must be given once");
        }
        return values.get(0);
    }

    private static String checked(String text) {
        if (text.isEmpty() || text.length() > LONGEST_VALUE || !RecordMapping.isStorable(text)) {
            throw new IllegalArgumentException("must be text of 1 to " + LONGEST_VALUE + " characters");
        }
        return text;
    }

    private Object value(String given) {
        return read(path.type(), checked(given));
    }

    /**
     * A value of a type, from text.
     *
     * @throws IllegalArgumentException if the text is malformed; its message says what is expected
     */
    static Object read(Class<?> type, String text) {
        if (!RecordMapping.isStorable(text)) {
            throw new IllegalArgumentException("must be text without NUL and lone surrogates");
        }
        if (type.isEnum()) {
            List<?> constants = List.of(type.getEnumConstants());
            return constants.stream()
                    .filter(constant -> ((Enum<?>) constant).name().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("must be one of " + constants));
        }
        Function<String, ?> reader = READERS.get(type);
        if (reader == null) {
            throw new IllegalArgumentException("has a type that cannot be read from text");
        }
        try {
            return reader.apply(text);
        } catch (RuntimeException malformed) {
            throw new IllegalArgumentException("must be a " + expected(type), malformed);
        }
    }

    private static String expected(Class<?> type) {
        if (type == UUID.class) {
            return "UUID";
        }
        if (type == Boolean.class) {
            return "true or false";
        }
        if (Number.class.isAssignableFrom(type)) {
            return type == BigDecimal.class ? "decimal number" : "whole number";
        }
        return type == LocalDate.class ? "date, such as 2026-01-31" : "time, such as 2026-01-31T12:00:00Z";
    }

    private static UUID uuid(String text) {
        if (text.length() != 36) {
            throw new IllegalArgumentException();
        }
        return UUID.fromString(text);
    }

    private static boolean bool(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("must be true or false");
        }
        return text.equals("true");
    }

    // A power of ten would become a number of as many digits.
    private static BigDecimal decimal(String text) {
        if (!text.matches("-?[0-9]{1,38}(\\.[0-9]{1,38})?")) {
            throw new IllegalArgumentException();
        }
        return new BigDecimal(text);
    }

    private static <T extends Temporal> T storable(T time) {
        int year = time.get(ChronoField.YEAR);
        if (year < 1 || year > 9999) {
            throw new IllegalArgumentException();
        }
        return time;
    }

    static @Nullable ListFilter find(List<ListFilter> filters, String parameter) {
        return filters.stream()
                .filter(filter -> filter.parameters().anyMatch(parameter::equals))
                .findFirst()
                .orElse(null);
    }
}

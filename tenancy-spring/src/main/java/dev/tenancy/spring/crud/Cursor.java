package dev.tenancy.spring.crud;

import dev.tenancy.spring.Problem;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.Expression;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * The place of a row in a sorted list: its values in the order of the sorts, the id last. As text it is Base64 of a JSON array
 * with the sorts, the values as texts, and a checksum. It opens nothing: whoever forges one gets another page of the list that
 * they may see anyway. The checksum is there to answer a damaged one with 400 instead of a page that looks right.
 */
record Cursor(List<@Nullable Object> values) {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int MAX_LENGTH = 4000;

    static Cursor parse(String text, List<ListRequest.Sort> sorts) {
        try {
            if (text.length() <= MAX_LENGTH
                    && JSON.readTree(Base64.getUrlDecoder().decode(text)) instanceof ArrayNode array
                    && array.size() == sorts.size() + 2
                    && array.get(0).asString("").equals(sorts.toString())
                    && array.get(1).asLong(-1) == checksum(array)) {
                List<@Nullable Object> values = new ArrayList<>();
                for (int i = 0; i < sorts.size(); i++) {
                    values.add(value(array.get(i + 2), sorts.get(i).path()));
                }
                return new Cursor(values);
            }
        } catch (IllegalArgumentException | JacksonException damaged) {
            throw refused();
        }
        throw refused();
    }

    private static @Nullable Object value(JsonNode text, AttributePath path) {
        ValueFormat format = ValueFormat.of(path.type());
        if (text.isNull() && path.nullable()) {
            return null;
        }
        if (format == null || !text.isString()) {
            throw refused();
        }
        // The empty text is a value of a row, though not one that a parameter may have.
        Object value = format.isText() ? text.asString() : format.parse(text.asString());
        if (value == null || value instanceof String unsafe && !ValueFormat.isStorable(unsafe)) {
            throw refused();
        }
        return value;
    }

    private static RuntimeException refused() {
        return Problem.parameter(
                "after",
                "must be the \"next\" of a page that was sorted in the same way, or be left out for the first page");
    }

    String text(List<ListRequest.Sort> sorts) {
        ArrayNode array = JSON.createArrayNode().add(sorts.toString()).add(0L);
        for (Object value : values) {
            array.add(value == null ? null : value instanceof Enum<?> constant ? constant.name() : plain(value));
        }
        array.set(1, JSON.getNodeFactory().numberNode(checksum(array)));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(JSON.writeValueAsBytes(array));
    }

    private static String plain(Object value) {
        if (value instanceof Double number) {
            return new java.math.BigDecimal(number.toString()).toPlainString();
        }
        return value instanceof java.math.BigDecimal number ? number.toPlainString() : value.toString();
    }

    private static long checksum(ArrayNode array) {
        CRC32 checksum = new CRC32();
        for (int i = 0; i < array.size(); i++) {
            if (i != 1) {
                checksum.update(array.get(i).toString().getBytes(StandardCharsets.UTF_8));
            }
        }
        return checksum.getValue();
    }

    /** That a row comes behind this place. Null is the greatest value. */
    Predicate before(CriteriaBuilder criteria, Root<?> row, List<ListRequest.Sort> sorts) {
        List<Predicate> ways = new ArrayList<>();
        List<Predicate> equalSoFar = new ArrayList<>();
        for (int i = 0; i < sorts.size(); i++) {
            Expression<?> path = sorts.get(i).path().in(row);
            Predicate behind = behind(criteria, path, values.get(i), sorts.get(i));
            if (behind != null) {
                List<Predicate> way = new ArrayList<>(equalSoFar);
                way.add(behind);
                ways.add(criteria.and(way.toArray(Predicate[]::new)));
            }
            Object value = values.get(i);
            equalSoFar.add(value == null ? criteria.isNull(path) : criteria.equal(path, value));
        }
        return criteria.or(ways.toArray(Predicate[]::new));
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // Sorts are by comparable attributes.
    private static @Nullable Predicate behind(
            CriteriaBuilder criteria, Expression path, @Nullable Object value, ListRequest.Sort sort) {
        if (value == null) {
            return sort.descending() ? criteria.isNotNull(path) : null;
        }
        if (sort.descending()) {
            return criteria.lessThan(path, (Comparable) value);
        }
        Predicate greater = criteria.greaterThan(path, (Comparable) value);
        return sort.path().nullable() ? criteria.or(greater, criteria.isNull(path)) : greater;
    }
}

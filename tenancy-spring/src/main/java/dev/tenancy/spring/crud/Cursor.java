package dev.tenancy.spring.crud;

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

    static Cursor parse(String text, List<Sort> sorts) {
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
        return RefusedException.parameter(
                "after",
                "must be the \"next\" of a page that was sorted in the same way, or be left out for the first page");
    }

    String text(List<Sort> sorts) {
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
    void before(QueryText query, List<Sort> sorts) {
        List<String> ways = new ArrayList<>();
        List<String> equalSoFar = new ArrayList<>();
        for (int i = 0; i < sorts.size(); i++) {
            String path = query.path(sorts.get(i).path());
            Object value = values.get(i);
            String behind = behind(query, path, value, sorts.get(i));
            if (behind != null) {
                List<String> way = new ArrayList<>(equalSoFar);
                way.add(behind);
                ways.add("(" + String.join(" and ", way) + ")");
            }
            if (i < sorts.size() - 1) {
                equalSoFar.add(path + (value == null ? " is null" : " = " + query.parameter(value)));
            }
        }
        query.where("(" + String.join(" or ", ways) + ")");
    }

    private static @Nullable String behind(QueryText query, String path, @Nullable Object value, Sort sort) {
        if (value == null) {
            return sort.descending() ? path + " is not null" : null;
        }
        if (sort.descending()) {
            return path + " < " + query.parameter(value);
        }
        String greater = path + " > " + query.parameter(value);
        return sort.path().nullable() ? "(" + greater + " or " + path + " is null)" : greater;
    }
}

package dev.tenancy.test.isolation;

import java.math.BigDecimal;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** A value for each JSON schema of a single value; texts are different each time. */
final class RequestValues {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int LONGEST = 40;
    // What is shorter stands in an answer by chance.
    private static final int SHORTEST_TOLD = 3;

    private final SampleValues values;

    RequestValues(SampleValues values) {
        this.values = values;
    }

    static JsonNode json(Object value) {
        if (value instanceof Integer number) {
            return JSON.numberNode(number);
        }
        if (value instanceof Number number) {
            return JSON.numberNode(new BigDecimal(number.toString()));
        }
        return value instanceof Boolean flag
                ? JSON.booleanNode(flag)
                : value instanceof JsonNode node ? node : JSON.stringNode(value.toString());
    }

    /**
     * A text like no other.
     *
     * @param made gets it
     */
    String text(Set<String> made) {
        String text = values.text(LONGEST);
        made.add(text);
        return text;
    }

    /** @param made gets the texts that were made up */
    JsonNode of(String name, JsonNode schema, Set<String> made) {
        for (JsonNode choice : schema.path("enum")) {
            if (!choice.isNull()) {
                return choice;
            }
        }
        for (String known : new String[] {"const", "example", "default"}) {
            if (schema.hasNonNull(known)) {
                return schema.path(known);
            }
        }
        if (schema.path("examples").isArray() && !schema.path("examples").isEmpty()) {
            return schema.path("examples").path(0);
        }
        if (Schemas.is(schema, "boolean")) {
            return JSON.booleanNode(true);
        }
        if (Schemas.is(schema, "integer") || Schemas.is(schema, "number")) {
            return number(schema);
        }
        return JSON.stringNode(text(name, schema, made));
    }

    private static JsonNode number(JsonNode schema) {
        BigDecimal least = schema.has("minimum") ? schema.path("minimum").decimalValue() : BigDecimal.ONE;
        if (schema.path("exclusiveMinimum").isNumber()) {
            least = schema.path("exclusiveMinimum").decimalValue().add(BigDecimal.ONE);
        } else if (schema.path("exclusiveMinimum").asBoolean(false)) {
            least = least.add(BigDecimal.ONE);
        }
        if (schema.has("maximum")) {
            least = least.min(schema.path("maximum").decimalValue());
        }
        return JSON.numberNode(least);
    }

    private String text(String name, JsonNode schema, Set<String> made) {
        String lower = name.toLowerCase(java.util.Locale.ROOT);
        String fresh = values.text(LONGEST);
        String text = switch (schema.path("format").asString("")) {
            case "uuid" -> UUID.randomUUID().toString();
            case "date" -> "2024-02-29";
            case "date-time" -> "2024-02-29T12:00:00Z";
            case "time", "partial-time" -> "12:00:00";
            case "duration" -> "PT1M";
            case "uri", "url" -> "https://example.org/" + fresh;
            case "email" -> fresh + "@example.org";
            case "byte" -> "QQ==";
            default -> lower.endsWith("email") || lower.endsWith("mail") ? fresh + "@example.org" : fresh;
        };
        int most = schema.path("maxLength").asInt(LONGEST);
        if (text.length() > most) {
            text = text.substring(text.length() - most);
        }
        text = text + "x".repeat(Math.max(0, schema.path("minLength").asInt(0) - text.length()));
        String pattern = schema.path("pattern").asString("");
        // What is an address as well is one in the pattern, too.
        if (!pattern.isEmpty() && !PatternText.matches(pattern, text)) {
            String other = PatternText.of(pattern);
            text = other == null ? text : other;
        }
        if (text.length() >= SHORTEST_TOLD || pattern.isEmpty()) {
            made.add(text);
        }
        return text;
    }
}

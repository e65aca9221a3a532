package dev.tenancy.test.isolation;

import java.util.UUID;
import java.util.function.Function;

/**
 * A place in a request whose value depends on the tenant: an id, a text by which a row is found.
 *
 * @param name where it is, such as {@code path: id} or {@code body: projectId}
 * @param value what stands there for the tenant of some rows
 */
record Slot(String name, Function<TenantRows, Object> value) {

    /** A value of the same form that nobody has. */
    static Object missing(Object value) {
        if (value instanceof Integer) {
            return (int) (Math.random() * 1_000_000) + 2_000_000_000;
        }
        if (value instanceof Number) {
            return (long) (Math.random() * 1_000_000_000L) + 8_000_000_000_000_000L;
        }
        String text = value.toString();
        if (text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")) {
            return UUID.randomUUID();
        }
        StringBuilder other = new StringBuilder();
        for (char letter : text.toCharArray()) {
            other.append(
                    Character.isLetter(letter)
                            ? (char) ('a' + (int) (Math.random() * 26))
                            : Character.isDigit(letter) ? (char) ('0' + (int) (Math.random() * 10)) : letter);
        }
        return other.toString();
    }
}

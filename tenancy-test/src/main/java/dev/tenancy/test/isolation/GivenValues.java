package dev.tenancy.test.isolation;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the adopter's {@code values()} says, and whether it was asked for. */
final class GivenValues {

    private final Map<String, Function<Object, ?>> values;
    private final Set<String> unasked;

    GivenValues(Map<String, Function<Object, ?>> values) {
        this(Map.copyOf(values), new TreeSet<>(values.keySet()));
    }

    private GivenValues(Map<String, Function<Object, ?>> values, Set<String> unasked) {
        this.values = values;
        this.unasked = unasked;
    }

    /** What to ask with the tenant; null if nothing is given. */
    @Nullable Function<Object, ?> of(String key) {
        unasked.remove(key);
        return values.get(key);
    }

    /** What is given for an endpoint alone, by the names there. */
    Stream<String> names(String operation) {
        return values.keySet().stream()
                .filter(key -> key.startsWith(operation + " "))
                .map(key -> key.substring(operation.length() + 1))
                .sorted();
    }

    /** As this, with one more. */
    GivenValues with(String key, Function<Object, ?> value) {
        Map<String, Function<Object, ?>> all = new HashMap<>(values);
        all.put(key, value);
        return new GivenValues(all, unasked);
    }

    /** @throws Unproven if something is given that no row and no request takes */
    void requireAsked() {
        if (!unasked.isEmpty()) {
            throw new Unproven(
                    "values() gives what no row and no request takes: \"" + String.join("\", \"", unasked)
                            + "\". Remove it there, or spell it as the entity and its attribute, the parameter or the field is.");
        }
    }
}

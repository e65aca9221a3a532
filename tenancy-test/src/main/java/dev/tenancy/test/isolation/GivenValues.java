package dev.tenancy.test.isolation;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the adopter's {@code values()} says, and whether it was asked for. */
final class GivenValues {

    private final Map<String, Function<Object, ?>> values;
    private final Set<String> unasked;

    GivenValues(Map<String, Function<Object, ?>> values) {
        this.values = Map.copyOf(values);
        this.unasked = new TreeSet<>(values.keySet());
    }

    /** What to ask with the tenant; null if nothing is given. */
    @Nullable Function<Object, ?> of(String key) {
        unasked.remove(key);
        return values.get(key);
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

package dev.tenancy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The roles of members, from the highest to the lowest; a role may do what the roles below it may. Immutable.
 */
public final class Roles {

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

    private final List<String> descending;

    private Roles(List<String> descending) {
        this.descending = List.copyOf(descending);
    }

    /**
     * Reads Spring Security's notation for one hierarchy, such as {@code "OWNER > ADMIN > STAFF"}.
     *
     * @throws IllegalArgumentException if a name is missing, malformed or given twice
     */
    public static Roles parse(String hierarchy) {
        List<String> names = new ArrayList<>();
        for (String part : hierarchy.split(">", -1)) {
            String name = part.strip();
            if (!NAME.matcher(name).matches() || names.contains(name)) {
                throw new IllegalArgumentException("The role hierarchy \"" + hierarchy + "\" is refused at \"" + name
                        + "\". Write each role once, from the highest to the lowest, as in \"OWNER > ADMIN > STAFF\".");
            }
            names.add(name);
        }
        return new Roles(names);
    }

    /** Whether somebody with the role {@code held} may do what {@code required} asks for; false if either is unknown. */
    public boolean includes(@Nullable String held, String required) {
        int heldAt = held == null ? -1 : descending.indexOf(held);
        return heldAt >= 0 && heldAt <= descending.indexOf(required);
    }

    /** The role itself and all below it, highest first; empty if the role is unknown. */
    public List<String> reachableFrom(String role) {
        int at = descending.indexOf(role);
        return at < 0 ? List.of() : descending.subList(at, descending.size());
    }

    /** Whether a role of this name exists. */
    public boolean contains(String role) {
        return descending.contains(role);
    }

    @Override
    public String toString() {
        return String.join(" > ", descending);
    }
}

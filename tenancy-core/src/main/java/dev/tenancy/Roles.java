package dev.tenancy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The roles of members, and which stand above which; a role may do what the roles below it may. Immutable.
 */
public final class Roles {

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

    private final String hierarchy;
    // Of each role: itself and all below.
    private final Map<String, List<String>> reachable;

    private Roles(String hierarchy, Map<String, List<String>> reachable) {
        this.hierarchy = hierarchy;
        this.reachable = reachable;
    }

    /**
     * Reads Spring Security's notation, such as {@code "OWNER > ADMIN > STAFF"}. Roles of which neither stands above the other take
     * a line for each branch: {@code "OWNER > ACCOUNTANT\nOWNER > LEAD > STAFF"}.
     *
     * @throws IllegalArgumentException if a name is missing or malformed, or a role stands above itself
     */
    public static Roles parse(String hierarchy) {
        Map<String, Set<String>> below = new LinkedHashMap<>();
        List<String> branches = new ArrayList<>();
        for (String line : hierarchy.strip().split("\\R")) {
            List<String> branch = new ArrayList<>();
            for (String part : line.split(">", -1)) {
                String name = part.strip();
                if (!NAME.matcher(name).matches()) {
                    throw refused(hierarchy, name);
                }
                below.putIfAbsent(name, new LinkedHashSet<>());
                if (!branch.isEmpty()) {
                    below.computeIfAbsent(branch.get(branch.size() - 1), above -> new LinkedHashSet<>())
                            .add(name);
                }
                branch.add(name);
            }
            branches.add(String.join(" > ", branch));
        }
        Map<String, List<String>> reachable = new LinkedHashMap<>();
        for (String role : below.keySet()) {
            Deque<String> reached = new ArrayDeque<>();
            reach(role, below, new HashSet<>(), reached, hierarchy);
            reachable.put(role, List.copyOf(reached));
        }
        return new Roles(String.join("\n", branches), reachable);
    }

    private static void reach(
            String role, Map<String, Set<String>> below, Set<String> above, Deque<String> reached, String hierarchy) {
        if (!above.add(role)) {
            throw refused(hierarchy, role);
        }
        if (!reached.contains(role)) {
            below.getOrDefault(role, Set.of()).forEach(next -> reach(next, below, above, reached, hierarchy));
            reached.addFirst(role);
        }
        above.remove(role);
    }

    private static IllegalArgumentException refused(String hierarchy, String name) {
        return new IllegalArgumentException("The role hierarchy \"" + hierarchy + "\" is refused at \"" + name
                + "\". Write roles from the highest to the lowest, none above itself, as in \"OWNER > ADMIN > STAFF\";"
                + " for a hierarchy that branches, write a line for each branch.");
    }

    /** Whether somebody with the role {@code held} may do what {@code required} asks for; false if either is unknown. */
    public boolean includes(@Nullable String held, String required) {
        return held != null && reachableFrom(held).contains(required);
    }

    /** The role itself and all below it, each before those that are below it; empty if the role is unknown. */
    public List<String> reachableFrom(String role) {
        return reachable.getOrDefault(role, List.of());
    }

    /** The roles, in the order in which the hierarchy first names them. */
    public List<String> names() {
        return List.copyOf(reachable.keySet());
    }

    /** Whether a role of this name exists. */
    public boolean contains(String role) {
        return reachable.containsKey(role);
    }

    /** The hierarchy, as {@link #parse} reads it. */
    @Override
    public String toString() {
        return hierarchy;
    }
}

package dev.tenancy;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The constraints and unique indexes that PostgreSQL knows by name. Where tables are spread over shards, a shard tells of its own
 * copy, whose name ends in the shard's number: {@code customer_tenant_id_name_key_102015}.
 */
final class ConstraintNames {

    private static final Pattern NUMBERED = Pattern.compile("(.+)_\\d+");
    // What is too long to take the number is cut, and told apart by a hash of the whole.
    private static final Pattern CUT = Pattern.compile("(.+)_[0-9a-f]{8}_\\d+");
    private static final int SHORTEST_CUT = 50;

    private final Set<String> known = ConcurrentHashMap.newKeySet();

    void learn(Collection<String> names) {
        known.addAll(names);
    }

    void learn(ConstraintNames others) {
        known.addAll(others.known);
    }

    /** The name that the schema has for what a database tells of; as it was told, if the schema has it so, or none like it. */
    String bare(String told) {
        if (known.contains(told)) {
            return told;
        }
        Matcher numbered = NUMBERED.matcher(told);
        if (numbered.matches() && known.contains(numbered.group(1))) {
            return numbered.group(1);
        }
        Matcher cut = CUT.matcher(told);
        if (told.getBytes(StandardCharsets.UTF_8).length >= SHORTEST_CUT && cut.matches()) {
            List<String> whole =
                    known.stream().filter(one -> one.startsWith(cut.group(1))).toList();
            return whole.size() == 1 ? whole.get(0) : told;
        }
        return told;
    }
}

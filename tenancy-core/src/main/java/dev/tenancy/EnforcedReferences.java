package dev.tenancy;

import dev.tenancy.sql.SqlName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The references between rows of one tenant that the database itself holds to it, by a foreign key with the tenant in it. Before
 * they are written, nobody has to ask whose the other row is. Filled when a session factory is built, from the live schema.
 */
final class EnforcedReferences {

    /** By table and column, as messages name the reference. */
    private final Map<String, String> references = new ConcurrentHashMap<>();

    private final Map<String, String> byConstraint = new ConcurrentHashMap<>();

    /** @param holder the entity or collection that refers */
    void add(String table, String column, String constraint, String holder) {
        references.put(key(table, column), holder + "." + column);
        byConstraint.put(SqlName.of(constraint).key(), key(table, column));
    }

    /** Whether a reference is one of these; if it is, messages name it so from now on. */
    boolean holds(String table, String column, String reference) {
        return references.computeIfPresent(
                        key(table.substring(table.lastIndexOf('.') + 1), column), (key, before) -> reference)
                != null;
    }

    /** Whether the reference of a column is one of these. */
    boolean holds(SqlName table, SqlName column) {
        return references.containsKey(table.key() + "." + column.key());
    }

    private static String key(String table, String column) {
        return SqlName.of(table).key() + "." + SqlName.of(column).key();
    }

    /** The reference that a constraint holds; null if it is none of these. */
    @Nullable String reference(String constraint) {
        String key = byConstraint.get(SqlName.of(constraint).key());
        return key == null ? null : references.get(key);
    }
}

package dev.tenancy.sql;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table or view, as a {@link Catalog} knows it. Immutable.
 *
 * @param name without a schema
 * @param owner what messages call the owner of its rows, such as the entity; null if no tenant owns them
 * @param tenantColumn the column that says whose a row is; null as the owner is
 * @param keys columns that identify a row, each with what the row is of, such as the entity: in two tables a column with the same
 *     says that rows which are equal there belong together. Marked with {@link #REFERENCE}, a column refers to such a row. The
 *     columns are {@linkplain SqlName#key() keys of names}
 * @param dependent whether it holds parts of the rows of another table, and its tenant column may be missing in what a mapper writes
 */
public record Relation(
        SqlName name,
        @Nullable String owner,
        @Nullable SqlName tenantColumn,
        Map<String, String> keys,
        boolean dependent) {

    /** Before what a row is of: the column refers to such a row. */
    public static final String REFERENCE = "reference to ";

    /** Before a table's name: the column tells apart the rows of this table, in one statement. */
    public static final String ROW = "row of ";

    /** A table whose rows no tenant owns. */
    public static Relation global(SqlName name) {
        return new Relation(name, null, null, Map.of(), false);
    }
}

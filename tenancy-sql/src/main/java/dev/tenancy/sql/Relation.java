package dev.tenancy.sql;

import java.util.List;
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
 * @param dependent whether it holds parts of the rows of another table, and its tenant column may be missing in what a mapper writes;
 *     without an owner, whether it is a mapper's table for what it is about to write
 * @param references the columns that refer to rows of a tenant, by the keys of their names
 * @param library the id of the tenant whose rows every tenant may read and none may write, as text; null if there is none
 */
public record Relation(
        SqlName name,
        @Nullable String owner,
        @Nullable SqlName tenantColumn,
        Map<String, String> keys,
        boolean dependent,
        Map<String, Reference> references,
        @Nullable String library) {

    /**
     * A column that refers to a row of a tenant.
     *
     * @param holder as messages name the reference
     * @param of what it refers to, as {@link Relation#keys} of the other table has it
     * @param targets the tables in which the other row may be
     * @param enforced whether the database refuses another tenant's row; if not, what is written has to be one of the tenant's
     * @param decides whether a row of nobody's is the tenant's that it leads to by this reference, so that no other takes it away
     */
    public record Reference(
            String holder, SqlName column, String of, List<Target> targets, boolean enforced, boolean decides) {

        /** The same, as the database holds it. */
        public Reference asEnforced() {
            return new Reference(holder, column, of, targets, true, decides);
        }
    }

    /**
     * Where a reference leads to.
     *
     * @param table as a statement spells it, with its schema where it needs one
     * @param library as {@link Relation#library} of the table has it
     */
    public record Target(
            String table,
            SqlName column,
            SqlName tenantColumn,
            @Nullable String library) {

        /** The condition that its row is one which the tenant may read. */
        String readable(String qualifier) {
            return qualifier + "." + tenantColumn.sql()
                    + (library == null ? "=?" : " in (?," + Relation.literal(library) + ")");
        }

        /** A query for the rows that a tenant may refer to, with one parameter, the tenant, and {@code more} behind it. */
        public String question(String selected, String more) {
            return "select " + selected + " from " + table + " own_ where " + readable("own_") + more;
        }
    }

    static String literal(String id) {
        return "'" + id.replace("'", "''") + "'";
    }

    /** Before what a row is of: the column refers to such a row. */
    public static final String REFERENCE = "reference to ";

    /** Before a table's name: the column tells apart the rows of this table, in one statement. */
    public static final String ROW = "row of ";

    /** One that refers to no rows of a tenant. */
    public Relation(
            SqlName name,
            @Nullable String owner,
            @Nullable SqlName tenantColumn,
            Map<String, String> keys,
            boolean dependent) {
        this(name, owner, tenantColumn, keys, dependent, Map.of(), null);
    }

    /** The same table, of which more is known. */
    public Relation withReferences(Map<String, Reference> references) {
        return new Relation(name, owner, tenantColumn, keys, dependent, references, library);
    }

    /** The same table with rows that every tenant may read. */
    public Relation withLibrary(@Nullable String library) {
        return new Relation(name, owner, tenantColumn, keys, dependent, references, library);
    }

    /** A table whose rows no tenant owns. */
    public static Relation global(SqlName name) {
        return new Relation(name, null, null, Map.of(), false);
    }
}

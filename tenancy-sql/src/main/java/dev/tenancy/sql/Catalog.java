package dev.tenancy.sql;

import org.jspecify.annotations.Nullable;

/**
 * What names in a statement stand for. A prover asks for each name of a text once or a few times; an exception of the catalogue's
 * own passes through the prover unchanged.
 */
public interface Catalog {

    /**
     * The table or view of a name; null if it is unknown, or if whose rows it shows cannot be told, so that no statement that names
     * it is accepted.
     *
     * @param schema null if the statement gives none
     */
    @Nullable Relation relation(@Nullable SqlName schema, SqlName name);

    /** Whether a name is certainly that of a table with owned rows, as far as can be told without asking the database. */
    boolean isOwned(SqlName name);

    /**
     * Whether a name in a place that is not understood may stand for a table or view that holds or shows owned rows; false if the
     * database has no table of that name.
     */
    boolean mayReach(SqlName name);

    /** Whether a function of this name reads nothing but its arguments, and changes nothing; true if there is no such function. */
    boolean isHarmlessFunction(SqlName name);

    /** Whether {@code row.name} may call a function of rows, rather than name a column. */
    boolean isFunctionOfRows(SqlName name);

    /** Whether an operator reads nothing but its operands, as far as it is one of the application's own. */
    boolean isHarmlessOperator(String operator);
}

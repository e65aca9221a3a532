package dev.tenancy.sql;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a statement from its text: refused, or accepted if each demand is met by the values that are bound. Immutable.
 *
 * @param text the text to run: the given one, or one in which the tenant is named where it was missing and could only be one
 * @param ownParameters the positions of the parameters in that text, counted from 1 and ascending, that the given one did not have;
 *     whoever runs it binds the current tenant's id to them
 * @param owner the owner of the rows of the first table in it that is owned, null if none is
 * @param references the values that it writes into references which the database does not hold to the tenant; empty if it is refused
 * @param refusal null if the statement is accepted
 * @param reads whether it is nothing but a query, or a temporary table made of one, even if it is refused for not being restricted
 * @param effects what it does besides
 * @param written the tables that it writes, by the {@linkplain SqlName#key() keys} of their names
 * @param deleted those that it deletes from, likewise
 */
public record Proof(
        SqlText text,
        List<Integer> ownParameters,
        @Nullable String owner,
        List<Demand> demands,
        List<Written> references,
        @Nullable Refusal refusal,
        boolean reads,
        Set<Effect> effects,
        Set<String> written,
        Set<String> deleted) {

    /** What a statement may do that outlives it or its rows. */
    public enum Effect {
        /** Changes the schema, and reads no rows of tenants for it. */
        DEFINES,
        /** Ends the transaction, or may. */
        ENDS_TRANSACTION,
        /** Names may mean other tables afterwards. */
        MOVES_NAMES
    }

    /**
     * One of the values has to be the current tenant's id; or, for rows that are only read, one of the lists may hold nothing but
     * that id and the library's.
     *
     * @param kept whether it is written into rows that are there, and would hand them to another tenant
     * @param within the lists; empty unless the table has a library
     * @param library as {@link Relation#library} has it; null if there are no lists
     */
    public record Demand(
            String owner,
            List<Value> anyOf,
            boolean kept,
            List<List<Value>> within,
            @Nullable String library) {

        /** For rows of the tenant alone. */
        public Demand(String owner, List<Value> anyOf, boolean kept) {
            this(owner, anyOf, kept, List.of(), null);
        }
    }

    /** A value that is null, or has to be of one of the tenant's rows in the tables that the reference leads to. */
    public record Written(Relation.Reference reference, Value value) {}

    /**
     * A value in the text.
     *
     * @param parameter the position of the parameter, counted from 1; 0 for a literal
     * @param literal what a literal says; null for a parameter
     * @param number whether a literal is a number
     * @param type the type that the statement casts it to, in lower case; null without a cast
     * @param longest how many characters the cast keeps; 0 if it keeps all
     */
    public record Value(
            int parameter,
            @Nullable String literal,
            boolean number,
            @Nullable String type,
            int longest) {}
}

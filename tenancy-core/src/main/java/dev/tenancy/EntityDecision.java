package dev.tenancy;

import org.jspecify.annotations.Nullable;

/**
 * What an entity has decided: whose its rows are.
 *
 * @param entity the name of the entity, that of its class as a rule
 * @param table the table of its rows, as the mapping names it
 * @param ownership whose they are
 * @param reason why the rows of a global entity belong to no tenant; null for any other
 */
public record EntityDecision(
        String entity,
        String table,
        Ownership ownership,
        @Nullable String reason) {

    /** Whose the rows of an entity are. */
    public enum Ownership {

        /** Each row is one tenant's. */
        OWNED,

        /** Each row is one tenant's, and every tenant reads those of the library ({@link LibraryRows}). */
        OWNED_WITH_LIBRARY,

        /** No tenant's ({@link GlobalEntity}). */
        GLOBAL
    }
}

package dev.tenancy;

/**
 * Thrown when a row was about to be written that refers to a row of another tenant, or to none: the two are not told apart, so
 * that nobody can find out what another tenant has.
 */
public final class ForeignReferenceException extends TenancyException {

    private static final long serialVersionUID = 1L;

    /** @param reference the entity or collection, and its attribute */
    ForeignReferenceException(String reference) {
        super("The reference " + reference + " was refused: there is no such row in the current tenant. Find"
                + " the row by its id, as the current tenant, before you refer to it.");
    }
}

package dev.tenancy;

/** Thrown when the tenant of a row was changed: a row stays with the tenant that inserted it. */
public final class TenantChangedException extends TenancyException {

    private static final long serialVersionUID = 1L;

    TenantChangedException(String entity) {
        super("A change of the tenant of the entity " + entity
                + " was refused: a row stays with its tenant. Insert a new row"
                + " as the other tenant, and delete this one.");
    }
}

package dev.tenancy;

/** Thrown before a statement runs of which it cannot be shown that it keeps to the current tenant. */
public final class UnprovenStatementException extends TenancyException {

    private static final long serialVersionUID = 1L;

    UnprovenStatementException(String entity, String why, String fix) {
        super("A statement on the tenant-owned entity " + entity + " was refused: " + why + ". " + fix);
    }
}

package dev.tenancy;

/** Thrown when a row of another tenant than the current one was loaded, or was about to be written. */
public final class ForeignRowException extends TenancyException {

    private static final long serialVersionUID = 1L;

    ForeignRowException(String entity) {
        super("A row of the tenant-owned entity " + entity
                + " was refused: it belongs to another tenant than the current"
                + " one. If it came from native SQL, restrict the statement by the tenant; if it was set by hand, leave"
                + " the tenant alone, it is stamped.");
    }
}

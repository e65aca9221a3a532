package dev.tenancy;

/** Thrown when a session that was opened for one tenant, or for none, is used while another tenant is current. */
public final class ForeignSessionException extends TenancyException {

    private static final long serialVersionUID = 1L;

    ForeignSessionException(String entity) {
        super("Access to the tenant-owned entity " + entity + " was refused: its session was opened for another tenant"
                + " than the current one, or before one was entered. Open the session, or begin the transaction, inside"
                + " CurrentTenant.runAs(tenant, …), and end it there.");
    }
}

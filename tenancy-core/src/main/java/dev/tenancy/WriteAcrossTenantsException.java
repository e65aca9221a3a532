package dev.tenancy;

/** Thrown when a row of an owned entity was about to be written inside {@link CurrentTenant#acrossTenants}, which only reads. */
public final class WriteAcrossTenantsException extends TenancyException {

    private static final long serialVersionUID = 1L;

    WriteAcrossTenantsException(String entity) {
        super("A change of the tenant-owned entity " + entity
                + " was refused: acrossTenants(…) reads, it does not write. Collect what is to be done, and do it for each"
                + " tenant with CurrentTenant.runAs(tenant, …) or CurrentTenant.forEach(tenants, …).");
    }
}

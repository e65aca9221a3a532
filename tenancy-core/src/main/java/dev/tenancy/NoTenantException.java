package dev.tenancy;

/** Thrown when tenant-owned data is asked for, or {@link CurrentTenant#require()} is called, and no tenant is current. */
public final class NoTenantException extends TenancyException {

    private static final long serialVersionUID = 1L;

    NoTenantException(String refused) {
        super(refused
                + ": no tenant is current on this thread. Run the code inside CurrentTenant.runAs(tenant, …); in a web"
                + " request the tenant comes from the credential, so check that the request carries one and that this"
                + " thread is the request's own.");
    }
}

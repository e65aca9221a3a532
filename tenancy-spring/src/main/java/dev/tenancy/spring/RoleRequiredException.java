package dev.tenancy.spring;

import dev.tenancy.TenancyException;
import dev.tenancy.TenantPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * Thrown in place of a call to a method with {@link RequiresRole}, for a caller whose role in the current tenant is too low, or who
 * acts for no tenant. The message names the method and the role, for logs; the answer over HTTP names neither.
 */
public final class RoleRequiredException extends TenancyException {

    private static final long serialVersionUID = 1L;

    private final String required;
    private final boolean actsForTenant;

    RoleRequiredException(String method, String required, @Nullable TenantPrincipal caller) {
        super(method + " was refused: it needs the role " + required + " or one above it, but " + has(caller));
        this.required = required;
        this.actsForTenant = caller != null;
    }

    private static String has(@Nullable TenantPrincipal caller) {
        if (caller == null) {
            return "no tenant is current on this thread. In a web request the tenant comes from the credential, so check that the"
                    + " request carries one and that this thread is the request's own.";
        }
        return caller.role() == null
                ? "CurrentTenant.runAs(…) acts on nobody's behalf and has no role. Enter the principal of a user who has it, or"
                        + " move the work to a method without @RequiresRole."
                : "the caller's role in the current tenant is " + caller.role() + ".";
    }

    /** The role that was missing. */
    public String required() {
        return required;
    }

    /** Whether the caller acts for a tenant at all. */
    boolean actsForTenant() {
        return actsForTenant;
    }
}

package dev.tenancy.spring.crud;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Roles;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.spring.crud.CrudOffer.Action;
import dev.tenancy.spring.crud.RefusedException.Reason;
import org.jspecify.annotations.Nullable;

/** What the caller may do with a resource, in the current tenant. */
record Access(Roles roles, CrudOffer offer) {

    void allow(Action action) {
        demand(offer.role(action));
    }

    /** @param required null if nobody has it */
    void demand(@Nullable String required) {
        if (!hasRole(required)) {
            throw new RefusedException(Reason.FORBIDDEN);
        }
    }

    /** @param required null if nobody has it */
    boolean hasRole(@Nullable String required) {
        TenantPrincipal principal =
                CurrentTenant.find().orElseThrow(() -> new RefusedException(Reason.UNAUTHENTICATED));
        return required != null && roles.includes(principal.role(), required);
    }
}

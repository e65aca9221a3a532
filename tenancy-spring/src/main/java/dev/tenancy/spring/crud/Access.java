package dev.tenancy.spring.crud;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Roles;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.spring.Problem;
import dev.tenancy.spring.crud.CrudOffer.Action;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** What the caller may do with a resource, in the current tenant. */
record Access(Roles roles, CrudOffer offer) {

    void allow(Action action) {
        if (!hasRole(offer.role(action))) {
            throw Problem.forbidden();
        }
    }

    /** @param required null if nobody has it */
    boolean hasRole(@Nullable String required) {
        TenantPrincipal principal = CurrentTenant.find()
                .orElseThrow(() -> Problem.of(HttpStatus.UNAUTHORIZED, "This needs a valid credential."));
        return required != null && roles.includes(principal.role(), required);
    }
}

package dev.tenancy.spring.crud;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Roles;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.spring.crud.CrudOffer.Action;
import dev.tenancy.spring.crud.RefusedException.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the caller may do with a resource, in the current tenant. */
final class Access {

    private final Roles roles;
    private final CrudOffer offer;
    private final Map<Action, Set<String>> admitted = new EnumMap<>(Action.class);

    Access(Roles roles, CrudOffer offer) {
        this.roles = roles;
        this.offer = offer;
        for (Action action : Action.values()) {
            admitted.put(action, admitted(offer.role(action)));
        }
    }

    CrudOffer offer() {
        return offer;
    }

    /**
     * The roles that may do what needs one: that one and those above it.
     *
     * @param required null if nobody may
     */
    Set<String> admitted(@Nullable String required) {
        return required == null
                ? Set.of()
                : roles.names().stream()
                        .filter(role -> roles.includes(role, required))
                        .collect(Collectors.toUnmodifiableSet());
    }

    Set<String> admitted(Action action) {
        return Objects.requireNonNull(admitted.get(action));
    }

    void allow(Action action) {
        demand(admitted(action));
    }

    /** @param admitted the roles of which the caller needs one */
    void demand(Set<String> admitted) {
        String role = caller().role();
        if (role == null || !admitted.contains(role)) {
            throw new RefusedException(Reason.FORBIDDEN);
        }
    }

    boolean hasRole(@Nullable String required) {
        String role = caller().role();
        return required != null && roles.includes(role, required);
    }

    private static TenantPrincipal caller() {
        return CurrentTenant.find().orElseThrow(() -> new RefusedException(Reason.UNAUTHENTICATED));
    }
}

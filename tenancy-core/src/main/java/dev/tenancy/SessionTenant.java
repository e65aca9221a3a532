package dev.tenancy;

import java.util.UUID;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.hibernate.engine.spi.SharedSessionContractImplementor;

/** Tells Hibernate the tenant of a session that is being opened, and holds the session to it. */
final class SessionTenant implements CurrentTenantIdentifierResolver<Object> {

    private final OwnedEntities owned;

    SessionTenant(OwnedEntities owned) {
        this.owned = owned;
    }

    OwnedEntities owned() {
        return owned;
    }

    @Override
    public Object resolveCurrentTenantIdentifier() {
        TenantPrincipal principal = CurrentTenant.peek();
        return principal == null ? none() : typed(principal);
    }

    private Object typed(TenantPrincipal principal) {
        Object id = principal.tenantId();
        if (!owned.tenantType().isInstance(id) && !owned.isEmpty()) {
            throw new IllegalStateException(
                    "The current tenant's id is a " + id.getClass().getName()
                            + ", but the entities' @TenantId attributes are of type "
                            + owned.tenantType().getName()
                            + ". Enter tenants with ids of that type.");
        }
        return id;
    }

    // Hibernate wants an id to stamp rows with. This one belongs to no tenant, and no statement on an owned table gets
    // to
    // use it.
    private Object none() {
        if (owned.tenantType() == UUID.class) {
            return new UUID(0, 0);
        }
        return owned.tenantType() == Long.class ? (Object) Long.MIN_VALUE : "";
    }

    @Override
    public boolean validateExistingCurrentSessions() {
        return true;
    }

    /**
     * The tenant of a session that is about to touch rows of an owned entity.
     *
     * @throws NoTenantException if none is current
     * @throws ForeignSessionException if another is current than when the session was opened
     */
    static Object verified(SharedSessionContractImplementor session, String entity) {
        Object current = current(entity);
        if (!current.equals(session.getTenantIdentifierValue())) {
            throw new ForeignSessionException(entity);
        }
        return current;
    }

    /** The current tenant, for access to an owned entity. */
    static Object current(String entity) {
        TenantPrincipal principal = CurrentTenant.peek();
        if (principal == null) {
            throw new NoTenantException("Access to the tenant-owned entity " + entity + " was refused");
        }
        return principal.tenantId();
    }
}

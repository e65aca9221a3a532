package dev.tenancy;

import java.util.Set;
import java.util.UUID;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** Tells Hibernate the tenant of a session that is being opened, and holds the session to it. */
final class SessionTenant implements CurrentTenantIdentifierResolver<Object> {

    // Made anew in each process, so that no tenant can be given them.
    private static final UUID NOBODY = UUID.randomUUID();
    private static final UUID EVERYONE = UUID.randomUUID();
    private static final Set<Object> NOBODY_IN_ANY_TYPE = inAnyType(NOBODY);
    private static final Set<Object> EVERYONE_IN_ANY_TYPE = inAnyType(EVERYONE);

    private static Set<Object> inAnyType(UUID placeholder) {
        return Set.of(placeholder, asLong(placeholder), placeholder.toString());
    }

    private static Object asLong(UUID placeholder) {
        return placeholder.getMostSignificantBits() | Long.MIN_VALUE;
    }

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
        if (principal == null) {
            return CurrentTenant.isCrossing() ? ofTenantType(EVERYONE) : nobody();
        }
        return typed(principal);
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
        if (EVERYONE_IN_ANY_TYPE.contains(id) || NOBODY_IN_ANY_TYPE.contains(id)) {
            throw new IllegalStateException("The id of the current tenant stands for no tenant. Give it another.");
        }
        return id;
    }

    // Hibernate wants an id to stamp rows with. This one belongs to no tenant, and no statement on an owned table gets
    // to use it.
    private Object nobody() {
        return ofTenantType(NOBODY);
    }

    private Object ofTenantType(UUID placeholder) {
        if (owned.tenantType() == UUID.class) {
            return placeholder;
        }
        return owned.tenantType() == Long.class ? asLong(placeholder) : placeholder.toString();
    }

    /** Whether it is the id of a session that reads across tenants. Hibernate keeps such a session off its caches. */
    @Override
    public boolean isRoot(@Nullable Object tenantId) {
        return tenantId != null && EVERYONE_IN_ANY_TYPE.contains(tenantId);
    }

    @Override
    public boolean validateExistingCurrentSessions() {
        return true;
    }

    /**
     * The tenant of a session that is about to read rows of an owned entity; null if it reads across tenants.
     *
     * @throws NoTenantException if none is current
     * @throws ForeignSessionException if another is current than when the session was opened
     */
    static @Nullable Object verifiedReader(SharedSessionContractImplementor session, String entity) {
        if (!CurrentTenant.isCrossing()) {
            return verified(session, entity);
        }
        if (!isCrossing(session)) {
            throw new ForeignSessionException(entity);
        }
        return null;
    }

    /**
     * The tenant of a session that is about to write rows of an owned entity.
     *
     * @throws NoTenantException if none is current
     * @throws ForeignSessionException if another is current than when the session was opened
     */
    static Object verified(SharedSessionContractImplementor session, String entity) {
        Object tenant = current(entity);
        if (!tenant.equals(session.getTenantIdentifierValue())) {
            throw new ForeignSessionException(entity);
        }
        return tenant;
    }

    /**
     * The tenant whose rows of an owned entity are about to be changed.
     *
     * @throws NoTenantException if none is current
     */
    static Object current(String entity) {
        TenantPrincipal principal = CurrentTenant.peek();
        if (principal == null) {
            throw CurrentTenant.isCrossing() ? new WriteAcrossTenantsException(entity) : noTenant(entity);
        }
        return principal.tenantId();
    }

    /** Whether a session was opened to read across tenants. */
    static boolean isCrossing(SharedSessionContractImplementor session) {
        return session.getFactory().getSessionFactoryOptions().getCurrentTenantIdentifierResolver()
                        instanceof SessionTenant tenants
                && tenants.isRoot(session.getTenantIdentifierValue());
    }

    /**
     * For what is read of a row that no tenant owns, and leads to owned rows that the session has in memory.
     *
     * @throws ForeignSessionException if a tenant is current, and the session was opened for another
     */
    static void checkNotOfAnother(SharedSessionContractImplementor session, String entity) {
        if (isOfAnother(session)) {
            throw CurrentTenant.peek() == null && !CurrentTenant.isCrossing()
                    ? noTenant(entity)
                    : new ForeignSessionException(entity);
        }
    }

    /** Whether a session was opened for a tenant, or across all, and another is current, or none. */
    static boolean isOfAnother(SharedSessionContractImplementor session) {
        if (session.getFactory().getSessionFactoryOptions().getCurrentTenantIdentifierResolver()
                instanceof SessionTenant tenants) {
            Object opened = session.getTenantIdentifierValue();
            return !tenants.nobody().equals(opened)
                    && !tenants.resolveCurrentTenantIdentifier().equals(opened);
        }
        return false;
    }

    private static NoTenantException noTenant(String entity) {
        return new NoTenantException("Access to the tenant-owned entity " + entity + " was refused");
    }

    /** The tenant whose rows of this entity every tenant reads; null if it has none. */
    static @Nullable Object library(EntityPersister entity) {
        return entity.getFactory().getSessionFactoryOptions().getCurrentTenantIdentifierResolver()
                        instanceof SessionTenant tenants
                ? tenants.owned.library(entity.getRootEntityName())
                : null;
    }

    /**
     * Whether a row that was loaded may be seen.
     *
     * @param library the tenant whose rows of this entity every tenant reads
     */
    static boolean maySee(@Nullable Object tenantOfRow, String entity, @Nullable Object library) {
        TenantPrincipal principal = CurrentTenant.peek();
        if (principal == null && !CurrentTenant.isCrossing()) {
            throw noTenant(entity);
        }
        return principal == null
                || principal.tenantId().equals(tenantOfRow)
                || library != null && library.equals(tenantOfRow);
    }
}

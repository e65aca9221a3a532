package dev.tenancy;

import java.util.UUID;
import org.hibernate.binder.internal.TenantIdBinder;
import org.hibernate.boot.Metadata;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.hibernate.engine.spi.FilterDefinition;

/** Tells Hibernate the tenant of a session that is being opened. */
final class SessionTenant implements CurrentTenantIdentifierResolver<Object> {

    private volatile Class<?> type = String.class;

    void learn(Metadata metadata) {
        FilterDefinition filter = metadata.getFilterDefinition(TenantIdBinder.FILTER_NAME);
        if (filter != null) {
            type = filter.getParameterJdbcMapping(TenantIdBinder.PARAMETER_NAME)
                    .getJavaTypeDescriptor()
                    .getJavaTypeClass();
        }
    }

    @Override
    public Object resolveCurrentTenantIdentifier() {
        return CurrentTenant.find().map(this::typed).orElseGet(this::none);
    }

    private Object typed(TenantPrincipal principal) {
        Object id = principal.tenantId();
        if (!type.isInstance(id)) {
            throw new IllegalStateException(
                    "The current tenant's id is a " + id.getClass().getName()
                            + ", but the entities' @TenantId attributes are of type " + type.getName()
                            + ". Enter tenants with ids of that type.");
        }
        return id;
    }

    // Hibernate wants an id for each session. This one belongs to no tenant, and the guard lets no statement on an
    // owned
    // table use it.
    private Object none() {
        if (type == UUID.class) {
            return new UUID(0, 0);
        }
        return type == Long.class ? (Object) Long.MIN_VALUE : "";
    }

    @Override
    public boolean validateExistingCurrentSessions() {
        return true;
    }
}

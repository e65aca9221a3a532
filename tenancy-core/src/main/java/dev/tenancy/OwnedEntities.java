package dev.tenancy;

import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.hibernate.binder.internal.TenantIdBinder;
import org.hibernate.boot.spi.InFlightMetadataCollector;
import org.hibernate.engine.spi.FilterDefinition;
import org.hibernate.mapping.FilterConfiguration;
import org.hibernate.mapping.PersistentClass;

/** The tenant-owned entities of one session factory, and the type of their tenants' ids. Filled once, while it is built. */
final class OwnedEntities {

    private final Set<String> roots = new HashSet<>();
    private final Set<String> tenantColumns = new HashSet<>();
    private volatile Class<?> tenantType = String.class;

    /**
     * Finds the owned entities, and takes Hibernate's tenant filter away from them. An enabled filter keeps queries out of
     * their plan caches, and can be disabled; {@link TenantRestriction} stands in its place.
     */
    void takeOver(InFlightMetadataCollector metadata) {
        FilterDefinition filter = metadata.getFilterDefinitions().remove(TenantIdBinder.FILTER_NAME);
        if (filter == null) {
            return;
        }
        tenantType = filter.getParameterJdbcMapping(TenantIdBinder.PARAMETER_NAME)
                .getJavaTypeDescriptor()
                .getJavaTypeClass();
        Collection<PersistentClass> all = metadata.getEntityBindingMap().values();
        all.stream()
                .filter(entity -> entity.getSuperclass() == null)
                .forEach(root -> tenantFilter(root).ifPresent(own -> {
                    root.getFilters().remove(own);
                    roots.add(root.getEntityName());
                    // Hibernate wrote it as "column = :tenantId".
                    tenantColumns.add(own.getCondition().split(" ")[0]);
                }));
        all.stream().filter(entity -> tenantFilter(entity).isPresent()).forEach(subclass -> {
            throw new TenancySetupException(
                    "The entity " + subclass.getEntityName() + " has a @TenantId attribute, but its superclass "
                            + subclass.getRootClass().getEntityName() + " has none.",
                    "Move the attribute to the root of the hierarchy: the rows of one table belong to tenants, or none do.");
        });
    }

    private static Optional<FilterConfiguration> tenantFilter(PersistentClass entity) {
        return entity.getFilters().stream()
                .filter(one -> TenantIdBinder.FILTER_NAME.equals(one.getName()))
                .findFirst();
    }

    boolean contains(PersistentClass entity) {
        return roots.contains(entity.getRootClass().getEntityName());
    }

    boolean isEmpty() {
        return roots.isEmpty();
    }

    Set<String> tenantColumns() {
        return tenantColumns;
    }

    Class<?> tenantType() {
        return tenantType;
    }
}

package dev.tenancy;

import dev.tenancy.EntityDecision.Ownership;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.hibernate.binder.internal.TenantIdBinder;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.spi.InFlightMetadataCollector;
import org.hibernate.engine.spi.FilterDefinition;
import org.hibernate.mapping.FilterConfiguration;
import org.hibernate.mapping.PersistentClass;
import org.jspecify.annotations.Nullable;

/** The tenant-owned entities of one session factory, and the type of their tenants' ids. Filled once, while it is built. */
final class OwnedEntities {

    // By class or package, with the reason.
    private final Map<String, String> declaredGlobal = new HashMap<>();
    private final Map<String, String> tenantColumns = new HashMap<>();
    // By the root's name.
    private final Set<String> libraries = new HashSet<>();
    private volatile @Nullable Object library;
    private @Nullable FilterDefinition filter;
    private volatile Class<?> tenantType = String.class;
    private volatile List<String> policies = List.of();
    private volatile List<String> distribution = List.of();
    private volatile List<String> obstacles = List.of();
    private volatile List<EntityDecision> decisions = List.of();
    private volatile RowPolicies.Reach reach = new RowPolicies.Reach(List.of(), List.of());

    /**
     * Finds the owned entities, and takes Hibernate's tenant filter away from them. An enabled filter keeps queries out of
     * their plan caches, and can be disabled; {@link TenantRestriction} stands in its place.
     *
     * @throws TenancySetupException if an entity is neither owned nor global, or both, or not all of a hierarchy is owned
     */
    void takeOver(InFlightMetadataCollector metadata, Map<String, Object> settings) {
        settings.forEach((name, reason) -> {
            if (name.startsWith(TenantIsolation.GLOBAL_ENTITIES)) {
                declaredGlobal.put(name.substring(TenantIsolation.GLOBAL_ENTITIES.length()), String.valueOf(reason));
            }
        });
        filter = metadata.getFilterDefinitions().remove(TenantIdBinder.FILTER_NAME);
        if (filter != null) {
            tenantType = filter.getParameterJdbcMapping(TenantIdBinder.PARAMETER_NAME)
                    .getJavaTypeDescriptor()
                    .getJavaTypeClass();
        }
        Collection<PersistentClass> entities = metadata.getEntityBindingMap().values();
        List<Finding> faults = new ArrayList<>();
        entities.stream().filter(entity -> entity.getSuperclass() == null).forEach(root -> decide(root, faults));
        entities.stream()
                .filter(entity -> tenantFilter(entity).isPresent())
                .map(subclass -> Fault.UNDECIDED.found(
                        subclass.getEntityName(),
                        "has a @TenantId attribute, but its superclass "
                                + subclass.getRootClass().getEntityName() + " has none"))
                .forEach(faults::add);
        entities.forEach(entity -> decideLibrary(entity, faults));
        if (!faults.isEmpty()) {
            throw new TenancySetupException(faults);
        }
    }

    /**
     * Puts back the definition of the filter, once the session factory has taken the filters that it will enable: Hibernate Search
     * tells by it, after the factory is built, that rows have tenants.
     */
    void giveBackFilter(Metadata metadata) {
        if (filter != null) {
            metadata.getFilterDefinitions().put(TenantIdBinder.FILTER_NAME, filter);
        }
    }

    private void decide(PersistentClass root, List<Finding> faults) {
        Optional<FilterConfiguration> own = tenantFilter(root);
        GlobalEntity global =
                root.hasPojoRepresentation() ? root.getMappedClass().getAnnotation(GlobalEntity.class) : null;
        if (own.isPresent() && global != null) {
            faults.add(Fault.UNDECIDED.found(
                    root.getEntityName(), "has a @TenantId attribute, and is marked with @GlobalEntity"));
        } else if (own.isPresent()) {
            root.getFilters().remove(own.get());
            // Hibernate wrote it as "column = :tenantId".
            tenantColumns.put(root.getEntityName(), own.get().getCondition().split(" ")[0]);
        } else if (global != null && global.reason().isBlank()) {
            faults.add(Fault.UNDECIDED.found(root.getEntityName(), "gives no reason in its @GlobalEntity"));
        } else if (global == null && !isDeclaredGlobal(root)) {
            faults.add(Fault.UNDECIDED.found(root.getEntityName(), "has not decided: it is neither owned nor global"));
        }
        String reason = declaredGlobal.get(root.getEntityName());
        if (reason != null && own.isPresent()) {
            faults.add(Fault.UNDECIDED.found(
                    root.getEntityName(),
                    "has a @TenantId attribute, and is declared by " + TenantIsolation.GLOBAL_ENTITIES
                            + root.getEntityName()));
        }
        declaredGlobal.forEach((name, why) -> {
            if (why.isBlank() && isWithin(root.getEntityName(), name)) {
                faults.add(Fault.UNDECIDED.found(
                        root.getEntityName(),
                        "is declared by " + TenantIsolation.GLOBAL_ENTITIES + name + " without a reason"));
            }
        });
    }

    private void decideLibrary(PersistentClass entity, List<Finding> faults) {
        LibraryRows declared = entity.hasPojoRepresentation()
                ? entity.getMappedClass().getDeclaredAnnotation(LibraryRows.class)
                : null;
        if (declared == null) {
            return;
        }
        if (entity.getSuperclass() != null || !contains(entity)) {
            faults.add(Fault.LIBRARY_MISPLACED.found(
                    entity.getEntityName(),
                    entity.getSuperclass() != null
                            ? "has @LibraryRows, but is not the root of its hierarchy"
                            : "has @LibraryRows, but is not owned"));
            return;
        }
        Object id = tenantId(declared.tenant());
        if (id == null) {
            faults.add(Fault.LIBRARY_MISPLACED.found(
                    entity.getEntityName(),
                    "has @LibraryRows(tenant = \"" + declared.tenant() + "\"), which is no "
                            + tenantType.getSimpleName()));
        } else if (library != null && !library.equals(id)) {
            faults.add(Fault.LIBRARY_MISPLACED.found(
                    entity.getEntityName(),
                    "has @LibraryRows(tenant = \"" + declared.tenant() + "\"), but others have \"" + library + "\""));
        } else {
            library = id;
            libraries.add(entity.getEntityName());
        }
    }

    private @Nullable Object tenantId(String text) {
        try {
            if (tenantType == UUID.class) {
                return UUID.fromString(text);
            }
            return tenantType == Long.class
                    ? (Object) Long.valueOf(text)
                    : tenantType == String.class && !text.isBlank() ? text : null;
        } catch (IllegalArgumentException unreadable) {
            return null;
        }
    }

    /** The tenant whose rows of this entity every tenant reads; null if it has none. */
    @Nullable Object library(PersistentClass entity) {
        return library(entity.getRootClass().getEntityName());
    }

    /** The same, by the name of a hierarchy's root. */
    @Nullable Object library(String root) {
        return libraries.contains(root) ? library : null;
    }

    /** Whether a setting names the entity, or a package that it is in. */
    boolean isDeclaredGlobal(PersistentClass root) {
        return declaredGlobal.keySet().stream().anyMatch(name -> isWithin(root.getEntityName(), name));
    }

    private static boolean isWithin(String entity, String name) {
        return entity.startsWith(name)
                && (entity.length() == name.length() || ".$".indexOf(entity.charAt(name.length())) >= 0);
    }

    private static Optional<FilterConfiguration> tenantFilter(PersistentClass entity) {
        return entity.getFilters().stream()
                .filter(one -> TenantIdBinder.FILTER_NAME.equals(one.getName()))
                .findFirst();
    }

    boolean contains(PersistentClass entity) {
        return tenantColumns.containsKey(entity.getRootClass().getEntityName());
    }

    boolean isEmpty() {
        return tenantColumns.isEmpty();
    }

    Collection<String> tenantColumns() {
        return tenantColumns.values();
    }

    /** The column of an owned entity's root table that says whose a row is. */
    String tenantColumn(PersistentClass entity) {
        return Objects.requireNonNull(tenantColumns.get(entity.getRootClass().getEntityName()));
    }

    Class<?> tenantType() {
        return tenantType;
    }

    /** Keeps what {@link TenantIsolation#rowLevelSecurity} is asked for long after the mapping is gone. */
    void remember(Metadata metadata) {
        policies = List.copyOf(RowPolicies.sql(metadata, this, true));
        reach = RowPolicies.Reach.of(metadata);
        obstacles = List.copyOf(ShardingCheck.obstacles(metadata, this));
        decisions = metadata.getEntityBindings().stream()
                .map(this::decision)
                .sorted(Comparator.comparing(EntityDecision::entity))
                .toList();
    }

    private EntityDecision decision(PersistentClass entity) {
        PersistentClass root = entity.getRootClass();
        Ownership ownership = !contains(entity)
                ? Ownership.GLOBAL
                : library(entity) == null ? Ownership.OWNED : Ownership.OWNED_WITH_LIBRARY;
        return new EntityDecision(
                entity.getEntityName(),
                entity.getTable().getName(),
                ownership,
                ownership == Ownership.GLOBAL ? reason(root) : null);
    }

    private @Nullable String reason(PersistentClass root) {
        GlobalEntity global =
                root.hasPojoRepresentation() ? root.getMappedClass().getAnnotation(GlobalEntity.class) : null;
        return global != null
                ? global.reason()
                : declaredGlobal.entrySet().stream()
                        .filter(one -> isWithin(root.getEntityName(), one.getKey()))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse(null);
    }

    List<EntityDecision> decisions() {
        return decisions;
    }

    List<String> obstacles() {
        return obstacles;
    }

    /** Keeps what {@link TenantIsolation#distribution} is asked for. */
    void remember(Distribution spread) {
        distribution = List.copyOf(spread.sql());
    }

    List<String> distribution() {
        return distribution;
    }

    List<String> policies() {
        return policies;
    }

    RowPolicies.Reach reach() {
        return reach;
    }
}

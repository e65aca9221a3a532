package dev.tenancy.test.isolation;

import dev.tenancy.EntityDecision;
import dev.tenancy.EntityDecision.Ownership;
import dev.tenancy.TenantIsolation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.generator.internal.TenantIdGeneration;
import org.hibernate.metamodel.RepresentationMode;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.internal.BasicAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** The entities of a session factory, and which of them are tenants' own; also of one that was built without the isolation. */
final class OwnedMapping {

    /** An entity whose rows are tenants' own. */
    record Owned(String name, EntityPersister persister, BasicAttributeMapping tenant) {

        Class<?> type() {
            return persister.getMappedClass();
        }

        /** The entity itself, or of an abstract one a subclass that can have rows; null if there is none. */
        @Nullable EntityPersister concrete() {
            return OwnedMapping.concrete(persister);
        }

        /** Whether rows of it can be made. */
        boolean isMade() {
            return concrete() != null && persister.getRepresentationStrategy().getMode() == RepresentationMode.POJO;
        }

        /** The table with the tenant of its rows; of an abstract entity that is in a table for each subclass, one of them. */
        String table() {
            EntityPersister concrete = concrete();
            return (concrete == null ? persister : concrete).physicalTableNameForMutation(tenant);
        }
    }

    private final SessionFactoryImplementor factory;
    private final Map<String, Owned> owned = new LinkedHashMap<>();
    private final List<String> unseen = new ArrayList<>();
    private final boolean isolated;

    OwnedMapping(SessionFactoryImplementor factory) {
        this.factory = factory;
        boolean decided = true;
        List<String> names = new ArrayList<>();
        try {
            for (EntityDecision one : TenantIsolation.decisions(factory)) {
                if (one.ownership() != Ownership.GLOBAL) {
                    names.add(one.entity());
                }
            }
        } catch (IllegalArgumentException without) {
            decided = false;
        }
        isolated = decided;
        List<EntityPersister> persisters = new ArrayList<>();
        factory.getMappingMetamodel().forEachEntityDescriptor(persisters::add);
        persisters.sort(Comparator.comparing(EntityPersister::getEntityName));
        for (EntityPersister persister : persisters) {
            String name = persister.getEntityName();
            BasicAttributeMapping tenant = tenantOf(persister);
            if (tenant == null && names.contains(name)) {
                unseen.add(name);
            }
            if (tenant != null && (!isolated || names.contains(name))) {
                owned.put(name, new Owned(factory.getJpaMetamodel().entity(name).getName(), persister, tenant));
            }
        }
    }

    SessionFactoryImplementor factory() {
        return factory;
    }

    List<Owned> owned() {
        return List.copyOf(owned.values());
    }

    /** The owned entity of that name, however it is written; null if there is none. */
    @Nullable Owned named(String name) {
        return owned.values().stream()
                .filter(one -> one.name().equalsIgnoreCase(name))
                .findFirst()
                .orElse(null);
    }

    /** The owned entity to which a reference leads; null if it is none, or leads elsewhere. */
    @Nullable Owned target(Owned from, String reference) {
        return from.persister().findAttributeMapping(reference) instanceof ToOneAttributeMapping toOne
                ? owned.get(toOne.getAssociatedEntityMappingType().getEntityName())
                : null;
    }

    boolean isOwned(EntityPersister persister) {
        return tenantOf(persister) != null;
    }

    /** Null if the class is of no entity. */
    @Nullable EntityPersister entity(Class<?> type) {
        return factory.getMappingMetamodel().findEntityDescriptor(type);
    }

    void requireIsolation(Class<?> test) {
        if (!unseen.isEmpty()) {
            throw new Unproven("not proven: " + unseen
                    + " are owned, but have no attribute with @TenantId of their own that " + test.getSimpleName()
                    + " can see. Map it as an attribute of the entity or of a mapped superclass.");
        }
        if (!isolated) {
            throw Unproven.leak("the session factory under attack is not isolated. "
                    + "Call TenantIsolation.applyTo(settings) before it is built.");
        }
        if (owned.isEmpty()) {
            throw new Unproven("not proven: no entity is owned by a tenant, so that " + test.getSimpleName()
                    + " has nothing to attack. Name the session factory of owned entities in entityManagerFactory().");
        }
    }

    static @Nullable BasicAttributeMapping tenantOf(EntityPersister persister) {
        return attributes(persister)
                .filter(OwnedMapping::isTenant)
                .map(BasicAttributeMapping.class::cast)
                .findFirst()
                .orElse(null);
    }

    // However it is mapped: by an annotation, on whatever member, or in orm.xml.
    static boolean isTenant(AttributeMapping attribute) {
        // Of what is embedded, Hibernate tells the generator of some attribute of the entity.
        return attribute instanceof BasicAttributeMapping
                && !(attribute.getDeclaringType() instanceof EmbeddableMappingType)
                && attribute.getGenerator() instanceof TenantIdGeneration;
    }

    /** The entity itself, or of an abstract one a subclass that can have rows; null if there is none. */
    static @Nullable EntityPersister concrete(EntityPersister entity) {
        if (!entity.isAbstract()) {
            return entity;
        }
        return entity.getSubMappingTypes().stream()
                .map(EntityMappingType::getEntityPersister)
                .filter(sub -> !sub.isAbstract())
                .min(Comparator.comparing(EntityPersister::getEntityName))
                .orElse(null);
    }

    static Stream<AttributeMapping> attributes(EntityPersister persister) {
        List<AttributeMapping> all = new ArrayList<>();
        persister.getAttributeMappings().forEach(all::add);
        return all.stream();
    }
}

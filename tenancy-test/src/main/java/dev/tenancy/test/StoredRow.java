package dev.tenancy.test;

import dev.tenancy.EntityDecision;
import dev.tenancy.EntityDecision.Ownership;
import dev.tenancy.TenancyException;
import dev.tenancy.TenantIsolation;
import jakarta.persistence.CacheStoreMode;
import jakarta.persistence.EntityManagerFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hibernate.Hibernate;
import org.hibernate.LazyInitializationException;
import org.hibernate.Session;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.generator.internal.TenantIdGeneration;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.internal.BasicAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** A row that a test has in hand, as the database knows it: whose it is, and who reaches it by which path. */
final class StoredRow {

    static final List<String> READS = List.of("find", "a query by id", "a count");
    static final List<String> CHANGES = List.of("an HQL update", "an HQL delete");

    // What is not committed must not get into the second-level cache.
    private static final CacheStoreMode UNCACHED = CacheStoreMode.BYPASS;

    private final EntityPersister persister;
    private final String entity;
    private final Object id;
    private final EntityDecision decision;
    private final @Nullable BasicAttributeMapping tenant;
    private final @Nullable Object owner;
    private final TenantSessions sessions;
    private final Class<?> tenantType;

    private StoredRow(Object row, EntityPersister persister, Object id, TenantSessions sessions) {
        SessionFactoryImplementor factory = persister.getFactory();
        this.persister = persister;
        this.entity =
                factory.getJpaMetamodel().entity(persister.getEntityName()).getName();
        this.id = id;
        this.decision = TenantIsolation.decisions(factory).stream()
                .filter(one -> one.entity().equals(persister.getEntityName()))
                .findFirst()
                .orElseThrow();
        this.tenant = tenantOf(persister);
        this.owner = tenant == null ? null : tenant.getValue(row);
        this.sessions = sessions;
        this.tenantType = tenantType(factory);
        if (tenant == null && decision.ownership() != Ownership.GLOBAL) {
            throw new IllegalArgumentException(
                    entity + " is owned, but has no attribute with @TenantId that assertThatTenant(…) can see."
                            + " Annotate the attribute itself.");
        }
    }

    /**
     * @throws IllegalArgumentException if the factory is not isolated, or does not map the row, or the row cannot be read
     */
    static StoredRow of(Object given, EntityManagerFactory factory) {
        TenantSessions sessions = TenantSessions.of(factory);
        Object row = loaded(given);
        SessionFactoryImplementor sessionFactory = factory.unwrap(SessionFactoryImplementor.class);
        EntityPersister persister = sessionFactory.getMappingMetamodel().findEntityDescriptor(row.getClass());
        if (persister == null) {
            throw new IllegalArgumentException(row.getClass().getName()
                    + " is no entity of the session factory. Give a row of one, or name another factory by using(…).");
        }
        Object id = factory.getPersistenceUnitUtil().getIdentifier(row);
        if (id == null) {
            throw new IllegalArgumentException(
                    "The " + row.getClass().getSimpleName() + " has no id: it was never stored. Persist it first.");
        }
        return new StoredRow(row, persister, id, sessions);
    }

    private static Object loaded(Object row) {
        try {
            return Hibernate.unproxy(row);
        } catch (LazyInitializationException detached) {
            throw new IllegalArgumentException(
                    "The row is a proxy that was not loaded before its session was closed. Load it first.", detached);
        }
    }

    Ownership ownership() {
        return decision.ownership();
    }

    /** The tenant to whom the row says it belongs; null if it is global, or not stored. */
    @Nullable Object owner() {
        return owner;
    }

    /** Whether it is looked for in the transaction of the test. */
    boolean isInTransaction() {
        return sessions.running() != null;
    }

    /** A tenant's id, of the type that the entities have. */
    Object tenantId(Object given) {
        if (tenantType.isInstance(given)) {
            return given;
        }
        String call = "assertThatTenant(" + given + ")";
        if (given instanceof String text) {
            return TestTenant.id(text, tenantType, call);
        }
        throw new IllegalArgumentException(call + " names a tenant by a "
                + given.getClass().getSimpleName() + ", but ids of tenants are of the type "
                + tenantType.getSimpleName() + ". Give one of these, or its text.");
    }

    /** By which of some paths a tenant gets to the row. */
    List<String> reached(List<String> paths, Object tenantId) {
        return paths.stream().filter(path -> isReached(path, tenantId)).toList();
    }

    /** By which of some paths a tenant does not get to the row. */
    List<String> missed(List<String> paths, Object tenantId) {
        return paths.stream().filter(path -> !isReached(path, tenantId)).toList();
    }

    // A session for each path: what one has loaded is not what another finds.
    private boolean isReached(String path, Object tenantId) {
        try {
            return sessions.as(tenantId, session -> isReached(path, session));
        } catch (TenancyException refused) {
            return false;
        } catch (ConstraintViolationException refersToIt) {
            // Only a row that is reached can be in the way of a constraint.
            return true;
        }
    }

    private boolean isReached(String path, Session session) {
        return switch (path) {
            case "find" -> session.find(persister.getMappedClass(), id, UNCACHED) != null;
            case "a query by id" ->
                !session.createSelectionQuery("select e from " + entity + " e where id(e) = :id", Object.class)
                        .setParameter("id", id)
                        .setCacheStoreMode(UNCACHED)
                        .getResultList()
                        .isEmpty();
            case "a count" ->
                session.createSelectionQuery("select count(e) from " + entity + " e where id(e) = :id", Long.class)
                                .setParameter("id", id)
                                .getSingleResult()
                        > 0;
            case "an HQL update" -> changes(session, update());
            case "an HQL delete" -> changes(session, "delete from " + entity + " e where id(e) = :id");
            default -> throw new IllegalArgumentException(path);
        };
    }

    private static @Nullable BasicAttributeMapping tenantOf(EntityPersister persister) {
        return attributes(persister)
                .filter(one -> one.getGenerator() instanceof TenantIdGeneration)
                .filter(BasicAttributeMapping.class::isInstance)
                .map(BasicAttributeMapping.class::cast)
                .findFirst()
                .orElse(null);
    }

    private static Class<?> tenantType(SessionFactoryImplementor factory) {
        List<EntityPersister> persisters = new ArrayList<>();
        factory.getMappingMetamodel().forEachEntityDescriptor(persisters::add);
        return persisters.stream()
                .map(StoredRow::tenantOf)
                .filter(Objects::nonNull)
                .<Class<?>>map(one -> one.getJavaType().getJavaTypeClass())
                .findFirst()
                .orElse(Object.class);
    }

    private static Stream<AttributeMapping> attributes(EntityPersister persister) {
        return IntStream.range(0, persister.getNumberOfAttributeMappings()).mapToObj(persister::getAttributeMapping);
    }

    private boolean changes(Session session, String statement) {
        return session.createMutationQuery(statement).setParameter("id", id).executeUpdate() > 0;
    }

    // To what it is: no value has to be made up, and no check of the database is in the way.
    private String update() {
        String attribute = attributes(persister)
                .filter(one -> one instanceof BasicAttributeMapping basic
                        && one != tenant
                        && !basic.isFormula()
                        && one.getAttributeMetadata().isUpdatable())
                .map(one -> one.getAttributeName())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(entity + " has no attribute that may be updated,"
                        + " so that cannotChange(…) proves nothing. Assert cannotSee(…)."));
        return "update " + entity + " e set e." + attribute + " = e." + attribute + " where id(e) = :id";
    }

    @Override
    public String toString() {
        return entity + "#" + id;
    }
}

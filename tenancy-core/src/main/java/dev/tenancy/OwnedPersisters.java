package dev.tenancy;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.hibernate.Filter;
import org.hibernate.cache.spi.access.CollectionDataAccess;
import org.hibernate.cache.spi.access.EntityDataAccess;
import org.hibernate.cache.spi.access.NaturalIdDataAccess;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.ManyToOne;
import org.hibernate.mapping.OneToMany;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Value;
import org.hibernate.metamodel.spi.RuntimeModelCreationContext;
import org.hibernate.persister.collection.BasicCollectionPersister;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.collection.OneToManyPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.persister.entity.JoinedSubclassEntityPersister;
import org.hibernate.persister.entity.SingleTableEntityPersister;
import org.hibernate.persister.entity.UnionSubclassEntityPersister;
import org.hibernate.persister.internal.PersisterFactoryImpl;
import org.hibernate.persister.spi.PersisterClassResolver;
import org.hibernate.persister.spi.PersisterFactory;
import org.hibernate.service.spi.ServiceRegistryAwareService;
import org.hibernate.service.spi.ServiceRegistryImplementor;
import org.hibernate.sql.ast.spi.SqlAstCreationState;
import org.hibernate.sql.ast.tree.from.TableGroup;
import org.hibernate.sql.ast.tree.predicate.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes the persisters of owned entities, and of collections of them: Hibernate's own, with a {@link TenantRestriction} wherever
 * Hibernate would put the condition of an {@code @SQLRestriction}. An {@code @SQLRestriction} itself would not do: it makes
 * Hibernate expect that the target of a reference may be hidden, which turns {@code x.parent.id is null} into a join.
 */
final class OwnedPersisters implements PersisterFactory, ServiceRegistryAwareService {

    private static final long serialVersionUID = 1L;

    private final transient OwnedEntities owned;
    private final transient PersisterFactoryImpl standard = new PersisterFactoryImpl();
    private transient @Nullable PersisterClassResolver classes;

    OwnedPersisters(OwnedEntities owned) {
        this.owned = owned;
    }

    @Override
    public void injectServices(ServiceRegistryImplementor registry) {
        standard.injectServices(registry);
        classes = registry.requireService(PersisterClassResolver.class);
    }

    @Override
    public EntityPersister createEntityPersister(
            PersistentClass entity,
            @Nullable EntityDataAccess cache,
            @Nullable NaturalIdDataAccess naturalIdCache,
            RuntimeModelCreationContext context) {
        if (!owned.contains(entity)) {
            return standard.createEntityPersister(entity, cache, naturalIdCache, context);
        }
        Class<?> type = Objects.requireNonNull(classes).getEntityPersisterClass(entity);
        if (type == SingleTableEntityPersister.class) {
            return new OwnedSingleTable(entity, cache, naturalIdCache, context);
        }
        if (type == JoinedSubclassEntityPersister.class) {
            return new OwnedJoined(entity, cache, naturalIdCache, context);
        }
        if (type == UnionSubclassEntityPersister.class) {
            return new OwnedUnion(entity, cache, naturalIdCache, context);
        }
        throw new TenancySetupException(
                "The tenant-owned entity " + entity.getEntityName() + " is mapped with the persister " + type.getName()
                        + ", which does not keep to the tenant.",
                "Remove the custom persister.");
    }

    @Override
    public CollectionPersister createCollectionPersister(
            Collection collection, @Nullable CollectionDataAccess cache, RuntimeModelCreationContext context) {
        if (!hasOwnedElements(collection, context)) {
            return standard.createCollectionPersister(collection, cache, context);
        }
        return collection.isOneToMany()
                ? new OwnedOneToMany(collection, cache, context)
                : new OwnedManyToMany(collection, cache, context);
    }

    private boolean hasOwnedElements(Collection collection, RuntimeModelCreationContext context) {
        Value element = collection.getElement();
        String entity = element instanceof OneToMany many
                ? many.getReferencedEntityName()
                : element instanceof ManyToOne one ? one.getReferencedEntityName() : null;
        PersistentClass target = entity == null ? null : context.getBootModel().getEntityBinding(entity);
        return target != null && owned.contains(target);
    }

    private static final class OwnedSingleTable extends SingleTableEntityPersister {

        OwnedSingleTable(
                PersistentClass entity,
                @Nullable EntityDataAccess cache,
                @Nullable NaturalIdDataAccess naturalIdCache,
                RuntimeModelCreationContext context) {
            super(entity, cache, naturalIdCache, context);
        }

        @Override
        public void applyWhereRestrictions(
                Consumer<Predicate> statement, TableGroup tables, boolean qualified, SqlAstCreationState state) {
            super.applyWhereRestrictions(statement, tables, qualified, state);
            TenantRestriction.apply(statement, this, tables, qualified, state);
        }
    }

    private static final class OwnedJoined extends JoinedSubclassEntityPersister {

        OwnedJoined(
                PersistentClass entity,
                @Nullable EntityDataAccess cache,
                @Nullable NaturalIdDataAccess naturalIdCache,
                RuntimeModelCreationContext context) {
            super(entity, cache, naturalIdCache, context);
        }

        @Override
        public void applyWhereRestrictions(
                Consumer<Predicate> statement, TableGroup tables, boolean qualified, SqlAstCreationState state) {
            super.applyWhereRestrictions(statement, tables, qualified, state);
            TenantRestriction.apply(statement, this, tables, qualified, state);
        }
    }

    private static final class OwnedUnion extends UnionSubclassEntityPersister {

        OwnedUnion(
                PersistentClass entity,
                @Nullable EntityDataAccess cache,
                @Nullable NaturalIdDataAccess naturalIdCache,
                RuntimeModelCreationContext context) {
            super(entity, cache, naturalIdCache, context);
        }

        @Override
        public void applyWhereRestrictions(
                Consumer<Predicate> statement, TableGroup tables, boolean qualified, SqlAstCreationState state) {
            super.applyWhereRestrictions(statement, tables, qualified, state);
            TenantRestriction.apply(statement, this, tables, qualified, state);
        }
    }

    private static final class OwnedOneToMany extends OneToManyPersister {

        OwnedOneToMany(
                Collection collection, @Nullable CollectionDataAccess cache, RuntimeModelCreationContext context) {
            super(collection, cache, context);
        }

        @Override
        public void applyWhereRestrictions(
                Consumer<Predicate> statement, TableGroup tables, boolean qualified, SqlAstCreationState state) {
            super.applyWhereRestrictions(statement, tables, qualified, state);
            TenantRestriction.apply(statement, getElementPersister(), tables, qualified, state);
        }
    }

    private static final class OwnedManyToMany extends BasicCollectionPersister {

        OwnedManyToMany(
                Collection collection, @Nullable CollectionDataAccess cache, RuntimeModelCreationContext context) {
            super(collection, cache, context);
        }

        @Override
        public void applyBaseManyToManyRestrictions(
                Consumer<Predicate> statement,
                TableGroup tables,
                boolean qualified,
                Map<String, Filter> filters,
                @Nullable Set<String> treats,
                SqlAstCreationState state) {
            super.applyBaseManyToManyRestrictions(statement, tables, qualified, filters, treats, state);
            TenantRestriction.apply(statement, getElementPersister(), tables, qualified, state);
        }
    }
}

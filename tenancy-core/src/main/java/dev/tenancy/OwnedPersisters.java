package dev.tenancy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.hibernate.Filter;
import org.hibernate.cache.spi.access.CollectionDataAccess;
import org.hibernate.cache.spi.access.EntityDataAccess;
import org.hibernate.cache.spi.access.NaturalIdDataAccess;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.generator.Generator;
import org.hibernate.generator.internal.TenantIdGeneration;
import org.hibernate.loader.ast.spi.MultiIdLoadOptions;
import org.hibernate.loader.ast.spi.MultiNaturalIdLoadOptions;
import org.hibernate.loader.ast.spi.MultiNaturalIdLoader;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.ManyToOne;
import org.hibernate.mapping.OneToMany;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Value;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.SelectableMapping;
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
import org.hibernate.spi.NavigablePath;
import org.hibernate.sql.ast.spi.SqlAliasBase;
import org.hibernate.sql.ast.spi.SqlAstCreationState;
import org.hibernate.sql.ast.tree.from.TableGroup;
import org.hibernate.sql.ast.tree.from.TableReference;
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

    /** The persister of an owned entity. */
    interface OwnedPersister extends EntityPersister {

        /**
         * The attribute that says whose a row is. Not {@code getTenantIdMapping}, which Hibernate has from 7.4.9 on.
         *
         * @throws TenancySetupException if it is no attribute of the entity itself
         */
        default AttributeMapping tenant() {
            Generator[] generators = getGenerators();
            for (int position = 0; position < generators.length; position++) {
                if (generators[position] instanceof TenantIdGeneration) {
                    return getAttributeMapping(position);
                }
            }
            throw new TenancySetupException(
                    "The entity " + getEntityName() + " has its @TenantId inside its @Id or an embeddable.",
                    "Make the @TenantId an attribute of the entity itself, beside an id of its own.");
        }

        /** The column of {@link #tenant()}. */
        default SelectableMapping tenantColumn() {
            return tenant().getSelectable(0);
        }

        static OwnedPersister of(EntityPersister owned) {
            return (OwnedPersister) owned;
        }
    }

    @Override
    public void injectServices(ServiceRegistryImplementor registry) {
        standard.injectServices(registry);
        classes = registry.requireService(PersisterClassResolver.class);
    }

    @Override
    public EntityPersister createEntityPersister(
            PersistentClass entity,
            @Nullable EntityDataAccess shared,
            @Nullable NaturalIdDataAccess sharedNaturalIds,
            RuntimeModelCreationContext context) {
        if (!owned.contains(entity)) {
            boolean isTheSameForAll = !hidden(context).areIn(entity.getRootClass());
            return standard.createEntityPersister(
                    entity,
                    isTheSameForAll ? TenantKeys.cacheOfEverybody(EntityDataAccess.class, shared) : null,
                    isTheSameForAll ? TenantKeys.cacheOfEverybody(NaturalIdDataAccess.class, sharedNaturalIds) : null,
                    TenantKeys.idsOfEverybody(context));
        }
        EntityDataAccess cache = TenantKeys.cacheOfTenants(EntityDataAccess.class, shared);
        NaturalIdDataAccess naturalIdCache = TenantKeys.cacheOfTenants(NaturalIdDataAccess.class, sharedNaturalIds);
        Class<?> type = Objects.requireNonNull(classes).getEntityPersisterClass(entity);
        ExpectedRow.inFurtherTablesOf(entity, type == JoinedSubclassEntityPersister.class);
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
            Collection collection, @Nullable CollectionDataAccess shared, RuntimeModelCreationContext context) {
        boolean ownedElements = hasOwnedElements(collection, context);
        boolean ownedOwner = owned.contains(collection.getOwner());
        CollectionDataAccess cache;
        if (ownedElements || ownedOwner) {
            cache = TenantKeys.cacheOfTenants(CollectionDataAccess.class, shared);
        } else if (hidden(context).areIn(collection)) {
            cache = null;
        } else {
            cache = TenantKeys.cacheOfEverybody(CollectionDataAccess.class, shared);
        }
        if (ownedElements || ownedOwner && !collection.isOneToMany()) {
            ExpectedRow.inTableOf(collection);
        }
        if (collection.isOneToMany()) {
            return ownedElements
                    ? new OwnedOneToMany(collection, cache, context)
                    : standard.createCollectionPersister(collection, cache, context);
        }
        String tenantColumn = ownedOwner ? owned.tenantColumn(collection.getOwner()) : null;
        // Others than the tenant's own may be in it, since nothing in the database keeps them out.
        boolean mixed = tenantColumn == null || !UnenforcedReferences.areElementsEnforced(collection, tenantColumn);
        return new CollectionTable(collection, tenantColumn, ownedElements, mixed, cache, context);
    }

    private HiddenReferences hidden(RuntimeModelCreationContext context) {
        return new HiddenReferences(owned, context.getBootModel()::getEntityBinding);
    }

    private boolean hasOwnedElements(Collection collection, RuntimeModelCreationContext context) {
        Value element = collection.getElement();
        String entity = element instanceof OneToMany many
                ? many.getReferencedEntityName()
                : element instanceof ManyToOne one ? one.getReferencedEntityName() : null;
        PersistentClass target = entity == null ? null : context.getBootModel().getEntityBinding(entity);
        return target != null && owned.contains(target);
    }

    // It takes those from the session that are there, and tells no listener.
    private static <E> MultiNaturalIdLoader<E> verified(MultiNaturalIdLoader<E> loader, EntityPersister owned) {
        return new MultiNaturalIdLoader<>() {
            @Override
            public <K> List<E> multiLoad(
                    K[] naturalIds, MultiNaturalIdLoadOptions options, SharedSessionContractImplementor session) {
                SessionTenant.verifiedReader(session, owned.getEntityName());
                return loader.multiLoad(naturalIds, options, session);
            }

            @Override
            public EntityMappingType getLoadable() {
                return loader.getLoadable();
            }
        };
    }

    private static final class OwnedSingleTable extends SingleTableEntityPersister implements OwnedPersister {

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

        @Override
        public List<?> multiLoad(Object[] ids, SharedSessionContractImplementor session, MultiIdLoadOptions options) {
            // Hibernate takes those from the session that are there, and tells no listener.
            SessionTenant.verifiedReader(session, getEntityName());
            return super.multiLoad(ids, session, options);
        }

        @Override
        public MultiNaturalIdLoader<?> getMultiNaturalIdLoader() {
            return verified(super.getMultiNaturalIdLoader(), this);
        }

        @Override
        protected Predicate generateJoinPredicate(
                TableReference root,
                TableReference joined,
                String[] keys,
                String[] references,
                SqlAstCreationState state) {
            return TenantRestriction.joined(
                    super.generateJoinPredicate(root, joined, keys, references, state), this, root, joined);
        }

        @Override
        public TableGroup createRootTableGroup(
                boolean innerJoins,
                NavigablePath path,
                @Nullable String alias,
                @Nullable SqlAliasBase sqlAlias,
                Supplier<Consumer<Predicate>> more,
                SqlAstCreationState state) {
            TableGroup tables = super.createRootTableGroup(innerJoins, path, alias, sqlAlias, more, state);
            TenantRestriction.applyToCrossJoin(more, this, tables, state);
            return tables;
        }
    }

    private static final class OwnedJoined extends JoinedSubclassEntityPersister implements OwnedPersister {

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

        @Override
        public List<?> multiLoad(Object[] ids, SharedSessionContractImplementor session, MultiIdLoadOptions options) {
            // Hibernate takes those from the session that are there, and tells no listener.
            SessionTenant.verifiedReader(session, getEntityName());
            return super.multiLoad(ids, session, options);
        }

        @Override
        public MultiNaturalIdLoader<?> getMultiNaturalIdLoader() {
            return verified(super.getMultiNaturalIdLoader(), this);
        }

        @Override
        protected Predicate generateJoinPredicate(
                TableReference root,
                TableReference joined,
                String[] keys,
                String[] references,
                SqlAstCreationState state) {
            return TenantRestriction.joined(
                    super.generateJoinPredicate(root, joined, keys, references, state), this, root, joined);
        }

        @Override
        public TableGroup createRootTableGroup(
                boolean innerJoins,
                NavigablePath path,
                @Nullable String alias,
                @Nullable SqlAliasBase sqlAlias,
                Supplier<Consumer<Predicate>> more,
                SqlAstCreationState state) {
            TableGroup tables = super.createRootTableGroup(innerJoins, path, alias, sqlAlias, more, state);
            TenantRestriction.applyToCrossJoin(more, this, tables, state);
            return tables;
        }
    }

    private static final class OwnedUnion extends UnionSubclassEntityPersister implements OwnedPersister {

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

        @Override
        public List<?> multiLoad(Object[] ids, SharedSessionContractImplementor session, MultiIdLoadOptions options) {
            // Hibernate takes those from the session that are there, and tells no listener.
            SessionTenant.verifiedReader(session, getEntityName());
            return super.multiLoad(ids, session, options);
        }

        @Override
        public MultiNaturalIdLoader<?> getMultiNaturalIdLoader() {
            return verified(super.getMultiNaturalIdLoader(), this);
        }

        @Override
        protected Predicate generateJoinPredicate(
                TableReference root,
                TableReference joined,
                String[] keys,
                String[] references,
                SqlAstCreationState state) {
            return TenantRestriction.joined(
                    super.generateJoinPredicate(root, joined, keys, references, state), this, root, joined);
        }

        @Override
        public TableGroup createRootTableGroup(
                boolean innerJoins,
                NavigablePath path,
                @Nullable String alias,
                @Nullable SqlAliasBase sqlAlias,
                Supplier<Consumer<Predicate>> more,
                SqlAstCreationState state) {
            TableGroup tables = super.createRootTableGroup(innerJoins, path, alias, sqlAlias, more, state);
            TenantRestriction.applyToCrossJoin(more, this, tables, state);
            return tables;
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
            TenantRestriction.applyToKeys(statement, tables, state);
        }

        @Override
        public void recreate(PersistentCollection<?> elements, Object key, SharedSessionContractImplementor session) {
            OwnedRows.checkElements(this, elements, true, session);
            super.recreate(elements, key, session);
        }

        @Override
        public void updateRows(PersistentCollection<?> elements, Object key, SharedSessionContractImplementor session) {
            OwnedRows.checkElements(this, elements, false, session);
            super.updateRows(elements, key, session);
        }

        @Override
        public void insertRows(PersistentCollection<?> elements, Object key, SharedSessionContractImplementor session) {
            OwnedRows.checkElements(this, elements, false, session);
            super.insertRows(elements, key, session);
        }
    }

    /**
     * A table of its own for a collection: a join table, or one of basic or embeddable elements. Elements that are no owned
     * entities may still refer to some, as their keys may.
     */
    private static final class CollectionTable extends BasicCollectionPersister {

        private final @Nullable String tenantColumn;
        private final boolean ownedElements;
        private final boolean mixed;

        CollectionTable(
                Collection collection,
                @Nullable String tenantColumn,
                boolean ownedElements,
                boolean mixed,
                @Nullable CollectionDataAccess cache,
                RuntimeModelCreationContext context) {
            super(collection, cache, context);
            this.tenantColumn = tenantColumn;
            this.ownedElements = ownedElements;
            this.mixed = mixed;
        }

        @Override
        public void applyWhereRestrictions(
                Consumer<Predicate> statement, TableGroup tables, boolean qualified, SqlAstCreationState state) {
            super.applyWhereRestrictions(statement, tables, qualified, state);
            if (tenantColumn != null) {
                TenantRestriction.apply(statement, this, tenantColumn, tables, qualified, state);
            }
            // The statements by which a bulk delete empties the table come without; the guard adds the same to them.
            if (mixed && state != null) {
                SharedLinks.restrict(statement, this, tables, qualified, state);
            }
            TenantRestriction.applyToKeys(statement, tables, state);
        }

        @Override
        public void remove(Object key, SharedSessionContractImplementor session) {
            if (SharedLinks.isOf(this)) {
                SharedLinks.remove(this, key, session);
            } else {
                super.remove(key, session);
            }
        }

        @Override
        public void recreate(PersistentCollection<?> elements, Object key, SharedSessionContractImplementor session) {
            OwnedRows.checkElements(this, elements, true, session);
            super.recreate(elements, key, session);
        }

        @Override
        public void updateRows(PersistentCollection<?> elements, Object key, SharedSessionContractImplementor session) {
            OwnedRows.checkElements(this, elements, false, session);
            super.updateRows(elements, key, session);
        }

        @Override
        public void insertRows(PersistentCollection<?> elements, Object key, SharedSessionContractImplementor session) {
            OwnedRows.checkElements(this, elements, false, session);
            super.insertRows(elements, key, session);
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
            if (ownedElements) {
                TenantRestriction.apply(statement, getElementPersister(), tables, qualified, state);
            }
        }
    }
}

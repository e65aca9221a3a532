package dev.tenancy;

import dev.tenancy.OwnedPersisters.OwnedPersister;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.Hibernate;
import org.hibernate.LockMode;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.AbstractCollectionEvent;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.FlushEntityEvent;
import org.hibernate.event.spi.FlushEntityEventListener;
import org.hibernate.event.spi.LockEvent;
import org.hibernate.event.spi.LockEventListener;
import org.hibernate.event.spi.PreCollectionRecreateEvent;
import org.hibernate.event.spi.PreCollectionRecreateEventListener;
import org.hibernate.event.spi.PreCollectionRemoveEvent;
import org.hibernate.event.spi.PreCollectionRemoveEventListener;
import org.hibernate.event.spi.PreCollectionUpdateEvent;
import org.hibernate.event.spi.PreCollectionUpdateEventListener;
import org.hibernate.event.spi.PreDeleteEvent;
import org.hibernate.event.spi.PreDeleteEventListener;
import org.hibernate.event.spi.PreInsertEvent;
import org.hibernate.event.spi.PreInsertEventListener;
import org.hibernate.event.spi.PreLoadEvent;
import org.hibernate.event.spi.PreLoadEventListener;
import org.hibernate.event.spi.PreUpdateEvent;
import org.hibernate.event.spi.PreUpdateEventListener;
import org.hibernate.event.spi.PreUpsertEvent;
import org.hibernate.event.spi.PreUpsertEventListener;
import org.hibernate.metamodel.mapping.ForeignKeyDescriptor;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.persister.entity.UnionSubclassEntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.hibernate.type.AnyType;
import org.hibernate.type.CompositeType;
import org.hibernate.type.EntityType;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * Looks at each owned row that Hibernate loads or is about to write, however it came by it: native SQL, a cache and a detached
 * instance pass by here as well.
 */
final class OwnedRows
        implements PreLoadEventListener,
                PreInsertEventListener,
                PreUpdateEventListener,
                PreUpsertEventListener,
                PreDeleteEventListener,
                PreCollectionRecreateEventListener,
                PreCollectionUpdateEventListener,
                PreCollectionRemoveEventListener,
                LockEventListener,
                FlushEntityEventListener {

    private static final long serialVersionUID = 1L;

    /**
     * Where in an entity's state its tenant is, and what refers to other entities.
     *
     * @param library the tenant whose rows every tenant reads; null if there is none
     */
    private record Layout(
            int tenant, List<Referring> referring, @Nullable Object library) {}

    /** {@code enforced}: whether the database looks after it. */
    private record Referring(int position, String attribute, Type type, boolean enforced) {}

    private final transient EnforcedReferences enforced;
    private final transient SessionFactoryImplementor factory;
    private final transient Map<EntityPersister, Layout> layouts = new ConcurrentHashMap<>();

    OwnedRows(EnforcedReferences enforced, SessionFactoryImplementor factory) {
        this.enforced = enforced;
        this.factory = factory;
    }

    void register(EventListenerRegistry listeners) {
        listeners.appendListeners(EventType.PRE_LOAD, this);
        listeners.appendListeners(EventType.PRE_INSERT, this);
        listeners.appendListeners(EventType.PRE_UPDATE, this);
        listeners.appendListeners(EventType.PRE_UPSERT, this);
        listeners.appendListeners(EventType.PRE_DELETE, this);
        listeners.appendListeners(EventType.FLUSH_ENTITY, this);
        listeners.appendListeners(EventType.PRE_COLLECTION_RECREATE, this);
        listeners.appendListeners(EventType.PRE_COLLECTION_UPDATE, this);
        listeners.appendListeners(EventType.PRE_COLLECTION_REMOVE, this);
        listeners.prependListeners(EventType.LOCK, this);
    }

    @Override
    public void onPreLoad(PreLoadEvent event) {
        EntityPersister entity = event.getPersister();
        if (isOwned(entity)) {
            Layout layout = layout(entity);
            if (!SessionTenant.maySee(event.getState()[layout.tenant()], entity.getEntityName(), layout.library())) {
                throw new ForeignRowException(entity.getEntityName());
            }
        } else if (event.getSession() != null) {
            checkReferring(event, layout(entity));
        }
    }

    // Hibernate takes what a row refers to from the session if it is there, and tells no listener.
    private static void checkReferring(PreLoadEvent event, Layout layout) {
        for (Referring referring : layout.referring()) {
            if (referring.type() instanceof EntityType type
                    && isOwned(type.getAssociatedEntityPersister(event.getFactory()))) {
                SessionTenant.checkNotOfAnother(event.getSession(), type.getAssociatedEntityName());
            }
        }
    }

    @Override
    public boolean onPreInsert(PreInsertEvent event) {
        checkId(event.getPersister(), event.getId(), event.getSession());
        checkWritten(event.getPersister(), event.getState(), null, event.getSession());
        return false;
    }

    @Override
    public boolean onPreUpdate(PreUpdateEvent event) {
        checkWritten(event.getPersister(), event.getState(), event.getOldState(), event.getSession());
        return false;
    }

    @Override
    public boolean onPreUpsert(PreUpsertEvent event) {
        checkId(event.getPersister(), event.getId(), event.getSession());
        checkWritten(event.getPersister(), event.getState(), null, event.getSession());
        return false;
    }

    @Override
    public boolean onPreDelete(PreDeleteEvent event) {
        EntityPersister entity = event.getPersister();
        if (isOwned(entity)) {
            SessionTenant.verified(event.getSession(), entity.getEntityName());
            checkNotOfLibrary(entity, event.getEntity());
        }
        return false;
    }

    @Override
    public void onPreRecreateCollection(PreCollectionRecreateEvent event) {
        checkOwner(event);
    }

    @Override
    public void onPreUpdateCollection(PreCollectionUpdateEvent event) {
        checkOwner(event);
    }

    @Override
    public void onPreRemoveCollection(PreCollectionRemoveEvent event) {
        checkOwner(event);
    }

    // Statements on its table would reach the tenant's own rows only, of which such an owner has none.
    private void checkOwner(AbstractCollectionEvent event) {
        // Of a stateless session, such an event knows no factory.
        Object owner = event.getAffectedOwnerOrNull();
        String name = event.getAffectedOwnerEntityName();
        if (owner != null && name != null) {
            EntityPersister entity = factory.getMappingMetamodel().getEntityDescriptor(name);
            if (isOwned(entity)) {
                checkNotOfLibrary(entity, owner);
            }
        }
    }

    // What locks reaches the tenant's own rows only, as what writes, and Hibernate would say that the row is gone.
    @Override
    public void onLock(LockEvent event) {
        EntityEntry entry = event.getLockOptions().getLockMode().greaterThan(LockMode.OPTIMISTIC)
                ? event.getSession().getPersistenceContextInternal().getEntry(Hibernate.unproxy(event.getObject()))
                : null;
        if (entry != null && isOwned(entry.getPersister())) {
            checkNotOfLibrary(entry.getPersister(), Hibernate.unproxy(event.getObject()));
        }
    }

    private void checkNotOfLibrary(EntityPersister entity, Object instance) {
        Layout layout = layout(entity);
        if (layout.library() != null && layout.library().equals(entity.getValue(instance, layout.tenant()))) {
            checkNotOfLibrary(entity.getEntityName(), layout.library());
        }
    }

    private static void checkNotOfLibrary(String entity, Object library) {
        TenantPrincipal principal = CurrentTenant.peek();
        if (principal != null && !principal.tenantId().equals(library)) {
            throw LibraryRowException.readOnly(entity);
        }
    }

    // A tenant that the application wrote over is not part of the update, so that nothing else would notice.
    @Override
    public void onFlushEntity(FlushEntityEvent event) {
        EntityPersister entity = event.getEntityEntry().getPersister();
        Object[] loaded = event.getEntityEntry().getLoadedState();
        if (isOwned(entity) && loaded != null) {
            int position = layout(entity).tenant();
            Object now = entity.getValue(event.getEntity(), position);
            if (now != null && loaded[position] != null && !now.equals(loaded[position])) {
                throw new TenantChangedException(entity.getEntityName());
            }
        }
    }

    private void checkWritten(
            EntityPersister entity,
            @Nullable Object[] state,
            @Nullable Object @Nullable [] before,
            SharedSessionContractImplementor session) {
        Layout layout = layout(entity);
        if (isOwned(entity)) {
            Object tenant = SessionTenant.verified(session, entity.getEntityName());
            Object written = state[layout.tenant()];
            // Hibernate stamps a row that has none yet with the session's tenant, which is the current one.
            if (written != null && !tenant.equals(written)) {
                throw written.equals(layout.library())
                        ? LibraryRowException.readOnly(entity.getEntityName())
                        : new ForeignRowException(entity.getEntityName());
            }
            if (tenant.equals(layout.library())) {
                checkRefersToLibrary(entity, layout, state, session);
            }
        }
        for (Referring referring : layout.referring()) {
            if (referring.enforced()) {
                continue;
            }
            int position = referring.position();
            check(
                    new Reference(entity.getEntityName(), referring.attribute(), referring.type()),
                    state[position],
                    before == null ? null : before[position],
                    session);
        }
    }

    // Other tenants would read the row, and find nothing where it refers to.
    private void checkRefersToLibrary(
            EntityPersister entity, Layout layout, @Nullable Object[] state, SharedSessionContractImplementor session) {
        for (Referring referring : layout.referring()) {
            if (state[referring.position()] != null && referring.type() instanceof EntityType type) {
                EntityPersister target = type.getAssociatedEntityPersister(session.getFactory());
                if (isOwned(target) && layout(target).library() == null) {
                    throw LibraryRowException.refersToOwn(
                            entity.getEntityName() + "." + referring.attribute(), target.getEntityName());
                }
            }
        }
    }

    private static void checkId(EntityPersister entity, @Nullable Object id, SharedSessionContractImplementor session) {
        if (id != null && entity.getIdentifierType() instanceof CompositeType type) {
            check(new Reference(entity.getEntityName(), "id", type), id, null, session);
        }
    }

    /** Looks at the references in those elements and keys of a collection that are about to be written. */
    @SuppressWarnings("removal") // Hibernate itself has no other way to these types yet.
    static void checkElements(
            CollectionPersister collection,
            PersistentCollection<?> elements,
            boolean all,
            SharedSessionContractImplementor session) {
        if (collection.isInverse()) {
            return;
        }
        Type elementType = collection.getElementType();
        Reference element = new Reference(collection.getRole(), "element", elementType);
        Reference key =
                collection.hasIndex() ? new Reference(collection.getRole(), "key", collection.getIndexType()) : null;
        Iterator<?> entries = elements.entries(collection);
        for (int position = 0; entries.hasNext(); position++) {
            Object entry = entries.next();
            if (all
                    || elements.needsInserting(entry, position, elementType)
                    || elements.needsUpdating(entry, position, elementType)) {
                check(element, elements.getElement(entry), null, session);
                if (key != null) {
                    check(key, elements.getIndex(entry, position, collection), null, session);
                }
            }
        }
    }

    /** Something that may refer to an owned row: a reference itself, or an embeddable that has some. */
    private record Reference(String holder, String attribute, Type type) {}

    private static void check(
            Reference reference,
            @Nullable Object value,
            @Nullable Object before,
            SharedSessionContractImplementor session) {
        if (value == null) {
            return;
        }
        if (reference.type() instanceof EntityType type) {
            EntityPersister target = type.getAssociatedEntityPersister(session.getFactory());
            if (isOwned(target)) {
                checkTarget(reference, target, type.isReferenceToPrimaryKey(), value, value == before, session);
            }
        } else if (reference.type() instanceof AnyType) {
            EntityPersister target = session.getEntityPersister(session.bestGuessEntityName(value), value);
            if (isOwned(target)) {
                checkTarget(reference, target, true, value, value == before, session);
            }
        } else if (reference.type() instanceof CompositeType type) {
            @Nullable Object[] values = type.getPropertyValues(value, session);
            @Nullable Object[] earlier = before == null ? null : type.getPropertyValues(before, session);
            for (int part = 0; part < values.length; part++) {
                check(
                        new Reference(
                                reference.holder(),
                                reference.attribute() + "." + type.getPropertyNames()[part],
                                type.getSubtypes()[part]),
                        values[part],
                        earlier == null ? null : earlier[part],
                        session);
            }
        }
    }

    private static void checkTarget(
            Reference reference,
            EntityPersister entity,
            boolean byId,
            Object target,
            boolean unchanged,
            SharedSessionContractImplementor session) {
        Object tenant = unchanged
                ? session.getTenantIdentifierValue()
                : SessionTenant.verified(session, entity.getEntityName());
        LazyInitializer proxy = HibernateProxy.extractLazyInitializer(target);
        boolean unknown = proxy != null && proxy.isUninitialized();
        Object instance = proxy == null ? target : unknown ? null : proxy.getImplementation();
        Object id = proxy == null ? entity.getIdentifier(target, session) : proxy.getInternalIdentifier();
        if (id == null) {
            return;
        }
        // What this session manages was looked at when it was loaded or inserted.
        if (!unchanged
                && (instance == null || session.getPersistenceContextInternal().getEntry(instance) == null)) {
            // What an instance from elsewhere says about a column other than its id may be another row's.
            boolean claimed = instance != null && !byId;
            if (claimed || !belongsToTenant(entity, id, session)) {
                throw new ForeignReferenceException(reference.holder() + "." + reference.attribute());
            }
        }
        if (byId) {
            // The guard looks at the statement that writes it as well.
            ReferredRows.note(entity.getRootEntityName(), id, tenant, session);
        }
    }

    private static boolean belongsToTenant(
            EntityPersister entity, Object id, SharedSessionContractImplementor session) {
        return StoredTenant.isReadable(OwnedPersister.of(entity), id, session)
                // The rows of its subclasses are in tables of their own.
                || entity instanceof UnionSubclassEntityPersister
                        && entity.getSubMappingTypes().stream()
                                .anyMatch(subclass -> StoredTenant.isReadable(
                                        OwnedPersister.of(subclass.getEntityPersister()), id, session));
    }

    private static boolean isOwned(EntityPersister entity) {
        return entity instanceof OwnedPersister;
    }

    private Layout layout(EntityPersister entity) {
        // Not computeIfAbsent, which may lock where a key is present.
        Layout known = layouts.get(entity);
        return known != null ? known : layouts.computeIfAbsent(entity, this::read);
    }

    private Layout read(EntityPersister entity) {
        int tenant = isOwned(entity) ? OwnedPersister.of(entity).tenant().getStateArrayPosition() : -1;
        List<Referring> referring = new ArrayList<>();
        Type[] types = entity.getPropertyTypes();
        for (int position = 0; position < types.length; position++) {
            String attribute = entity.getPropertyNames()[position];
            if (mayRefer(types[position]) && !isInverse(entity, attribute)) {
                referring.add(new Referring(position, attribute, types[position], isHeld(entity, attribute)));
            }
        }
        return new Layout(tenant, List.copyOf(referring), SessionTenant.library(entity));
    }

    // The column is in the other row, and is looked at when that is written.
    private static boolean isInverse(EntityPersister entity, String attribute) {
        return entity.findAttributeMapping(attribute) instanceof ToOneAttributeMapping reference
                && reference.getSideNature() == ForeignKeyDescriptor.Nature.TARGET;
    }

    private boolean isHeld(EntityPersister entity, String attribute) {
        return isOwned(entity)
                && entity.findAttributeMapping(attribute) instanceof ToOneAttributeMapping reference
                && reference.getSideNature() == ForeignKeyDescriptor.Nature.KEY
                && reference.getForeignKeyDescriptor().getJdbcTypeCount() == 1
                && enforced.holds(
                        reference.getForeignKeyDescriptor().getKeyTable(),
                        reference
                                .getForeignKeyDescriptor()
                                .getKeyPart()
                                .getSelectable(0)
                                .getSelectionExpression(),
                        entity.getEntityName() + "." + attribute);
    }

    private static boolean mayRefer(Type type) {
        return type instanceof EntityType
                || type instanceof AnyType
                || type instanceof CompositeType component
                        && Arrays.stream(component.getSubtypes()).anyMatch(OwnedRows::mayRefer);
    }
}

package dev.tenancy;

import dev.tenancy.OwnedPersisters.OwnedPersister;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.DeleteContext;
import org.hibernate.event.spi.DeleteEvent;
import org.hibernate.event.spi.DeleteEventListener;
import org.hibernate.event.spi.EventSource;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.InitializeCollectionEvent;
import org.hibernate.event.spi.InitializeCollectionEventListener;
import org.hibernate.event.spi.LoadEvent;
import org.hibernate.event.spi.LoadEventListener;
import org.hibernate.event.spi.LockEvent;
import org.hibernate.event.spi.LockEventListener;
import org.hibernate.event.spi.MergeContext;
import org.hibernate.event.spi.MergeEvent;
import org.hibernate.event.spi.MergeEventListener;
import org.hibernate.event.spi.PersistContext;
import org.hibernate.event.spi.PersistEvent;
import org.hibernate.event.spi.PersistEventListener;
import org.hibernate.event.spi.RefreshContext;
import org.hibernate.event.spi.RefreshEvent;
import org.hibernate.event.spi.RefreshEventListener;
import org.hibernate.event.spi.ReplicateEvent;
import org.hibernate.event.spi.ReplicateEventListener;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what is asked of a session about owned entities, before Hibernate does it. What a session has in memory, or keeps for
 * its flush, needs no statement now, so that nothing else would notice that another tenant asks.
 */
@SuppressWarnings({"deprecation", "removal"
}) // An old way in is a way in; and Hibernate has no other to these types yet.
final class SessionUses
        implements LoadEventListener,
                InitializeCollectionEventListener,
                PersistEventListener,
                MergeEventListener,
                DeleteEventListener,
                RefreshEventListener,
                LockEventListener,
                ReplicateEventListener {

    private static final long serialVersionUID = 1L;

    void register(EventListenerRegistry listeners) {
        listeners.prependListeners(EventType.LOAD, this);
        listeners.prependListeners(EventType.INIT_COLLECTION, this);
        listeners.prependListeners(EventType.PERSIST, this);
        listeners.prependListeners(EventType.MERGE, this);
        listeners.prependListeners(EventType.DELETE, this);
        listeners.prependListeners(EventType.REFRESH, this);
        listeners.prependListeners(EventType.LOCK, this);
        listeners.prependListeners(EventType.REPLICATE, this);
    }

    @Override
    public void onLoad(LoadEvent event, LoadType type) {
        EventSource session = event.getSession();
        String name = event.getEntityClassName();
        EntityPersister entity = event.getInstanceToLoad() != null || name == null
                ? described(session, name, event.getInstanceToLoad())
                : session.getFactory().getMappingMetamodel().getEntityDescriptor(name);
        if (!(entity instanceof OwnedPersister)) {
            return;
        }
        // A row that nobody owns may refer to owned ones; that it does is read while no tenant is current, too.
        if (type == INTERNAL_LOAD_LAZY) {
            SessionTenant.checkNotOfAnother(session, entity.getEntityName());
        } else {
            SessionTenant.verifiedReader(session, entity.getEntityName());
        }
    }

    @Override
    public void onInitializeCollection(InitializeCollectionEvent event) {
        PersistentCollection<?> collection = event.getCollection();
        EventSource session = event.getSession();
        var entry = session.getPersistenceContextInternal().getCollectionEntry(collection);
        var persister = entry == null ? null : entry.getLoadedPersister();
        if (persister != null
                && (persister.getOwnerEntityPersister() instanceof OwnedPersister
                        || persister.getElementType().isEntityType()
                                && persister.getElementPersister() instanceof OwnedPersister)) {
            SessionTenant.verifiedReader(session, persister.getRole());
        }
    }

    @Override
    public void onPersist(PersistEvent event) {
        writes(event.getSession(), event.getEntityName(), event.getObject());
    }

    @Override
    public void onPersist(PersistEvent event, PersistContext persisted) {
        onPersist(event);
    }

    // Across tenants it may be a way to read.
    @Override
    public void onMerge(MergeEvent event) {
        reads(event.getSession(), event.getEntityName(), event.getOriginal());
    }

    @Override
    public void onMerge(MergeEvent event, MergeContext merged) {
        onMerge(event);
    }

    @Override
    public void onDelete(DeleteEvent event) {
        writes(event.getSession(), event.getEntityName(), event.getObject());
    }

    @Override
    public void onDelete(DeleteEvent event, DeleteContext deleted) {
        onDelete(event);
    }

    @Override
    public void onRefresh(RefreshEvent event) {
        reads(event.getSession(), event.getEntityName(), event.getObject());
    }

    @Override
    public void onRefresh(RefreshEvent event, RefreshContext refreshed) {
        onRefresh(event);
    }

    @Override
    public void onLock(LockEvent event) {
        reads(event.getSession(), event.getEntityName(), event.getObject());
    }

    @Override
    public void onReplicate(ReplicateEvent event) {
        writes(event.getSession(), event.getEntityName(), event.getObject());
    }

    private static void reads(EventSource session, @Nullable String name, @Nullable Object instance) {
        EntityPersister entity = described(session, name, instance);
        if (entity instanceof OwnedPersister) {
            SessionTenant.verifiedReader(session, entity.getEntityName());
        }
    }

    private static void writes(EventSource session, @Nullable String name, @Nullable Object instance) {
        EntityPersister entity = described(session, name, instance);
        if (entity instanceof OwnedPersister) {
            SessionTenant.verified(session, entity.getEntityName());
        }
    }

    /** The entity that an instance is of; null if there is none, of which Hibernate complains itself. */
    private static @Nullable EntityPersister described(
            SharedSessionContractImplementor session, @Nullable String name, @Nullable Object instance) {
        if (instance == null) {
            return null;
        }
        LazyInitializer proxy = HibernateProxy.extractLazyInitializer(instance);
        if (proxy != null) {
            return session.getFactory().getMappingMetamodel().getEntityDescriptor(proxy.getEntityName());
        }
        EntityEntry entry = session.getPersistenceContextInternal().getEntry(instance);
        return entry != null ? entry.getPersister() : session.getEntityPersister(name, instance);
    }
}

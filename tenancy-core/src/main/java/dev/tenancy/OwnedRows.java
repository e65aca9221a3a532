package dev.tenancy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.FlushEntityEvent;
import org.hibernate.event.spi.FlushEntityEventListener;
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
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.TenantIdMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
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
                FlushEntityEventListener {

    private static final long serialVersionUID = 1L;

    /** Where in an entity's state its tenant is, and its references to owned entities. */
    private record Layout(int tenant, List<Reference> references) {}

    private record Reference(int position, String attribute, EntityPersister target) {}

    private final transient Map<EntityPersister, Layout> layouts = new ConcurrentHashMap<>();

    void register(EventListenerRegistry listeners) {
        listeners.appendListeners(EventType.PRE_LOAD, this);
        listeners.appendListeners(EventType.PRE_INSERT, this);
        listeners.appendListeners(EventType.PRE_UPDATE, this);
        listeners.appendListeners(EventType.PRE_UPSERT, this);
        listeners.appendListeners(EventType.PRE_DELETE, this);
        listeners.appendListeners(EventType.FLUSH_ENTITY, this);
    }

    @Override
    public void onPreLoad(PreLoadEvent event) {
        EntityPersister entity = event.getPersister();
        if (isOwned(entity)) {
            Object tenant = SessionTenant.current(entity.getEntityName());
            if (!tenant.equals(event.getState()[layout(entity).tenant()])) {
                throw new ForeignRowException(entity.getEntityName());
            }
        }
    }

    @Override
    public boolean onPreInsert(PreInsertEvent event) {
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
        checkWritten(event.getPersister(), event.getState(), null, event.getSession());
        return false;
    }

    @Override
    public boolean onPreDelete(PreDeleteEvent event) {
        if (isOwned(event.getPersister())) {
            SessionTenant.verified(event.getSession(), event.getPersister().getEntityName());
        }
        return false;
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
                throw new ForeignRowException(entity.getEntityName());
            }
        }
        for (Reference reference : layout.references()) {
            Object target = state[reference.position()];
            if (target != null && (before == null || before[reference.position()] != target)) {
                check(entity, reference, target, session);
            }
        }
    }

    private static void check(
            EntityPersister entity, Reference reference, Object target, SharedSessionContractImplementor session) {
        SessionTenant.verified(session, reference.target().getEntityName());
        LazyInitializer proxy = HibernateProxy.extractLazyInitializer(target);
        boolean unknown = proxy != null && proxy.isUninitialized();
        Object instance = proxy == null ? target : unknown ? null : proxy.getImplementation();
        // What this session manages was looked at when it was loaded or inserted.
        if (instance != null && session.getPersistenceContextInternal().getEntry(instance) != null) {
            return;
        }
        Object id = proxy == null ? reference.target().getIdentifier(target, session) : proxy.getInternalIdentifier();
        if (id != null && !reference.target().getTenantIdLoader().belongsToTenant(id, false, session)) {
            throw new ForeignReferenceException(entity.getEntityName(), reference.attribute());
        }
    }

    private static boolean isOwned(EntityPersister entity) {
        return entity.getTenantIdMapping() != null;
    }

    private Layout layout(EntityPersister entity) {
        // Not computeIfAbsent, which may lock where a key is present.
        Layout known = layouts.get(entity);
        return known != null ? known : layouts.computeIfAbsent(entity, OwnedRows::read);
    }

    private static Layout read(EntityPersister entity) {
        TenantIdMapping mapping = entity.getTenantIdMapping();
        int tenant = mapping == null ? -1 : mapping.getAttributeMapping().getStateArrayPosition();
        List<Reference> references = new ArrayList<>();
        entity.getAttributeMappings().forEach(attribute -> addReference(attribute, references));
        return new Layout(tenant, List.copyOf(references));
    }

    private static void addReference(AttributeMapping attribute, List<Reference> references) {
        if (attribute instanceof ToOneAttributeMapping toOne) {
            EntityPersister target = toOne.getEntityMappingType().getEntityPersister();
            if (isOwned(target)) {
                references.add(new Reference(attribute.getStateArrayPosition(), attribute.getAttributeName(), target));
            }
        }
    }
}

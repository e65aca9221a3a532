package dev.tenancy.spring.crud;

import dev.tenancy.TenantIsolation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.hibernate.boot.spi.SessionFactoryOptions;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.spi.EventType;
import org.hibernate.jpa.event.spi.CallbackType;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.persister.entity.mutation.DeleteCoordinatorStandard;
import org.hibernate.persister.entity.mutation.EntityMutationTarget;

/** Whether code of the application has a part in what happens to the rows of an entity, so that it has to go the usual way. */
final class Watchers {

    // The packages of Hibernate's own interceptor and listeners, of which Envers' are none, and of the library's.
    private static final Set<String> NOT_WATCHING = Set.of(
            "org.hibernate.internal",
            "org.hibernate.event.internal",
            "org.hibernate.boot.beanvalidation",
            TenantIsolation.class.getPackageName());
    private static final List<String> GROUPS_AT_DELETION =
            List.of("jakarta.persistence.validation.group.pre-remove", "javax.persistence.validation.group.pre-remove");

    private Watchers() {}

    static boolean ofLoading(SessionFactoryImplementor factory, EntityPersister entity) {
        SessionFactoryOptions options = factory.getSessionFactoryOptions();
        return isWatching(options.getInterceptor())
                || options.getStatelessInterceptorImplementorSupplier() != null
                || hasListeners(factory, EventType.LOAD, EventType.PRE_LOAD, EventType.POST_LOAD)
                || hasCallbacks(factory, entity, CallbackType.POST_LOAD);
    }

    /**
     * The same for a deletion, which used to load the row, or whether it is more than one statement. To be asked for each: an
     * application may add listeners at any time, and give a session an interceptor of its own.
     */
    static boolean ofDeletion(SharedSessionContractImplementor session, EntityPersister entity) {
        SessionFactoryImplementor factory = session.getFactory();
        return isWatching(session.getInterceptor())
                || ofLoading(factory, entity)
                || hasListeners(
                        factory,
                        EventType.DELETE,
                        EventType.PRE_DELETE,
                        EventType.POST_DELETE,
                        EventType.POST_COMMIT_DELETE,
                        EventType.FLUSH,
                        EventType.FLUSH_ENTITY)
                || hasCallbacks(factory, entity, CallbackType.PRE_REMOVE)
                || hasCallbacks(factory, entity, CallbackType.POST_REMOVE)
                || GROUPS_AT_DELETION.stream().anyMatch(factory.getProperties()::containsKey)
                || factory.getSessionFactoryOptions().isQueryCacheEnabled()
                || !isOneStatement(entity);
    }

    private static boolean isOneStatement(EntityPersister entity) {
        return entity.getDeleteCoordinator().getClass() == DeleteCoordinatorStandard.class
                && ((EntityMutationTarget) entity)
                                .getIdentifierTableMapping()
                                .getDeleteDetails()
                                .getCustomSql()
                        == null
                && entity.isMutable()
                && !entity.isPolymorphic()
                && !entity.hasMultipleTables()
                && !entity.hasCascadeDelete()
                && !entity.hasCollections()
                && !entity.hasRowId()
                && !entity.hasPartitionedSelectionMapping()
                && !entity.canWriteToCache()
                && !entity.hasNaturalIdCache()
                && findsEachRow(entity);
    }

    // What keeps a row from being found by its id keeps it from being deleted.
    private static boolean findsEachRow(EntityPersister entity) {
        return !entity.hasWhereRestrictions()
                && !entity.hasFilterForLoadByKey()
                && entity.getDiscriminatorMapping() == null
                && !RecordShape.fetchesEagerly(entity);
    }

    private static boolean hasListeners(SessionFactoryImplementor factory, EventType<?>... types) {
        List<Object> listeners = new ArrayList<>();
        for (EventType<?> type : types) {
            factory.getEventListenerRegistry()
                    .getEventListenerGroup(type)
                    .fireEventOnEachListener(listeners, (listener, all) -> all.add(listener));
        }
        return listeners.stream().anyMatch(Watchers::isWatching);
    }

    private static boolean isWatching(Object watcher) {
        return !NOT_WATCHING.contains(watcher.getClass().getPackageName());
    }

    private static boolean hasCallbacks(SessionFactoryImplementor factory, EntityPersister entity, CallbackType type) {
        return factory.getEventEngine().getCallbackRegistry().hasRegisteredCallbacks(entity.getMappedClass(), type);
    }
}

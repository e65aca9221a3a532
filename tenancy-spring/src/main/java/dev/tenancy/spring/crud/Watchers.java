package dev.tenancy.spring.crud;

import dev.tenancy.TenantIsolation;
import jakarta.validation.metadata.BeanDescriptor;
import jakarta.validation.metadata.ConstraintDescriptor;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.hibernate.boot.spi.SessionFactoryOptions;
import org.hibernate.engine.OptimisticLockStyle;
import org.hibernate.engine.spi.ActionQueue;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.spi.EventType;
import org.hibernate.generator.Generator;
import org.hibernate.jpa.event.spi.CallbackType;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.persister.entity.mutation.DeleteCoordinatorStandard;
import org.hibernate.persister.entity.mutation.EntityMutationTarget;
import org.hibernate.persister.entity.mutation.EntityTableMapping;
import org.hibernate.persister.entity.mutation.InsertCoordinatorStandard;
import org.hibernate.persister.entity.mutation.UpdateCoordinatorStandard;
import org.hibernate.type.ComponentType;
import org.hibernate.type.CompositeType;
import org.hibernate.type.Type;

/** Whether code of the application has a part in what happens to the rows of an entity, so that it has to go the usual way. */
final class Watchers {

    // The packages of Hibernate's own interceptor and listeners, of which Envers' are none, and of the library's.
    private static final Set<String> NOT_WATCHING = Set.of(
            "org.hibernate.internal",
            "org.hibernate.event.internal",
            "org.hibernate.boot.beanvalidation",
            TenantIsolation.class.getPackageName());
    // What Hibernate makes the tenant and the version with.
    private static final Set<String> OF_EACH_ENTITY = Set.of(
            "org.hibernate.generator.internal.TenantIdGeneration",
            "org.hibernate.generator.internal.VersionGeneration");
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

    /** The same for a row that is inserted: whether something may yet fail, or be written besides, once its statement has run. */
    static boolean ofInsertion(SharedSessionContractImplementor session, EntityPersister entity) {
        SessionFactoryImplementor factory = session.getFactory();
        return isWatching(session.getInterceptor())
                || hasListeners(
                        factory,
                        EventType.PERSIST,
                        EventType.PERSIST_ONFLUSH,
                        EventType.FLUSH,
                        EventType.FLUSH_ENTITY,
                        EventType.PRE_INSERT,
                        EventType.POST_INSERT,
                        EventType.POST_COMMIT_INSERT)
                || hasCallbacks(factory, entity, CallbackType.PRE_PERSIST)
                || hasCallbacks(factory, entity, CallbackType.POST_PERSIST);
    }

    /** The same for a row that is loaded and updated. */
    static boolean ofUpdate(SharedSessionContractImplementor session, EntityPersister entity) {
        SessionFactoryImplementor factory = session.getFactory();
        return isWatching(session.getInterceptor())
                || ofLoading(factory, entity)
                || hasListeners(
                        factory,
                        EventType.FLUSH,
                        EventType.FLUSH_ENTITY,
                        EventType.PRE_UPDATE,
                        EventType.POST_UPDATE,
                        EventType.POST_COMMIT_UPDATE)
                || hasCallbacks(factory, entity, CallbackType.PRE_UPDATE)
                || hasCallbacks(factory, entity, CallbackType.POST_UPDATE);
    }

    private static EntityTableMapping table(EntityPersister entity) {
        return ((EntityMutationTarget) entity).getIdentifierTableMapping();
    }

    // Attributes that are changed without the version being raised.
    private static boolean changesUnseen(EntityPersister entity) {
        for (boolean versioned : entity.getPropertyVersionability()) {
            if (!versioned) {
                return true;
            }
        }
        return false;
    }

    /** Whether nothing else is in a session, be it that somebody's code has put it there without a statement. */
    static boolean areAllThatIsWritten(List<?> rows, SharedSessionContractImplementor session) {
        ActionQueue actions = session.asEventSource().getActionQueue();
        return session.getPersistenceContext().getNumberOfManagedEntities() == rows.size()
                && actions.numberOfInsertions() <= rows.size()
                && actions.numberOfUpdates() == 0
                && actions.numberOfDeletions() == 0
                && !actions.hasUnresolvedEntityInsertActions()
                && !actions.hasBeforeTransactionActions()
                && !actions.hasAfterTransactionActions();
    }

    /**
     * Whether, by its mapping, a row is inserted with one statement, and nothing is made up or asked for it on the way.
     *
     * @param constraints that Hibernate has checked as it writes
     */
    static boolean isInsertedAsItIs(EntityPersister entity, BeanDescriptor constraints) {
        return isWrittenAsItIs(entity, constraints)
                && entity.getInsertCoordinator().getClass() == InsertCoordinatorStandard.class
                && table(entity).getInsertDetails().getCustomSql() == null
                && !entity.getGenerator().generatedOnExecution();
    }

    /**
     * The same for a row that is loaded and updated. Without a version, what another has written in between would be lost, which a
     * transaction of a higher isolation would notice.
     */
    static boolean isUpdatedAsItIs(EntityPersister entity, BeanDescriptor constraints) {
        return isWrittenAsItIs(entity, constraints)
                && entity.getUpdateCoordinator().getClass() == UpdateCoordinatorStandard.class
                && table(entity).getUpdateDetails().getCustomSql() == null
                && entity.isVersioned()
                && entity.optimisticLockStyle() == OptimisticLockStyle.VERSION
                && !changesUnseen(entity);
    }

    private static boolean isWrittenAsItIs(EntityPersister entity, BeanDescriptor constraints) {
        return !entity.isPolymorphic()
                && !entity.hasMultipleTables()
                && !entity.hasCascades()
                && !entity.hasCollections()
                && !entity.hasNaturalIdentifier()
                && !generates(entity)
                && !checksByCode(constraints)
                && Stream.of(entity.getPropertyTypes()).noneMatch(Watchers::isEachTimeAnother);
    }

    // What makes a value may write, lock or fail, as a table of numbers does; and the record is shown before it is
    // there.
    private static boolean generates(EntityPersister entity) {
        for (int i = 0; i < entity.getNumberOfAttributeMappings(); i++) {
            Generator generator = entity.getAttributeMapping(i).getGenerator();
            if (generator != null
                    && !OF_EACH_ENTITY.contains(generator.getClass().getName())) {
                return true;
            }
        }
        return false;
    }

    // A check of the application's may ask the database, or lock there.
    private static boolean checksByCode(BeanDescriptor bean) {
        return bean.getConstraintDescriptors().stream().anyMatch(Watchers::checksByCode)
                || bean.getConstrainedProperties().stream()
                        .anyMatch(property -> property.isCascaded()
                                || !property.getConstrainedContainerElementTypes()
                                        .isEmpty()
                                || property.getConstraintDescriptors().stream().anyMatch(Watchers::checksByCode));
    }

    private static boolean checksByCode(ConstraintDescriptor<?> constraint) {
        return constraint.getConstraintValidatorClasses().stream()
                        .anyMatch(validator -> !validator.getName().startsWith("org.hibernate.validator."))
                || constraint.getComposingConstraints().stream().anyMatch(Watchers::checksByCode);
    }

    // What is copied to be compared, and has no equality of its own, is written at each flush, also at the one right
    // after.
    private static boolean isEachTimeAnother(Type type) {
        if (type instanceof CompositeType composite) {
            return type.getClass() != ComponentType.class
                    || Stream.of(composite.getSubtypes()).anyMatch(Watchers::isEachTimeAnother);
        }
        Class<?> java = type.getReturnedClass();
        return type.isMutable()
                && !Date.class.isAssignableFrom(java)
                && !(java.isArray() && java.getComponentType().isPrimitive());
    }

    private static boolean isOneStatement(EntityPersister entity) {
        return entity.getDeleteCoordinator().getClass() == DeleteCoordinatorStandard.class
                && table(entity).getDeleteDetails().getCustomSql() == null
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
        boolean[] found = {false};
        for (EventType<?> type : types) {
            factory.getEventListenerRegistry()
                    .getEventListenerGroup(type)
                    .fireEventOnEachListener(found, (listener, any) -> any[0] |= isWatching(listener));
        }
        return found[0];
    }

    private static boolean isWatching(Object watcher) {
        return !NOT_WATCHING.contains(watcher.getClass().getPackageName());
    }

    private static boolean hasCallbacks(SessionFactoryImplementor factory, EntityPersister entity, CallbackType type) {
        return factory.getEventEngine().getCallbackRegistry().hasRegisteredCallbacks(entity.getMappedClass(), type);
    }
}

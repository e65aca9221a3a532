package dev.tenancy;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.hibernate.ConnectionReleaseMode;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.ResourceStreamLocator;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.boot.spi.AdditionalMappingContributions;
import org.hibernate.boot.spi.AdditionalMappingContributor;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.boot.spi.InFlightMetadataCollector;
import org.hibernate.boot.spi.MetadataBuildingContext;
import org.hibernate.cfg.CacheSettings;
import org.hibernate.cfg.JdbcSettings;
import org.hibernate.cfg.MultiTenancySettings;
import org.hibernate.dialect.Dialect;
import org.hibernate.dialect.H2Dialect;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.integrator.spi.Integrator;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.service.spi.ServiceContributor;
import org.jspecify.annotations.Nullable;

/**
 * Makes Hibernate keep to the current tenant: this is the one way in, for an application with or without Spring.
 *
 * <pre>{@code
 * Map<String, Object> settings = new HashMap<>();
 * TenantIsolation.applyTo(settings);
 * EntityManagerFactory factory = Persistence.createEntityManagerFactory("timesheets", settings);
 * }</pre>
 *
 * <p>A session belongs to the tenant that is current when it is opened. One that is opened while none is current reaches
 * the rows that no tenant owns; a statement that names a tenant-owned table is then refused with a
 * {@link NoTenantException} before it reaches the database.
 *
 * <p>A session factory whose mapping, schema or database role would not keep tenants apart is not built: it ends in a
 * {@link TenancySetupException} that tells all that was found, and the SQL that mends it.
 */
public final class TenantIsolation implements AdditionalMappingContributor, Integrator, ServiceContributor {

    /**
     * The beginning of settings that decide for entities which nobody here can annotate, since they come in another library's jar:
     * the name of the class, or of a package for all entities in it and below, follows, and the value is the reason, as
     * {@link GlobalEntity#reason()} has it. An entity's own {@code @TenantId} wins over its package.
     *
     * <pre>{@code
     * settings.put(TenantIsolation.GLOBAL_ENTITIES + "org.springframework.modulith.events.jpa",
     *         "events that wait for their listeners");
     * }</pre>
     */
    public static final String GLOBAL_ENTITIES = "tenancy.global-entities.";

    /**
     * A setting: the path of a file for the SQL of all that the start-up check finds the schema to lack, in the order in which it can
     * run, with the tables that are mapped and not there. Nothing is run, and nothing is written if nothing is lacking. A file
     * that was not written by this library is not replaced.
     */
    public static final String MIGRATION_SCRIPT = "tenancy.migration-script";

    // PersisterFactoryInitiator.IMPL_NAME, which Hibernate keeps in an internal package
    private static final String PERSISTERS = "hibernate.persister.factory";

    /** For Hibernate, which finds this class as a service. Applications call {@link #applyTo}. */
    public TenantIsolation() {}

    /**
     * Adds the isolation to the settings of one session factory, before it is built. Use a fresh map for each factory.
     *
     * @throws TenancySetupException if a setting that the isolation needs is taken, or Hibernate is of a version on which the
     *     isolation does not hold
     */
    public static void applyTo(Map<String, Object> settings) {
        HibernateVersion.check();
        OwnedEntities owned = new OwnedEntities();
        claim(settings, MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER, new SessionTenant(owned));
        claim(settings, PERSISTERS, new OwnedPersisters(owned));
        if (settings.containsKey(MultiTenancySettings.MULTI_TENANT_CONNECTION_PROVIDER)) {
            throw taken(settings, MultiTenancySettings.MULTI_TENANT_CONNECTION_PROVIDER);
        }
        settings.put(
                CacheSettings.QUERY_CACHE_FACTORY, new SessionQueries(settings.get(CacheSettings.QUERY_CACHE_FACTORY)));
        settings.put(
                JdbcSettings.CONNECTION_PROVIDER,
                new GuardedConnections(settings.get(JdbcSettings.CONNECTION_PROVIDER)));
    }

    /**
     * Guards what runs over a data source, whoever runs it: Hibernate, JdbcTemplate, jOOQ, plain JDBC. Each statement has to be
     * proven to keep to the current tenant in every owned table that it names, or it is refused before it reaches the database.
     * A session factory guards its own connections in any case; this is for what uses the data source beside it, so give both
     * the data source that comes back: the guard learns its tables from the session factory, and until one is built, lets
     * everything pass. What no tenant has a part in, such as migrations, takes the one behind:
     * {@code guarded.unwrap(HikariDataSource.class)}.
     *
     * @return the same data source, if it is guarded already
     */
    public static DataSource guard(DataSource dataSource) {
        return guard(dataSource, new StatementGuard());
    }

    /**
     * As {@link #guard(DataSource)}, for one that reaches the same tables as another, such as that of a read replica: it keeps
     * to the tables that {@code guarded} learns of.
     *
     * @param guarded what {@link #guard(DataSource)} returned
     */
    public static DataSource guard(DataSource dataSource, DataSource guarded) {
        return guard(dataSource, ((GuardedDataSource) guarded).guard());
    }

    private static DataSource guard(DataSource dataSource, StatementGuard guard) {
        return dataSource instanceof GuardedDataSource ? dataSource : new GuardedDataSource(dataSource, guard);
    }

    /**
     * The SQL of a second wall, in PostgreSQL itself: a policy on each table of owned entities, made from the mapping, so that
     * even a statement which came past this library reaches the rows of the announced tenant only, and fails if none was
     * announced. Paste it into a migration, to be run by the owner of the tables; it may run again. Where policies are on, the
     * library announces the tenant in each transaction by itself; the start-up check then refuses a role that they do not hold,
     * and a table that has none.
     *
     * <p>The policies name the role {@code tenancy_across}, as which {@link CurrentTenant#acrossTenants} reads. Make it first,
     * as a superuser or a role with CREATEROLE: {@code create role tenancy_across nologin}. It needs PostgreSQL 16 or later,
     * since the application's role must be its member without inheriting from it.
     *
     * @param factory one that was built with {@link #applyTo}, on any database
     * @return statements without a semicolon at their end
     * @throws IllegalArgumentException if the factory was built without the isolation
     */
    public static List<String> rowLevelSecurity(EntityManagerFactory factory) {
        return owned(factory).policies();
    }

    /**
     * The SQL that grants the application's role access to the mapped tables and sequences, and to nothing else. The role must
     * be neither their owner nor a superuser. It is not granted TRUNCATE, to which policies do not apply. Run it after
     * {@link #rowLevelSecurity} in the migration. Its last statement, which makes the role a member of {@code tenancy_across},
     * needs the admin option on that; whoever made {@code tenancy_across} has it.
     *
     * @param role its name as the database spells it
     * @return statements without a semicolon at their end
     * @throws IllegalArgumentException if the factory was built without the isolation
     */
    public static List<String> grants(EntityManagerFactory factory, String role) {
        return RowPolicies.grants(owned(factory).reach(), role, true);
    }

    /**
     * What in the mapping keeps its tables from being spread over the nodes of Citus by tenant, each with its remedy. Nothing of it is
     * needed, or dangerous, on a single database; on Citus the start is refused.
     *
     * @return empty if every statement on owned rows can go to the shard of its tenant
     * @throws IllegalArgumentException if the factory was built without the isolation
     */
    public static List<String> obstaclesToSharding(EntityManagerFactory factory) {
        return owned(factory).obstacles();
    }

    /**
     * The SQL that spreads the tables over the nodes of Citus: global tables that owned ones refer to become reference tables, in the
     * order of their foreign keys, and owned tables are distributed by their tenant, all colocated. Other global tables stay on the
     * coordinator. Paste it into a migration of its own, after the one that makes the schema and before
     * {@link #rowLevelSecurity}, which keeps the owner from its rows; it runs once, in one transaction, as the owner.
     *
     * @param factory one that was built with {@link #applyTo}, on any database that has the schema: its foreign keys count as well as
     *     the mapping's
     * @return statements without a semicolon at their end
     * @throws IllegalArgumentException if the factory was built without the isolation
     */
    public static List<String> distribution(EntityManagerFactory factory) {
        return owned(factory).distribution();
    }

    /**
     * What each mapped entity has decided, in the order of their names.
     *
     * @throws IllegalArgumentException if the factory was built without the isolation
     */
    public static List<EntityDecision> decisions(EntityManagerFactory factory) {
        return owned(factory).decisions();
    }

    /**
     * How many texts of SQL were proven or refused in this process. A text is judged when it is first seen, and remembered then, so
     * that a number which goes on rising under an even load tells of SQL with ever new literals in it.
     */
    public static long judgedStatements() {
        return StatementGuard.JUDGED.sum();
    }

    /**
     * Has a listener called with each statement on owned rows in this process, before it runs or is refused: for tests that have to
     * know whether something touched such rows at all. It gets the first owned entity that the statement names, spelled as by
     * {@link EntityDecision#entity}, on the thread that runs the statement, so that {@link CurrentTenant#find} tells for whom. What it
     * throws, the statement's caller gets.
     *
     * @return ends the listening
     */
    public static Runnable onOwnedStatement(Consumer<? super String> listener) {
        StatementGuard.LISTENERS.add(listener);
        return () -> StatementGuard.LISTENERS.remove(listener);
    }

    /**
     * For a transaction that writes with one statement at most, its last, and is not taken back once that has run: each statement that
     * is run on the entity manager's connection is committed as it ends from here on, whoever runs it, which saves a round trip, and
     * under policies two. To Spring, Jakarta Persistence and all that listens there is one transaction as before. Statements are not
     * batched meanwhile; prepare each for one execution. In a transaction that is read-only, statements that write are refused.
     *
     * <p>Without policies the database has no transaction then: what only holds within one, such as locks, ends with each statement.
     * Under policies it has one, which ends with each statement that writes, in the same text, so that what is read is of the
     * transaction of the write that follows. What cannot end it, such as a query, one that writes and answers with rows, or one on what
     * nobody owns, is committed with the next, or with the transaction; where it is read-only, a query ends it as well. After a statement that fails,
     * roll back: nothing else is run then.
     *
     * <p>Works on PostgreSQL and H2, with a transaction of JDBC's in which no statement has run yet (not one of JTA's that the data
     * source has a part in), or without one, where each statement
     * commits by itself in any case: a query is announced with less then. For the thread of the entity manager.
     *
     * @return whether it does; if not, nothing is different. If it does, call {@link #commitTogether} when no other statement is to
     *     commit by itself; the end of the transaction or a savepoint does so too, but leaves the session without batches
     */
    public static boolean commitByStatement(EntityManager entityManager) {
        SharedSessionContractImplementor own = entityManager.unwrap(SharedSessionContractImplementor.class);
        Dialect dialect = own.getFactory().getJdbcServices().getDialect();
        if (!(dialect instanceof PostgreSQLDialect || dialect instanceof H2Dialect)
                || own.getJdbcBatchSize() != null
                || own.getFactory()
                                .getSessionFactoryOptions()
                                .getPhysicalConnectionHandlingMode()
                                .getReleaseMode()
                        == ConnectionReleaseMode.AFTER_STATEMENT
                || own.getTransactionCoordinator()
                        .getTransactionCoordinatorBuilder()
                        .isJta()) {
            return false;
        }
        boolean begins = own.doReturningWork(connection -> {
            GuardedConnection guarded = GuardedConnection.find(connection);
            return guarded != null && guarded.commitByStatement();
        });
        if (begins) {
            own.setJdbcBatchSize(1);
        }
        return begins;
    }

    /** Ends what {@link #commitByStatement} began: what follows is committed by the transaction. Without that, it does nothing. */
    public static void commitTogether(EntityManager entityManager) {
        SharedSessionContractImplementor session = entityManager.unwrap(SharedSessionContractImplementor.class);
        boolean ended = session.doReturningWork(connection -> {
            GuardedConnection guarded = GuardedConnection.find(connection);
            return guarded != null && guarded.commitTogether();
        });
        if (ended) {
            session.setJdbcBatchSize(null);
        }
    }

    /**
     * For code that selects attributes of an owned entity in place of the entity: of each entity that Hibernate loads it is looked at
     * whose it is, and of attributes it is not. Select the tenant as well, and give it to the result for each row.
     *
     * <p>The result throws a {@link ForeignRowException} for a row that the current tenant may not see, and a {@link NoTenantException} if
     * none is current and nothing crosses. It is safe for use by several threads.
     *
     * @throws IllegalArgumentException if the factory was built without the isolation, or the entity is not owned
     */
    public static Consumer<@Nullable Object> rowCheck(EntityManagerFactory factory, Class<?> entity) {
        owned(factory);
        EntityPersister persister = factory.unwrap(SessionFactoryImplementor.class)
                .getMappingMetamodel()
                .getEntityDescriptor(entity);
        if (!(persister instanceof OwnedPersisters.OwnedPersister)) {
            throw new IllegalArgumentException(entity.getName() + " is not owned by tenants.");
        }
        String name = persister.getEntityName();
        Object library = SessionTenant.library(persister);
        return tenant -> {
            if (!SessionTenant.maySee(tenant, name, library)) {
                throw new ForeignRowException(name);
            }
        };
    }

    private static OwnedEntities owned(EntityManagerFactory factory) {
        if (factory.unwrap(SessionFactoryImplementor.class)
                        .getSessionFactoryOptions()
                        .getCurrentTenantIdentifierResolver()
                instanceof SessionTenant sessionTenant) {
            return sessionTenant.owned();
        }
        throw new IllegalArgumentException("The session factory was built without tenant isolation."
                + " Call TenantIsolation.applyTo(settings) before it is built.");
    }

    /** Called by Hibernate while a session factory is built; puts the isolation into its mapping. */
    @Override
    public void contribute(
            AdditionalMappingContributions contributions,
            InFlightMetadataCollector metadata,
            ResourceStreamLocator resources,
            MetadataBuildingContext context) {
        Object resolver = context.getBootstrapContext()
                .getConfigurationService()
                .getSettings()
                .get(MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER);
        if (resolver instanceof SessionTenant sessionTenant) {
            OwnedEntities owned = sessionTenant.owned();
            owned.takeOver(
                    metadata,
                    context.getBootstrapContext().getConfigurationService().getSettings());
            // What is registered here runs last of all: contributed tables and foreign keys are complete by then.
            metadata.registerValueMappingResolver(building -> {
                TenantConstraints.complete(metadata, owned);
                HiddenReferences.keep(metadata.getEntityBindingMap(), owned);
                return true;
            });
        }
    }

    /** Called by Hibernate before a session factory is built; has sessions over connections that are not guarded refused. */
    @Override
    public void contribute(StandardServiceRegistryBuilder services) {
        services.addInitiator(new GuardedTransactions.Initiator());
    }

    /** Called by Hibernate when a session factory is built; tells the isolation its tables. */
    @Override
    public void integrate(Metadata metadata, BootstrapContext context, SessionFactoryImplementor factory) {
        if (factory.getSessionFactoryOptions().getCurrentTenantIdentifierResolver()
                instanceof SessionTenant sessionTenant) {
            if (!(factory.getServiceRegistry().getService(ConnectionProvider.class)
                    instanceof GuardedConnections connections)) {
                throw new TenancySetupException(
                        "The connections of the session factory are not guarded: the setting "
                                + JdbcSettings.CONNECTION_PROVIDER + " was changed after TenantIsolation.applyTo.",
                        "Make the setting before TenantIsolation.applyTo, which guards what it names.");
            }
            OwnedEntities owned = sessionTenant.owned();
            owned.remember(metadata);
            owned.giveBackFilter(metadata);
            EnforcedReferences enforced = new EnforcedReferences();
            StatementGuard guard = connections.guard();
            TableClaims elsewhere = guard.knowledge().claims();
            guard.learn(
                    new MappedTables(metadata, owned, factory.getSqlStringGenerationContext()),
                    new MembershipTables(metadata),
                    TableClaims.of(metadata, owned),
                    enforced);
            FailedLoads.register(factory.getEventListenerRegistry());
            new SessionUses().register(factory.getEventListenerRegistry());
            new OwnedRows(enforced, factory).register(factory.getEventListenerRegistry());
            Doctor.attend(metadata, owned, guard, enforced, elsewhere, factory);
        }
    }

    private static void claim(Map<String, Object> settings, String name, Object value) {
        Object taken = settings.putIfAbsent(name, value);
        if (taken != null) {
            throw taken(settings, name);
        }
    }

    private static TenancySetupException taken(Map<String, Object> settings, String name) {
        return new TenancySetupException(
                "The setting " + name + " is " + settings.get(name) + ", but tenant isolation needs it.",
                "Remove the setting.");
    }
}

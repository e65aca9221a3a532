package dev.tenancy;

import dev.tenancy.OwnedPersisters.OwnedPersister;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.hibernate.SessionFactory;
import org.hibernate.SessionFactoryObserver;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.model.naming.Identifier;
import org.hibernate.engine.jdbc.connections.spi.JdbcConnectionAccess;
import org.hibernate.engine.jdbc.spi.JdbcServices;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.SelectionQuery;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the mapping, the live schema and the set-up when a session factory is built, and refuses it with all that it found.
 * By then Hibernate has made the schema, if it was asked to.
 */
final class Doctor {

    private static final Logger LOG = LoggerFactory.getLogger(Doctor.class);
    // Hibernate cannot even build the persisters of such a mapping.
    private static final Set<String> UNBUILDABLE = Set.of(Fault.TENANT_MISPLACED.id(), Fault.CUSTOM_PERSISTER.id());

    // invalid_sql_statement_name and duplicate_prepared_statement of PostgreSQL
    private static final Set<String> PREPARED_ELSEWHERE = Set.of("26000", "42P05");

    private Doctor() {}

    /**
     * To be called while the factory is built, before it has persisters.
     *
     * @param elsewhere what other factories have told of the tables of this database
     * @throws TenancySetupException if the mapping is such that it cannot have any
     */
    static void attend(
            Metadata metadata,
            OwnedEntities owned,
            StatementGuard guard,
            EnforcedReferences enforced,
            TableClaims elsewhere,
            SessionFactoryImplementor factory) {
        List<Finding> mapping = MappingCheck.examine(metadata, owned);
        if (mapping.stream().anyMatch(one -> UNBUILDABLE.contains(one.id()))) {
            throw new TenancySetupException(mapping);
        }
        if (!owned.isEmpty()) {
            checkDatabase(factory);
        }
        UnenforcedReferences.in(metadata, owned)
                .forEach(reference ->
                        LOG.warn("The library has to ask before each statement that sets this: {}", reference));
        // An observer that throws makes Hibernate close the factory and give the exception to whoever builds it.
        factory.addObserver(new SessionFactoryObserver() {
            @Override
            public void sessionFactoryCreated(SessionFactory created) {
                List<Finding> findings;
                try {
                    findings = examine(metadata, owned, guard, enforced, elsewhere, factory);
                } catch (RuntimeException failure) {
                    throw named(failure);
                }
                if (!findings.isEmpty()) {
                    throw new TenancySetupException(findings, scripted(metadata, owned, findings, factory));
                }
            }

            @Override
            public void sessionFactoryClosed(SessionFactory closed) {
                guard.knowledge().forget(enforced);
            }
        });
    }

    /** What to throw if a statement that was prepared is not there any more, or is there already; else the failure itself. */
    private static RuntimeException named(RuntimeException failure) {
        for (Throwable one = failure; one != null; one = one.getCause()) {
            if (one instanceof SQLException sql && PREPARED_ELSEWHERE.contains(String.valueOf(sql.getSQLState()))) {
                TenancySetupException refusal = new TenancySetupException(List.of(Fault.NAMED_STATEMENTS.found(
                        "The connection", "has another session of the database behind it than before")));
                refusal.initCause(failure);
                return refusal;
            }
        }
        return failure;
    }

    /** Writes what the schema lacks where the setting says; null without the setting, or if nothing is lacking. */
    private static @Nullable Path scripted(
            Metadata metadata, OwnedEntities owned, List<Finding> findings, SessionFactoryImplementor factory) {
        Object setting = factory.getProperties().get(TenantIsolation.MIGRATION_SCRIPT);
        if (setting == null) {
            return null;
        }
        List<String> script = new ArrayList<>();
        withConnection(
                factory,
                connection -> script.addAll(
                        MigrationScript.of(metadata, owned, findings, live(connection, factory), factory)));
        return script.isEmpty() ? null : MigrationScript.write(Path.of(setting.toString()), script);
    }

    private static LiveSchema live(Connection connection, SessionFactoryImplementor factory) throws SQLException {
        Identifier schema = factory.getSqlStringGenerationContext().getDefaultSchema();
        return new LiveSchema(connection, schema == null ? null : schema.getText());
    }

    // Before Hibernate makes a schema there.
    private static void checkDatabase(SessionFactoryImplementor factory) {
        withConnection(factory, connection -> {
            if (Database.of(connection) == Database.OTHER) {
                DatabaseMetaData metaData = connection.getMetaData();
                throw new TenancySetupException(List.of(Fault.UNKNOWN_DATABASE.found(
                        metaData.getDatabaseProductName() + " " + metaData.getDatabaseProductVersion(),
                        "is not supported: nothing was checked")));
            }
        });
    }

    @FunctionalInterface
    private interface Look {
        void at(Connection connection) throws SQLException;
    }

    private static void withConnection(SessionFactoryImplementor factory, Look look) {
        JdbcConnectionAccess access =
                factory.getServiceRegistry().requireService(JdbcServices.class).getBootstrapJdbcConnectionAccess();
        try {
            Connection connection = access.obtainConnection();
            try {
                look.at(connection);
            } finally {
                access.releaseConnection(connection);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "The schema could not be examined, so that it is not known whether tenants are safe from each other."
                            + " Check that the database is up, and that the role may read its catalog.",
                    e);
        }
    }

    private static List<Finding> examine(
            Metadata metadata,
            OwnedEntities owned,
            StatementGuard guard,
            EnforcedReferences enforced,
            TableClaims elsewhere,
            SessionFactoryImplementor factory) {
        List<Finding> findings = new ArrayList<>();
        List<String> existing = new ArrayList<>();
        withConnection(factory, connection -> {
            guard.meet(connection);
            LiveSchema live = live(connection, factory);
            findings.addAll(examine(metadata, owned, live));
            findings.removeIf(one -> SchemaCheck.isOfUnmapped(one) && elsewhere.contains(SchemaCheck.tableOf(one)));
            boolean hasPolicies = PolicyCheck.hasPolicies(metadata, owned, live);
            boolean isCitus = live.isCitus();
            if (hasPolicies) {
                guard.announce(!isCitus && TenantAnnouncement.canBeInText(connection));
            }
            if (isCitus && !owned.isEmpty()) {
                findings.addAll(ClusterCheck.examine(metadata, owned, live, Cluster.of(connection), hasPolicies));
            }
            owned.remember(Distribution.of(metadata, owned, live));
            guard.knowledge().constraints().learn(live.constraintNames());
            SchemaCheck.collectEnforcedReferences(metadata, owned, live, enforced);
            for (PersistentClass entity : metadata.getEntityBindings()) {
                if (owned.contains(entity) && exists(entity, live)) {
                    existing.add(entity.getEntityName());
                }
            }
        });
        if (guard.awaitsOthers() && findings.stream().allMatch(SchemaCheck::isOfUnmapped)) {
            guard.knowledge().postpone(findings);
            findings.clear();
        }
        if (findings.isEmpty()) {
            findings.addAll(canary(factory, owned.tenantType(), existing));
        }
        return findings;
    }

    private static boolean exists(PersistentClass entity, LiveSchema live) throws SQLException {
        for (org.hibernate.mapping.Table table : entity.getTableClosure()) {
            if (table.isPhysicalTable() && live.find(table).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** All that is wrong with the mapping, the schema and the policies. */
    static List<Finding> examine(Metadata metadata, OwnedEntities owned, LiveSchema live) throws SQLException {
        List<Finding> findings = new ArrayList<>(MappingCheck.examine(metadata, owned));
        findings.addAll(SchemaCheck.examine(metadata, owned, live));
        findings.addAll(PolicyCheck.examine(metadata, owned, live));
        return findings;
    }

    /** Asks for a row of each of these entities as a tenant that does not exist. */
    static List<Finding> canary(SessionFactory factory, Class<?> tenantType, List<String> entities) {
        List<Finding> findings = new ArrayList<>();
        CurrentTenant.runAs(nobody(tenantType), () -> {
            for (String entity : entities) {
                EntityPersister persister = factory.unwrap(SessionFactoryImplementor.class)
                        .getMappingMetamodel()
                        .getEntityDescriptor(entity);
                Object library = SessionTenant.library(persister);
                // A constant, so that no listener sees a row and refuses it before it is counted.
                String query = "select 1 from " + entity
                        + (library == null ? "" : " where " + tenantOf(persister) + " <> :library");
                boolean seen = factory.fromTransaction(session -> {
                    SelectionQuery<Integer> rows = session.createSelectionQuery(query, Integer.class);
                    if (library != null) {
                        rows.setParameter("library", library);
                    }
                    return !rows.setMaxResults(1).getResultList().isEmpty();
                });
                if (seen) {
                    findings.add(Fault.CANARY.found(entity, "shows its rows to a tenant that does not exist"));
                }
            }
        });
        return findings;
    }

    private static String tenantOf(EntityPersister owned) {
        return OwnedPersister.of(owned).tenant().getAttributeName();
    }

    private static Object nobody(Class<?> tenantType) {
        if (tenantType == UUID.class) {
            return UUID.randomUUID();
        }
        return tenantType == Long.class
                ? (Object) ThreadLocalRandom.current().nextLong(Long.MIN_VALUE + 1, 0)
                : UUID.randomUUID().toString();
    }
}

package dev.tenancy;

import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.metamodel.Attribute;
import java.lang.reflect.AnnotatedElement;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.hibernate.annotations.TenantId;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.jdbc.connections.spi.JdbcConnectionAccess;
import org.hibernate.engine.jdbc.spi.JdbcServices;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The guards of all data sources of one application. Each guards by itself, and knows the tables of the session factory that is
 * built over it. {@link #complete} ends the start: it sees to it that each other guard knows the tables of the database that its
 * connections reach, and that nothing of an owned table is left without one.
 *
 * <p>tenancy-spring does all this for the beans of an application. Elsewhere {@link TenantIsolation#guard(DataSource)} is enough for
 * one data source.
 */
public final class DataSourceGuards {

    private static final Logger LOG = LoggerFactory.getLogger(DataSourceGuards.class);

    private final List<StatementGuard> made = new ArrayList<>();
    private boolean isComplete;

    /** Knows of no data source yet. */
    public DataSourceGuards() {}

    /**
     * Guards a data source. One that comes after {@link #complete} is held to the tables of all databases that are known, as it is
     * no longer asked which one it reaches.
     *
     * @return the same data source, if it is guarded already
     */
    public synchronized DataSource guard(DataSource dataSource) {
        if (dataSource instanceof GuardedDataSource) {
            return dataSource;
        }
        StatementGuard guard = new StatementGuard();
        guard.awaitOthers(!isComplete);
        if (isComplete) {
            List<Knowledge> known = known(made);
            if (!known.isEmpty()) {
                guard.share(Knowledge.ofAll(known));
            }
        }
        made.add(guard);
        return new GuardedDataSource(dataSource, guard);
    }

    /**
     * To be called when everything is there, and before anything is done for a tenant.
     *
     * @param dataSources by the names that messages give them; those of {@link #guard}, also where somebody stands before them
     * @param unguarded those that are left out, by their names as well: no table of an owned entity may be there
     * @param factories by their names
     * @throws TenancySetupException if statements on owned tables could pass by all guards
     */
    public synchronized void complete(
            Map<String, ? extends DataSource> dataSources,
            Map<String, ? extends DataSource> unguarded,
            Map<String, ? extends EntityManagerFactory> factories) {
        List<Finding> findings = new ArrayList<>();
        Set<StatementGuard> guards = new LinkedHashSet<>();
        Map<String, SessionFactoryImplementor> bare = new LinkedHashMap<>();
        factories.forEach((name, factory) -> {
            SessionFactoryImplementor hibernates = hibernates(factory);
            if (hibernates != null) {
                if (hibernates.getServiceRegistry().getService(ConnectionProvider.class)
                        instanceof GuardedConnections connections) {
                    guards.add(connections.guard());
                } else {
                    bare.put(name, hibernates);
                }
            }
        });
        Map<String, StatementGuard> named = new LinkedHashMap<>();
        dataSources.forEach((name, dataSource) -> {
            StatementGuard guard = guardOf(name, dataSource, findings);
            if (guard != null) {
                named.put(name, guard);
            }
        });
        guards.addAll(named.values());
        guards.addAll(made);
        join(guards);
        List<Knowledge> known = known(guards);
        dataSources.forEach((name, dataSource) -> {
            StatementGuard guard = named.get(name);
            if (guard != null && !guard.isKnowing()) {
                teach(name, guard, dataSource, known, findings);
            }
        });
        made.forEach(guard -> {
            if (!guard.isKnowing() && !named.containsValue(guard) && !known.isEmpty()) {
                guard.share(Knowledge.ofAll(known));
            }
        });
        unguarded.forEach((name, dataSource) -> lookWithoutGuard(
                "The data source " + name,
                Fault.LEFT_OUT,
                dataSource::getConnection,
                Connection::close,
                known,
                findings));
        bare.forEach((name, factory) -> lookAt(name, factory, known, findings));
        known.forEach(one -> findings.addAll(one.postponed()));
        if (!findings.isEmpty()) {
            throw TenancySetupException.ofApplication(findings);
        }
        guards.forEach(guard -> guard.awaitOthers(false));
        isComplete = true;
    }

    private static @Nullable SessionFactoryImplementor hibernates(EntityManagerFactory factory) {
        try {
            return factory.unwrap(SessionFactoryImplementor.class);
        } catch (PersistenceException another) {
            LOG.debug("{} is not Hibernate's", factory, another);
            return null;
        }
    }

    private static @Nullable StatementGuard guardOf(String name, DataSource dataSource, List<Finding> findings) {
        try {
            GuardedDataSource guarded = GuardedDataSource.behind(dataSource);
            if (guarded != null) {
                return guarded.guard();
            }
        } catch (SQLException | RuntimeException silent) {
            // One that routes may have no target now, others leave out that part of JDBC. Its connections tell.
            LOG.debug("{} does not tell what it wraps", dataSource.getClass().getName(), silent);
        }
        try (Connection connection = dataSource.getConnection()) {
            GuardedConnection guarded = GuardedConnection.find(connection);
            if (guarded != null) {
                return guarded.guard();
            }
            findings.add(Fault.NOT_GUARDED.found("The data source " + name, "hands out connections without a guard"));
        } catch (SQLException | RuntimeException unreachable) {
            findings.add(Fault.NOT_GUARDED.found(
                    "The data source " + name,
                    "could not be asked whether its connections have a guard: " + unreachable));
        }
        return null;
    }

    // Two data sources can have a session factory each, and reach one database.
    private static void join(Set<StatementGuard> guards) {
        List<StatementGuard> knowing =
                guards.stream().filter(StatementGuard::isKnowing).toList();
        for (int i = 0; i < knowing.size(); i++) {
            Knowledge first = knowing.get(i).knowledge();
            for (StatementGuard other : knowing.subList(i + 1, knowing.size())) {
                Knowledge second = other.knowledge();
                if (second != first && first.isOfSame(second)) {
                    first.absorb(second);
                    knowing.stream().filter(one -> one.knowledge() == second).forEach(one -> one.share(first));
                }
            }
        }
    }

    private static List<Knowledge> known(Iterable<StatementGuard> guards) {
        Set<Knowledge> known = new LinkedHashSet<>();
        guards.forEach(guard -> {
            if (guard.isKnowing()) {
                known.add(guard.knowledge());
            }
        });
        return List.copyOf(known);
    }

    private static void teach(
            String name, StatementGuard guard, DataSource dataSource, List<Knowledge> known, List<Finding> findings) {
        TablesThere there;
        try (Connection connection = dataSource.getConnection()) {
            there = TablesThere.of(connection, known);
        } catch (SQLException | RuntimeException unreachable) {
            if (known.isEmpty()) {
                findings.add(Fault.NOTHING_KNOWN.found(
                        "The data source " + name, "could not be asked for its tables: " + unreachable));
            } else {
                LOG.warn(
                        "The data source {} could not be asked which database it reaches, and is held to the tables of each that"
                                + " is known.",
                        name,
                        unreachable);
                guard.share(Knowledge.ofAll(known));
            }
            return;
        }
        List<Knowledge> same =
                known.stream().filter(one -> one.isOfSame(there.database())).toList();
        if (!same.isEmpty()) {
            guard.share(same.get(0));
            return;
        }
        Set<String> strange = new TreeSet<>(there.withTenantColumn());
        strange.removeIf(table -> known.stream().anyMatch(one -> one.claims().isOwned(table)));
        if (!strange.isEmpty()) {
            findings.add(Fault.NOTHING_KNOWN.found(
                    "The data source " + name,
                    "reaches tables with a tenant column that no session factory maps: " + String.join(", ", strange)));
        } else if (!there.withTenantColumn().isEmpty()) {
            guard.share(Knowledge.ofAll(known.stream()
                    .filter(one -> there.withTenantColumn().stream()
                            .anyMatch(table -> one.claims().isOwned(table)))
                    .toList()));
        } else if (there.tables().isEmpty() && !known.isEmpty()) {
            // Perhaps a replica that is yet to be filled.
            guard.share(Knowledge.ofAll(known));
        } else {
            LOG.info(
                    "The data source {} reaches no table with a tenant column, so that its statements are not looked at.",
                    name);
        }
    }

    private static void lookAt(
            String name, SessionFactoryImplementor factory, List<Knowledge> known, List<Finding> findings) {
        String subject = "The session factory " + name;
        List<String> owned = factory.getMetamodel().getEntities().stream()
                .filter(entity -> entity.getAttributes().stream().anyMatch(DataSourceGuards::isTenant))
                .map(entity -> entity.getJavaType().getName())
                .sorted()
                .toList();
        if (!owned.isEmpty()) {
            findings.add(Fault.NOT_ISOLATED.found(
                    subject, "maps " + String.join(", ", owned) + ", and was built without TenantIsolation.applyTo"));
            return;
        }
        JdbcConnectionAccess access =
                factory.getServiceRegistry().requireService(JdbcServices.class).getBootstrapJdbcConnectionAccess();
        lookWithoutGuard(
                subject, Fault.NOT_ISOLATED, access::obtainConnection, access::releaseConnection, known, findings);
    }

    private static boolean isTenant(Attribute<?, ?> attribute) {
        return attribute.getJavaMember() instanceof AnnotatedElement member
                && member.isAnnotationPresent(TenantId.class);
    }

    private interface Source {
        Connection connection() throws SQLException;
    }

    private interface Return {
        void of(Connection connection) throws SQLException;
    }

    private static void lookWithoutGuard(
            String subject, Fault fault, Source source, Return back, List<Knowledge> known, List<Finding> findings) {
        try {
            Connection connection = source.connection();
            try {
                Set<String> owned = GuardedConnection.find(connection) == null ? ownedOn(connection, known) : Set.of();
                if (!owned.isEmpty()) {
                    findings.add(fault.found(subject, "reaches tables of owned entities: " + String.join(", ", owned)));
                }
            } finally {
                back.of(connection);
            }
        } catch (SQLException | RuntimeException unreachable) {
            findings.add(fault.found(subject, "could not be asked for its tables: " + unreachable));
        }
    }

    private static Set<String> ownedOn(Connection connection, List<Knowledge> known) throws SQLException {
        TablesThere there = TablesThere.of(connection, known);
        Set<String> owned = new TreeSet<>();
        for (Knowledge one : known) {
            (one.isOfSame(there.database()) ? there.tables() : there.withTenantColumn())
                    .stream().filter(one.claims()::isOwned).forEach(owned::add);
        }
        return owned;
    }
}

package dev.tenancy.test.isolation;

import dev.tenancy.NoTenantException;
import dev.tenancy.test.isolation.SampleRows.Row;
import jakarta.persistence.LockModeType;
import jakarta.persistence.criteria.CriteriaQuery;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.metamodel.mapping.internal.BasicAttributeMapping;
import org.hibernate.persister.entity.UnionSubclassEntityPersister;
import org.hibernate.stat.Statistics;

/** Ways to see a row. */
final class ReadAttacks {

    private final RowTrials trials;
    private final Class<?> type;
    private final String name;
    private final String byId;

    ReadAttacks(RowTrials trials) {
        this.trials = trials;
        this.type = trials.type();
        this.name = trials.name();
        this.byId = "select e from " + name + " e where id(e) = :id";
    }

    void add() {
        finding();
        locking();
        naturalId();
        queries();
        caches();
    }

    private void finding() {
        trials.read("find", (session, row) -> session.find(type, row.id()) != null);
        trials.read(
                "find multiple",
                (session, row) -> session.findMultiple(type, List.of(row.id())).stream()
                        .anyMatch(one -> trials.isRow(session, one, row)));
        trials.read("getReference", (session, row) -> {
            Hibernate.initialize(session.getReference(type, row.id()));
            return true;
        });
        trials.read("refresh", (session, row) -> {
            session.refresh(session.getReference(type, row.id()));
            return true;
        });
        trials.read("stateless get", (session, row) -> trials.stateless(other -> other.get(type, row.id()) != null));
    }

    private void locking() {
        // PostgreSQL locks no rows of a union, whoever asks.
        if (!(trials.persister() instanceof UnionSubclassEntityPersister)) {
            trials.read(
                    "find with a lock",
                    (session, row) -> session.find(type, row.id(), LockModeType.PESSIMISTIC_WRITE) != null);
            trials.read("lock", (session, row) -> {
                session.lock(session.getReference(type, row.id()), LockModeType.PESSIMISTIC_WRITE);
                return true;
            });
        }
    }

    @SuppressWarnings("deprecation") // Its successor, a key type of find, is not in Hibernate 7.2.
    private void naturalId() {
        if (!trials.persister().hasNaturalIdentifier()) {
            return;
        }
        List<BasicAttributeMapping> attributes =
                trials.persister().getNaturalIdMapping().getNaturalIdAttributes().stream()
                        .filter(BasicAttributeMapping.class::isInstance)
                        .map(BasicAttributeMapping.class::cast)
                        .toList();
        // One with references is never the same for another tenant.
        if (attributes.size()
                == trials.persister()
                        .getNaturalIdMapping()
                        .getNaturalIdAttributes()
                        .size()) {
            trials.read("natural id", (session, row) -> {
                Object instance = trials.detached(row);
                var access = session.byNaturalId(type);
                attributes.forEach(one -> access.using(one.getAttributeName(), one.getValue(instance)));
                return trials.isRow(session, access.load(), row);
            });
        }
    }

    private void queries() {
        trials.read("HQL by id", (session, row) -> trials.found(session, byId, row));
        trials.read(
                "HQL without a condition",
                (session, row) ->
                        session.createSelectionQuery("select e from " + name + " e", type).getResultList().stream()
                                .anyMatch(one -> trials.isRow(session, one, row)));
        trials.read(
                "HQL count",
                (session, row) -> session.createSelectionQuery(
                                        "select count(e) from " + name + " e where id(e) = :id", Long.class)
                                .setParameter("id", row.id())
                                .getSingleResult()
                        > 0);
        trials.read("criteria", (session, row) -> {
            CriteriaQuery<?> query = session.getCriteriaBuilder().createQuery(type);
            query.from(type);
            return session.createSelectionQuery(query).getResultList().stream()
                    .anyMatch(one -> trials.isRow(session, one, row));
        });
    }

    private void caches() {
        if (trials.persister().canReadFromCache()) {
            cached(
                    "second-level cache",
                    Statistics::getSecondLevelCacheHitCount,
                    (session, row) -> session.find(type, row.id()) != null);
        }
        if (trials.mapping().factory().getSessionFactoryOptions().isQueryCacheEnabled()) {
            cached(
                    "query cache",
                    Statistics::getQueryCacheHitCount,
                    (session, row) -> !session.createSelectionQuery(byId, type)
                            .setParameter("id", row.id())
                            .setCacheable(true)
                            .getResultList()
                            .isEmpty());
        }
    }

    private void cached(String cache, ToLongFunction<Statistics> hits, BiPredicate<Session, Row> reach) {
        trials.add(cache, row -> {
            Object owner = trials.tenants().owner();
            // Filled by its owner.
            trials.rows().as(owner, session -> reach.test(session, row));
            if (trials.tries(cache, session -> reach.test(session, row))) {
                throw trials.leak(cache, "another tenant reaches the row that its owner has read.");
            }
            Statistics statistics = trials.mapping().factory().getStatistics();
            boolean counted = statistics.isStatisticsEnabled();
            statistics.setStatisticsEnabled(true);
            long before = hits.applyAsLong(statistics);
            boolean reached = trials.rows().as(owner, session -> reach.test(session, row));
            long after = hits.applyAsLong(statistics);
            statistics.setStatisticsEnabled(counted);
            if (!reached || after == before) {
                throw trials.unproven(cache, "the row was not in the cache after its owner had read it");
            }
        });
    }

    // ---- SQL and nobody

    void addNativeSql() {
        String sql = "select count(*) from " + trials.entity().table() + " where "
                + trials.entity().tenant().getSelectionExpression() + " = :tenant";
        Function<Session, Boolean> ask = session -> session.createNativeQuery(sql, Long.class)
                        .setParameter("tenant", trials.tenants().owner())
                        .getSingleResult()
                > 0;
        trials.add("native SQL", row -> {
            boolean refused = false;
            try {
                trials.rows().as(trials.tenants().attacker(), ask);
            } catch (RuntimeException failure) {
                trials.refused("native SQL", failure);
                refused = true;
            }
            if (!refused) {
                throw Unproven.leak(name + ", native SQL: another tenant asked with the owner's id, and was answered."
                        + " Is the data source guarded (TenantIsolation.guard)?");
            }
            if (!trials.rows().as(trials.tenants().owner(), ask)) {
                throw trials.unproven("native SQL", "not even its owner gets there");
            }
        });
    }

    void addNoTenant() {
        trials.add("no tenant", row -> {
            List<?> answer;
            try {
                Function<Session, List<?>> ask =
                        session -> session.createSelectionQuery("select e from " + name + " e", type)
                                .getResultList();
                answer = trials.tenants().isRehearsal()
                        ? trials.rows().as(trials.tenants().owner(), ask)
                        : trials.mapping().factory().fromTransaction(ask::apply);
            } catch (RuntimeException refused) {
                if (Unproven.chain(refused).noneMatch(NoTenantException.class::isInstance)) {
                    throw new Unproven(
                            "not proven: " + name + ", no tenant: refused, but not for want of a tenant", refused);
                }
                trials.met("refused, " + Unproven.told(refused));
                return;
            }
            throw Unproven.leak(name + ", no tenant: " + answer.size()
                    + " rows were answered where no tenant is current, and a NoTenantException was due");
        });
    }
}

package dev.tenancy.test;

import dev.tenancy.NoTenantException;
import dev.tenancy.TenancyException;
import dev.tenancy.test.OwnedMapping.Owned;
import dev.tenancy.test.SampleRows.Row;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.criteria.CriteriaQuery;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.internal.BasicAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.persister.entity.UnionSubclassEntityPersister;
import org.hibernate.query.SelectionQuery;
import org.hibernate.stat.Statistics;
import org.jspecify.annotations.Nullable;

/** All that the second tenant tries on the rows of one entity of the first. */
final class DataAttack implements Target {

    private final Owned entity;
    private final EntityPersister persister;
    private final Class<?> type;
    private final String name;
    private final OwnedMapping mapping;
    private final SampleRows rows;
    private final Object owner;
    private final Object other;
    private final Tenants tenants;
    private final Map<String, Runnable> paths = new LinkedHashMap<>();
    private String met = "";
    private @Nullable BasicAttributeMapping changeable;

    DataAttack(Owned entity, OwnedMapping mapping, SampleRows rows, Tenants tenants) {
        this.entity = entity;
        this.persister = entity.persister();
        this.type = entity.type();
        this.name = entity.name();
        this.mapping = mapping;
        this.rows = rows;
        this.owner = tenants.owner();
        this.other = tenants.other();
        this.tenants = tenants;
    }

    @Override
    public String name() {
        return name;
    }

    // Without a row, there is nothing to attack.
    @Override
    public Stream<Attack> attacks() {
        return Stream.<Supplier<Stream<Attack>>>of(
                        () -> Stream.of(Attack.preparing("instance", () -> {
                            makeRow();
                            return Shown.proven("stored, and found by its owner");
                        })),
                        () -> paths.entrySet().stream()
                                .map(path -> Attack.proving(path.getKey(), () -> {
                                    met = "nothing there";
                                    path.getValue().run();
                                    return "for the other tenant: " + met + "; its owner gets there";
                                })))
                .flatMap(Supplier::get);
    }

    private void makeRow() {
        withRow(row -> {
            if (!rows.as(owner, session -> session.find(type, row.id()) != null)) {
                throw new Unproven("not proven: " + name + ": its owner does not find the row that was stored for it."
                        + " Does the row that was made look deleted or hidden? Then give another in rows().");
            }
            changeable = OwnedMapping.attributes(persister)
                    .filter(this::isSettable)
                    .map(BasicAttributeMapping.class::cast)
                    .filter(attribute -> isChangeable(attribute, row))
                    .findFirst()
                    .orElse(null);
            describePaths();
        });
    }

    private void describePaths() {
        reads();
        writes();
        references();
        uniqueness();
        paths.put("native SQL", this::nativeSql);
        paths.put("no tenant", this::noTenant);
    }

    // ---- reading

    private void reads() {
        String byId = "select e from " + name + " e where id(e) = :id";
        read("find", (session, row) -> session.find(type, row.id()) != null);
        if (!(persister instanceof UnionSubclassEntityPersister)) {
            read(
                    "find with a lock",
                    (session, row) -> session.find(type, row.id(), LockModeType.PESSIMISTIC_WRITE) != null);
        }
        read("getReference", (session, row) -> {
            Hibernate.initialize(session.getReference(type, row.id()));
            return true;
        });
        read("HQL by id", (session, row) -> found(session, byId, row));
        read(
                "HQL without a condition",
                (session, row) ->
                        session.createSelectionQuery("select e from " + name + " e", type).getResultList().stream()
                                .anyMatch(one -> row.id().equals(session.getIdentifier(one))));
        read(
                "HQL count",
                (session, row) -> session.createSelectionQuery(
                                        "select count(e) from " + name + " e where id(e) = :id", Long.class)
                                .setParameter("id", row.id())
                                .getSingleResult()
                        > 0);
        read("criteria", (session, row) -> {
            CriteriaQuery<?> query = session.getCriteriaBuilder().createQuery(type);
            query.from(type);
            return session.createSelectionQuery(query).getResultList().stream()
                    .anyMatch(one -> row.id().equals(session.getIdentifier(one)));
        });
        read("stateless get", (session, row) -> stateless(session, other -> other.get(type, row.id()) != null));
        OwnedMapping.attributes(persister).forEach(attribute -> {
            boolean collection = attribute.isPluralAttributeMapping();
            if (collection || attribute instanceof ToOneAttributeMapping) {
                String fetched = "select e from " + name + " e left join fetch e." + attribute.getAttributeName()
                        + " where id(e) = :id";
                read(
                        (collection ? "collection fetched: " : "reference fetched: ") + attribute.getAttributeName(),
                        (session, row) -> found(session, fetched, row));
            }
        });
        if (persister.canReadFromCache()) {
            paths.put("second-level cache", this::cached);
        }
    }

    private void cached() {
        withRow(row -> {
            // Filled by its owner.
            detached(row);
            if (tries("second-level cache", session -> session.find(type, row.id()) != null)) {
                throw Unproven.leak(
                        name + ", second-level cache: another tenant reaches the row that its owner has read."
                                + " Is the session factory built with TenantIsolation.applyTo?");
            }
            Statistics statistics = mapping.factory().getStatistics();
            boolean counted = statistics.isStatisticsEnabled();
            statistics.setStatisticsEnabled(true);
            long before = statistics.getSecondLevelCacheHitCount();
            detached(row);
            long hits = statistics.getSecondLevelCacheHitCount() - before;
            statistics.setStatisticsEnabled(counted);
            if (hits == 0) {
                throw new Unproven("not proven: " + name
                        + ", second-level cache: the row was not in the cache after its owner had read it");
            }
        });
    }

    private boolean found(Session session, String query, Row row) {
        return !session.createSelectionQuery(query, type)
                .setParameter("id", row.id())
                .getResultList()
                .isEmpty();
    }

    private void read(String path, BiPredicate<Session, Row> reach) {
        paths.put(
                path,
                () -> withRow(row -> {
                    if (tries(path, session -> reach.test(session, row))) {
                        throw Unproven.leak(name + ", " + path + ": another tenant reaches the row of its owner."
                                + " Is the session factory built with TenantIsolation.applyTo?");
                    }
                    if (!rows.as(owner, session -> reach.test(session, row))) {
                        throw new Unproven("not proven: " + name + ", " + path + ": not even its owner gets there");
                    }
                }));
    }

    // ---- writing

    private void writes() {
        BasicAttributeMapping attribute = changeable;
        if (attribute != null) {
            write("HQL update", (session, row) -> updated(session, attribute, row) > 0);
            write("merge", (session, row) -> {
                session.merge(changed(row, attribute));
                return true;
            });
            write(
                    "stateless update",
                    (session, row) -> stateless(session, other -> {
                        other.update(changed(row, attribute));
                        return true;
                    }));
        }
        write(
                "HQL delete",
                (session, row) -> session.createMutationQuery("delete from " + name + " e where id(e) = :id")
                                .setParameter("id", row.id())
                                .executeUpdate()
                        > 0);
        write("remove", (session, row) -> {
            session.remove(session.getReference(type, row.id()));
            return true;
        });
        write(
                "stateless delete",
                (session, row) -> stateless(session, other -> {
                    other.delete(detached(row));
                    return true;
                }));
    }

    private void write(String path, BiPredicate<Session, Row> change) {
        paths.put(
                path,
                () -> withRow(row -> {
                    Map<String, String> before = state(row);
                    tries(path, session -> change.test(session, row));
                    if (!state(row).equals(before)) {
                        throw Unproven.leak(name + ", " + path + ": another tenant changed the row of its owner."
                                + " Is the session factory built with TenantIsolation.applyTo?");
                    }
                    rows.as(owner, session -> change.test(session, row));
                    if (state(row).equals(before)) {
                        throw new Unproven(
                                "not proven: " + name + ", " + path + ": not even its owner changes the row");
                    }
                }));
    }

    private boolean isSettable(AttributeMapping attribute) {
        return attribute instanceof BasicAttributeMapping basic
                && !OwnedMapping.isTenant(attribute)
                && !basic.isFormula()
                && attribute.getAttributeMetadata().isUpdatable()
                && (persister.getVersionMapping() == null
                        || persister.getVersionMapping().getVersionAttribute() != attribute)
                && (attribute.getGenerator() == null
                        || !attribute.getGenerator().generatesSometimes());
    }

    private boolean isChangeable(BasicAttributeMapping attribute, Row row) {
        Map<String, String> before = state(row);
        try {
            return rows.as(owner, session -> updated(session, attribute, row)) == 1
                    && !state(row).equals(before);
        } catch (PersistenceException refused) {
            // A check in the database, for instance.
            return false;
        }
    }

    private int updated(Session session, BasicAttributeMapping attribute, Row row) {
        return session.createMutationQuery(
                        "update " + name + " e set e." + attribute.getAttributeName() + " = :value where id(e) = :id")
                .setParameter("value", next(attribute, row))
                .setParameter("id", row.id())
                .executeUpdate();
    }

    private Object changed(Row row, BasicAttributeMapping attribute) {
        Object instance = detached(row);
        attribute.setValue(instance, next(attribute, row));
        return instance;
    }

    private @Nullable Object next(BasicAttributeMapping attribute, Row row) {
        Object now = attribute.getValue(detached(row));
        if (now instanceof Boolean yes) {
            return !yes;
        }
        if (now instanceof Integer number) {
            return number + 1;
        }
        if (now instanceof Long number) {
            return number + 1;
        }
        Object value = rows.values().of(attribute.getJavaType().getJavaTypeClass(), attribute, false);
        return value == null ? now : value;
    }

    private Object detached(Row row) {
        Object instance = rows.as(row.tenant(), session -> session.find(type, row.id()));
        if (instance == null) {
            throw new Unproven("not proven: " + name + ": its owner does not find the row any more");
        }
        return instance;
    }

    /** The basic attributes, as the owner sees them; empty if the row is gone. */
    private Map<String, String> state(Row row) {
        return rows.as(row.tenant(), session -> {
            Map<String, String> state = new TreeMap<>();
            Object instance = session.find(type, row.id());
            if (instance != null) {
                OwnedMapping.attributes(persister)
                        .filter(BasicAttributeMapping.class::isInstance)
                        .forEach(attribute ->
                                state.put(attribute.getAttributeName(), text(attribute.getValue(instance))));
            }
            return state;
        });
    }

    private static String text(@Nullable Object value) {
        return value instanceof byte[] bytes ? Arrays.toString(bytes) : String.valueOf(value);
    }

    // ---- referring

    private void references() {
        OwnedMapping.attributes(persister)
                .filter(ToOneAttributeMapping.class::isInstance)
                .map(ToOneAttributeMapping.class::cast)
                .filter(reference -> reference.getReferencedPropertyName() == null
                        && reference.getAttributeMetadata().isUpdatable()
                        && mapping.isOwned(
                                reference.getAssociatedEntityMappingType().getEntityPersister()))
                .forEach(reference -> paths.put(
                        "reference set: " + reference.getAttributeName(), () -> withRow(row -> refer(reference, row))));
    }

    private void refer(ToOneAttributeMapping reference, Row row) {
        String path = "reference set: " + reference.getAttributeName();
        EntityPersister target = reference.getAssociatedEntityMappingType().getEntityPersister();
        Row mine = rows.store(persister, tenants.attacker(), made -> {});
        Row targetOfOwner = target.isAbstract() || target == persister ? row : rows.store(target, owner, made -> {});
        if (tries(path, session -> refers(session, reference, mine, targetOfOwner))) {
            throw Unproven.leak(name + ", " + path + ": another tenant's row refers to one of the owner."
                    + " Is the session factory built with TenantIsolation.applyTo?");
        }
        rows.as(owner, session -> refers(session, reference, row, targetOfOwner));
    }

    private boolean refers(Session session, ToOneAttributeMapping reference, Row from, Row to) {
        Object instance = session.find(type, from.id());
        reference.setValue(instance, session.getReference(to.entity().getMappedClass(), to.id()));
        session.flush();
        return true;
    }

    // ---- being unique

    /** What the database holds unique, whatever the mapping says: another tenant may have the same, and sees only its own. */
    private void uniqueness() {
        Set<String> ownReferences = columnsOfReferences();
        UniqueIndexes.of(
                        entity.tenant().getContainingTableExpression(),
                        work -> rows.as(owner, session -> {
                            session.doWork(work::accept);
                            return true;
                        }))
                .forEach((index, columns) -> {
                    List<BasicAttributeMapping> attributes = OwnedMapping.attributes(persister)
                            .filter(attribute -> attribute instanceof BasicAttributeMapping basic
                                    && !OwnedMapping.isTenant(attribute)
                                    && columns.contains(UniqueIndexes.folded(basic.getSelectionExpression())))
                            .map(BasicAttributeMapping.class::cast)
                            .toList();
                    if (!attributes.isEmpty()) {
                        String names = attributes.stream()
                                .map(BasicAttributeMapping::getAttributeName)
                                .collect(Collectors.joining(", "));
                        boolean tenant = columns.contains(
                                UniqueIndexes.folded(entity.tenant().getSelectionExpression()));
                        read("found by unique: " + names, (session, row) -> foundBy(session, attributes, row));
                        // Another tenant's row refers to other rows, so that it is not the same in any case.
                        if (Collections.disjoint(columns, ownReferences)) {
                            paths.put(
                                    "same unique value: " + names,
                                    () -> withRow(row -> takeSame(index, tenant, attributes, row)));
                        }
                    }
                });
    }

    private Set<String> columnsOfReferences() {
        Set<String> columns = new HashSet<>();
        OwnedMapping.attributes(persister)
                .filter(ToOneAttributeMapping.class::isInstance)
                .map(ToOneAttributeMapping.class::cast)
                .filter(reference -> mapping.isOwned(
                        reference.getAssociatedEntityMappingType().getEntityPersister()))
                .forEach(reference -> reference
                        .getForeignKeyDescriptor()
                        .getKeyPart()
                        .forEachSelectable(
                                (index, column) -> columns.add(UniqueIndexes.folded(column.getSelectionExpression()))));
        columns.remove(UniqueIndexes.folded(entity.tenant().getSelectionExpression()));
        return columns;
    }

    private boolean foundBy(Session session, List<BasicAttributeMapping> attributes, Row row) {
        Object instance = detached(row);
        String conditions = attributes.stream()
                .map(BasicAttributeMapping::getAttributeName)
                .map(attribute -> "e." + attribute + " = :" + attribute)
                .collect(Collectors.joining(" and "));
        SelectionQuery<?> query =
                session.createSelectionQuery("select e from " + name + " e where " + conditions, type);
        attributes.forEach(attribute -> query.setParameter(attribute.getAttributeName(), attribute.getValue(instance)));
        return !query.getResultList().isEmpty();
    }

    private void takeSame(String index, boolean tenant, List<BasicAttributeMapping> attributes, Row row) {
        Object instance = detached(row);
        if (attributes.stream().anyMatch(attribute -> attribute.getValue(instance) == null)) {
            throw new Unproven("not proven: " + name + ": the row that was made has no value in what the unique index "
                    + index + " holds. Give one that has in rows().");
        }
        // That it can be stored at all is shown by a row with values of its own.
        rows.store(persister, tenants.attacker(), made -> {});
        try {
            rows.store(
                    persister,
                    tenants.attacker(),
                    made -> attributes.forEach(attribute -> attribute.setValue(made, attribute.getValue(instance))));
        } catch (Unproven refused) {
            throw Unproven.leak(name
                    + ": another tenant cannot store the value that its owner has, and so learns of it: the unique index "
                    + index + " on " + entity.tenant().getContainingTableExpression()
                    + (tenant
                            ? " refuses it."
                            : " has no " + entity.tenant().getSelectionExpression()
                                    + ". Make it unique with that column first.")
                    + " (" + refused.getMessage() + ")");
        }
    }

    // ---- SQL and nobody

    private void nativeSql() {
        String table = entity.tenant().getContainingTableExpression();
        String sql = "select count(*) from " + (table.startsWith("(") ? persister.getIdentifierTableName() : table)
                + " where " + entity.tenant().getSelectionExpression() + " = :tenant";
        Function<Session, Boolean> ask = session -> session.createNativeQuery(sql, Long.class)
                        .setParameter("tenant", owner)
                        .getSingleResult()
                > 0;
        withRow(row -> {
            boolean refused = false;
            try {
                rows.as(tenants.attacker(), ask);
            } catch (RuntimeException failure) {
                requireRefusal(failure, "native SQL");
                refused = true;
            }
            if (!refused) {
                throw Unproven.leak(name + ", native SQL: another tenant asked with the owner's id, and was answered."
                        + " Is the data source guarded (TenantIsolation.guard)?");
            }
            if (!rows.as(owner, ask)) {
                throw new Unproven("not proven: " + name + ", native SQL: not even its owner gets there");
            }
        });
    }

    private void noTenant() {
        withRow(row -> {
            List<?> answer;
            try {
                Function<Session, List<?>> ask =
                        session -> session.createSelectionQuery("select e from " + name + " e", type)
                                .getResultList();
                answer = tenants.isRehearsal()
                        ? rows.as(owner, ask)
                        : mapping.factory().fromTransaction(ask::apply);
            } catch (RuntimeException refused) {
                if (Unproven.chain(refused).noneMatch(NoTenantException.class::isInstance)) {
                    throw new Unproven(
                            "not proven: " + name + ", no tenant: refused, but not for want of a tenant", refused);
                }
                met = "refused, " + Unproven.told(refused);
                return;
            }
            throw Unproven.leak(name + ", no tenant: " + answer.size()
                    + " rows were answered where no tenant is current, and a NoTenantException was due");
        });
    }

    // ----

    private void withRow(Consumer<Row> attack) {
        try {
            attack.accept(rows.store(persister, owner, made -> {}));
        } catch (Throwable failure) {
            try {
                rows.remove(other);
            } catch (RuntimeException | Unproven again) {
                failure.addSuppressed(again);
            }
            throw failure;
        }
        rows.remove(other);
    }

    private boolean tries(String path, Function<Session, Boolean> attack) {
        try {
            return rows.as(tenants.attacker(), attack);
        } catch (RuntimeException failure) {
            requireRefusal(failure, path);
            met = "refused, " + Unproven.told(failure);
            return false;
        }
    }

    private void requireRefusal(RuntimeException failure, String path) {
        if (Unproven.chain(failure)
                .noneMatch(one -> one instanceof TenancyException || one instanceof PersistenceException)) {
            throw new Unproven("not proven: " + name + ", " + path + ": the other tenant met with a failure", failure);
        }
    }

    // Over a connection of its own, as an application would have it.
    private boolean stateless(Session session, Predicate<StatelessSession> attack) {
        return mapping.factory().fromStatelessTransaction(attack::test);
    }
}

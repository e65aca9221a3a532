package dev.tenancy.test.isolation;

import dev.tenancy.TenancyException;
import dev.tenancy.test.isolation.OwnedMapping.Owned;
import dev.tenancy.test.isolation.SampleRows.Row;
import jakarta.persistence.PersistenceException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.hibernate.metamodel.mapping.internal.BasicAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * What is tried on rows of one entity. Each path gets a new row of the owner, which is removed after it, and proves that the owner gets
 * there, and the attacker does not.
 */
final class RowTrials {

    private static final String REMEDY = " Is the session factory built with TenantIsolation.applyTo?";

    private final Owned entity;
    private final EntityPersister concrete;
    private final OwnedMapping mapping;
    private final SampleRows rows;
    private final Tenants tenants;
    private final Map<String, Runnable> paths = new LinkedHashMap<>();
    private String met = "";

    /** @param concrete of which the rows are; the entity itself, unless that is abstract */
    RowTrials(Owned entity, EntityPersister concrete, OwnedMapping mapping, SampleRows rows, Tenants tenants) {
        this.entity = entity;
        this.concrete = concrete;
        this.mapping = mapping;
        this.rows = rows;
        this.tenants = tenants;
    }

    Owned entity() {
        return entity;
    }

    /** Of which the rows are. */
    EntityPersister concrete() {
        return concrete;
    }

    EntityPersister persister() {
        return entity.persister();
    }

    Class<?> type() {
        return entity.type();
    }

    String name() {
        return entity.name();
    }

    OwnedMapping mapping() {
        return mapping;
    }

    SampleRows rows() {
        return rows;
    }

    Tenants tenants() {
        return tenants;
    }

    /** The paths that were added, in their order. */
    Stream<Attack> attacks() {
        return paths.entrySet().stream()
                .map(path -> Attack.proving(path.getKey(), () -> {
                    met = "nothing there";
                    path.getValue().run();
                    return "for the other tenant: " + met + "; its owner gets there";
                }));
    }

    // ---- adding

    /** A path whose attack makes its rows, and judges, itself. */
    void add(String path, Consumer<Row> attack) {
        paths.put(path, () -> withRow(attack));
    }

    /** A path by which a row is reached. */
    void read(String path, BiPredicate<Session, Row> reach) {
        read(path, row -> {}, reach);
    }

    /** @param prepare what is done to the row before */
    void read(String path, Consumer<Row> prepare, BiPredicate<Session, Row> reach) {
        add(path, row -> {
            prepare.accept(row);
            if (tries(path, session -> reach.test(session, row))) {
                throw leak(path, "another tenant reaches the row of its owner.");
            }
            if (!rows.as(tenants.owner(), session -> reach.test(session, row))) {
                throw unproven(path, "not even its owner gets there");
            }
        });
    }

    /** A path by which a row is changed or removed. */
    void write(String path, BiPredicate<Session, Row> change) {
        write(path, row -> {}, this::state, change);
    }

    /**
     * @param prepare what is done to the row before
     * @param state what would change
     */
    void write(String path, Consumer<Row> prepare, Function<Row, ?> state, BiPredicate<Session, Row> change) {
        add(path, row -> {
            prepare.accept(row);
            Object before = state.apply(row);
            tries(path, session -> change.test(session, row));
            if (!state.apply(row).equals(before)) {
                throw leak(path, "another tenant changed the row of its owner.");
            }
            rows.as(tenants.owner(), session -> change.test(session, row));
            if (state.apply(row).equals(before)) {
                throw unproven(path, "not even its owner changes the row");
            }
        });
    }

    // ---- trying

    /** A row for a tenant. */
    Row store(Object tenant, Consumer<Object> change) {
        return rows.store(concrete, tenant, change);
    }

    void withRow(Consumer<Row> attack) {
        try {
            attack.accept(store(tenants.owner(), made -> {}));
        } catch (Throwable failure) {
            try {
                rows.remove(tenants.other());
            } catch (RuntimeException | Unproven again) {
                failure.addSuppressed(again);
            }
            throw failure;
        }
        rows.remove(tenants.other());
    }

    /** Whether the attacker gets there; a refusal is noted. */
    boolean tries(String path, Function<Session, Boolean> attack) {
        try {
            return rows.as(tenants.attacker(), attack);
        } catch (RuntimeException failure) {
            refused(path, failure);
            return false;
        }
    }

    /** @throws Unproven if it is no refusal, but some failure */
    void refused(String path, Throwable failure) {
        if (Unproven.chain(failure)
                .noneMatch(one -> one instanceof TenancyException || one instanceof PersistenceException)) {
            throw new Unproven(
                    "not proven: " + name() + ", " + path + ": the other tenant met with a failure", failure);
        }
        met("refused, " + Unproven.told(failure));
    }

    /** What the other tenant met with, for the report. */
    void met(String what) {
        met = what;
    }

    Unproven leak(String path, String what) {
        return Unproven.leak(name() + ", " + path + ": " + what + REMEDY);
    }

    Unproven unproven(String path, String why) {
        return new Unproven("not proven: " + name() + ", " + path + ": " + why);
    }

    boolean found(Session session, String query, Row row) {
        return !session.createSelectionQuery(query, Object.class)
                .setParameter("id", row.id())
                .getResultList()
                .isEmpty();
    }

    boolean isRow(Session session, @Nullable Object instance, Row row) {
        return instance != null
                && concrete.getIdentifierType().isEqual(row.id(), session.getIdentifier(instance), mapping.factory());
    }

    // Over a connection of its own, as an application would have it.
    boolean stateless(Predicate<StatelessSession> attack) {
        return mapping.factory().fromStatelessTransaction(attack::test);
    }

    // ---- looking

    /** The row as its owner has it, in no session. */
    Object detached(Row row) {
        Object instance = rows.as(row.tenant(), session -> session.find(type(), row.id()));
        if (instance == null) {
            throw new Unproven("not proven: " + name() + ": its owner does not find the row any more");
        }
        return instance;
    }

    /** Whether a tenant has it, wherever it refers to. */
    boolean has(Object tenant, Row row) {
        return rows.as(
                tenant,
                session -> session.createSelectionQuery(
                                        "select count(e) from " + name() + " e where id(e) = :id", Long.class)
                                .setParameter("id", row.id())
                                .getSingleResult()
                        > 0);
    }

    /** The basic attributes, as the owner sees them; empty if the row is gone. */
    Map<String, String> state(Row row) {
        return rows.as(row.tenant(), session -> {
            Map<String, String> state = new TreeMap<>();
            Object instance = session.find(type(), row.id());
            if (instance != null) {
                OwnedMapping.attributes(persister())
                        .filter(BasicAttributeMapping.class::isInstance)
                        .forEach(attribute ->
                                state.put(attribute.getAttributeName(), text(attribute.getValue(instance))));
            }
            return state;
        });
    }

    private static String text(@Nullable Object value) {
        return value instanceof byte[] bytes ? Arrays.toString(bytes) : Objects.toString(value);
    }
}

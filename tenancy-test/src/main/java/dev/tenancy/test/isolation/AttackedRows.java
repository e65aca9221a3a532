package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.OwnedMapping.Owned;
import dev.tenancy.test.isolation.SampleRows.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.hibernate.Session;

/**
 * The rows of both tenants while code of the application is called, which may add, change and remove some. What was there before
 * is left alone.
 */
final class AttackedRows {

    /** Uses rows of the owner while they are stored. */
    @FunctionalInterface
    interface Use<T> {
        T of(List<Row> rows) throws Exception;
    }

    private final OwnedMapping mapping;
    private final SampleRows rows;
    private final Answers answers;
    private final Object owner;
    private final Object other;
    private final Object attacker;
    private final Map<Object, Set<Row>> before = new HashMap<>();
    private final Map<Object, Set<String>> met = new LinkedHashMap<>();
    private final List<Row> others = new ArrayList<>();

    AttackedRows(OwnedMapping mapping, SampleRows rows, Tenants tenants) {
        this.mapping = mapping;
        this.rows = rows;
        this.answers = new Answers(mapping);
        this.owner = tenants.owner();
        this.other = tenants.other();
        this.attacker = tenants.attacker();
    }

    OwnedMapping mapping() {
        return mapping;
    }

    SampleRows samples() {
        return rows;
    }

    Answers answers() {
        return answers;
    }

    Object owner() {
        return owner;
    }

    Object other() {
        return other;
    }

    /** As whom the owner's rows are attacked. */
    Object attacker() {
        return attacker;
    }

    /** Stores a row of each entity for both tenants, as far as they can be stored, and removes them afterwards. */
    <T> T with(Collection<Owned> entities, BiConsumer<Owned, Object> prepare, Use<T> use) throws Exception {
        return with(entities, List.of(other, owner), prepare, use);
    }

    private <T> T with(Collection<Owned> entities, List<Object> tenants, BiConsumer<Owned, Object> prepare, Use<T> use)
            throws Exception {
        before.put(owner, those(owner));
        before.put(other, those(other));
        others.clear();
        T result;
        try {
            List<Row> stored = new ArrayList<>();
            Map<String, Unproven> refused = new LinkedHashMap<>();
            for (Owned entity : entities) {
                try {
                    for (Object tenant : tenants) {
                        (tenant.equals(owner) ? stored : others)
                                .add(rows.store(entity.persister(), tenant, made -> prepare.accept(entity, made)));
                    }
                } catch (Unproven impossible) {
                    refused.put(entity.name(), impossible);
                }
            }
            if (stored.isEmpty() && !refused.isEmpty()) {
                throw refused.values().iterator().next();
            }
            result = use.of(stored);
        } catch (Throwable failure) {
            try {
                removeAll();
            } catch (RuntimeException | Unproven again) {
                failure.addSuppressed(again);
            }
            throw failure;
        }
        removeAll();
        return result;
    }

    /** As the other, of rows of the owner alone, as many as can be stored. */
    <T> T withOwners(Use<T> use) throws Exception {
        return with(mapping.owned(), List.of(owner), (entity, row) -> {}, use);
    }

    /** What only rows of the owner hold, to be found in what somebody else gets. */
    Set<String> marks(List<Row> stored) {
        Set<String> marks = marks(owner, stored);
        meet(owner, marks);
        meet(other, marks(other, others));
        return marks;
    }

    private Set<String> marks(Object tenant, List<Row> stored) {
        Set<String> marks = new TreeSet<>();
        marks.add(tenant.toString());
        for (Row row : stored) {
            RowValues.of(row, mapping, rows).all().stream()
                    .filter(RowValues.Value::owned)
                    .map(RowValues.Value::value)
                    .filter(value -> value instanceof String || value instanceof UUID || value instanceof byte[])
                    .forEach(value -> marks.add(answers.text(value)));
        }
        marks.removeIf(mark -> mark.length() < 6);
        return marks;
    }

    /** Notes what rows of a tenant have held, and that it has acted, for {@link #metMarks}. */
    void meet(Object tenant, Set<String> marks) {
        Set<String> all = met.computeIfAbsent(tenant, one -> new TreeSet<>());
        all.addAll(marks);
        all.add(tenant.toString());
    }

    /** What rows of each tenant have held in all attacks so far. */
    Map<Object, Set<String>> metMarks() {
        return met;
    }

    /** Leaves rows to which no others refer, of both tenants. */
    void removeChildren(List<Row> stored) {
        stored.forEach(rows::removeChildren);
        others.forEach(rows::removeChildren);
    }

    private void removeAll() {
        remove(owner);
        remove(other);
        rows.remove(other);
    }

    /** All rows of a tenant, as it sees them. */
    String state(Object tenant) {
        return rows.as(tenant, session -> {
            List<String> all = new ArrayList<>();
            for (Owned entity : mapping.owned()) {
                all.add(answers.text(all(session, entity)));
            }
            return String.join("\n", all);
        });
    }

    /** Removes what a tenant has by now, and did not have before. */
    void remove(Object tenant) {
        List<Row> left = new ArrayList<>(those(tenant));
        left.removeAll(before.getOrDefault(tenant, Set.of()));
        rows.removeAll(left);
    }

    private Set<Row> those(Object tenant) {
        return rows.as(tenant, session -> {
            Set<Row> there = new LinkedHashSet<>();
            for (Owned entity : mapping.owned()) {
                for (Object one : all(session, entity)) {
                    there.add(new Row(entity.persister(), session.getIdentifier(one), tenant));
                }
            }
            return there;
        });
    }

    private static List<?> all(Session session, Owned entity) {
        return session.createSelectionQuery("select e from " + entity.name() + " e", entity.type())
                .getResultList();
    }
}

package dev.tenancy.test;

import dev.tenancy.test.OwnedMapping.Owned;
import dev.tenancy.test.SampleRows.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.hibernate.Session;
import org.hibernate.persister.entity.EntityPersister;

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

    private record Key(String entity, Object id) {}

    private final OwnedMapping mapping;
    private final SampleRows rows;
    private final Answers answers;
    private final Object owner;
    private final Object other;
    private final Map<Object, Set<Key>> before = new HashMap<>();

    AttackedRows(OwnedMapping mapping, SampleRows rows, List<?> tenants) {
        this.mapping = mapping;
        this.rows = rows;
        this.answers = new Answers(mapping);
        this.owner = tenants.get(0);
        this.other = tenants.get(1);
    }

    Object owner() {
        return owner;
    }

    Object other() {
        return other;
    }

    /** Stores a row of each entity for both tenants, as far as they can be stored, and removes them afterwards. */
    <T> T with(Collection<Owned> entities, BiConsumer<Owned, Object> prepare, Use<T> use) throws Exception {
        before.put(owner, keys(owner));
        before.put(other, keys(other));
        T result;
        try {
            List<Row> stored = new ArrayList<>();
            Map<String, Unproven> refused = new LinkedHashMap<>();
            for (Owned entity : entities) {
                try {
                    rows.store(entity.persister(), other, made -> prepare.accept(entity, made));
                    stored.add(rows.store(entity.persister(), owner, made -> prepare.accept(entity, made)));
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
        Set<Key> kept = before.getOrDefault(tenant, Set.of());
        Map<Key, RuntimeException> refused = new LinkedHashMap<>();
        List<Key> left = new ArrayList<>(keys(tenant));
        left.removeAll(kept);
        int last;
        do {
            last = left.size();
            refused.clear();
            left.removeIf(key -> isRemoved(tenant, key, refused));
        } while (!left.isEmpty() && left.size() < last);
        if (!left.isEmpty()) {
            throw new Unproven("not proven: rows that were made could not be removed: "
                    + left.stream()
                            .map(key -> key.entity() + ": " + Unproven.told(refused.get(key)))
                            .distinct()
                            .toList());
        }
    }

    private boolean isRemoved(Object tenant, Key key, Map<Key, RuntimeException> refused) {
        EntityPersister entity = mapping.factory().getMappingMetamodel().getEntityDescriptor(key.entity());
        try {
            return rows.as(tenant, session -> {
                Object there = session.find(entity.getMappedClass(), key.id());
                if (there != null) {
                    session.remove(there);
                }
                return true;
            });
        } catch (RuntimeException failure) {
            refused.put(key, failure);
            return false;
        }
    }

    private Set<Key> keys(Object tenant) {
        return rows.as(tenant, session -> {
            Set<Key> keys = new HashSet<>();
            for (Owned entity : mapping.owned()) {
                for (Object one : all(session, entity)) {
                    keys.add(new Key(entity.persister().getEntityName(), session.getIdentifier(one)));
                }
            }
            return keys;
        });
    }

    private static List<?> all(Session session, Owned entity) {
        return session.createSelectionQuery("select e from " + entity.name() + " e", entity.type())
                .getResultList();
    }
}

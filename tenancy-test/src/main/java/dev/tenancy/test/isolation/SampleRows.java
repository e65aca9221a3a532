package dev.tenancy.test.isolation;

import dev.tenancy.CurrentTenant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.AttributeMappingsList;
import org.hibernate.metamodel.mapping.CompositeIdentifierMapping;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.EntityIdentifierMapping;
import org.hibernate.metamodel.mapping.NonAggregatedIdentifierMapping;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.internal.BasicAttributeMapping;
import org.hibernate.metamodel.mapping.internal.BasicEntityIdentifierMappingImpl;
import org.hibernate.metamodel.mapping.internal.EmbeddedAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** Stores rows for tenants, made from the mapping where the application gives none, and removes them again. */
final class SampleRows {

    /** A row that is stored. */
    record Row(EntityPersister entity, Object id, Object tenant) {}

    private static final int SHOWN = 200;

    private final OwnedMapping mapping;
    private final Map<Class<?>, Supplier<?>> given;
    private final GivenValues attributes;
    private final String test;
    private final SampleValues values = new SampleValues();
    private final List<Row> made = new ArrayList<>();
    private final Set<String> told = new HashSet<>();
    private final Map<EntityPersister, Row> shared = new LinkedHashMap<>();

    SampleRows(OwnedMapping mapping, Map<Class<?>, Supplier<?>> given, GivenValues attributes, String test) {
        this.mapping = mapping;
        this.given = given;
        this.attributes = attributes;
        this.test = test;
    }

    SampleValues values() {
        return values;
    }

    <T extends @Nullable Object> T as(Object tenant, Function<Session, T> work) {
        return CurrentTenant.callAs(tenant, () -> mapping.factory().fromTransaction(work::apply));
    }

    /** Stores a row, and those that it refers to. */
    Row store(EntityPersister entity, Object tenant, Consumer<Object> change) {
        return store(entity, tenant, change, new HashMap<>());
    }

    /** Stores a row that refers to rows which are known, and adds those that it needs besides. */
    Row store(EntityPersister entity, Object tenant, Consumer<Object> change, Map<EntityPersister, Row> known) {
        List<Row> stored = new ArrayList<>();
        Deque<EntityPersister> begun = new ArrayDeque<>();
        try {
            Row row = as(tenant, session -> new Storing(session, tenant, stored, known, begun).store(entity, change));
            stored.forEach(one -> known.putIfAbsent(one.entity(), one));
            // Asked for again by the name of an abstract entity.
            known.putIfAbsent(entity, row);
            made.addAll(stored);
            return row;
        } catch (RuntimeException | Unproven refused) {
            throw notStored(entity, begun.isEmpty() ? entity : begun.peek(), refused);
        }
    }

    /** Once it was told in full why no row of an entity can be made, what needs one refers to that. */
    void tell(String entity) {
        told.add(entity);
    }

    /** @param culprit of the rows that were to be stored together, the one that was refused */
    private Unproven notStored(EntityPersister entity, EntityPersister culprit, Throwable refused) {
        String name = nameOf(entity);
        String values = RefusedValues.of(refused).map(this::told).orElse("");
        for (String one : List.of(nameOf(culprit), name)) {
            if (told.contains(one)) {
                String why = values.isEmpty() ? String.valueOf(refused.getMessage()) : values;
                return Unproven.since(
                        refused,
                        "not proven: a row of " + name + " could not be stored, see \"" + Cell.path(one, "instance")
                                + "\": " + firstLine(why));
            }
        }
        if (refused instanceof Unproven unproven) {
            return unproven;
        }
        String remedy = "Give one that can in rows() of " + test
                + ", or list the entity in notProven(). If owned tables refer to a table of tenants, name some that are there"
                + " in tenants()";
        String what = "not proven: a row of " + name + " could not be stored";
        return values.isEmpty()
                ? new Unproven(what + ". " + remedy, refused)
                : Unproven.since(
                        refused,
                        what + ": a check refuses " + values + ". Give good values in values() of " + test
                                + ", under these names: an attribute's name alone is for requests. " + remedy + ".");
    }

    private String told(RefusedValues refused) {
        return refused.all().stream()
                .map(one -> {
                    EntityPersister entity = mapping.entity(one.type());
                    return "\"" + (entity == null ? one.type().getSimpleName() : nameOf(entity)) + "." + one.path()
                            + "\" (" + one.why() + ")";
                })
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private static String firstLine(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line;
    }

    /** Has a row that the application stored removed with the others. */
    void remember(Row row) {
        made.remove(row);
        made.add(row);
    }

    /** Removes what was stored, and what another tenant stored under the id of a row. */
    void remove(Object other) {
        made.addAll(made.stream()
                .filter(row -> !row.tenant().equals(other))
                .map(row -> new Row(row.entity(), row.id(), other))
                .toList());
        removeAll(made);
    }

    /** Removes the rows of global entities, which all tests share. */
    void removeShared() {
        List<Row> rows = new ArrayList<>(shared.values());
        shared.clear();
        removeAll(rows);
    }

    /** Removes what hangs on a row by its collections, as {@code rows()} may have given it: others do not refer to it any more then. */
    void removeChildren(Row row) {
        as(row.tenant(), session -> {
            Object there = session.find(row.entity().getMappedClass(), row.id());
            if (there != null) {
                removeChildren(session, row.entity(), there, Collections.newSetFromMap(new IdentityHashMap<>()));
            }
            return there;
        });
    }

    private void removeChildren(Session session, EntityPersister entity, Object instance, Set<Object> seen) {
        if (!seen.add(instance)) {
            return;
        }
        OwnedMapping.attributes(entity).forEach(attribute -> {
            Object value = attribute.getValue(instance);
            if (attribute instanceof PluralAttributeMapping collection) {
                List<Object> elements = new ArrayList<>(LinkAttacks.elements(value));
                LinkAttacks.clear(value);
                if (collection.getCollectionDescriptor().isOneToMany()) {
                    elements.forEach(child -> removeChild(session, child, seen));
                }
            } else if (value != null
                    && attribute instanceof ToOneAttributeMapping reference
                    && reference.getReferencedPropertyName() != null) {
                removeChild(session, value, seen);
            }
        });
    }

    private void removeChild(Session session, Object child, Set<Object> seen) {
        Object instance = Hibernate.unproxy(child);
        EntityPersister entity = mapping.entity(instance.getClass());
        if (entity != null && mapping.isOwned(entity)) {
            removeChildren(session, entity, instance, seen);
            session.remove(instance);
        }
    }

    /** Removes each of the rows that is still there, and empties the list. */
    // Rows that others refer to refuse to go before these; who refers to whom changes while they are attacked.
    void removeAll(List<Row> rows) {
        List<Row> left = new ArrayList<>(rows);
        Collections.reverse(left);
        rows.clear();
        Map<Row, RuntimeException> refused = new LinkedHashMap<>();
        int before;
        boolean withChildren = false;
        do {
            before = left.size();
            refused.clear();
            boolean children = withChildren;
            left.removeIf(row -> isRemoved(row, children, refused));
            // What rows() has given with a row, and the mapping does not remove with it.
            withChildren = left.size() == before && !children;
        } while (!left.isEmpty() && (left.size() < before || withChildren));
        if (!left.isEmpty()) {
            throw new Unproven("not proven: rows that were made could not be removed: "
                    + left.stream()
                            .map(row -> row.entity().getEntityName() + ": " + Unproven.told(refused.get(row)))
                            .distinct()
                            .toList());
        }
    }

    private boolean isRemoved(Row row, boolean withChildren, Map<Row, RuntimeException> refused) {
        try {
            if (withChildren) {
                removeChildren(row);
            }
            as(row.tenant(), session -> {
                Object there = session.find(row.entity().getMappedClass(), row.id());
                if (there != null) {
                    session.remove(there);
                }
                return there;
            });
            return true;
        } catch (RuntimeException failure) {
            refused.put(row, failure);
            return false;
        }
    }

    private String nameOf(EntityPersister entity) {
        return mapping.factory()
                .getJpaMetamodel()
                .entity(entity.getEntityName())
                .getName();
    }

    private Unproven cannotMake(EntityPersister entity, String attribute, String why) {
        String name = entity.getMappedClass().getSimpleName();
        return new Unproven("not proven: " + name + "." + attribute + ": " + why + ". Give it in values() of " + test
                + ", or a row of " + name + " in rows(), or list it in notProven() with a reason.");
    }

    /** What one transaction stores. */
    private final class Storing {

        private final Session session;
        private final Object tenant;
        private final List<Row> stored;
        private final Map<EntityPersister, Row> known;
        private final Deque<EntityPersister> begun;

        /** @param begun of what rows are being made, the last first */
        Storing(
                Session session,
                Object tenant,
                List<Row> stored,
                Map<EntityPersister, Row> known,
                Deque<EntityPersister> begun) {
            this.begun = begun;
            this.session = session;
            this.tenant = tenant;
            this.stored = stored;
            this.known = known;
        }

        Row store(EntityPersister asked, Consumer<Object> change) {
            EntityPersister entity = concrete(asked);
            begun.push(entity);
            Supplier<?> supplier = given.get(entity.getMappedClass());
            Object row = supplier != null
                    ? supplier.get()
                    : entity.getRepresentationStrategy().getInstantiator().instantiate();
            if (supplier == null) {
                fillId(entity, row);
            }
            OwnedMapping.attributes(entity).forEach(attribute -> fill(entity, attribute, row, supplier == null));
            change.accept(row);
            session.persist(row);
            session.flush();
            begun.pop();
            Row done = new Row(entity, session.getIdentifier(row), tenant);
            stored.add(done);
            return done;
        }

        private void fillId(EntityPersister entity, Object row) {
            EntityIdentifierMapping id = entity.getIdentifierMapping();
            if (id instanceof NonAggregatedIdentifierMapping several) {
                several.getVirtualIdEmbeddable().getAttributeMappings().forEach(part -> {
                    if (part.getValue(row) == null || isZero(part.getValue(row))) {
                        part.setValue(row, value(entity, part, part.getAttributeName(), true));
                    }
                });
                return;
            }
            Object value;
            if (id instanceof CompositeIdentifierMapping embedded) {
                // Parts that references give, or a generator, are overwritten.
                value = embedded(entity, embedded.getPartMappingType(), embedded.getAttributeName(), true);
            } else if (entity.getGenerator().generatesSometimes()) {
                return;
            } else if (id instanceof BasicEntityIdentifierMappingImpl basic) {
                value = values.of(basic.getJavaType().getJavaTypeClass(), basic, true);
            } else {
                value = null;
            }
            if (value == null) {
                throw cannotMake(entity, id.getAttributeName(), "no value is known for an id of its type");
            }
            id.setIdentifier(row, value, (SharedSessionContractImplementor) session);
        }

        private void fill(EntityPersister entity, AttributeMapping attribute, Object row, boolean zeros) {
            if (attribute.isPluralAttributeMapping()
                    || OwnedMapping.isTenant(attribute)
                    || attribute.getGenerator() != null
                            && attribute.getGenerator().generatesSometimes()
                    || entity.getVersionMapping() != null
                            && entity.getVersionMapping().getVersionAttribute() == attribute
                    || !attribute.getAttributeMetadata().isInsertable() && !givesId(entity, attribute)) {
                return;
            }
            Function<Object, ?> known = attributes.of(nameOf(entity) + "." + attribute.getAttributeName());
            Object now = known == null ? attribute.getValue(row) : known.apply(tenant);
            if (known != null) {
                attribute.setValue(row, now);
            }
            // A null that is given is meant: what is not paid yet, or not deleted.
            if (known == null && (now == null || zeros && isZero(now))) {
                Object value = value(entity, attribute, attribute.getAttributeName(), false);
                if (value != null) {
                    attribute.setValue(row, value);
                }
            }
        }

        // Its columns are those of the id, and nobody writes them but by way of the id.
        private static boolean givesId(EntityPersister entity, AttributeMapping attribute) {
            return attribute instanceof ToOneAttributeMapping reference
                    && reference.getReferencedPropertyName() == null
                    && List.of(entity.getIdentifierColumnNames())
                            .contains(reference
                                    .getForeignKeyDescriptor()
                                    .getKeyPart()
                                    .getSelectable(0)
                                    .getSelectionExpression());
        }

        private static boolean isZero(@Nullable Object value) {
            return value instanceof Number number && number.doubleValue() == 0;
        }

        /** @param distinct whether numbers have to be different each time, too */
        private @Nullable Object value(
                EntityPersister entity, AttributeMapping attribute, String path, boolean distinct) {
            boolean required = !attribute.getAttributeMetadata().isNullable();
            if (attribute instanceof ToOneAttributeMapping reference) {
                return reference(entity, reference, path, required);
            }
            if (attribute instanceof EmbeddedAttributeMapping embedded) {
                return embedded(entity, embedded.getEmbeddableTypeDescriptor(), path, distinct);
            }
            Object value = attribute instanceof BasicAttributeMapping basic && !basic.isFormula()
                    ? values.of(basic.getJavaType().getJavaTypeClass(), basic, distinct)
                    : null;
            if (value == null && required) {
                throw cannotMake(
                        entity,
                        path,
                        "no value is known for a "
                                + attribute.getJavaType().getJavaTypeClass().getName());
            }
            return value;
        }

        private Object embedded(EntityPersister entity, EmbeddableMappingType type, String path, boolean distinct) {
            AttributeMappingsList parts = type.getAttributeMappings();
            @Nullable Object[] all = new Object[parts.size()];
            for (int i = 0; i < all.length; i++) {
                AttributeMapping part = parts.get(i);
                if (!part.isPluralAttributeMapping()) {
                    all[i] = value(entity, part, path + "." + part.getAttributeName(), distinct);
                }
            }
            return type.getRepresentationStrategy().getInstantiator().instantiate(() -> all);
        }

        private @Nullable Object reference(
                EntityPersister entity, ToOneAttributeMapping reference, String path, boolean required) {
            // The other side of a one-to-one has no column here.
            if (reference.getReferencedPropertyName() != null) {
                return null;
            }
            EntityPersister target =
                    concrete(reference.getAssociatedEntityMappingType().getEntityPersister());
            Row there = known.get(target);
            if (there != null) {
                return session.getReference(target.getMappedClass(), there.id());
            }
            if (begun.contains(target)) {
                if (required) {
                    throw cannotMake(entity, path, "the references go round in a circle and none of them may be empty");
                }
                return null;
            }
            try {
                Row row = mapping.isOwned(target) ? store(target, made -> {}) : shared(target);
                return session.getReference(target.getMappedClass(), row.id());
            } catch (Unproven impossible) {
                if (required) {
                    throw impossible;
                }
                begun.removeIf(one -> one == target);
                return null;
            }
        }

        private Row shared(EntityPersister target) {
            Row known = shared.get(target);
            if (known == null) {
                known = store(target, made -> {});
                // It outlives the row for which it was made.
                stored.remove(known);
                shared.put(target, known);
            }
            return known;
        }

        private EntityPersister concrete(EntityPersister type) {
            EntityPersister concrete = OwnedMapping.concrete(type);
            if (concrete == null) {
                throw new Unproven("not proven: " + nameOf(type) + " is abstract, and no entity extends it");
            }
            return concrete;
        }
    }
}

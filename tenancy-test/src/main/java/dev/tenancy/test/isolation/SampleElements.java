package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.SampleRows.Row;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.hibernate.Session;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.AttributeMappingsList;
import org.hibernate.metamodel.mapping.CollectionPart;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.EmbeddableValuedModelPart;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.internal.BasicAttributeMapping;
import org.hibernate.metamodel.mapping.internal.BasicValuedCollectionPart;
import org.hibernate.metamodel.mapping.internal.EmbeddedAttributeMapping;
import org.hibernate.metamodel.mapping.internal.EntityCollectionPart;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** Makes the elements of one collection: values, or rows of their own. */
final class SampleElements {

    private final PluralAttributeMapping collection;
    private final String name;
    private final SampleRows rows;

    /** @param entity of which the collection is, as the report spells it */
    SampleElements(String entity, PluralAttributeMapping collection, SampleRows rows) {
        this.collection = collection;
        this.name = entity + "." + collection.getAttributeName();
        this.rows = rows;
    }

    /** Adds an element to the collection of a stored row. */
    void addTo(Row row) {
        try {
            if (collection.getCollectionDescriptor().isInverse()) {
                addFromOtherSide(row);
            } else {
                Object element = element(row);
                update(
                        row,
                        (session, instance) ->
                                put(instance, element instanceof Row made ? reference(session, made) : element));
            }
        } catch (RuntimeException refused) {
            throw new Unproven(told("an element could not be stored"), refused);
        }
    }

    /** Puts an element into the collection of an instance; a map gets a new key. */
    @SuppressWarnings("unchecked")
    void put(Object instance, Object element) {
        Object elements = collection.getValue(instance);
        if (elements instanceof Map<?, ?> map) {
            Object key = collection.getIndexDescriptor() instanceof BasicValuedCollectionPart basic
                    ? rows.values().of(basic.getJavaType().getJavaTypeClass(), basic, true)
                    : null;
            if (key == null) {
                throw cannotMake("no key is known for a map of its type");
            }
            ((Map<Object, Object>) map).put(key, element);
        } else if (elements instanceof Collection<?> all) {
            ((Collection<Object>) all).add(element);
        } else {
            throw cannotMake("it is no collection and no map");
        }
    }

    private void addFromOtherSide(Row row) {
        String mappedBy = collection.getCollectionDescriptor().getMappedByProperty();
        EntityPersister target = target(collection.getElementDescriptor());
        AttributeMapping back = target == null || mappedBy == null ? null : target.findAttributeMapping(mappedBy);
        if (target != null && back instanceof ToOneAttributeMapping reference) {
            Map<EntityPersister, Row> known = new HashMap<>();
            known.put(row.entity(), row);
            EntityPersister referred = OwnedMapping.concrete(
                    reference.getAssociatedEntityMappingType().getEntityPersister());
            known.put(referred == null ? row.entity() : referred, row);
            rows.store(target, row.tenant(), made -> {}, known);
        } else if (target != null && back instanceof PluralAttributeMapping others) {
            Row made = rows.store(target, row.tenant(), one -> {});
            SampleElements otherSide = new SampleElements(name + "." + mappedBy, others, rows);
            otherSide.update(made, (session, instance) -> otherSide.put(instance, reference(session, row)));
        } else {
            throw cannotMake("its other side is neither a reference nor a collection");
        }
    }

    /** What is done to an instance in its session. */
    @FunctionalInterface
    private interface Change {
        void accept(Session session, Object instance);
    }

    private void update(Row row, Change change) {
        rows.as(row.tenant(), session -> {
            change.accept(session, session.find(row.entity().getMappedClass(), row.id()));
            return true;
        });
    }

    private static Object reference(Session session, Row row) {
        return session.getReference(row.entity().getMappedClass(), row.id());
    }

    private Object element(Row row) {
        CollectionPart part = collection.getElementDescriptor();
        EntityPersister target = target(part);
        if (target != null) {
            return rows.store(target, row.tenant(), made -> {});
        }
        if (part instanceof EmbeddableValuedModelPart embedded) {
            return embedded(embedded.getEmbeddableTypeDescriptor());
        }
        Object value = part instanceof BasicValuedCollectionPart basic
                ? rows.values().of(basic.getJavaType().getJavaTypeClass(), basic, true)
                : null;
        if (value == null) {
            throw cannotMake("no value is known for its elements");
        }
        return value;
    }

    private static @Nullable EntityPersister target(CollectionPart part) {
        return part instanceof EntityCollectionPart entities
                ? entities.getEntityMappingType().getEntityPersister()
                : null;
    }

    private Object embedded(EmbeddableMappingType type) {
        AttributeMappingsList parts = type.getAttributeMappings();
        @Nullable Object[] all = new Object[parts.size()];
        for (int i = 0; i < all.length; i++) {
            AttributeMapping part = parts.get(i);
            if (part instanceof BasicAttributeMapping basic) {
                all[i] = rows.values().of(basic.getJavaType().getJavaTypeClass(), basic, true);
            } else if (part instanceof EmbeddedAttributeMapping inner) {
                all[i] = embedded(inner.getEmbeddableTypeDescriptor());
            } else if (!part.getAttributeMetadata().isNullable()) {
                throw cannotMake(part.getAttributeName() + " of its elements is not made");
            }
        }
        return type.getRepresentationStrategy().getInstantiator().instantiate(() -> all);
    }

    private Unproven cannotMake(String why) {
        return new Unproven(told(why));
    }

    private String told(String why) {
        return "not proven: " + name + ": " + why
                + ". List the attacks on this collection in notProven(), each with a reason";
    }
}

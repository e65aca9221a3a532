package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.SampleRows.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.internal.BasicAttributeMapping;
import org.hibernate.metamodel.mapping.internal.BasicEntityIdentifierMappingImpl;
import org.hibernate.metamodel.mapping.internal.EmbeddedAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** What a row and those that it refers to hold, by property paths from the row. */
final class RowValues {

    /**
     * @param entity of the row that holds it, in small letters
     * @param attribute in small letters
     * @param owned whether the row that holds it belongs to a tenant
     */
    record Value(
            String path, String entity, String attribute, boolean id, boolean tenant, boolean owned, Object value) {}

    private static final int DEPTH = 3;

    private final OwnedMapping mapping;
    private final List<Value> values = new ArrayList<>();
    private final Map<Object, EntityPersister> instances = new LinkedHashMap<>();
    private final Map<String, Object> paths = new HashMap<>();

    private RowValues(OwnedMapping mapping) {
        this.mapping = mapping;
    }

    /** Read in a transaction of the row's tenant. */
    static RowValues of(Row row, OwnedMapping mapping, SampleRows rows) {
        RowValues values = new RowValues(mapping);
        rows.as(row.tenant(), session -> {
            Object instance = session.find(row.entity().getMappedClass(), row.id());
            if (instance != null) {
                values.addEntity(session, row.entity(), instance, "", DEPTH);
            }
            return values;
        });
        return values;
    }

    List<Value> all() {
        return values;
    }

    /** The row itself is the first. */
    List<Object> instances() {
        return List.copyOf(instances.keySet());
    }

    Optional<Object> at(String path) {
        return values.stream()
                .filter(value -> value.path().equals(path))
                .map(Value::value)
                .findFirst();
    }

    /** The row that is referred to at a path. */
    Optional<Object> instance(String path) {
        return Optional.ofNullable(paths.get(path + "."));
    }

    /** The attributes whose change its owner sees. */
    static List<BasicAttributeMapping> changeable(EntityPersister entity) {
        return OwnedMapping.attributes(entity)
                .filter(attribute -> attribute instanceof BasicAttributeMapping basic
                        && !OwnedMapping.isTenant(attribute)
                        && !basic.isFormula()
                        && attribute.getAttributeMetadata().isUpdatable()
                        && (entity.getVersionMapping() == null
                                || entity.getVersionMapping().getVersionAttribute() != attribute)
                        && (attribute.getGenerator() == null
                                || !attribute.getGenerator().generatesSometimes()))
                .map(BasicAttributeMapping.class::cast)
                .toList();
    }

    private void addEntity(Session session, EntityPersister entity, Object instance, String prefix, int depth) {
        paths.put(prefix, instance);
        if (instances.putIfAbsent(instance, entity) != null) {
            return;
        }
        boolean owned = mapping.isOwned(entity);
        String name = entity.getMappedClass().getSimpleName().toLowerCase(Locale.ROOT);
        String id = entity.getIdentifierMapping() instanceof BasicEntityIdentifierMappingImpl basic
                ? basic.getAttributeName()
                : "id";
        add(prefix + id, name, "id", true, false, owned, session.getIdentifier(instance));
        OwnedMapping.attributes(entity).forEach(attribute -> {
            addAttribute(session, attribute, instance, name, owned, prefix, depth);
        });
    }

    private void addAttribute(
            Session session,
            AttributeMapping attribute,
            Object holder,
            String entity,
            boolean owned,
            String prefix,
            int depth) {
        Object value = attribute.isPluralAttributeMapping() ? null : attribute.getValue(holder);
        if (value == null) {
            return;
        }
        String path = prefix + attribute.getAttributeName();
        if (attribute instanceof EmbeddedAttributeMapping embedded) {
            embedded.getEmbeddableTypeDescriptor()
                    .getAttributeMappings()
                    .forEach(part -> addAttribute(session, part, value, entity, owned, path + ".", depth));
        } else if (attribute instanceof ToOneAttributeMapping && depth > 0) {
            Object referred = Hibernate.unproxy(value);
            EntityPersister target = mapping.entity(referred.getClass());
            if (target != null) {
                addEntity(session, target, referred, path + ".", depth - 1);
            }
        } else {
            add(path, entity, attribute.getAttributeName(), false, OwnedMapping.isTenant(attribute), owned, value);
        }
    }

    private void add(
            String path,
            String entity,
            String attribute,
            boolean id,
            boolean tenant,
            boolean owned,
            @Nullable Object value) {
        if (value != null) {
            values.add(new Value(path, entity, attribute.toLowerCase(Locale.ROOT), id, tenant, owned, value));
        }
    }
}

package dev.tenancy.spring.crud;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.hibernate.Hibernate;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.ForeignKeyDescriptor;
import org.hibernate.metamodel.mapping.ManagedMappingType;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.metamodel.mapping.internal.BasicAttributeMapping;
import org.hibernate.metamodel.mapping.internal.EmbeddedAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * A basic attribute or the id of an entity, reached by a name such as {@code minutes}, {@code customerId}, {@code address.city}
 * or {@code project.customerId}; never through a collection, which would show rows several times.
 */
record AttributePath(String name, List<Step> steps, Class<?> type, boolean nullable) {

    /** {@code attribute} is null for the id of an entity; {@code join} tells whether more than the id of a reference is needed. */
    record Step(String name, @Nullable AttributeMapping attribute, boolean join) {}

    /** Empty if the entity has nothing of this name. */
    static Optional<AttributePath> find(EntityPersister entity, String name) {
        List<Step> steps = new ArrayList<>();
        ManagedMappingType holder = entity;
        String[] parts = name.split("\\.", -1);
        for (int i = 0; i < parts.length - 1; i++) {
            AttributeMapping attribute = holder.findAttributeMapping(parts[i]);
            if (attribute instanceof EmbeddedAttributeMapping embedded) {
                holder = embedded.getEmbeddableTypeDescriptor();
                steps.add(new Step(parts[i], attribute, false));
            } else if (attribute instanceof ToOneAttributeMapping reference && holder instanceof EntityMappingType) {
                holder = reference.getEntityMappingType();
                steps.add(new Step(parts[i], attribute, true));
            } else {
                return Optional.empty();
            }
        }
        Class<?> type = end(holder, parts[parts.length - 1], steps);
        if (type == null) {
            return Optional.empty();
        }
        boolean nullable = steps.stream()
                .anyMatch(step -> step.attribute() != null
                        && step.attribute().getAttributeMetadata().isNullable());
        return Optional.of(
                new AttributePath(name, List.copyOf(steps), ClassUtils.resolvePrimitiveIfNecessary(type), nullable));
    }

    private static @Nullable Class<?> end(ManagedMappingType holder, String name, List<Step> steps) {
        if (holder instanceof EntityMappingType entity) {
            EntityPersister persister = entity.getEntityPersister();
            if (name.equals(persister.getIdentifierPropertyName())) {
                steps.add(new Step(name, null, false));
                return persister.getIdentifierType().getReturnedClass();
            }
        }
        AttributeMapping attribute = holder.findAttributeMapping(name);
        if (attribute instanceof BasicAttributeMapping) {
            steps.add(new Step(name, attribute, false));
            return attribute.getJavaType().getJavaTypeClass();
        }
        ToOneAttributeMapping reference = reference(holder, name);
        if (attribute != null || reference == null) {
            return null;
        }
        EntityPersister target = reference.getEntityMappingType().getEntityPersister();
        steps.add(new Step(reference.getAttributeName(), reference, false));
        steps.add(new Step(Objects.requireNonNull(target.getIdentifierPropertyName()), null, false));
        return target.getIdentifierType().getReturnedClass();
    }

    /** The column of the row's own tables that it stands for; null if it is the id, a formula or in another row. */
    @Nullable SelectableMapping column() {
        Step first = steps.get(0);
        if (steps.stream().anyMatch(Step::join)) {
            return null;
        }
        if (first.attribute() instanceof ToOneAttributeMapping reference) {
            return column(reference);
        }
        return end() instanceof SelectableMapping column && !column.isFormula() ? column : null;
    }

    /** The column with the id that an association refers to; null if there are several. */
    static @Nullable SelectableMapping column(ToOneAttributeMapping reference) {
        ForeignKeyDescriptor key = reference.getForeignKeyDescriptor();
        return key.getJdbcTypeCount() == 1 ? key.getKeyPart().getSelectable(0) : null;
    }

    boolean isId() {
        return end() == null;
    }

    boolean isLob() {
        return isLob(end());
    }

    static boolean isLob(@Nullable AttributeMapping attribute) {
        return attribute instanceof BasicAttributeMapping basic
                && basic.getJdbcMapping().getJdbcType().isLob();
    }

    private @Nullable AttributeMapping end() {
        return steps.get(steps.size() - 1).attribute();
    }

    /** The association whose id {@code customerId} names; null if there is none. */
    static @Nullable ToOneAttributeMapping reference(ManagedMappingType holder, String name) {
        return name.endsWith("Id")
                        && holder.findAttributeMapping(name.substring(0, name.length() - 2))
                                instanceof ToOneAttributeMapping reference
                        && reference.getEntityMappingType().getEntityPersister().getIdentifierPropertyName() != null
                ? reference
                : null;
    }

    /** Of a loaded row. */
    @Nullable Object of(Object row, SessionFactoryImplementor factory) {
        Object value = row;
        for (Step step : steps) {
            if (value == null) {
                return null;
            }
            value = step.attribute() == null
                    ? factory.getPersistenceUnitUtil().getIdentifier(value)
                    : step.attribute().getValue(Hibernate.unproxy(value));
        }
        return value;
    }
}

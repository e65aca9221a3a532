package dev.tenancy.spring;

import jakarta.persistence.criteria.Expression;
import jakarta.persistence.criteria.From;
import jakarta.persistence.criteria.JoinType;
import jakarta.persistence.criteria.Path;
import jakarta.persistence.criteria.Root;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.BasicValuedModelPart;
import org.hibernate.metamodel.mapping.EmbeddableValuedModelPart;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.ManagedMappingType;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * A basic attribute of an entity, or an id, by the name that clients use: {@code minutes}, {@code customerId},
 * {@code address.city}, {@code project.customerId}. Never through a collection, which would show a row several times.
 *
 * @param type the type of its values, never a primitive one
 */
record AttributePath(List<Step> steps, Class<?> type) {

    /** @param joined whether the attribute is an association whose own row is needed, and not only its id */
    private record Step(String attribute, boolean joined) {}

    /** Null if there is no such attribute. */
    static @Nullable AttributePath find(EntityMappingType entity, String name) {
        List<Step> steps = new ArrayList<>();
        ManagedMappingType holder = entity;
        String[] parts = name.split("\\.", -1);
        for (int i = 0; i < parts.length - 1; i++) {
            AttributeMapping attribute = holder.findAttributeMapping(parts[i]);
            if (attribute instanceof ToOneAttributeMapping reference) {
                holder = reference.getEntityMappingType();
                steps.add(new Step(parts[i], true));
            } else if (attribute instanceof EmbeddableValuedModelPart embedded) {
                holder = embedded.getEmbeddableTypeDescriptor();
                steps.add(new Step(parts[i], false));
            } else {
                return null;
            }
        }
        return end(holder, parts[parts.length - 1], steps);
    }

    private static @Nullable AttributePath end(ManagedMappingType holder, String name, List<Step> steps) {
        if (holder instanceof EntityMappingType entity && name.equals(id(entity))) {
            steps.add(new Step(name, false));
            return new AttributePath(List.copyOf(steps), idType(entity));
        }
        AttributeMapping attribute = holder.findAttributeMapping(name);
        if (attribute instanceof BasicValuedModelPart) {
            steps.add(new Step(name, false));
            return new AttributePath(
                    List.copyOf(steps), boxed(attribute.getJavaType().getJavaTypeClass()));
        }
        if (name.endsWith("Id")
                && holder.findAttributeMapping(name.substring(0, name.length() - 2))
                        instanceof ToOneAttributeMapping reference) {
            EntityMappingType target = reference.getEntityMappingType();
            String targetId = id(target);
            if (targetId != null) {
                steps.add(new Step(reference.getAttributeName(), false));
                steps.add(new Step(targetId, false));
                return new AttributePath(List.copyOf(steps), idType(target));
            }
        }
        return null;
    }

    private static @Nullable String id(EntityMappingType entity) {
        return entity.getEntityPersister().getIdentifierPropertyName();
    }

    private static Class<?> idType(EntityMappingType entity) {
        return boxed(entity.getEntityPersister().getIdentifierType().getReturnedClass());
    }

    private static Class<?> boxed(Class<?> type) {
        return ClassUtils.resolvePrimitiveIfNecessary(type);
    }

    /** The attribute in a query. Associations are joined from the left, so that none hides a row by being null. */
    Expression<?> in(Root<?> row) {
        Path<?> path = row;
        for (Step step : steps) {
            path = step.joined() && path instanceof From<?, ?> from
                    ? joined(from, step.attribute())
                    : path.get(step.attribute());
        }
        return path;
    }

    // Two fields of the same association are of the same row.
    private static From<?, ?> joined(From<?, ?> from, String attribute) {
        for (var join : from.getJoins()) {
            if (join.getAttribute().getName().equals(attribute)) {
                return join;
            }
        }
        return from.join(attribute, JoinType.LEFT);
    }
}

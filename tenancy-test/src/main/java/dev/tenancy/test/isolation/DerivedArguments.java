package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.SampleArguments.Wanted;
import dev.tenancy.test.isolation.SampleRows.Row;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;
import org.springframework.data.core.PropertyReferenceException;
import org.springframework.data.domain.Limit;
import org.springframework.data.domain.Pageable;
import org.springframework.data.domain.ScrollPosition;
import org.springframework.data.domain.Sort;
import org.springframework.data.repository.query.parser.Part;
import org.springframework.data.repository.query.parser.PartTree;

/** Arguments of a query that is derived from its method's name: what the row has at each property that the name tells. */
final class DerivedArguments {

    private static final Set<Part.Type> GREATER =
            Set.of(Part.Type.LESS_THAN, Part.Type.BEFORE, Part.Type.NEGATING_SIMPLE_PROPERTY, Part.Type.NOT_IN);
    private static final Set<Part.Type> NOT_ALIKE = Set.of(Part.Type.NOT_LIKE, Part.Type.NOT_CONTAINING);
    private static final Set<Part.Type> LESS = Set.of(Part.Type.GREATER_THAN, Part.Type.AFTER);

    private DerivedArguments() {}

    /** Empty if the method's name is no query, or the row has nothing at one of its properties. */
    static Stream<@Nullable Object[]> of(
            Method method, List<Wanted> wanted, RowValues values, SampleArguments arguments, Row row) {
        List<Object> made = new ArrayList<>();
        Iterator<Object> bound = bound(method, values, row.entity()).iterator();
        for (Wanted one : wanted) {
            Class<?> type = one.type().resolve(Object.class);
            boolean special = Stream.of(Pageable.class, Sort.class, Limit.class, ScrollPosition.class, Class.class)
                    .anyMatch(each -> each.isAssignableFrom(type));
            Object value = special
                    ? arguments.choices(List.of(one), List.of(row), false).get(0)[0]
                    : bound.hasNext() ? bound.next() : null;
            if (value == null) {
                return Stream.of();
            }
            made.add(
                    Iterable.class.isAssignableFrom(type) && !(value instanceof Iterable<?>)
                            ? Set.class.isAssignableFrom(type) ? Set.of(value) : List.of(value)
                            : value);
        }
        return Stream.<@Nullable Object[]>of(made.toArray());
    }

    private static List<Object> bound(Method method, RowValues values, EntityPersister entity) {
        List<Object> bound = new ArrayList<>();
        for (Part part : parts(method, entity)) {
            String path = part.getProperty().toDotPath();
            Object value = values.at(path).or(() -> values.instance(path)).orElse(null);
            if (value != null && GREATER.contains(part.getType())) {
                value = SampleArguments.shifted(value, 1);
            } else if (value != null && LESS.contains(part.getType())) {
                value = SampleArguments.shifted(value, -1);
            } else if (value != null && NOT_ALIKE.contains(part.getType())) {
                value = value + "~";
            }
            for (int i = 0; value != null && i < part.getNumberOfArguments(); i++) {
                bound.add(value);
            }
        }
        return bound;
    }

    /** Lets a row be one that the query finds by what its name says beside the parameters: {@code findByActiveTrue}. */
    static void prepare(Method method, EntityPersister entity, Object row) {
        for (Part part : parts(method, entity)) {
            AttributeMapping attribute = part.getProperty().hasNext()
                    ? null
                    : entity.findAttributeMapping(part.getProperty().getSegment());
            if (attribute != null && part.getType() == Part.Type.TRUE) {
                attribute.setValue(row, true);
            } else if (attribute != null && part.getType() == Part.Type.FALSE) {
                attribute.setValue(row, false);
            } else if (attribute != null && part.getType() == Part.Type.IS_NULL) {
                attribute.setValue(row, null);
            }
            if (part.getType() != Part.Type.IS_NULL) {
                leadToItself(entity, part.getProperty().getSegment(), row);
            }
        }
    }

    // Of a tree, no row is made but the one.
    private static void leadToItself(EntityPersister entity, String segment, Object row) {
        if (entity.findAttributeMapping(segment) instanceof ToOneAttributeMapping reference
                && reference.getValue(row) == null
                && reference.getAssociatedEntityMappingType() == entity) {
            reference.setValue(row, row);
        }
    }

    private static List<Part> parts(Method method, EntityPersister entity) {
        try {
            return new PartTree(method.getName(), entity.getMappedClass())
                    .getParts()
                    .toList();
        } catch (PropertyReferenceException other) {
            // A named query, for instance.
            return List.of();
        }
    }
}

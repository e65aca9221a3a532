package dev.tenancy.spring.crud;

import dev.tenancy.spring.Problem;
import dev.tenancy.spring.crud.RecordParts.Field;
import dev.tenancy.spring.crud.RecordParts.Kind;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.hibernate.Hibernate;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanInstantiationException;
import org.springframework.beans.BeanUtils;
import org.springframework.util.ReflectionUtils;

/** Takes valid bodies into rows. */
final class RecordWriter<E, D extends Record> {

    // 1e999999999 is short as JSON, and a billion digits as SQL.
    private static final int MAX_SCALE = 1000;

    private final SessionFactoryImplementor factory;
    private final Class<D> record;
    private final RecordParts parts;
    private final List<OfferedField> fields;
    private final SchemaFacts facts;
    private final @Nullable RecordMapper<E, D> mapper;

    RecordWriter(RecordShape<E, D> shape) {
        this.factory = shape.factory();
        this.record = shape.record();
        this.parts = shape.parts();
        this.fields = shape.fields();
        this.facts = shape.facts();
        this.mapper = shape.mapper();
    }

    /**
     * What was sent of the fields that are taken, and of all others what is there.
     *
     * @throws BeanInstantiationException if the record refuses these values together
     */
    D carried(D sent, D present, Predicate<OfferedField> taken) {
        @Nullable Object[] values = new Object[fields.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = parts.fields().get(i).in(taken.test(fields.get(i)) ? sent : present);
        }
        return record.cast(BeanUtils.instantiateClass(parts.constructor(), values));
    }

    /** Values that a column would not take, or not as they are. */
    List<Problem.FieldFault> unstorable(D body) {
        List<Problem.FieldFault> faults = new ArrayList<>();
        unstorable(parts, body, "", faults);
        return faults;
    }

    private void unstorable(RecordParts parts, Object body, String prefix, List<Problem.FieldFault> faults) {
        for (Field field : parts.fields()) {
            Object value = field.writable() ? field.in(body) : null;
            if (value == null) {
                continue;
            }
            String name = prefix + field.name();
            if (field.parts() != null) {
                unstorable(field.parts(), value, name + ".", faults);
            } else if (value instanceof String text && !ValueFormat.isStorable(text)) {
                faults.add(new Problem.FieldFault(name, "must be text without NUL and lone surrogates"));
            } else if (value instanceof TemporalAccessor time && !ValueFormat.isStorable(time)) {
                faults.add(new Problem.FieldFault(name, "must be in the years 1 to 9999"));
            } else if (value instanceof Character letter && !ValueFormat.isStorable(letter.toString())) {
                faults.add(new Problem.FieldFault(name, "must be text without NUL and lone surrogates"));
            } else if (value instanceof Number number && !Double.isFinite(number.doubleValue()) && isFloating(value)) {
                faults.add(new Problem.FieldFault(
                        name, Double.isNaN(number.doubleValue()) ? "must be a number" : "is too large"));
            } else if (value instanceof BigDecimal number && Math.abs((long) number.scale()) > MAX_SCALE) {
                faults.add(new Problem.FieldFault(name, "is too large or too small"));
            } else if (field.attribute() instanceof SelectableMapping column) {
                facts.refusal(column, value)
                        .ifPresent(refusal -> faults.add(new Problem.FieldFault(name, "must " + refusal)));
            }
        }
    }

    private static boolean isFloating(Object value) {
        return value instanceof Double || value instanceof Float;
    }

    /** The ids of the rows that a body refers to and its row does not yet, by entity. */
    void addReferences(D body, @Nullable E row, Map<Class<?>, Set<Object>> wanted) {
        addReferences(parts, body, row == null ? null : Hibernate.unproxy(row), wanted);
    }

    private void addReferences(
            RecordParts parts, Object body, @Nullable Object holder, Map<Class<?>, Set<Object>> wanted) {
        for (Field field : parts.referring()) {
            Object value = field.in(body);
            if (value == null) {
                continue;
            }
            if (field.kind() == Kind.EMBEDDED) {
                addReferences(
                        Objects.requireNonNull(field.parts()),
                        value,
                        holder == null ? null : field.mapped().getValue(holder),
                        wanted);
            } else if (holder == null || !isSame(value, field.mapped().getValue(holder))) {
                wanted.computeIfAbsent(field.target().getMappedClass(), any -> new LinkedHashSet<>())
                        .add(value);
            }
        }
    }

    /**
     * Writes the fields that clients may set. What is as it was shown is left alone, for a mapper may show it otherwise than it is.
     *
     * @param was what the row was shown as; null if it is new
     * @param found the rows of the current tenant that {@link #addReferences} asked for, by entity and id
     * @return the faults; the row is to be thrown away if there are any
     */
    List<Problem.FieldFault> write(D body, E row, @Nullable D was, Map<Class<?>, Map<Object, Object>> found) {
        List<Problem.FieldFault> faults = new ArrayList<>();
        List<Field> fields = was == null ? parts.written() : changed(body, was, faults);
        new Writing(found, faults).write(fields, body, Hibernate.unproxy(row), "");
        if (mapper != null && faults.isEmpty()) {
            mapper.write(body, row);
        }
        return faults;
    }

    private List<Field> changed(D body, D was, List<Problem.FieldFault> faults) {
        List<Field> changed = new ArrayList<>();
        for (Field field : parts.written()) {
            if (Objects.equals(field.in(body), field.in(was))) {
                continue;
            }
            changed.add(field);
            // Hibernate would leave it out of the update without a word.
            if (field.kind() != Kind.EMBEDDED
                    && !field.mapped().getAttributeMetadata().isUpdatable()) {
                faults.add(new Problem.FieldFault(field.name(), "cannot be changed"));
            }
        }
        return changed;
    }

    private boolean isSame(Object id, @Nullable Object target) {
        return target != null && id.equals(factory.getPersistenceUnitUtil().getIdentifier(target));
    }

    @Nullable Object idIn(D body) {
        return parts.fields().stream()
                .filter(field -> field.kind() == Kind.ID)
                .findFirst()
                .map(field -> field.in(body))
                .orElse(null);
    }

    /** One row as it is written, and what is wrong with that. */
    private final class Writing {

        private final Map<Class<?>, Map<Object, Object>> found;
        private final List<Problem.FieldFault> faults;

        Writing(Map<Class<?>, Map<Object, Object>> found, List<Problem.FieldFault> faults) {
            this.found = found;
            this.faults = faults;
        }

        private void write(List<Field> fields, Object body, Object holder, String prefix) {
            for (Field field : fields) {
                AttributeMapping attribute = field.mapped();
                Object present = attribute.getValue(holder);
                Object sent = field.in(body);
                attribute.setValue(holder, stored(field, sent, present, prefix + field.name()));
            }
        }

        /** What the entity is to have of a value that was sent; what it has already if that would be a fault. */
        private @Nullable Object stored(Field field, @Nullable Object sent, @Nullable Object present, String name) {
            if (sent == null) {
                if (field.isNullable()) {
                    return null;
                }
                faults.add(new Problem.FieldFault(name, "must not be null"));
                return present;
            }
            if (field.kind() == Kind.EMBEDDED) {
                return embeddable(field, sent, present, name);
            }
            if (field.kind() == Kind.REFERENCE) {
                if (isSame(sent, present)) {
                    return present;
                }
                Object target = found.getOrDefault(field.target().getMappedClass(), Map.of())
                        .get(sent);
                if (target == null) {
                    faults.add(new Problem.FieldFault(name, "does not exist"));
                }
                return target == null ? present : target;
            }
            return field.attribute() instanceof SelectableMapping column ? facts.scaled(column, sent) : sent;
        }

        private @Nullable Object embeddable(Field field, Object body, @Nullable Object present, String name) {
            RecordParts inner = Objects.requireNonNull(field.parts());
            Class<?> type = field.mapped().getJavaType().getJavaTypeClass();
            if (!type.isRecord()) {
                Object target = present == null ? BeanUtils.instantiateClass(type) : present;
                write(inner.written(), body, target, name + ".");
                return target;
            }
            RecordComponent[] components = type.getRecordComponents();
            @Nullable Object[] values = new Object[components.length];
            int before = faults.size();
            for (int i = 0; i < components.length; i++) {
                values[i] = stored(components[i], inner, body, present, name + ".");
            }
            if (faults.size() > before) {
                return present;
            }
            try {
                return BeanUtils.instantiateClass(RecordShape.canonical(type), values);
            } catch (BeanInstantiationException refused) {
                faults.add(new Problem.FieldFault(name, "is not allowed"));
                return present;
            }
        }

        // What the record of clients does not show of an embeddable stays as it is.
        private @Nullable Object stored(
                RecordComponent component, RecordParts parts, Object body, @Nullable Object present, String prefix) {
            component.getAccessor().trySetAccessible();
            Object has = present == null ? null : ReflectionUtils.invokeMethod(component.getAccessor(), present);
            for (Field field : parts.written()) {
                if (field.mapped().getAttributeName().equals(component.getName())) {
                    has = stored(field, field.in(body), has, prefix + field.name());
                }
            }
            return has == null && component.getType().isPrimitive()
                    ? RecordShape.primitiveDefault(component.getType())
                    : has;
        }
    }
}

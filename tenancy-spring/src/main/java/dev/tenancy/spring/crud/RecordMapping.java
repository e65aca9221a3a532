package dev.tenancy.spring.crud;

import dev.tenancy.TenancySetupException;
import dev.tenancy.spring.Problem;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.hibernate.Hibernate;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.generator.Assigned;
import org.hibernate.generator.Generator;
import org.hibernate.generator.internal.TenantIdGeneration;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.ForeignKeyDescriptor;
import org.hibernate.metamodel.mapping.ManagedMappingType;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.metamodel.mapping.internal.EmbeddedAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanInstantiationException;
import org.springframework.beans.BeanUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Carries values between an entity and the record that clients see, by name: {@code name} is the attribute {@code name},
 * {@code customerId} the id of the association {@code customer}, and a component that is a record itself an embeddable. All
 * names are checked when it is made.
 */
final class RecordMapping<E, D extends Record> {

    // 1e999999999 is short as JSON, and a billion digits as SQL.
    private static final int MAX_SCALE = 1000;

    /** How a component of the record gets its value. */
    private enum Kind {
        ID,
        VALUE,
        REFERENCE,
        EMBEDDED,
        /** The application's {@link RecordMapper} knows. */
        MAPPED
    }

    /** A component of a record; {@code shape} is that of a record in it. */
    private record Field(
            String name,
            Method accessor,
            Kind kind,
            @Nullable AttributeMapping attribute,
            @Nullable Shape shape,
            boolean writable) {

        Class<?> type() {
            return accessor.getReturnType();
        }

        AttributeMapping mapped() {
            return Objects.requireNonNull(attribute);
        }

        // Columns of embeddables take null even where the attribute is an int.
        boolean isNullable() {
            return mapped().getAttributeMetadata().isNullable()
                    && !mapped().getPropertyAccess()
                            .getGetter()
                            .getReturnTypeClass()
                            .isPrimitive();
        }

        EntityPersister target() {
            return ((ToOneAttributeMapping) mapped()).getEntityMappingType().getEntityPersister();
        }

        @Nullable Object in(Object record) {
            return ReflectionUtils.invokeMethod(accessor, record);
        }
    }

    private record Shape(Constructor<?> constructor, List<Field> fields) {

        Object create(@Nullable Object[] values) {
            try {
                return constructor.newInstance(values);
            } catch (InvocationTargetException refused) {
                throw new IllegalStateException(
                        constructor.getDeclaringClass().getName()
                                + " cannot show a row that is stored: its constructor threw",
                        refused.getCause());
            } catch (ReflectiveOperationException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    private final SessionFactoryImplementor factory;
    private final EntityPersister persister;
    private final @Nullable AttributeMapping tenant;
    private final Class<E> entity;
    private final Class<D> record;
    private final @Nullable RecordMapper<E, D> mapper;
    private final boolean assignsId;
    private final Shape shape;
    private final List<CrudOffer.Field> fields;
    private final SchemaFacts facts;

    RecordMapping(
            SessionFactoryImplementor factory,
            Class<E> entity,
            Class<D> record,
            List<String> readOnly,
            @Nullable RecordMapper<E, D> mapper) {
        this.factory = factory;
        this.entity = entity;
        this.record = record;
        this.mapper = mapper;
        this.persister = factory.getMappingMetamodel().getEntityDescriptor(entity);
        this.tenant = tenantOf(persister);
        this.assignsId = persister.getGenerator() instanceof Assigned;
        this.shape = shape(record, persister, readOnly, "");
        this.fields = describe(shape);
        Set<String> tables = new LinkedHashSet<>(List.of(persister.getIdentifierTableName()));
        for (SelectableMapping column :
                columns(shape.fields(), "", new LinkedHashMap<>()).values()) {
            tables.add(column.getContainingTableExpression());
        }
        this.facts = SchemaFacts.read(factory, tables);
    }

    private Shape shape(Class<?> type, ManagedMappingType holder, List<String> readOnly, String prefix) {
        Constructor<?> constructor = canonical(type);
        List<Field> fields = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Method accessor = component.getAccessor();
            accessor.trySetAccessible();
            fields.add(field(accessor, holder, readOnly, prefix));
        }
        return new Shape(constructor, List.copyOf(fields));
    }

    private static Constructor<?> canonical(Class<?> type) {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new));
            constructor.trySetAccessible();
            return constructor;
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Field field(Method accessor, ManagedMappingType holder, List<String> readOnly, String prefix) {
        String name = accessor.getName();
        if (holder == persister && name.equals(persister.getIdentifierPropertyName())) {
            return checked(new Field(name, accessor, Kind.ID, null, null, assignsId), idType(persister));
        }
        AttributeMapping attribute = holder.findAttributeMapping(name);
        boolean writable = !readOnly.contains(prefix + name) && !isNeverWritten(holder, name, attribute);
        if (attribute instanceof EmbeddedAttributeMapping embedded
                && accessor.getReturnType().isRecord()) {
            Shape inner = shape(
                    accessor.getReturnType(), embedded.getEmbeddableTypeDescriptor(), readOnly, prefix + name + ".");
            return new Field(name, accessor, Kind.EMBEDDED, attribute, inner, writable);
        }
        boolean isCollection = attribute instanceof PluralAttributeMapping;
        if (attribute != null && !isCollection && !(attribute instanceof ToOneAttributeMapping)) {
            return checked(
                    new Field(name, accessor, Kind.VALUE, attribute, null, writable),
                    attribute.getJavaType().getJavaTypeClass());
        }
        ToOneAttributeMapping reference = AttributePath.reference(holder, name);
        if (reference != null) {
            return checked(
                    new Field(
                            name, accessor, Kind.REFERENCE, reference, null, writable && !isStoredElsewhere(reference)),
                    idType(reference.getEntityMappingType().getEntityPersister()));
        }
        if (mapper != null && holder == persister) {
            return new Field(name, accessor, Kind.MAPPED, null, null, writable);
        }
        if (isCollection) {
            throw new TenancySetupException(
                    accessor.getDeclaringClass().getName() + " has a component " + name
                            + ", which is a collection of "
                            + holder.getJavaType().getJavaTypeClass().getName()
                            + ": a list would take a statement more for each of its rows.",
                    "Give its elements a resource of their own; or map the component in a bean of the type RecordMapper.");
        }
        throw new TenancySetupException(
                accessor.getDeclaringClass().getName() + " has a component " + name + ", but "
                        + holder.getJavaType().getJavaTypeClass().getName() + " has no such attribute.",
                "Name components after attributes, or after an association with \"Id\" behind it; or map the component in"
                        + " a bean of the type RecordMapper.");
    }

    private boolean isNeverWritten(ManagedMappingType holder, String name, @Nullable AttributeMapping attribute) {
        return holder == persister && name.equals("tenantId")
                || holder == persister && name.equals("version") && attribute == null
                || isTenant(attribute)
                || isStoredElsewhere(attribute)
                || attribute != null
                        && persister.getVersionMapping() != null
                        && attribute == persister.getVersionMapping().getVersionAttribute();
    }

    // By another attribute of the same column, by the database, or by the other side of an association.
    private static boolean isStoredElsewhere(@Nullable AttributeMapping attribute) {
        return attribute instanceof ToOneAttributeMapping reference
                        && reference.getSideNature() == ForeignKeyDescriptor.Nature.TARGET
                || attribute != null
                        && !(attribute instanceof EmbeddedAttributeMapping)
                        && !attribute.getAttributeMetadata().isInsertable()
                        && !attribute.getAttributeMetadata().isUpdatable();
    }

    /** The tenant that a row belongs to; null if the entity is global. */
    @Nullable Object tenant(E row) {
        return tenant == null ? null : tenant.getValue(row);
    }

    private boolean isTenant(@Nullable AttributeMapping attribute) {
        return attribute != null && attribute == tenant;
    }

    private static @Nullable AttributeMapping tenantOf(EntityPersister persister) {
        Generator[] generators = persister.getGenerators();
        for (int position = 0; position < generators.length; position++) {
            if (generators[position] instanceof TenantIdGeneration) {
                return persister.getAttributeMapping(position);
            }
        }
        return null;
    }

    private static Class<?> idType(EntityPersister persister) {
        return persister.getIdentifierType().getReturnedClass();
    }

    private static Field checked(Field field, Class<?> type) {
        if (field.type().isPrimitive() && field.attribute() != null && field.isNullable()) {
            throw new TenancySetupException(
                    field.accessor().getDeclaringClass().getName() + " has the component " + field.name() + " of type "
                            + field.type().getName() + ", but the entity may have null there, which it could not show.",
                    "Give it the type "
                            + ClassUtils.resolvePrimitiveIfNecessary(field.type())
                                    .getSimpleName() + ", or say of the column that it is not nullable.");
        }
        if (ClassUtils.resolvePrimitiveIfNecessary(field.type()) != ClassUtils.resolvePrimitiveIfNecessary(type)) {
            throw new TenancySetupException(
                    field.accessor().getDeclaringClass().getName() + " has the component " + field.name() + " of type "
                            + field.type().getName() + ", but the entity has " + type.getName() + " there.",
                    "Give both the same type.");
        }
        return field;
    }

    EntityPersister persister() {
        return persister;
    }

    Class<D> record() {
        return record;
    }

    Class<?> idType() {
        return idType(persister);
    }

    /** Whether rows get their id from whoever creates them. */
    boolean assignsId() {
        return assignsId;
    }

    List<CrudOffer.Field> fields() {
        return fields;
    }

    private static List<CrudOffer.Field> describe(Shape shape) {
        return shape.fields().stream()
                .map(field -> new CrudOffer.Field(
                        field.name(),
                        field.type(),
                        field.writable(),
                        field.attribute() != null && field.isNullable(),
                        field.shape() == null ? List.of() : describe(field.shape())))
                .toList();
    }

    E instantiate() {
        return BeanUtils.instantiateClass(entity);
    }

    Object id(E row) {
        return factory.getPersistenceUnitUtil().getIdentifier(row);
    }

    /** Null if rows have none. */
    @Nullable Object version(E row) {
        return persister.isVersioned() ? persister.getVersion(Hibernate.unproxy(row)) : null;
    }

    D toRecord(E row) {
        D mapped = record.cast(show(shape, Hibernate.unproxy(row)));
        return mapper == null ? mapped : mapper.toRecord(row, mapped);
    }

    private Object show(Shape shape, Object holder) {
        @Nullable Object[] values = new Object[shape.fields().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = show(shape.fields().get(i), holder);
        }
        return shape.create(values);
    }

    private @Nullable Object show(Field field, Object holder) {
        if (field.kind() == Kind.ID) {
            return factory.getPersistenceUnitUtil().getIdentifier(holder);
        }
        if (field.kind() == Kind.MAPPED) {
            return field.type().isPrimitive() ? primitiveDefault(field.type()) : null;
        }
        Object value = field.mapped().getValue(holder);
        if (value == null) {
            return null;
        }
        return switch (field.kind()) {
            case REFERENCE -> factory.getPersistenceUnitUtil().getIdentifier(value);
            case EMBEDDED -> show(Objects.requireNonNull(field.shape()), value);
            default -> value;
        };
    }

    private static Object primitiveDefault(Class<?> type) {
        return java.lang.reflect.Array.get(java.lang.reflect.Array.newInstance(type, 1), 0);
    }

    /**
     * What was sent of the fields that are taken, and of all others what is there.
     *
     * @throws BeanInstantiationException if the record refuses these values together
     */
    D carried(D sent, D present, Predicate<CrudOffer.Field> taken) {
        @Nullable Object[] values = new Object[fields.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = shape.fields().get(i).in(taken.test(fields.get(i)) ? sent : present);
        }
        return record.cast(BeanUtils.instantiateClass(shape.constructor(), values));
    }

    /** Values that a column would not take, or not as they are. */
    List<Problem.FieldFault> unstorable(D body) {
        List<Problem.FieldFault> faults = new ArrayList<>();
        unstorable(shape, body, "", faults);
        return faults;
    }

    private void unstorable(Shape shape, Object body, String prefix, List<Problem.FieldFault> faults) {
        for (Field field : shape.fields()) {
            Object value = field.in(body);
            String name = prefix + field.name();
            if (value == null || !field.writable()) {
                continue;
            }
            if (field.shape() != null) {
                unstorable(field.shape(), value, name + ".", faults);
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
        addReferences(shape, body, row == null ? null : Hibernate.unproxy(row), wanted);
    }

    private void addReferences(Shape shape, Object body, @Nullable Object holder, Map<Class<?>, Set<Object>> wanted) {
        for (Field field : shape.fields()) {
            Object value = field.writable() ? field.in(body) : null;
            if (value == null) {
                continue;
            }
            if (field.kind() == Kind.EMBEDDED) {
                addReferences(
                        Objects.requireNonNull(field.shape()),
                        value,
                        holder == null ? null : field.mapped().getValue(holder),
                        wanted);
            } else if (field.kind() == Kind.REFERENCE
                    && (holder == null || !isSame(value, field.mapped().getValue(holder)))) {
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
        List<Field> changed = new ArrayList<>();
        for (Field field : shape.fields()) {
            if (was == null || !Objects.equals(field.in(body), field.in(was))) {
                changed.add(field);
                addUnchangeable(field, was, faults);
            }
        }
        write(new Shape(shape.constructor(), changed), body, Hibernate.unproxy(row), found, "", faults);
        if (mapper != null && faults.isEmpty()) {
            mapper.write(body, row);
        }
        return faults;
    }

    // Hibernate would leave it out of the update without a word.
    private void addUnchangeable(Field field, @Nullable D was, List<Problem.FieldFault> faults) {
        if (was != null
                && field.writable()
                && field.attribute() != null
                && field.kind() != Kind.EMBEDDED
                && !field.attribute().getAttributeMetadata().isUpdatable()) {
            faults.add(new Problem.FieldFault(field.name(), "cannot be changed"));
        }
    }

    private void write(
            Shape shape,
            Object body,
            Object holder,
            Map<Class<?>, Map<Object, Object>> found,
            String prefix,
            List<Problem.FieldFault> faults) {
        for (Field field : shape.fields()) {
            if (field.writable() && field.attribute() != null) {
                Object present = field.attribute().getValue(holder);
                Object sent = field.in(body);
                field.attribute().setValue(holder, stored(field, sent, present, found, prefix + field.name(), faults));
            }
        }
    }

    /** What the entity is to have of a value that was sent; what it has already if that would be a fault. */
    private @Nullable Object stored(
            Field field,
            @Nullable Object sent,
            @Nullable Object present,
            Map<Class<?>, Map<Object, Object>> found,
            String name,
            List<Problem.FieldFault> faults) {
        if (sent == null) {
            if (field.isNullable()) {
                return null;
            }
            faults.add(new Problem.FieldFault(name, "must not be null"));
            return present;
        }
        if (field.kind() == Kind.EMBEDDED) {
            return embeddable(field, sent, present, found, name, faults);
        }
        if (field.kind() == Kind.REFERENCE && !isSame(sent, present)) {
            Object target = found.getOrDefault(field.target().getMappedClass(), Map.of())
                    .get(sent);
            if (target == null) {
                faults.add(new Problem.FieldFault(name, "does not exist"));
            }
            return target == null ? present : target;
        }
        if (field.kind() == Kind.REFERENCE) {
            return present;
        }
        return field.attribute() instanceof SelectableMapping column ? facts.scaled(column, sent) : sent;
    }

    private boolean isSame(Object id, @Nullable Object target) {
        return target != null && id.equals(factory.getPersistenceUnitUtil().getIdentifier(target));
    }

    private @Nullable Object embeddable(
            Field field,
            Object body,
            @Nullable Object present,
            Map<Class<?>, Map<Object, Object>> found,
            String name,
            List<Problem.FieldFault> faults) {
        Shape inner = Objects.requireNonNull(field.shape());
        Class<?> type = field.mapped().getJavaType().getJavaTypeClass();
        if (!type.isRecord()) {
            Object target = present == null ? BeanUtils.instantiateClass(type) : present;
            write(inner, body, target, found, name + ".", faults);
            return target;
        }
        RecordComponent[] components = type.getRecordComponents();
        @Nullable Object[] values = new Object[components.length];
        int before = faults.size();
        for (int i = 0; i < components.length; i++) {
            values[i] = stored(components[i], inner, body, present, found, name + ".", faults);
        }
        if (faults.size() > before) {
            return present;
        }
        try {
            return BeanUtils.instantiateClass(canonical(type), values);
        } catch (BeanInstantiationException refused) {
            faults.add(new Problem.FieldFault(name, "is not allowed"));
            return present;
        }
    }

    // What the record of clients does not show of an embeddable stays as it is.
    private @Nullable Object stored(
            RecordComponent component,
            Shape shape,
            Object body,
            @Nullable Object present,
            Map<Class<?>, Map<Object, Object>> found,
            String prefix,
            List<Problem.FieldFault> faults) {
        component.getAccessor().trySetAccessible();
        Object has = present == null ? null : ReflectionUtils.invokeMethod(component.getAccessor(), present);
        for (Field field : shape.fields()) {
            if (field.writable()
                    && field.attribute() != null
                    && field.attribute().getAttributeName().equals(component.getName())) {
                has = stored(field, field.in(body), has, found, prefix + field.name(), faults);
            }
        }
        return has == null && component.getType().isPrimitive() ? primitiveDefault(component.getType()) : has;
    }

    /** Gives a new row its id, where {@link #assignsId()} says that nothing else does. */
    void setId(E row, Object id, SharedSessionContractImplementor session) {
        persister.setIdentifier(row, id, session);
    }

    @Nullable Object idIn(D body) {
        return shape.fields().stream()
                .filter(field -> field.kind() == Kind.ID)
                .findFirst()
                .map(field -> field.in(body))
                .orElse(null);
    }

    /** The name of the field that shows a column; empty if none does, and for the tenant's. */
    Optional<String> fieldOf(String column) {
        return columns(shape.fields(), "", new LinkedHashMap<>()).entrySet().stream()
                .filter(one -> SchemaFacts.normal(one.getValue().getSelectionExpression())
                        .equals(column))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    List<String> columnsOf(@Nullable String constraint) {
        return facts.columns(constraint);
    }

    private Map<String, SelectableMapping> columns(
            List<Field> fields, String prefix, Map<String, SelectableMapping> columns) {
        for (Field field : fields) {
            if (field.kind() == Kind.ID && persister.getIdentifierMapping() instanceof SelectableMapping id) {
                columns.put(prefix + field.name(), id);
            } else if (field.shape() != null) {
                columns(field.shape().fields(), prefix + field.name() + ".", columns);
            } else if (field.attribute() instanceof SelectableMapping column && !isTenant(field.attribute())) {
                columns.put(prefix + field.name(), column);
            } else if (field.attribute() instanceof ToOneAttributeMapping reference
                    && reference.getForeignKeyDescriptor().getJdbcTypeCount() == 1) {
                columns.put(
                        prefix + field.name(),
                        reference.getForeignKeyDescriptor().getKeyPart().getSelectable(0));
            }
        }
        return columns;
    }
}

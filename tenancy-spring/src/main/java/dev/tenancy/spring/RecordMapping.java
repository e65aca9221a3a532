package dev.tenancy.spring;

import dev.tenancy.TenancySetupException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.temporal.ChronoField;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.hibernate.Hibernate;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Carries values between an entity and the record that clients see, by name: {@code name} is the attribute {@code name},
 * {@code customerId} the id of the association {@code customer}. All names are checked when it is made.
 */
final class RecordMapping<E, D extends Record> {

    private static final Set<String> NEVER_WRITTEN = Set.of("tenantId", "version");

    /** A component of the record, read by {@code accessor}; {@code target} is the associated entity if it is a reference. */
    private record Field(
            String name,
            Method accessor,
            @Nullable AttributeMapping attribute,
            @Nullable Class<?> target,
            boolean writable) {}

    private final SessionFactoryImplementor factory;
    private final EntityPersister persister;
    private final Class<E> entity;
    private final Constructor<D> constructor;
    private final Map<String, Field> fields = new LinkedHashMap<>();

    RecordMapping(SessionFactoryImplementor factory, Class<E> entity, Class<D> record, List<String> readOnly) {
        this.factory = factory;
        this.entity = entity;
        this.persister = factory.getMappingMetamodel().getEntityDescriptor(entity);
        RecordComponent[] components = record.getRecordComponents();
        try {
            this.constructor = record.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException(impossible);
        }
        this.constructor.trySetAccessible();
        for (RecordComponent component : components) {
            Method accessor = component.getAccessor();
            accessor.trySetAccessible();
            fields.put(component.getName(), field(accessor, record, readOnly));
        }
    }

    private Field field(Method accessor, Class<D> record, List<String> readOnly) {
        String name = accessor.getName();
        boolean writable = !readOnly.contains(name) && !NEVER_WRITTEN.contains(name);
        if (name.equals(persister.getIdentifierPropertyName())) {
            return checked(new Field(name, accessor, null, null, false), idType(persister), record);
        }
        AttributeMapping attribute = persister.findAttributeMapping(name);
        if (attribute != null && !(attribute instanceof ToOneAttributeMapping)) {
            return checked(
                    new Field(name, accessor, attribute, null, writable),
                    attribute.getJavaType().getJavaTypeClass(),
                    record);
        }
        if (name.endsWith("Id")
                && persister.findAttributeMapping(name.substring(0, name.length() - 2))
                        instanceof ToOneAttributeMapping association) {
            Class<?> target = association.getJavaType().getJavaTypeClass();
            return checked(
                    new Field(name, accessor, association, target, writable),
                    idType(association.getEntityMappingType().getEntityPersister()),
                    record);
        }
        throw new TenancySetupException(
                record.getName() + " has a component " + name + ", but " + entity.getName() + " has no such attribute.",
                "Name components after attributes, or after an association with \"Id\" behind it.");
    }

    private static Class<?> idType(EntityPersister persister) {
        return persister.getIdentifierType().getReturnedClass();
    }

    private static Field checked(Field field, Class<?> type, Class<?> record) {
        if (ClassUtils.resolvePrimitiveIfNecessary(field.accessor().getReturnType())
                != ClassUtils.resolvePrimitiveIfNecessary(type)) {
            throw new TenancySetupException(
                    record.getName() + " has the component " + field.name() + " of type "
                            + field.accessor().getReturnType().getName() + ", but the entity has " + type.getName()
                            + " there.",
                    "Give both the same type.");
        }
        return field;
    }

    Class<?> idType() {
        return idType(persister);
    }

    /** The version of a row; null if it has none. */
    @Nullable Object version(E row) {
        return persister.isVersioned() ? persister.getVersion(Hibernate.unproxy(row)) : null;
    }

    /** The fields that a unique constraint of the table is about, without the tenant; empty if there is no such constraint. */
    List<String> uniqueFields(Connection connection, String constraint) throws SQLException {
        String index = constraint.substring(constraint.lastIndexOf('.') + 1).replace("\"", "");
        DatabaseMetaData metaData = connection.getMetaData();
        String table = persister.getIdentifierTableName();
        table = table.substring(table.lastIndexOf('.') + 1);
        List<String> found = new ArrayList<>();
        try (ResultSet columns = metaData.getIndexInfo(
                connection.getCatalog(),
                connection.getSchema(),
                metaData.storesUpperCaseIdentifiers() ? table.toUpperCase(Locale.ROOT) : table,
                true,
                true)) {
            while (columns.next()) {
                if (index.equalsIgnoreCase(columns.getString("INDEX_NAME"))) {
                    String column = columns.getString("COLUMN_NAME");
                    fields.values().stream()
                            .filter(field -> isOf(field, column))
                            .forEach(field -> found.add(field.name()));
                }
            }
        }
        return found;
    }

    private static boolean isOf(Field field, String column) {
        AttributeMapping attribute = field.attribute();
        if (attribute == null) {
            return false;
        }
        boolean[] found = {false};
        attribute.forEachSelectable(
                (index, selectable) -> found[0] |= column.equalsIgnoreCase(selectable.getSelectionExpression()));
        return found[0];
    }

    E instantiate() {
        return BeanUtils.instantiateClass(entity);
    }

    D toRecord(E row) {
        Object unproxied = Hibernate.unproxy(row);
        return create(
                fields.values().stream().map(field -> fromRow(field, unproxied)).toArray());
    }

    private @Nullable Object fromRow(Field field, Object row) {
        AttributeMapping attribute = field.attribute();
        if (attribute == null) {
            return idOf(row);
        }
        Object value = attribute.getValue(row);
        return field.target() == null || value == null ? value : idOf(value);
    }

    private Object idOf(Object row) {
        return factory.getPersistenceUnitUtil().getIdentifier(row);
    }

    private D create(@Nullable Object[] values) {
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

    /** Values that PostgreSQL does not store, of which H2 would not complain. */
    List<Problem.FieldFault> unstorable(D body) {
        List<Problem.FieldFault> faults = new ArrayList<>();
        for (Field field : fields.values()) {
            Object value = ReflectionUtils.invokeMethod(field.accessor(), body);
            if (value instanceof String text && !isStorable(text)) {
                faults.add(new Problem.FieldFault(field.name(), "must be text without NUL and lone surrogates"));
            }
            if (value instanceof Temporal time
                    && time.isSupported(ChronoField.YEAR)
                    && (time.get(ChronoField.YEAR) < 1 || time.get(ChronoField.YEAR) > 9999)) {
                faults.add(new Problem.FieldFault(field.name(), "must be in the years 1 to 9999"));
            }
        }
        return faults;
    }

    static boolean isStorable(String text) {
        return text.codePoints().noneMatch(c -> c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    /**
     * Writes the fields that clients may set. A reference that has not changed is left alone; any other is looked up.
     *
     * @param find finds a row of an entity by its id within the tenant; null if there is none
     * @return the faults; the row is to be thrown away if there are any
     */
    List<Problem.FieldFault> write(D body, E row, BiFunction<Class<?>, Object, @Nullable Object> find) {
        Object unproxied = Hibernate.unproxy(row);
        List<Problem.FieldFault> faults = new ArrayList<>();
        for (Field field : fields.values()) {
            AttributeMapping attribute = field.attribute();
            if (!field.writable() || attribute == null) {
                continue;
            }
            Object value = ReflectionUtils.invokeMethod(field.accessor(), body);
            if (field.target() != null && value != null) {
                if (value.equals(fromRow(field, unproxied))) {
                    continue;
                }
                value = find.apply(field.target(), value);
                if (value == null) {
                    faults.add(new Problem.FieldFault(field.name(), "does not exist"));
                    continue;
                }
            }
            if (value == null && !attribute.getAttributeMetadata().isNullable()) {
                faults.add(new Problem.FieldFault(field.name(), "must not be null"));
            } else {
                attribute.setValue(unproxied, value);
            }
        }
        return faults;
    }
}

package dev.tenancy.spring.crud;

import dev.tenancy.TenancySetupException;
import dev.tenancy.spring.crud.RecordParts.Field;
import dev.tenancy.spring.crud.RecordParts.Kind;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hibernate.Hibernate;
import org.hibernate.engine.FetchTiming;
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
import org.springframework.beans.BeanUtils;
import org.springframework.util.ClassUtils;

/**
 * How the record that clients see is made up of attributes of an entity, by name: {@code name} is the attribute {@code name},
 * {@code customerId} the id of the association {@code customer}, and a component that is a record itself an embeddable. All
 * names are checked when it is made.
 */
final class RecordShape<E, D extends Record> {

    private final SessionFactoryImplementor factory;
    private final EntityPersister persister;
    private final @Nullable AttributeMapping tenant;
    private final Class<E> entity;
    private final Class<D> record;
    private final @Nullable RecordMapper<E, D> mapper;
    private final boolean assignsId;
    private final RecordParts parts;
    private final List<OfferedField> fields;
    private final SchemaFacts facts;

    RecordShape(
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
        this.parts = parts(record, persister, readOnly, "");
        this.fields = describe(parts);
        Set<String> tables = new LinkedHashSet<>(List.of(persister.getIdentifierTableName()));
        for (SelectableMapping column :
                columns(parts.fields(), "", new LinkedHashMap<>()).values()) {
            tables.add(column.getContainingTableExpression());
        }
        this.facts = SchemaFacts.read(factory, tables);
    }

    private RecordParts parts(Class<?> type, ManagedMappingType holder, List<String> readOnly, String prefix) {
        Constructor<?> constructor = canonical(type);
        List<Field> fields = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Method accessor = component.getAccessor();
            accessor.trySetAccessible();
            fields.add(field(accessor, holder, readOnly, prefix));
        }
        return RecordParts.of(constructor, fields);
    }

    static Constructor<?> canonical(Class<?> type) {
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
            return checked(new Field(accessor, Kind.ID, null, null, assignsId), idType(persister));
        }
        AttributeMapping attribute = holder.findAttributeMapping(name);
        boolean writable = !readOnly.contains(prefix + name) && !isNeverWritten(holder, name, attribute);
        if (attribute instanceof EmbeddedAttributeMapping embedded
                && accessor.getReturnType().isRecord()) {
            RecordParts inner = parts(
                    accessor.getReturnType(), embedded.getEmbeddableTypeDescriptor(), readOnly, prefix + name + ".");
            return new Field(accessor, Kind.EMBEDDED, attribute, inner, writable);
        }
        boolean isCollection = attribute instanceof PluralAttributeMapping;
        if (attribute != null && !isCollection && !(attribute instanceof ToOneAttributeMapping)) {
            return checked(
                    new Field(accessor, Kind.VALUE, attribute, null, writable),
                    attribute.getJavaType().getJavaTypeClass());
        }
        ToOneAttributeMapping reference = AttributePath.reference(holder, name);
        if (reference != null) {
            return checked(
                    new Field(accessor, Kind.REFERENCE, reference, null, writable && !isStoredElsewhere(reference)),
                    idType(reference.getEntityMappingType().getEntityPersister()));
        }
        if (mapper != null && holder == persister) {
            return new Field(accessor, Kind.MAPPED, null, null, writable);
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

    SessionFactoryImplementor factory() {
        return factory;
    }

    Class<E> entity() {
        return entity;
    }

    @Nullable RecordMapper<E, D> mapper() {
        return mapper;
    }

    RecordParts parts() {
        return parts;
    }

    /** Null if the entity is global. */
    @Nullable AttributeMapping tenant() {
        return tenant;
    }

    SchemaFacts facts() {
        return facts;
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

    List<OfferedField> fields() {
        return fields;
    }

    private static List<OfferedField> describe(RecordParts parts) {
        return parts.fields().stream()
                .map(field -> new OfferedField(
                        field.name(),
                        field.type(),
                        field.writable(),
                        field.attribute() != null && field.isNullable(),
                        field.parts() == null ? List.of() : describe(field.parts())))
                .toList();
    }

    /** Whether loading rows would load what they refer to, one select for each. */
    static boolean fetchesEagerly(ManagedMappingType holder) {
        return attributes(holder)
                .anyMatch(attribute ->
                        (attribute instanceof ToOneAttributeMapping || attribute instanceof PluralAttributeMapping)
                                && attribute.getMappedFetchOptions().getTiming() == FetchTiming.IMMEDIATE);
    }

    /** The attributes of a type, and in the place of an embeddable those of it. */
    static Stream<AttributeMapping> attributes(ManagedMappingType holder) {
        return IntStream.range(0, holder.getNumberOfAttributeMappings())
                .mapToObj(holder::getAttributeMapping)
                .flatMap(attribute -> attribute instanceof EmbeddedAttributeMapping embedded
                        ? attributes(embedded.getEmbeddableTypeDescriptor())
                        : Stream.of(attribute));
    }

    E instantiate() {
        return BeanUtils.instantiateClass(entity);
    }

    /** Gives a new row its id, where {@link #assignsId()} says that nothing else does. */
    void setId(E row, Object id, SharedSessionContractImplementor session) {
        persister.setIdentifier(row, id, session);
    }

    Object id(E row) {
        return factory.getPersistenceUnitUtil().getIdentifier(row);
    }

    /** Null if rows have none. */
    @Nullable Object version(E row) {
        return persister.isVersioned() ? persister.getVersion(Hibernate.unproxy(row)) : null;
    }

    static Object primitiveDefault(Class<?> type) {
        return java.lang.reflect.Array.get(java.lang.reflect.Array.newInstance(type, 1), 0);
    }

    /** The name of the field that shows a column; empty if none does, and for the tenant's. */
    Optional<String> fieldOf(String column) {
        return columns(parts.fields(), "", new LinkedHashMap<>()).entrySet().stream()
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
            } else if (field.parts() != null) {
                columns(field.parts().fields(), prefix + field.name() + ".", columns);
            } else if (field.attribute() instanceof SelectableMapping column && !isTenant(field.attribute())) {
                columns.put(prefix + field.name(), column);
            } else if (field.attribute() instanceof ToOneAttributeMapping reference) {
                SelectableMapping column = AttributePath.column(reference);
                if (column != null) {
                    columns.put(prefix + field.name(), column);
                }
            }
        }
        return columns;
    }
}

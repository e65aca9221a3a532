package dev.tenancy.spring.crud;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.EntityValuedModelPart;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;

/**
 * The components of a record.
 *
 * @param written those of them that clients write to the entity
 * @param referring those of them that may name other rows
 */
record RecordParts(Constructor<?> constructor, List<Field> fields, List<Field> written, List<Field> referring) {

    /** How a component of the record gets its value. */
    enum Kind {
        ID,
        VALUE,
        REFERENCE,
        EMBEDDED,
        /** The application's {@link RecordMapper} knows. */
        MAPPED
    }

    /** A component of a record; {@code parts} are those of a record in it. */
    record Field(
            Method accessor,
            Kind kind,
            @Nullable AttributeMapping attribute,
            @Nullable RecordParts parts,
            boolean writable) {

        String name() {
            return accessor.getName();
        }

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
            return ((EntityValuedModelPart) mapped()).getEntityMappingType().getEntityPersister();
        }

        @Nullable Object in(Object record) {
            return ReflectionUtils.invokeMethod(accessor, record);
        }
    }

    static RecordParts of(Constructor<?> constructor, List<Field> fields) {
        List<Field> written = fields.stream()
                .filter(field -> field.writable() && field.attribute() != null)
                .toList();
        return new RecordParts(
                constructor,
                List.copyOf(fields),
                written,
                written.stream()
                        .filter(field -> field.kind() == Kind.REFERENCE || field.kind() == Kind.EMBEDDED)
                        .toList());
    }

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

package dev.tenancy.spring.crud;

import dev.tenancy.TenantIsolation;
import dev.tenancy.spring.crud.RecordParts.Field;
import dev.tenancy.spring.crud.RecordParts.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.Hibernate;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.ForeignKeyDescriptor;
import org.hibernate.metamodel.mapping.ManagedMappingType;
import org.hibernate.metamodel.mapping.internal.BasicAttributeMapping;
import org.hibernate.metamodel.mapping.internal.EmbeddedAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * Shows rows as records. Where nothing of the application has a part in how the entity is loaded, what the record shows is
 * selected, and no entity is made.
 */
final class RecordReader<E, D extends Record> {

    /** A row as clients see it. */
    record Shown<D>(Object id, @Nullable Object version, D body) {}

    /** What of a row is selected, in HQL, and what is made of that. */
    interface Selection<D> {

        /** @param more what is selected behind the row, if it is made of columns */
        String text(QueryText query, List<String> more);

        boolean isMadeOfColumns();

        Class<?> type();

        D toRecord(Object selected);

        /** Where a row stands in a list whose sorts were selected behind it. */
        Cursor place(Object selected, List<Sort> sorts);
    }

    private final SessionFactoryImplementor factory;
    private final RecordShape<E, D> shape;
    private final Selection<D> selection;

    RecordReader(RecordShape<E, D> shape) {
        this.factory = shape.factory();
        this.shape = shape;
        this.selection = isMadeOfColumns() ? new OfColumns() : new OfEntities();
    }

    RecordShape<E, D> shape() {
        return shape;
    }

    Selection<D> selection() {
        return selection;
    }

    /**
     * Whether reads need no transaction: they are one statement for rows, nobody who maps them counts on one, and there are no large
     * objects, which PostgreSQL gives within one only.
     */
    boolean readsAlone() {
        EntityPersister entity = shape.persister();
        return shape.mapper() == null
                && !RecordShape.fetchesEagerly(entity)
                && !hasLob(entity)
                && entity.getSubMappingTypes().stream().noneMatch(RecordReader::hasLob);
    }

    private static boolean hasLob(ManagedMappingType holder) {
        return RecordShape.attributes(holder).anyMatch(AttributePath::isLob);
    }

    /** Of an entity that is loaded. */
    Shown<D> show(E row) {
        return new Shown<>(shape.id(row), shape.version(row), toRecord(row));
    }

    D toRecord(E row) {
        D mapped = shape.record().cast(show(shape.parts(), Hibernate.unproxy(row)));
        return shape.mapper() == null ? mapped : shape.mapper().toRecord(row, mapped);
    }

    private Object show(RecordParts parts, Object holder) {
        @Nullable Object[] values = new Object[parts.fields().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = show(parts.fields().get(i), holder);
        }
        return parts.create(values);
    }

    private @Nullable Object show(Field field, Object holder) {
        if (field.kind() == Kind.ID) {
            return factory.getPersistenceUnitUtil().getIdentifier(holder);
        }
        if (field.kind() == Kind.MAPPED) {
            return field.type().isPrimitive() ? RecordShape.primitiveDefault(field.type()) : null;
        }
        Object value = field.mapped().getValue(holder);
        if (value == null) {
            return null;
        }
        return switch (field.kind()) {
            case REFERENCE -> factory.getPersistenceUnitUtil().getIdentifier(value);
            case EMBEDDED -> show(Objects.requireNonNull(field.parts()), value);
            default -> value;
        };
    }

    // A callback may decrypt what a column holds, and a getter may show it otherwise.
    private boolean isMadeOfColumns() {
        EntityPersister entity = shape.persister();
        return shape.mapper() == null
                && !Watchers.ofLoading(factory, entity)
                && entity.getSubMappingTypes().isEmpty()
                && (shape.tenant() == null || isField(shape.tenant()))
                && shape.parts().fields().stream().allMatch(RecordReader::isColumn);
    }

    private static boolean isColumn(Field field) {
        return switch (field.kind()) {
            case ID -> true;
            case VALUE -> field.mapped() instanceof BasicAttributeMapping && isField(field.mapped());
            case REFERENCE ->
                field.mapped() instanceof ToOneAttributeMapping reference
                        && reference.getSideNature() == ForeignKeyDescriptor.Nature.KEY
                        && reference.isReferenceToPrimaryKey()
                        // Or else the column is of a row that is joined, and rows without one would be left out.
                        && reference.isFkOptimizationAllowed()
                        && isField(reference);
            case EMBEDDED ->
                field.mapped() instanceof EmbeddedAttributeMapping embedded
                        && isField(embedded)
                        && RecordShape.attributes(embedded.getEmbeddableTypeDescriptor())
                                .allMatch(BasicAttributeMapping.class::isInstance);
            case MAPPED -> false;
        };
    }

    private static boolean isField(AttributeMapping attribute) {
        return attribute.getPropertyAccess().getGetter().getMember() instanceof java.lang.reflect.Field;
    }

    private final class OfEntities implements Selection<D> {

        @Override
        public String text(QueryText query, List<String> more) {
            return query.selecting(QueryText.ROW);
        }

        @Override
        public boolean isMadeOfColumns() {
            return false;
        }

        @Override
        public Class<?> type() {
            return shape.persister().getMappedClass();
        }

        @Override
        @SuppressWarnings("unchecked") // The query was for the type above.
        public D toRecord(Object selected) {
            return RecordReader.this.toRecord((E) selected);
        }

        @Override
        public Cursor place(Object selected, List<Sort> sorts) {
            List<@Nullable Object> values = new ArrayList<>();
            sorts.forEach(sort -> values.add(sort.path().of(selected, factory)));
            return new Cursor(values);
        }
    }

    private final class OfColumns implements Selection<D> {

        private final List<String> columns = new ArrayList<>();
        private final int[] fields;
        private final int tenant;
        private final @Nullable Consumer<@Nullable Object> check;

        OfColumns() {
            EntityPersister entity = shape.persister();
            List<Field> shown = shape.parts().fields();
            String key = column(Objects.requireNonNull(entity.getIdentifierPropertyName()));
            this.fields = shown.stream()
                    .mapToInt(field -> field.kind() == Kind.ID ? position(key) : position(column(field)))
                    .toArray();
            position(key);
            this.tenant =
                    shape.tenant() == null ? -1 : position(column(shape.tenant().getAttributeName()));
            this.check = shape.tenant() == null ? null : TenantIsolation.rowCheck(factory, entity.getMappedClass());
        }

        private static String column(String attribute) {
            return QueryText.attribute(QueryText.ROW, attribute);
        }

        private static String column(Field field) {
            String attribute = column(field.mapped().getAttributeName());
            return field.kind() == Kind.REFERENCE
                    ? QueryText.attribute(
                            attribute, Objects.requireNonNull(field.target().getIdentifierPropertyName()))
                    : attribute;
        }

        private int position(String column) {
            if (!columns.contains(column)) {
                columns.add(column);
            }
            return columns.indexOf(column);
        }

        @Override
        public String text(QueryText query, List<String> more) {
            return query.selecting(
                    Stream.concat(columns.stream(), more.stream()).collect(Collectors.joining(", ")));
        }

        @Override
        public boolean isMadeOfColumns() {
            return true;
        }

        @Override
        public Class<?> type() {
            return Object[].class;
        }

        @Override
        public D toRecord(Object selected) {
            @Nullable Object[] row = (@Nullable Object[]) selected;
            // No listener of Hibernate's sees it.
            if (check != null) {
                check.accept(row[tenant]);
            }
            @Nullable Object[] values = new Object[fields.length];
            for (int i = 0; i < values.length; i++) {
                Object value = row[fields[i]];
                RecordParts inner = shape.parts().fields().get(i).parts();
                values[i] = inner == null || value == null ? value : show(inner, value);
            }
            return shape.record().cast(shape.parts().create(values));
        }

        @Override
        public Cursor place(Object selected, List<Sort> sorts) {
            @Nullable Object[] row = (@Nullable Object[]) selected;
            return new Cursor(Arrays.asList(row).subList(columns.size(), row.length));
        }
    }
}

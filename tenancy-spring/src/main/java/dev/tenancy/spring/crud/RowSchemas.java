package dev.tenancy.spring.crud;

import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.converter.ResolvedSchema;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.media.Schema;
import jakarta.validation.constraints.NotBlank;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.util.StringUtils;

/** The schemas of what a CRUD controller answers and takes, derived from its record. Each comes into the document when it is first referred to. */
final class RowSchemas {

    private static final String VERSION = "version";
    private static final String INPUT = "Input";
    private static final String NOT_BLANK = "^\\s*\\S[\\s\\S]*$";

    /** The document that they come into, and how classes are read for it. */
    record Document(Components components, AnswerInclusion inclusion, ModelConverters models) {}

    private final String schema;
    private final CrudOffer offer;
    private final EntityPersister persister;
    private final Document document;

    /** @param schema the name of the schema of a row, such as {@code TimeEntryDto} */
    RowSchemas(String schema, CrudOffer offer, EntityPersister persister, Document document) {
        this.schema = schema;
        this.offer = offer;
        this.persister = persister;
        this.document = document;
    }

    /** The name of the attribute that is the id. */
    String id() {
        return String.valueOf(persister.getIdentifierPropertyName());
    }

    /** Whether a schema is a reference to that of the row. */
    boolean isRow(@Nullable Schema<?> other) {
        return other != null
                && Objects.equals(
                        other.get$ref(), DocumentedSchemas.reference(schema).get$ref());
    }

    private Schema<?> derived(Schema<?> schema, String meaning) {
        return DerivedSchemas.of(document.components())
                .reference(schema, meaning + offer.record().getName());
    }

    /** The record as it is answered. It has the name that springdoc would give it, and takes the place of what springdoc made of the record. */
    Schema<?> row() {
        Components components = document.components();
        Schema<?> row = answered(offer.record(), offer.fields(), "").name(schema);
        Schema<?> known =
                components.getSchemas() == null ? null : components.getSchemas().get(schema);
        if (known != null
                && known.getProperties() != null
                && !known.getProperties().keySet().equals(row.getProperties().keySet())) {
            throw DerivedSchemas.taken(
                    schema, "another class of this name", offer.record().getName());
        }
        components.addSchemas(schema, row);
        return DocumentedSchemas.reference(schema);
    }

    private Schema<?> answered(Class<?> record, List<OfferedField> fields, String prefix) {
        Schema<?> row = complete(record, fields, prefix, field -> {
            String path = prefix + field.name() + ".";
            return derived(
                    answered(field.type(), field.fields(), path).name(nested(field)),
                    "what is answered as " + prefix + field.name() + " of ");
        });
        row.setRequired(fields.stream()
                .filter(field -> document.inclusion().isAlwaysThere(record, field.name(), isNullable(field, prefix)))
                .map(OfferedField::name)
                .toList());
        return row;
    }

    /** The record as it is sent. What a client cannot set is read-only there: ignored, and not missed. */
    Schema<?> input() {
        return derived(sent(schema + INPUT), "what requests send of ");
    }

    /** The same for a handler of the application, which takes the record by converters that may know no strictness. */
    Schema<?> body() {
        Schema<?> lenient = sent(schema + "Body");
        lenient.setAdditionalProperties(null);
        return derived(lenient, "what handlers of the application take of ");
    }

    private Schema<?> sent(String named) {
        return sent(offer.record(), offer.fields(), "").name(named);
    }

    private Schema<?> sent(Class<?> record, List<OfferedField> fields, String prefix) {
        return complete(record, fields, prefix, field -> {
            String path = prefix + field.name() + ".";
            return derived(
                    sent(field.type(), field.fields(), path).name(nested(field) + INPUT),
                    "what requests send as " + prefix + field.name() + " of ");
        });
    }

    private String nested(OfferedField field) {
        return schema + StringUtils.capitalize(field.name());
    }

    private Schema<?> complete(
            Class<?> record, List<OfferedField> fields, String prefix, Function<OfferedField, Schema<?>> nested) {
        ResolvedSchema resolved = document.models().resolveAsResolvedSchema(new AnnotatedType(record));
        addReferred(resolved);
        Schema<?> whole = resolved.schema;
        // By its constraints.
        List<?> wanted = Objects.requireNonNullElse(whole.getRequired(), List.of());
        List<String> required = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            OfferedField field = fields.get(i);
            Schema<?> property = field.fields().isEmpty()
                    ? Objects.requireNonNull(
                            whole.getProperties().get(field.name()),
                            () -> record.getName() + " has no JSON property " + field.name())
                    : nested.apply(field);
            if (!field.writable()) {
                property.setReadOnly(true);
            }
            if (record.getRecordComponents()[i].getAccessor().isAnnotationPresent(NotBlank.class)) {
                property.setMinLength(1);
                property.setPattern(Objects.requireNonNullElse(property.getPattern(), NOT_BLANK));
            }
            property.setPattern(anchored(property.getPattern()));
            boolean demanded = wanted.contains(field.name()) || !isNullable(field, prefix);
            if (demanded && !Boolean.TRUE.equals(property.getReadOnly())) {
                required.add(field.name());
            }
            if (!demanded) {
                property = DocumentedSchemas.nullable(property);
            }
            whole.addProperty(field.name(), property);
        }
        whole.setRequired(required);
        whole.setAdditionalProperties(false);
        return whole;
    }

    // Bean Validation wants the whole value to match, JSON Schema any part of it.
    private static @Nullable String anchored(@Nullable String pattern) {
        return pattern == null || pattern.startsWith("^") && pattern.endsWith("$") ? pattern : "^(?:" + pattern + ")$";
    }

    // Of what the application maps itself, nobody knows.
    private boolean isNullable(OfferedField field, String prefix) {
        boolean known = !field.fields().isEmpty()
                || AttributePath.find(persister, prefix + field.name()).isPresent();
        return !field.type().isPrimitive() && (field.nullable() || !known);
    }

    /** A merge patch leaves out what stays; null takes a value away. */
    Schema<?> patch() {
        return derived(partial(offer.record(), offer.fields(), "").name(schema + "Patch"), "a patch of ");
    }

    private Schema<?> partial(Class<?> record, List<OfferedField> fields, String prefix) {
        Schema<?> part = sent(record, fields, prefix);
        for (OfferedField field : fields) {
            if (!field.fields().isEmpty()) {
                Schema<?> nested = partial(field.type(), field.fields(), prefix + field.name() + ".");
                part.addProperty(field.name(), field.nullable() ? DocumentedSchemas.nullable(nested) : nested);
            }
        }
        part.setRequired(null);
        return part;
    }

    /** A merge patch that says which row it is for. */
    Schema<?> change() {
        return derived(naming(partial(offer.record(), offer.fields(), "")).name(schema + "Change"), "a change of ");
    }

    /** Which row is to be deleted. */
    Schema<?> removal() {
        return derived(naming(DocumentedSchemas.typed("object")).name(schema + "Removal"), "a removal of ");
    }

    private Schema<?> naming(Schema<?> schema) {
        List<String> required = new ArrayList<>(List.of(id()));
        schema.addProperty(id(), resolve(offer.idType()));
        if (offer.versioned()) {
            schema.addProperty(
                    VERSION,
                    DocumentedSchemas.typed("integer")
                            .format("int64")
                            .minimum(BigDecimal.ZERO)
                            .description("The version of the row as it was read."));
            if (offer.requireIfMatch()) {
                required.add(VERSION);
            }
        }
        schema.setRequired(required);
        return schema;
    }

    Schema<?> page() {
        ResolvedSchema resolved = document.models()
                .resolveAsResolvedSchema(
                        new AnnotatedType(ResolvableType.forClassWithGenerics(PageOf.class, offer.record())
                                .getType()));
        Schema<?> page = resolved.schema;
        page.addProperty("content", DocumentedSchemas.array(DocumentedSchemas.reference(schema)));
        Schema<?> position = document.models().resolveAsResolvedSchema(new AnnotatedType(PageOf.Position.class)).schema;
        position.setRequired(Stream.of(PageOf.Position.class.getRecordComponents())
                .filter(component -> !component.getAnnotatedType().isAnnotationPresent(Nullable.class))
                .map(RecordComponent::getName)
                .toList());
        // In its place and not by its name, which an application might have a use for.
        page.addProperty("page", position);
        page.setRequired(List.of("content", "page"));
        return derived(page.name(schema + "Page"), "a page of ");
    }

    // What is there stays, as with springdoc: the record itself is among them if it holds another, and would take its
    // row's place.
    private void addReferred(ResolvedSchema resolved) {
        Components components = document.components();
        resolved.referencedSchemas.forEach((name, referred) -> {
            DerivedSchemas.of(components).keep(name, referred);
            if (components.getSchemas() == null || !components.getSchemas().containsKey(name)) {
                components.addSchemas(name, referred);
            }
        });
    }

    /** Of any class. */
    Schema<?> resolve(Type type) {
        ResolvedSchema resolved = document.models().resolveAsResolvedSchema(new AnnotatedType(type).resolveAsRef(true));
        addReferred(resolved);
        return resolved.schema;
    }
}

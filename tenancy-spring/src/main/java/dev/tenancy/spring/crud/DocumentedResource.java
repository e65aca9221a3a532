package dev.tenancy.spring.crud;

import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.converter.ResolvedSchema;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import jakarta.validation.constraints.NotBlank;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.util.StringUtils;

/** The operations and the schemas of one CRUD controller, told from what it offers. */
final class DocumentedResource {

    private static final String ROLE = "x-required-role";

    private static final String JSON = "application/json";
    private static final String MERGE_PATCH = "application/merge-patch+json";
    private static final String VERSION = "version";
    private static final String INPUT = "Input";
    private static final String NOT_BLANK = "^\\s*\\S[\\s\\S]*$";

    /** The most rows of a page and of a bulk request, and the most exports of a tenant; 0 is no bound of these. */
    record Limits(int page, int bulk, int exports) {}

    private final String name;
    private final String schema;
    private final CrudOffer offer;
    private final EntityPersister persister;
    private final Limits limits;
    private final Components components;
    private final AnswerInclusion inclusion;
    private final ModelConverters models;

    /**
     * @param name what one row is called, such as {@code TimeEntry}
     * @param schema the name of the schema of a row, such as {@code TimeEntryDto}
     */
    DocumentedResource(
            String name,
            String schema,
            CrudOffer offer,
            EntityPersister persister,
            Limits limits,
            Components components,
            AnswerInclusion inclusion,
            boolean openApi31) {
        this.name = name;
        this.schema = schema;
        this.offer = offer;
        this.persister = persister;
        this.limits = limits;
        this.components = components;
        this.inclusion = inclusion;
        this.models = ModelConverters.getInstance(openApi31);
    }

    /** Replaces what springdoc found out about a handler that is inherited from the base class. */
    void describe(Operation operation, CrudOperation crud) {
        operation.setOperationId(crud.id(name));
        operation.setSummary(crud.summary(name));
        operation.setDescription(null);
        operation.setTags(new ArrayList<>(List.of(CrudOperation.tag(name))));
        operation.setParameters(null);
        operation.setRequestBody(null);
        operation.setResponses(new ApiResponses());
        needs(operation, offer.role(crud.action()));
        if (crud.isAboutOne()) {
            operation.addParametersItem(parameter("path", "id", resolve(offer.idType()))
                    .required(true)
                    .description("The id of the row."));
        }
        Schema<?> row = referenceToRow();
        switch (crud) {
            case LIST -> {
                page(operation);
                select(operation);
                succeed(operation, HttpStatus.OK, "A page of rows.", derived(page(), "a page of "));
            }
            case EXPORT -> {
                Schema<Object> format = DocumentedSchemas.typed("string");
                format.setEnum(Arrays.stream(ExportFormat.values())
                        .<Object>map(one -> one.extension)
                        .toList());
                query(operation, "format", "The format; without it as the header Accept says, or csv.", format);
                select(operation);
                Content content = new Content();
                for (ExportFormat one : ExportFormat.values()) {
                    content.addMediaType(
                            one.mediaType.getType() + "/" + one.mediaType.getSubtype(), new MediaType().schema(text()));
                }
                operation
                        .getResponses()
                        .addApiResponse(
                                "200",
                                new ApiResponse().description("All rows.").content(content));
                if (limits.exports() > 0) {
                    DocumentedProblems.add(operation, DocumentedProblems.TOO_MANY_REQUESTS);
                }
            }
            case GET -> {
                versioned(succeed(operation, HttpStatus.OK, "The row.", row));
                condition(operation, HttpHeaders.IF_NONE_MATCH, "The ETag of the row that is known already.");
                condition(operation, HttpHeaders.IF_MATCH, "The ETag that the row must have.");
                if (offer.versioned()) {
                    operation
                            .getResponses()
                            .addApiResponse("304", versioned(new ApiResponse().description("The row is as it was.")));
                }
            }
            case CREATE -> {
                take(operation, derived(input(), "what requests send of "), JSON);
                versioned(succeed(operation, HttpStatus.CREATED, "The new row.", row))
                        .addHeaderObject(HttpHeaders.LOCATION, header("The address of the new row.", "uri-reference"));
            }
            case REPLACE -> {
                take(operation, derived(input(), "what requests send of "), JSON);
                versioned(succeed(operation, HttpStatus.OK, "The row as it is now.", row));
                demandVersion(operation);
            }
            case PATCH -> {
                take(operation, derived(patch(), "a patch of "), MERGE_PATCH, JSON);
                versioned(succeed(operation, HttpStatus.OK, "The row as it is now.", row));
                demandVersion(operation);
            }
            case DELETE -> {
                remove(operation, "The row is gone.");
                demandVersion(operation);
            }
            case CREATE_MANY -> {
                take(operation, many(derived(input(), "what requests send of ")), JSON);
                succeed(operation, HttpStatus.CREATED, "The new rows, in the order of the body.", list(row));
            }
            case PATCH_MANY -> {
                take(operation, each(derived(change(), "a change of ")), JSON);
                succeed(operation, HttpStatus.OK, "The rows as they are now, in the order of the body.", list(row));
            }
            case DELETE_MANY -> {
                take(operation, each(derived(removal(), "a removal of ")), JSON);
                remove(operation, "The rows are gone.");
            }
        }
    }

    private void page(Operation operation) {
        if (offer.paging() == Crud.Paging.KEYSET) {
            query(operation, "after", "The next of the page before; the first page has none.", text());
        } else {
            query(operation, "page", "The number of the page, from 0.", number(0, null, 0));
            Schema<?> total = DocumentedSchemas.typed("boolean");
            total.setDefault(true);
            query(operation, "total", "Whether all rows are counted.", total);
        }
        query(operation, "size", "The most rows that the page may hold.", number(1, limits.page(), 20));
    }

    private void select(Operation operation) {
        Set<Object> sorts = new LinkedHashSet<>();
        Stream.concat(
                        offer.sorts().stream().map(AttributePath::name),
                        Stream.of(String.valueOf(persister.getIdentifierPropertyName())))
                .forEach(field -> sorts.addAll(List.of(field, field + ",asc", field + ",desc")));
        Schema<Object> sort = DocumentedSchemas.typed("string");
        sort.setEnum(List.copyOf(sorts));
        query(
                operation,
                "sort",
                "The fields to sort by, the first one first; rows that are equal by them are in the order of their ids.",
                list(sort).uniqueItems(true).maxItems(ListParameters.MAX_SORTS));
        if (!offer.search().isEmpty()) {
            query(operation, "search", "Text to look for, ignoring case.", text().maxLength(200));
        }
        Filter.parameters(offer.filters())
                .forEach((name, filter) -> filter(operation, name, filter.getKey(), filter.getValue()));
    }

    private void filter(Operation operation, String name, Filter filter, Filter.Operator operator) {
        String path = filter.path().name();
        switch (operator) {
            case EQUAL -> query(operation, name, "Rows whose " + path + " is this.", value(filter));
            case GTE -> query(operation, name, "Rows whose " + path + " is this or greater.", value(filter));
            case LTE -> query(operation, name, "Rows whose " + path + " is this or less.", value(filter));
            case GT -> query(operation, name, "Rows whose " + path + " is greater.", value(filter));
            case LT -> query(operation, name, "Rows whose " + path + " is less.", value(filter));
            case CONTAINS ->
                query(operation, name, "Rows whose " + path + " contains this, ignoring case.", value(filter));
            case IS_NULL ->
                query(operation, name, "Rows without " + path + ", or with it.", DocumentedSchemas.typed("boolean"));
            case IN ->
                operation.addParametersItem(parameter("query", name, list(value(filter)))
                        .description("Rows whose " + path + " is one of these.")
                        .style(Parameter.StyleEnum.FORM)
                        .explode(false));
        }
    }

    private Schema<?> value(Filter filter) {
        return filter.format().isText()
                ? text().minLength(1).maxLength(200)
                : resolve(filter.path().type());
    }

    private void condition(Operation operation, String header, String description) {
        if (offer.versioned()) {
            operation.addParametersItem(parameter("header", header, text()).description(description));
            DocumentedProblems.add(operation, DocumentedProblems.PRECONDITION_FAILED);
        }
    }

    private void demandVersion(Operation operation) {
        condition(operation, HttpHeaders.IF_MATCH, "The ETag of the row as it was read.");
        if (offer.requireIfMatch()) {
            operation.getParameters().get(operation.getParameters().size() - 1).setRequired(true);
            DocumentedProblems.add(operation, DocumentedProblems.PRECONDITION_REQUIRED);
        }
    }

    private ApiResponse versioned(ApiResponse response) {
        return offer.versioned()
                ? response.addHeaderObject(HttpHeaders.ETAG, header("The version of the row.", null))
                : response;
    }

    private static Header header(String description, @Nullable String format) {
        return new Header().description(description).schema(text().format(format));
    }

    private static Parameter parameter(String in, String name, Schema<?> schema) {
        return new Parameter().in(in).name(name).schema(schema);
    }

    private static void query(Operation operation, String name, String description, Schema<?> schema) {
        operation.addParametersItem(parameter("query", name, schema).description(description));
    }

    private static Schema<?> text() {
        return DocumentedSchemas.typed("string");
    }

    private static Schema<?> list(Schema<?> items) {
        return DocumentedSchemas.array(items);
    }

    private Schema<?> many(Schema<?> items) {
        return list(items).minItems(1).maxItems(limits.bulk());
    }

    /** Of rows that are there, none is named twice. */
    private Schema<?> each(Schema<?> items) {
        return many(items).uniqueItems(true);
    }

    private static Schema<?> number(int minimum, @Nullable Integer maximum, @Nullable Integer absent) {
        Schema<?> number = DocumentedSchemas.typed("integer").format("int32");
        number.setMinimum(BigDecimal.valueOf(minimum));
        number.setMaximum(maximum == null ? null : BigDecimal.valueOf(maximum));
        if (absent != null) {
            number.setDefault(absent);
        }
        return number;
    }

    private static void take(Operation operation, Schema<?> schema, String... mediaTypes) {
        Content content = new Content();
        for (String mediaType : mediaTypes) {
            content.addMediaType(mediaType, new MediaType().schema(schema));
        }
        operation.setRequestBody(new RequestBody().required(true).content(content));
        DocumentedProblems.add(operation, DocumentedProblems.CONFLICT);
    }

    private static void remove(Operation operation, String description) {
        operation.getResponses().addApiResponse("204", new ApiResponse().description(description));
        DocumentedProblems.add(operation, DocumentedProblems.CONFLICT);
    }

    private static ApiResponse succeed(Operation operation, HttpStatus status, String description, Schema<?> schema) {
        ApiResponse response = new ApiResponse()
                .description(description)
                .content(new Content().addMediaType(JSON, new MediaType().schema(schema)));
        operation.getResponses().addApiResponse(String.valueOf(status.value()), response);
        return response;
    }

    private Schema<?> derived(Schema<?> schema, String meaning) {
        return DerivedSchemas.of(components)
                .reference(schema, meaning + offer.record().getName());
    }

    /** It has the name of the record, as springdoc would call it, and takes the place of what springdoc made of the same record. */
    private Schema<?> referenceToRow() {
        Schema<?> row = row();
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

    /** The record as it is answered. */
    private Schema<?> row() {
        return answered(offer.record(), offer.fields(), "").name(schema);
    }

    private Schema<?> answered(Class<?> record, List<OfferedField> fields, String prefix) {
        Schema<?> row = complete(record, fields, prefix, field -> {
            String path = prefix + field.name() + ".";
            return derived(
                    answered(field.type(), field.fields(), path).name(nested(field)),
                    "what is answered as " + prefix + field.name() + " of ");
        });
        row.setRequired(fields.stream()
                .filter(field -> inclusion.isAlwaysThere(record, field.name(), isNullable(field, prefix)))
                .map(OfferedField::name)
                .toList());
        return row;
    }

    /** The record as it is sent. What a client cannot set is read-only there: ignored, and not missed. */
    private Schema<?> input() {
        return sent(offer.record(), offer.fields(), "").name(schema + INPUT);
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

    /** A handler of the application takes the record by the application's converters, which may know no strictness. */
    void describeBody(Operation operation) {
        String row = DocumentedSchemas.reference(schema).get$ref();
        operation.getRequestBody().getContent().values().stream()
                .filter(body ->
                        body.getSchema() != null && row.equals(body.getSchema().get$ref()))
                .forEach(body -> {
                    Schema<?> lenient = input().name(schema + "Body");
                    lenient.setAdditionalProperties(null);
                    body.setSchema(derived(lenient, "what handlers of the application take of "));
                });
    }

    private Schema<?> complete(
            Class<?> record, List<OfferedField> fields, String prefix, Function<OfferedField, Schema<?>> nested) {
        ResolvedSchema resolved = models.resolveAsResolvedSchema(new AnnotatedType(record));
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
    private Schema<?> patch() {
        return partial(offer.record(), offer.fields(), "").name(schema + "Patch");
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
    private Schema<?> change() {
        return naming(partial(offer.record(), offer.fields(), "")).name(schema + "Change");
    }

    private Schema<?> removal() {
        return naming(DocumentedSchemas.typed("object")).name(schema + "Removal");
    }

    private Schema<?> naming(Schema<?> schema) {
        String id = String.valueOf(persister.getIdentifierPropertyName());
        List<String> required = new ArrayList<>(List.of(id));
        schema.addProperty(id, resolve(offer.idType()));
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

    private Schema<?> page() {
        ResolvedSchema resolved = models.resolveAsResolvedSchema(
                new AnnotatedType(ResolvableType.forClassWithGenerics(PageOf.class, offer.record())
                        .getType()));
        Schema<?> page = resolved.schema;
        page.addProperty("content", list(DocumentedSchemas.reference(schema)));
        Schema<?> position = models.resolveAsResolvedSchema(new AnnotatedType(PageOf.Position.class)).schema;
        position.setRequired(Stream.of(PageOf.Position.class.getRecordComponents())
                .filter(component -> !component.getAnnotatedType().isAnnotationPresent(Nullable.class))
                .map(RecordComponent::getName)
                .toList());
        // In its place and not by its name, which an application might have a use for.
        page.addProperty("page", position);
        page.setRequired(List.of("content", "page"));
        return page.name(schema + "Page");
    }

    // What is there stays, as with springdoc: the record itself is among them if it holds another, and would take its
    // row's place.
    private void addReferred(ResolvedSchema resolved) {
        resolved.referencedSchemas.forEach((name, referred) -> {
            DerivedSchemas.of(components).keep(name, referred);
            if (components.getSchemas() == null || !components.getSchemas().containsKey(name)) {
                components.addSchemas(name, referred);
            }
        });
    }

    private Schema<?> resolve(Type type) {
        ResolvedSchema resolved = models.resolveAsResolvedSchema(new AnnotatedType(type).resolveAsRef(true));
        addReferred(resolved);
        return resolved.schema;
    }

    /** Says who may call an operation, to people and to programs. */
    static void needs(Operation operation, @Nullable String role) {
        if (role != null) {
            operation.addExtension(ROLE, role);
        }
        String sentence = role == null ? "Denied to everyone." : "Needs the role " + role + " or a higher one.";
        String description = operation.getDescription();
        operation.setDescription(description == null ? sentence : description + " " + sentence);
    }
}

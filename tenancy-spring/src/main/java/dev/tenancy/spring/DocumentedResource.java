package dev.tenancy.spring;

import dev.tenancy.spring.OfferedResource.Versions;
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
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.util.StringUtils;

/** The operations and the schemas of one CRUD controller, told from what it offers. */
final class DocumentedResource {

    private static final String JSON = "application/json";
    private static final String MERGE_PATCH = "application/merge-patch+json";

    private final OfferedResource resource;
    private final ModelConverters models;
    private final Components components;

    DocumentedResource(OfferedResource resource, Components components, boolean openApi31) {
        this.resource = resource;
        this.components = components;
        this.models = ModelConverters.getInstance(openApi31);
    }

    /** Replaces what springdoc found out about a handler that is inherited from the base class. */
    void describe(Operation operation, CrudOperation crud) {
        operation.setOperationId(crud.id(resource.name()));
        operation.setSummary(crud.summary(resource.plural()));
        operation.setTags(List.of(StringUtils.capitalize(resource.plural())));
        operation.setDescription(null);
        operation.setParameters(null);
        operation.setRequestBody(null);
        operation.setResponses(new ApiResponses());
        DocumentedOperations.needs(operation, resource.roles().get(crud));
        if (crud.isAboutOne()) {
            operation.addParametersItem(
                    parameter("path", "id", resolve(resource.idType())).required(true));
        }
        String row = add(row());
        switch (crud) {
            case LIST -> {
                page(operation);
                select(operation);
                succeed(operation, HttpStatus.OK, "A page of rows.", add(page()));
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
            }
            case GET -> {
                withVersion(succeed(operation, HttpStatus.OK, "The row.", row));
                ifNoneMatch(operation);
            }
            case CREATE -> {
                take(operation, row, JSON);
                withVersion(succeed(operation, HttpStatus.CREATED, "The new row.", row))
                        .addHeaderObject(HttpHeaders.LOCATION, header("The address of the new row.", "uri-reference"));
            }
            case REPLACE -> {
                take(operation, row, JSON);
                withVersion(succeed(operation, HttpStatus.OK, "The row as it is now.", row));
                ifMatch(operation);
            }
            case PATCH -> {
                take(operation, add(patch()), MERGE_PATCH, JSON);
                withVersion(succeed(operation, HttpStatus.OK, "The row as it is now.", row));
                ifMatch(operation);
            }
            case DELETE -> {
                operation.getResponses().addApiResponse("204", new ApiResponse().description("The row is gone."));
                DocumentedProblems.add(operation, DocumentedProblems.CONFLICT);
                ifMatch(operation);
            }
        }
    }

    private void page(Operation operation) {
        Schema<?> size = number(1, resource.maxPageSize());
        size.setDefault(ListRequest.DEFAULT_SIZE);
        if (resource.keyset()) {
            query(operation, "after", "The next of the page before; the first page has none.", text());
        } else {
            Schema<?> page = number(0, null);
            page.setDefault(0);
            query(operation, "page", "The number of the page, from 0.", page);
            Schema<Object> total = DocumentedSchemas.typed("boolean");
            total.setDefault(true);
            query(operation, "total", "Whether the rows of all pages are counted.", total);
        }
        query(operation, "size", "The most rows that the page may hold.", size);
    }

    private void select(Operation operation) {
        Schema<Object> sort = DocumentedSchemas.typed("string");
        sort.setEnum(resource.sorts().stream()
                .<Object>flatMap(field -> Stream.of(field, field + ",asc", field + ",desc"))
                .toList());
        query(
                operation,
                "sort",
                "The fields to sort by, the first one first; rows that are equal by them are in the order of their ids.",
                DocumentedSchemas.array(sort));
        if (resource.searchable()) {
            query(operation, "search", "Text to look for, ignoring case.", text().maxLength(200));
        }
        resource.filters().forEach(filter -> filter(operation, filter));
    }

    private void filter(Operation operation, OfferedResource.Filter filter) {
        query(operation, filter.name(), "Rows with this value.", resolve(filter.type()));
        for (String operator : filter.operators()) {
            String name = filter.name() + "." + operator;
            switch (operator) {
                case "in" ->
                    query(
                            operation,
                            name,
                            "Rows with one of these values.",
                            DocumentedSchemas.array(resolve(filter.type())));
                case "isnull" ->
                    query(operation, name, "Rows without a value, or with one.", DocumentedSchemas.typed("boolean"));
                case "contains" -> query(operation, name, "Rows whose value contains this text.", text());
                default -> query(operation, name, "Rows whose value compares so.", resolve(filter.type()));
            }
        }
    }

    private void ifNoneMatch(Operation operation) {
        if (resource.versions() != Versions.NONE) {
            operation.addParametersItem(parameter("header", HttpHeaders.IF_NONE_MATCH, text())
                    .description("The ETag that is known already."));
            operation.getResponses().addApiResponse("304", new ApiResponse().description("The row is as it was."));
        }
    }

    private void ifMatch(Operation operation) {
        if (resource.versions() == Versions.NONE) {
            return;
        }
        boolean required = resource.versions() == Versions.REQUIRED;
        operation.addParametersItem(parameter("header", HttpHeaders.IF_MATCH, text())
                .required(required)
                .description("The ETag of the row as it was read."));
        DocumentedProblems.add(operation, DocumentedProblems.PRECONDITION_FAILED);
        if (required) {
            DocumentedProblems.add(operation, DocumentedProblems.PRECONDITION_REQUIRED);
        }
    }

    private ApiResponse withVersion(ApiResponse response) {
        return resource.versions() == Versions.NONE
                ? response
                : response.addHeaderObject(HttpHeaders.ETAG, header("The version of the row.", null));
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

    private static Schema<?> number(int minimum, @Nullable Integer maximum) {
        Schema<?> number = DocumentedSchemas.typed("integer").format("int32");
        number.setMinimum(BigDecimal.valueOf(minimum));
        number.setMaximum(maximum == null ? null : BigDecimal.valueOf(maximum));
        return number;
    }

    private static void take(Operation operation, String schema, String... mediaTypes) {
        Content content = new Content();
        for (String mediaType : mediaTypes) {
            content.addMediaType(mediaType, new MediaType().schema(DocumentedSchemas.reference(schema)));
        }
        operation.setRequestBody(new RequestBody().required(true).content(content));
        DocumentedProblems.add(operation, DocumentedProblems.CONFLICT);
    }

    private static ApiResponse succeed(Operation operation, HttpStatus status, String description, String schema) {
        ApiResponse response = new ApiResponse()
                .description(description)
                .content(new Content().addMediaType(JSON, new MediaType().schema(DocumentedSchemas.reference(schema))));
        operation.getResponses().addApiResponse(String.valueOf(status.value()), response);
        return response;
    }

    private String add(Schema<?> schema) {
        components.addSchemas(schema.getName(), schema);
        return schema.getName();
    }

    /** The schema of the record. What a client cannot set is read-only, and then always there. */
    private Schema<?> row() {
        Schema<?> row = model(resource.record());
        // By its constraints.
        List<?> wanted = Objects.requireNonNullElse(row.getRequired(), List.of());
        List<String> required = new ArrayList<>();
        for (OfferedResource.Field field : resource.fields()) {
            Schema<?> property = Objects.requireNonNull(
                    row.getProperties().get(field.name()),
                    () -> resource.record().getName() + " has no JSON property " + field.name());
            if (!field.writable()) {
                property.setReadOnly(true);
            }
            if (field.notBlank()) {
                property.setMinLength(1);
                property.setPattern(Objects.requireNonNullElse(property.getPattern(), "\\S"));
            }
            if (field.nullable() && !wanted.contains(field.name())) {
                row.addProperty(field.name(), DocumentedSchemas.nullable(property));
            } else {
                required.add(field.name());
            }
        }
        row.setRequired(required);
        return row;
    }

    /** A merge patch leaves out what stays; null takes a value away. */
    private Schema<?> patch() {
        Schema<?> row = row();
        Schema<?> patch = DocumentedSchemas.typed("object");
        patch.setName(row.getName() + "Patch");
        for (OfferedResource.Field field : resource.fields()) {
            if (field.writable()) {
                patch.addProperty(field.name(), row.getProperties().get(field.name()));
            }
        }
        return patch;
    }

    private Schema<?> page() {
        Schema<?> position = model(PageOf.Position.class);
        position.setRequired(Stream.of(PageOf.Position.class.getRecordComponents())
                .filter(component -> !component.getAnnotatedType().isAnnotationPresent(Nullable.class))
                .map(RecordComponent::getName)
                .toList());
        add(position);
        Schema<?> page = model(ResolvableType.forClassWithGenerics(PageOf.class, resource.record())
                .getType());
        page.setRequired(List.of("content", "page"));
        return page;
    }

    private Schema<?> model(Type type) {
        ResolvedSchema resolved = models.resolveAsResolvedSchema(new AnnotatedType(type));
        resolved.referencedSchemas.forEach((name, schema) -> {
            // A schema that is complete already stays so.
            if (components.getSchemas() == null || !components.getSchemas().containsKey(name)) {
                components.addSchemas(name, schema);
            }
        });
        return resolved.schema;
    }

    private Schema<?> resolve(Type type) {
        ResolvedSchema resolved = models.resolveAsResolvedSchema(new AnnotatedType(type).resolveAsRef(true));
        resolved.referencedSchemas.forEach(components::addSchemas);
        return resolved.schema;
    }
}

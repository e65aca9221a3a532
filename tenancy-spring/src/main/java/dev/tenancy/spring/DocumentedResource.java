package dev.tenancy.spring;

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
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/** The operations and the schemas of one CRUD controller, told from what its engine does. */
final class DocumentedResource {

    private static final String JSON = "application/json";
    private static final String MERGE_PATCH = "application/merge-patch+json";

    private final OfferedResource resource;
    private final ModelConverters models;

    DocumentedResource(OfferedResource resource, boolean openApi31) {
        this.resource = resource;
        this.models = ModelConverters.getInstance(openApi31);
    }

    /** Replaces what springdoc found out about a handler that is inherited from the base class. */
    void describe(Operation operation, CrudOperation crud, Components components) {
        String row = addRow(components);
        operation.setOperationId(crud.id(resource.name()));
        operation.setSummary(crud.summary(resource.plural()));
        operation.setTags(List.of(resource.tag()));
        operation.setParameters(null);
        operation.setRequestBody(null);
        operation.setResponses(new ApiResponses());
        DocumentedOperations.needs(operation, resource.role(crud));
        if (crud.isAboutOne()) {
            operation.addParametersItem(new Parameter()
                    .in("path")
                    .name("id")
                    .required(true)
                    .schema(resolve(resource.idType(), components)));
            DocumentedProblems.add(operation, DocumentedProblems.NOT_FOUND);
        }
        switch (crud) {
            case LIST -> {
                listParameters(operation);
                succeed(operation, HttpStatus.OK, "A page of rows.", addPage(row, components));
            }
            case GET -> succeed(operation, HttpStatus.OK, "The row.", row);
            case CREATE -> {
                take(operation, row, JSON);
                succeed(operation, HttpStatus.CREATED, "The new row.", row)
                        .addHeaderObject(
                                HttpHeaders.LOCATION,
                                new Header()
                                        .description("The address of the new row.")
                                        .schema(DocumentedSchemas.typed("string")
                                                .format("uri-reference")));
            }
            case REPLACE -> {
                take(operation, row, JSON);
                succeed(operation, HttpStatus.OK, "The row as it is now.", row);
            }
            case PATCH -> {
                take(operation, addPatch(components), MERGE_PATCH, JSON);
                succeed(operation, HttpStatus.OK, "The row as it is now.", row);
            }
            case DELETE -> {
                operation.getResponses().addApiResponse("204", new ApiResponse().description("The row is gone."));
                DocumentedProblems.add(operation, DocumentedProblems.CONFLICT);
            }
        }
    }

    private void listParameters(Operation operation) {
        Schema<?> page = DocumentedSchemas.typed("integer");
        page.setFormat("int32");
        page.setMinimum(BigDecimal.ZERO);
        page.setDefault(0);
        query(operation, "page", "The number of the page, from 0.", page);
        Schema<?> size = DocumentedSchemas.typed("integer");
        size.setFormat("int32");
        size.setMinimum(BigDecimal.ONE);
        size.setMaximum(BigDecimal.valueOf(resource.maxPageSize()));
        size.setDefault(20);
        query(operation, "size", "The most rows that the page may hold.", size);
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
            query(
                    operation,
                    "search",
                    "Text to look for, ignoring case.",
                    DocumentedSchemas.typed("string").maxLength(200));
        }
    }

    private static void query(Operation operation, String name, String description, Schema<?> schema) {
        operation.addParametersItem(
                new Parameter().in("query").name(name).description(description).schema(schema));
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

    /** Adds the schema of the record and returns its name. */
    private String addRow(Components components) {
        Schema<?> row = row(components);
        components.addSchemas(row.getName(), row);
        return row.getName();
    }

    /** The schema of the record. What a client cannot set is read-only, and then always there. */
    private Schema<?> row(Components components) {
        ResolvedSchema resolved = models.resolveAsResolvedSchema(new AnnotatedType(resource.record()));
        Schema<?> row = resolved.schema;
        resolved.referencedSchemas.forEach(components::addSchemas);
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
    private String addPatch(Components components) {
        Schema<?> row = row(components);
        Schema<?> patch = DocumentedSchemas.typed("object");
        for (OfferedResource.Field field : resource.fields()) {
            if (field.writable()) {
                patch.addProperty(field.name(), row.getProperties().get(field.name()));
            }
        }
        String name = row.getName() + "Patch";
        components.addSchemas(name, patch);
        return name;
    }

    private String addPage(String row, Components components) {
        String name = row + "Page";
        Schema<?> position = DocumentedSchemas.typed("object");
        for (String number : List.of("size", "number", "totalElements", "totalPages")) {
            position.addProperty(number, DocumentedSchemas.typed("integer").format("int64"));
        }
        position.setRequired(List.of("size", "number", "totalElements", "totalPages"));
        Schema<?> page = DocumentedSchemas.typed("object")
                .addProperty("content", DocumentedSchemas.array(DocumentedSchemas.reference(row)))
                .addProperty("page", position);
        page.setRequired(List.of("content", "page"));
        components.addSchemas(name, page);
        return name;
    }

    private Schema<?> resolve(Type type, Components components) {
        ResolvedSchema resolved = models.resolveAsResolvedSchema(new AnnotatedType(type).resolveAsRef(true));
        resolved.referencedSchemas.forEach(components::addSchemas);
        return resolved.schema;
    }
}

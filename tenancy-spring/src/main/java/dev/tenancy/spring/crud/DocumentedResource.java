package dev.tenancy.spring.crud;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/** The operations of one CRUD controller, told from what it offers. */
final class DocumentedResource {

    private static final String ROLE = "x-required-role";

    private static final String JSON = "application/json";
    private static final String MERGE_PATCH = "application/merge-patch+json";

    /** The most rows of a page and of a bulk request, and the most exports of a tenant; 0 is no bound of these. */
    record Limits(int page, int bulk, int exports) {}

    private final String name;
    private final CrudOffer offer;
    private final Limits limits;
    private final RowSchemas schemas;

    /** @param name what one row is called, such as {@code TimeEntry} */
    DocumentedResource(String name, CrudOffer offer, Limits limits, RowSchemas schemas) {
        this.name = name;
        this.offer = offer;
        this.limits = limits;
        this.schemas = schemas;
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
            operation.addParametersItem(parameter("path", "id", schemas.resolve(offer.idType()))
                    .required(true)
                    .description("The id of the row."));
        }
        Schema<?> row = schemas.row();
        switch (crud) {
            case LIST -> {
                page(operation);
                select(operation);
                succeed(operation, HttpStatus.OK, "A page of rows.", schemas.page());
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
                take(operation, schemas.input(), JSON);
                versioned(succeed(operation, HttpStatus.CREATED, "The new row.", row))
                        .addHeaderObject(HttpHeaders.LOCATION, header("The address of the new row.", "uri-reference"));
            }
            case REPLACE -> {
                take(operation, schemas.input(), JSON);
                versioned(succeed(operation, HttpStatus.OK, "The row as it is now.", row));
                demandVersion(operation);
            }
            case PATCH -> {
                take(operation, schemas.patch(), MERGE_PATCH, JSON);
                versioned(succeed(operation, HttpStatus.OK, "The row as it is now.", row));
                demandVersion(operation);
            }
            case DELETE -> {
                remove(operation, "The row is gone.");
                demandVersion(operation);
            }
            case CREATE_MANY -> {
                take(operation, many(schemas.input()), JSON);
                succeed(operation, HttpStatus.CREATED, "The new rows, in the order of the body.", list(row));
            }
            case PATCH_MANY -> {
                take(operation, each(schemas.change()), JSON);
                succeed(operation, HttpStatus.OK, "The rows as they are now, in the order of the body.", list(row));
            }
            case DELETE_MANY -> {
                take(operation, each(schemas.removal()), JSON);
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
        Stream.concat(offer.sorts().stream().map(AttributePath::name), Stream.of(schemas.id()))
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
                : schemas.resolve(filter.path().type());
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

    /** The bodies of a handler that the application has added to the resource. */
    void describeBody(Operation operation) {
        operation.getRequestBody().getContent().values().stream()
                .filter(body -> schemas.isRow(body.getSchema()))
                .forEach(body -> body.setSchema(schemas.body()));
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

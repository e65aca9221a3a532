package dev.tenancy.spring.crud;

import dev.tenancy.spring.Problem;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/** The refusals of {@link Problem} as responses of the document: each is told once and referred to by the operations. */
enum DocumentedProblems {
    BAD_REQUEST("A parameter, a header or the body is not as described here; errors names the fields that are wrong."),
    UNAUTHORIZED("No valid credential was sent."),
    FORBIDDEN("You are not an active member of the company that the request names, or your role does not allow this."),
    NOT_FOUND("The company has no such resource."),
    NOT_ACCEPTABLE("The answer is not to be had in a media type that Accept names."),
    CONFLICT("The value is taken, the row is still in use, or somebody else changed it at the same time."),
    PRECONDITION_FAILED("The row is not in the state that If-Match or If-None-Match demands."),
    CONTENT_TOO_LARGE("The body is too large."),
    UNSUPPORTED_MEDIA_TYPE("The body is of a media type that is not taken here."),
    PRECONDITION_REQUIRED("If-Match is missing: it keeps everybody from overwriting what they have not seen."),
    TOO_MANY_REQUESTS("Too many requests at once, or too many attempts."),
    SERVICE_UNAVAILABLE("The database does not answer, or takes too long.");

    // The second where the application has a class of the first one's name.
    private static final List<String> SCHEMAS = List.of("Problem", "TenancyProblem");

    private final String description;

    DocumentedProblems(String description) {
        this.description = description;
    }

    private HttpStatus status() {
        return HttpStatus.valueOf(name());
    }

    private String key() {
        return status().getReasonPhrase().replaceAll("\\W", "");
    }

    /** Adds the refusals to an operation, apart from those that the application describes itself. */
    static void add(Operation operation, DocumentedProblems... problems) {
        for (DocumentedProblems problem : problems) {
            operation
                    .getResponses()
                    .putIfAbsent(String.valueOf(problem.status().value()), new ApiResponse().$ref(problem.reference()));
        }
    }

    /** Adds what the operations refer to, apart from responses that the application describes itself. */
    static void addTo(Components components, Set<String> references) {
        Schema<?> schema = schema();
        Map<String, ?> known = components.getSchemas() == null ? Map.of() : components.getSchemas();
        String name = SCHEMAS.stream()
                .filter(free -> !known.containsKey(free) || schema.equals(known.get(free)))
                .findFirst()
                .orElseThrow(() -> DerivedSchemas.taken(
                        SCHEMAS.get(1), "a class of the application", "why a request was refused"));
        components.addSchemas(name, schema);
        for (DocumentedProblems problem : values()) {
            boolean own = components.getResponses() != null
                    && components.getResponses().containsKey(problem.key());
            if (references.contains(problem.reference()) && !own) {
                components.addResponses(problem.key(), problem.response(name));
            }
        }
    }

    private String reference() {
        return "#/components/responses/" + key();
    }

    private ApiResponse response(String schema) {
        ApiResponse response = new ApiResponse()
                .description(description)
                .content(new Content()
                        .addMediaType(
                                org.springframework.http.MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                                new MediaType().schema(DocumentedSchemas.reference(schema))));
        return switch (this) {
            case UNAUTHORIZED ->
                response.addHeaderObject(
                        HttpHeaders.WWW_AUTHENTICATE,
                        new Header().description("How to authenticate.").schema(DocumentedSchemas.typed("string")));
            case TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE ->
                response.addHeaderObject(
                        HttpHeaders.RETRY_AFTER,
                        new Header()
                                .description("How many seconds to wait.")
                                .schema(DocumentedSchemas.typed("integer").format("int32")));
            default -> response;
        };
    }

    private static Schema<?> schema() {
        Schema<?> fault = DocumentedSchemas.typed("object")
                .addProperty(
                        "row",
                        DocumentedSchemas.typed("integer")
                                .format("int32")
                                .description("Which row of a bulk request, from 0."))
                .addProperty(
                        "field",
                        DocumentedSchemas.typed("string").description("Left out if the row is wrong as a whole."))
                .addProperty("message", DocumentedSchemas.typed("string"));
        fault.setRequired(List.of("message"));
        Schema<?> problem = DocumentedSchemas.typed("object")
                .description("Why a request was refused (RFC 9457). A foreign row is answered like a missing one.")
                .addProperty("type", DocumentedSchemas.typed("string").format("uri-reference"))
                .addProperty("title", DocumentedSchemas.typed("string"))
                .addProperty("status", DocumentedSchemas.typed("integer").format("int32"))
                .addProperty("detail", DocumentedSchemas.typed("string"))
                .addProperty(
                        "errors",
                        DocumentedSchemas.array(fault)
                                .description("The fields and parameters that are wrong, and why."));
        problem.setRequired(List.of("type", "title", "status"));
        return problem;
    }
}

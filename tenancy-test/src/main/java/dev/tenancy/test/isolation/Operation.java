package dev.tenancy.test.isolation;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;
import tools.jackson.databind.JsonNode;

/**
 * An endpoint of the application: a method and a path.
 *
 * @param path with its variables, such as {@code /api/customers/{id}}
 * @param contentType of the body; null if there is none
 * @param body the JSON schema of the body; null if there is none
 */
record Operation(
        String method,
        String path,
        HandlerMethod handler,
        List<Parameter> parameters,
        @Nullable String contentType,
        @Nullable JsonNode body) {

    /**
     * A parameter.
     *
     * @param in {@code path}, {@code query} or {@code header}, as OpenAPI names them, or {@value #FORM}
     * @param schema a JSON schema
     */
    record Parameter(String in, String name, boolean required, JsonNode schema) {

        /** A property of what the handler takes as a model attribute: sent like a query, and filled in like a body. */
        static final String FORM = "form";

        boolean isForm() {
            return in.equals(FORM);
        }
    }

    String name() {
        return method + " " + path;
    }

    /** Whether the body is a form of parts, each property of the schema one: files, JSON, texts. */
    boolean isMultipart() {
        return contentType != null && contentType.startsWith("multipart/");
    }

    boolean reads() {
        return method.equals("GET") || method.equals("HEAD");
    }
}

package dev.tenancy.test.isolation;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;
import tools.jackson.databind.JsonNode;

/**
 * An endpoint of the application: a method and a path.
 *
 * @param path with its variables, such as {@code /api/customers/{id}}
 * @param open whether the handler reads parameters by itself, under names that nothing tells
 * @param contentType of the body; null if there is none
 * @param body the JSON schema of the body; null if there is none, or if it is a form
 */
record Operation(
        String method,
        String path,
        HandlerMethod handler,
        List<Parameter> parameters,
        boolean open,
        @Nullable String contentType,
        @Nullable JsonNode body) {

    static final String URL_ENCODED = "application/x-www-form-urlencoded";

    /**
     * A parameter.
     *
     * @param in {@code path}, {@code query} or {@code header}, as OpenAPI names them, or {@value #FORM}
     * @param schema a JSON schema
     * @param field of a bean that Spring binds; null if it is none
     */
    record Parameter(
            String in,
            String name,
            boolean required,
            JsonNode schema,
            @Nullable FormField field) {

        /** In the body, as browsers send forms. */
        static final String FORM = "form";

        Parameter(String in, String name, boolean required, JsonNode schema) {
            this(in, name, required, schema, null);
        }

        /** Whether it is a field of a form, of which a browser sends all; of one that reads, it stands in the query. */
        boolean isForm() {
            return field != null || in.equals(FORM);
        }

        String leaf() {
            return name.substring(name.lastIndexOf('.') + 1);
        }

        /** Whether a name begins with the same property. */
        boolean isBeside(String other) {
            return root(name).equals(root(other));
        }

        private static String root(String path) {
            return path.split("[.\\[]", 2)[0];
        }
    }

    String name() {
        return method + " " + path;
    }

    /** Whether the body is a form of parts, each property of the schema one: files, JSON, texts. */
    boolean isMultipart() {
        return contentType != null && contentType.startsWith("multipart/");
    }

    /** Whether its parameters are sent as the form of a page. */
    boolean isUrlEncoded() {
        return contentType != null && contentType.startsWith(URL_ENCODED);
    }

    /** Whether it is told more than a path. */
    boolean takesInput() {
        return body != null || open || parameters.stream().anyMatch(Parameter::isForm);
    }

    /** Of some names those that stand in no schema, and are read all the same. */
    Stream<String> unlisted(Stream<String> names) {
        return body != null
                ? Stream.empty()
                : names.filter(name ->
                                parameters.stream().noneMatch(one -> one.name().equals(name)))
                        .filter(name ->
                                open || parameters.stream().anyMatch(one -> one.isForm() && one.isBeside(name)));
    }

    boolean reads() {
        return method.equals("GET") || method.equals("HEAD");
    }
}

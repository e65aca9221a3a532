package timesheets;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the document of the API tells, read by somebody who knows nothing else. */
final class OpenApiDocument {

    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(
            Dialects.getOpenApi31(),
            builder -> builder.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
    private static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete");

    final JsonNode root;
    private final Map<JsonNode, Schema> schemas = new HashMap<>();

    OpenApiDocument(String json) {
        this.root = new JsonMapper().readTree(json);
    }

    List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        root.get("paths")
                .properties()
                .forEach(path -> METHODS.stream()
                        .filter(method -> path.getValue().has(method))
                        .forEach(method -> operations.add(new Operation(
                                method.toUpperCase(),
                                path.getKey(),
                                path.getValue().get(method)))));
        return operations;
    }

    Optional<Operation> operation(String id) {
        return operations().stream()
                .filter(operation -> operation.id().equals(id))
                .findFirst();
    }

    /** A place in the document, by its JSON pointer, with references followed. */
    private JsonNode at(String pointer) {
        return resolved(root.at(pointer));
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? at(node.get("$ref").asString().substring(1)) : node;
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    /** What is wrong with a value, by a schema of the document. */
    private List<String> faults(JsonNode schema, String json) {
        return schemas.computeIfAbsent(schema, this::alone).validate(json, InputFormat.JSON).stream()
                .map(Error::toString)
                // The validator knows the top-level domains, and refuses those that are reserved for tests.
                .filter(fault -> !fault.contains("RFC 5321"))
                .toList();
    }

    // As a document of its own, with what it refers to in the same place as before.
    private Schema alone(JsonNode schema) {
        return SCHEMAS.getSchema(((ObjectNode) schema.deepCopy()).set("components", root.get("components")));
    }

    final class Operation {

        final String method;
        final String path;
        final JsonNode node;
        private final String pointer;

        private Operation(String method, String path, JsonNode node) {
            this.method = method;
            this.path = path;
            this.node = node;
            this.pointer = "/paths/" + escaped(path) + "/" + method.toLowerCase();
        }

        String id() {
            return node.get("operationId").asString();
        }

        boolean isOpen() {
            return node.has("security") && node.get("security").isEmpty();
        }

        Optional<String> requiredRole() {
            return node.path("x-required-role").asStringOpt();
        }

        List<JsonNode> parameters(String in) {
            List<JsonNode> parameters = new ArrayList<>();
            for (int i = 0; i < node.path("parameters").size(); i++) {
                parameters.add(at(pointer + "/parameters/" + i));
            }
            return parameters.stream()
                    .filter(parameter -> parameter.get("in").asString().equals(in))
                    .toList();
        }

        Set<Integer> statuses() {
            Set<Integer> statuses = new TreeSet<>();
            node.get("responses").propertyNames().forEach(status -> statuses.add(Integer.valueOf(status)));
            return statuses;
        }

        boolean isBulk() {
            return path.endsWith("/bulk");
        }

        /** The media type of the body that it wants, if it wants one. */
        Optional<String> consumes() {
            return node.path("requestBody").path("content").propertyNames().stream()
                    .findFirst();
        }

        JsonNode bodySchema() {
            return at(pointer + "/requestBody/content/" + escaped(consumes().orElseThrow()) + "/schema");
        }

        /** The schemas of its good answers. */
        List<JsonNode> answers() {
            return node.get("responses").properties().stream()
                    .filter(response -> response.getKey().startsWith("2"))
                    .flatMap(response -> response.getValue().path("content").valueStream())
                    .map(content -> content.path("schema"))
                    .toList();
        }

        /** A header of an answer; missing if it is not told. */
        JsonNode header(int status, String name) {
            return at(pointer + "/responses/" + status).path("headers").path(name);
        }

        List<String> faultsOfBody(String json) {
            return faults(bodySchema(), json);
        }

        /** What is wrong with an answer, by this operation. */
        List<String> faultsOf(Api.Answer answer) {
            if (!statuses().contains(answer.status())) {
                return List.of("the status " + answer.status() + " is not documented, only " + statuses());
            }
            JsonNode response = at(pointer + "/responses/" + answer.status());
            List<String> faults = new ArrayList<>();
            response.path("headers").properties().stream()
                    .filter(header -> answer.header(header.getKey()) == null)
                    .forEach(header -> faults.add("the header " + header.getKey() + " is missing"));
            JsonNode content = response.path("content");
            if (answer.body().isEmpty()) {
                if (!content.isEmpty()) {
                    faults.add("the body is missing");
                }
                return faults;
            }
            String type = String.valueOf(answer.header("Content-Type")).split(";")[0];
            if (!content.has(type)) {
                faults.add("the media type " + type + " is not documented, only " + content.propertyNames());
            } else if (type.endsWith("json") && !type.endsWith("ndjson")) {
                faults.addAll(faults(content.get(type).get("schema"), answer.body()));
            }
            return faults;
        }
    }

    /** A schema and all that is in it, with references followed. */
    Stream<JsonNode> within(JsonNode schema) {
        JsonNode whole = resolved(schema);
        return Stream.concat(
                Stream.of(whole),
                Stream.of(
                                whole.path("properties").valueStream(),
                                whole.path("anyOf").valueStream(),
                                Stream.of(whole.path("items")).filter(JsonNode::isObject))
                        .flatMap(parts -> parts)
                        .flatMap(this::within));
    }

    /** The schema of a row in the body that an operation takes. */
    JsonNode row(Operation operation) {
        JsonNode body = operation.bodySchema();
        return operation.isBulk() ? resolved(body.get("items")) : body;
    }

    /** A value that a schema allows; null if what it refers to is not to be found in the document alone. */
    Object sample(JsonNode schema) {
        if (schema.has("$ref")) {
            return sample(resolved(schema));
        }
        if (schema.has("anyOf")) {
            return sample(schema.get("anyOf").get(0));
        }
        if (schema.has("enum")) {
            return schema.get("enum").get(0).asString();
        }
        return switch (type(schema)) {
            case "object" -> properties(schema, true);
            case "array" -> List.of(sample(schema.get("items")));
            case "boolean" -> true;
            case "integer" -> schema.path("minimum").asInt(1);
            case "number" -> 1.5;
            default -> text(schema);
        };
    }

    static String type(JsonNode schema) {
        JsonNode type = schema.path("type");
        return type.isArray() ? type.get(0).asString() : type.asString("string");
    }

    private static String text(JsonNode schema) {
        String text = switch (schema.path("format").asString("")) {
            case "uuid" -> UUID.randomUUID().toString();
            case "date" -> "2020-03-02";
            case "date-time" -> "2020-03-02T10:00:00Z";
            case "email" -> "office@example.test";
            default -> "Sample " + UUID.randomUUID();
        };
        return text.substring(
                0, Math.min(text.length(), schema.path("maxLength").asInt(text.length())));
    }

    /** Values for all properties of an object that a client may set. */
    Map<String, Object> properties(JsonNode schema, boolean all) {
        Set<String> required = new TreeSet<>();
        schema.path("required").forEach(name -> required.add(name.asString()));
        Map<String, Object> values = new LinkedHashMap<>();
        schema.path("properties").properties().forEach(property -> {
            if (!property.getValue().path("readOnly").asBoolean(false)
                    && (all || required.contains(property.getKey()))) {
                values.put(property.getKey(), sample(property.getValue()));
            }
        });
        return values;
    }
}

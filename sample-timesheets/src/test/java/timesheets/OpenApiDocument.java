package timesheets;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the document of the API tells, read by somebody who knows nothing else. */
final class OpenApiDocument {

    private static final String ADDRESS = "https://timesheets.test/openapi";
    private static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete");

    /** A place in the document, by its JSON pointer, with references followed. */
    record Place(String pointer, JsonNode node) {}

    final JsonNode root;
    private final SchemaRegistry schemas;

    OpenApiDocument(String json) {
        this.root = new JsonMapper().readTree(json);
        this.schemas = SchemaRegistry.withDefaultDialect(
                Dialects.getOpenApi31(),
                builder -> builder.schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build())
                        .schemas(Map.of(ADDRESS, json)));
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

    Place at(String pointer) {
        JsonNode node = root.at(pointer);
        return node.has("$ref") ? at(node.get("$ref").asString().substring(1)) : new Place(pointer, node);
    }

    static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    /** What is wrong with a value, by the schema at a place. */
    List<String> faults(String pointer, String json) {
        String fragment = Stream.of(pointer.split("/"))
                .map(step -> URLEncoder.encode(step, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
        return schemas.getSchema(SchemaLocation.of(ADDRESS + "#" + fragment)).validate(json, InputFormat.JSON).stream()
                .map(Error::toString)
                .toList();
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
                parameters.add(at(pointer + "/parameters/" + i).node());
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

        /** The media type of the body that it wants, if it wants one. */
        Optional<String> consumes() {
            return node.path("requestBody").path("content").propertyNames().stream()
                    .findFirst();
        }

        private String bodyPointer() {
            return pointer + "/requestBody/content/" + escaped(consumes().orElseThrow()) + "/schema";
        }

        JsonNode bodySchema() {
            return at(bodyPointer()).node();
        }

        List<String> faultsOfBody(String json) {
            return faults(bodyPointer(), json);
        }

        /** What is wrong with an answer, by this operation. */
        List<String> faultsOf(Api.Answer answer) {
            if (!statuses().contains(answer.status())) {
                return List.of("the status " + answer.status() + " is not documented, only " + statuses());
            }
            Place response = at(pointer + "/responses/" + answer.status());
            List<String> faults = new ArrayList<>();
            response.node().path("headers").properties().stream()
                    .filter(header -> answer.header(header.getKey()) == null)
                    .forEach(header -> faults.add("the header " + header.getKey() + " is missing"));
            JsonNode content = response.node().path("content");
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
                faults.addAll(faults(response.pointer() + "/content/" + escaped(type) + "/schema", answer.body()));
            }
            return faults;
        }
    }

    /** A value that a schema allows; null if what it refers to is not to be found in the document alone. */
    Object sample(JsonNode schema) {
        if (schema.has("$ref")) {
            return sample(at(schema.get("$ref").asString().substring(1)).node());
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

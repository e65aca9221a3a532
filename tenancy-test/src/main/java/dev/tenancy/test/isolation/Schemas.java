package dev.tenancy.test.isolation;

import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.converter.ResolvedSchema;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.core.jackson.TypeNameResolver;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.media.BinarySchema;
import java.lang.reflect.Type;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON schemas: those of an OpenAPI document, and those that are made of Java types with their constraints. */
final class Schemas {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int DEEPEST = 20;

    private static final Set<String> FILES =
            Set.of("org.springframework.web.multipart.MultipartFile", "jakarta.servlet.http.Part");

    // Nested records of several controllers have the same simple name.
    private static final ModelConverters CONVERTERS = new ModelConverters(true);

    static {
        CONVERTERS.addConverter(new ModelResolver(Json31.mapper(), new FullNames()).openapi31(true));
        CONVERTERS.addConverter((type, context, others) -> FILES.contains(Json31.mapper()
                        .constructType(type.getType())
                        .getRawClass()
                        .getName())
                ? new BinarySchema()
                : others.hasNext() ? others.next().resolve(type, context, others) : null);
    }

    private final JsonNode document;
    private final ObjectNode ofTypes = JsonNodeFactory.instance.objectNode();

    private static final class FullNames extends TypeNameResolver {

        FullNames() {
            setUseFqn(true);
        }
    }

    /** @param document the OpenAPI document to whose components references lead */
    Schemas(JsonNode document) {
        this.document = document;
    }

    /** The schema of what Jackson would read into a type; an empty one if nothing is known. */
    JsonNode of(Type type) {
        ResolvedSchema resolved = CONVERTERS.resolveAsResolvedSchema(new AnnotatedType(type).resolveAsRef(true));
        if (resolved == null || resolved.schema == null) {
            return JsonNodeFactory.instance.objectNode();
        }
        resolved.referencedSchemas.forEach((name, schema) -> ofTypes.set(name, tree(schema)));
        return tree(resolved.schema);
    }

    private static JsonNode tree(Object schema) {
        try {
            return JSON.readTree(Json31.mapper().writeValueAsString(schema));
        } catch (com.fasterxml.jackson.core.JsonProcessingException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** What a schema, a parameter or a body is, with its reference followed and its parts put together. */
    JsonNode resolved(JsonNode schema) {
        JsonNode at = schema;
        for (int i = 0; i < DEEPEST && at.has("$ref"); i++) {
            String pointer = at.path("$ref").asString().substring(1);
            JsonNode inDocument = document.at(pointer);
            at = inDocument.isMissingNode()
                    ? ofTypes.path(pointer.substring(pointer.lastIndexOf('/') + 1))
                    : inDocument;
        }
        if (at.has("allOf")) {
            ObjectNode all = ((ObjectNode) at).deepCopy();
            all.remove("allOf");
            at.path("allOf").forEach(part -> merge(all, resolved(part)));
            return all;
        }
        for (String choice : new String[] {"oneOf", "anyOf"}) {
            for (JsonNode one : at.path(choice)) {
                if (!is(resolved(one), "null")) {
                    return resolved(one);
                }
            }
        }
        return at;
    }

    private static void merge(ObjectNode into, JsonNode part) {
        part.properties().forEach(member -> {
            JsonNode there = into.path(member.getKey());
            if (there instanceof ObjectNode object) {
                merge(object, member.getValue());
            } else if (there.isArray()) {
                member.getValue().forEach(((tools.jackson.databind.node.ArrayNode) there)::add);
            } else {
                into.set(member.getKey(), member.getValue());
            }
        });
    }

    /** Whether a resolved schema is of a type, beside null. */
    static boolean is(JsonNode schema, String type) {
        JsonNode types = schema.path("type");
        return types.isArray()
                ? types.valueStream().anyMatch(one -> one.asString().equals(type))
                : types.asString("").equals(type);
    }

    /** Whether a resolved schema is of the bytes of a file, or of several files. */
    boolean isFile(JsonNode schema) {
        return is(schema, "array")
                ? isFile(resolved(schema.path("items")))
                : schema.path("format").asString("").equals("binary")
                        || schema.has("contentMediaType") && !schema.has("contentEncoding");
    }

    boolean isRequired(JsonNode schema, String property) {
        return schema.path("required")
                .valueStream()
                .anyMatch(one -> one.asString().equals(property));
    }
}

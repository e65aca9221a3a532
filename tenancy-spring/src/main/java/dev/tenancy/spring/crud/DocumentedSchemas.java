package dev.tenancy.spring.crud;

import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Schemas that read the same in OpenAPI 3.0 and 3.1. */
final class DocumentedSchemas {

    private DocumentedSchemas() {}

    static Schema<Object> typed(String type) {
        Schema<Object> schema = new JsonSchema();
        schema.setType(type);
        schema.setTypes(new LinkedHashSet<>(Set.of(type)));
        return schema;
    }

    static Schema<?> array(Schema<?> items) {
        return typed("array").items(items);
    }

    static Schema<?> reference(String name) {
        return new JsonSchema().$ref("#/components/schemas/" + name);
    }

    static Schema<?> nullable(Schema<?> schema) {
        if (schema.get$ref() != null) {
            Schema<?> either = new JsonSchema();
            either.setAnyOf(List.of(schema, typed("null")));
            return either;
        }
        schema.setNullable(true);
        Set<String> types = new LinkedHashSet<>();
        if (schema.getTypes() != null) {
            types.addAll(schema.getTypes());
        } else if (schema.getType() != null) {
            types.add(schema.getType());
        }
        types.add("null");
        schema.setTypes(types);
        return schema;
    }
}

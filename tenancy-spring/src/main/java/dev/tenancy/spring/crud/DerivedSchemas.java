package dev.tenancy.spring.crud;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.media.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The schemas of one document that are derived from a record, such as {@code CustomerDtoInput}, and that no class stands for. They come in
 * when springdoc is done: until then, it would leave out a class of the application whose name is taken, and what refers to that class would
 * silently refer to ours.
 */
final class DerivedSchemas {

    // The document itself holds them meanwhile: springdoc makes several, for groups and languages.
    private static final String KEY = "x-tenancy-derived-schemas";

    private record Derived(Schema<?> schema, String meaning) {}

    private final Map<String, Derived> all = new LinkedHashMap<>();
    // What they may refer to: springdoc takes away what nothing refers to before they come in.
    private final Map<String, Schema<?>> parts = new LinkedHashMap<>();

    private DerivedSchemas() {}

    static DerivedSchemas of(Components components) {
        if (components.getExtensions() != null
                && components.getExtensions().get(KEY) instanceof DerivedSchemas derived) {
            return derived;
        }
        DerivedSchemas derived = new DerivedSchemas();
        components.addExtension(KEY, derived);
        return derived;
    }

    /** Adds a schema, unless it is there, and refers to it. Its meaning is what nothing else of that name has. */
    Schema<?> reference(Schema<?> schema, String meaning) {
        Derived other = all.put(schema.getName(), new Derived(schema, meaning));
        if (other != null && !other.meaning().equals(meaning)) {
            throw taken(schema.getName(), other.meaning(), meaning);
        }
        return DocumentedSchemas.reference(schema.getName());
    }

    /** A schema that derived ones may refer to. */
    void keep(String name, Schema<?> part) {
        parts.putIfAbsent(name, part);
    }

    /** To be called when springdoc is done. */
    static void addTo(Components components) {
        DerivedSchemas derived = of(components);
        components.getExtensions().remove(KEY);
        if (components.getExtensions().isEmpty()) {
            components.setExtensions(null);
        }
        derived.all.forEach((name, one) -> {
            if (components.getSchemas() != null && components.getSchemas().containsKey(name)) {
                throw taken(name, "a class of the application", one.meaning());
            }
            components.addSchemas(name, one.schema());
        });
        derived.all.values().stream()
                .flatMap(one -> referred(one.schema()))
                .filter(derived.parts::containsKey)
                .filter(name -> !components.getSchemas().containsKey(name))
                .distinct()
                .toList()
                .forEach(name -> components.addSchemas(name, derived.parts.get(name)));
    }

    private static Stream<String> referred(Schema<?> schema) {
        List<Schema<?>> parts = new ArrayList<>();
        if (schema.getProperties() != null) {
            schema.getProperties().values().forEach(parts::add);
        }
        if (schema.getAnyOf() != null) {
            schema.getAnyOf().forEach(parts::add);
        }
        if (schema.getItems() != null) {
            parts.add(schema.getItems());
        }
        return Stream.concat(
                Stream.ofNullable(schema.get$ref())
                        .map(reference -> reference.substring(reference.lastIndexOf('/') + 1)),
                parts.stream().flatMap(DerivedSchemas::referred));
    }

    static IllegalStateException taken(String name, String one, String other) {
        return new IllegalStateException("The schema " + name + " of the API document would be two things: " + one
                + ", and " + other + ". Rename the record or its component, or give a class of the application another"
                + " name there with @Schema(name = \"…\").");
    }
}

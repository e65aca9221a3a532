package dev.tenancy.spring.crud;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.function.Supplier;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.introspect.BeanPropertyDefinition;
import tools.jackson.databind.introspect.ClassIntrospector;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which fields Jackson leaves out of an answer: by its default ({@code spring.jackson.default-property-inclusion}), by what the
 * application says of a type, or by {@link JsonInclude}.
 */
record AnswerInclusion(Supplier<JsonMapper> mapper) {

    /** Whether a field of a record is in each answer. */
    boolean isAlwaysThere(Class<?> record, String field, boolean nullable) {
        return switch (of(record, field)) {
            case ALWAYS, USE_DEFAULTS -> true;
            case NON_NULL -> !nullable;
            // What is empty or a default differs by type and by what the application says.
            default -> false;
        };
    }

    private JsonInclude.Include of(Class<?> record, String field) {
        JsonMapper json = mapper.get();
        SerializationConfig config = json.serializationConfig();
        JavaType type = json.constructType(record);
        ClassIntrospector classes = config.classIntrospectorInstance();
        var bean = classes.introspectForSerialization(type, classes.introspectClassAnnotations(type));
        // In the order of Jackson's PropertyBuilder, where a setting for the record comes before its annotation.
        JsonInclude.Value none = JsonInclude.Value.empty();
        JsonInclude.Value whole = config.getDefaultPropertyInclusion()
                .withOverrides(bean.findPropertyInclusion(none))
                .withOverrides(config.getDefaultPropertyInclusion(record, none));
        return bean.findProperties().stream()
                .filter(property -> property.getName().equals(field))
                .findFirst()
                .map(property -> ofField(property, config, whole))
                .orElse(whole)
                .getValueInclusion();
    }

    private static JsonInclude.Value ofField(
            BeanPropertyDefinition property, SerializationConfig config, JsonInclude.Value whole) {
        Class<?> type = property.getRawPrimaryType();
        return config.getDefaultInclusion(type, type, whole).withOverrides(property.findInclusion());
    }
}

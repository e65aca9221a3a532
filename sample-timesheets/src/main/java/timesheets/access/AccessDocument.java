package timesheets.access;

import dev.tenancy.Roles;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the API document tells about the controllers that are no resources; of the resources the library tells itself. */
@Configuration(proxyBeanMethods = false)
class AccessDocument {

    static final String CONFLICT = "#/components/responses/Conflict";
    // For programs that know no Unicode properties in patterns, such as JavaScript's without the flag u.
    private static final String SINGLE_LINE = "^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$";

    static final String TOO_MANY_REQUESTS = "#/components/responses/TooManyRequests";

    /** What a record holds is there, unless its component is {@link Nullable}; and what the constraints of this package allow. */
    @Bean
    ModelConverter recordsAsTheyAre(Roles roles) {
        return (type, context, others) -> {
            Schema<?> schema = others.hasNext() ? others.next().resolve(type, context, others) : null;
            Class<?> raw = Json.mapper().constructType(type.getType()).getRawClass();
            if (schema != null && raw.isRecord()) {
                Stream.<Schema<?>>of(schema, context.getDefinedModels().get(referred(schema)))
                        .filter(model -> model != null && model.getProperties() != null)
                        .forEach(model -> describe(model, raw.getRecordComponents(), roles));
            }
            return schema;
        };
    }

    private static void describe(Schema<?> model, RecordComponent[] components, Roles roles) {
        model.setRequired(Stream.of(components)
                .filter(component -> !component.getAnnotatedType().isAnnotationPresent(Nullable.class))
                .map(RecordComponent::getName)
                .toList());
        for (RecordComponent component : components) {
            Schema<?> property = Objects.requireNonNull(
                    model.getProperties().get(component.getName()),
                    () -> component.getDeclaringRecord().getName() + " has no JSON property " + component.getName());
            if (component.isAnnotationPresent(RoleName.class)) {
                setEnum(property, roles.names());
            }
            if (component.isAnnotationPresent(SingleLine.class)) {
                property.setPattern(SINGLE_LINE);
            }
        }
    }

    @SuppressWarnings("unchecked") // It is one of text.
    private static void setEnum(Schema<?> property, List<String> names) {
        ((Schema<Object>) property).setEnum(List.copyOf(names));
    }

    private static String referred(Schema<?> schema) {
        String reference = Objects.requireNonNullElse(schema.get$ref(), "");
        return reference.substring(reference.lastIndexOf('/') + 1);
    }

    /** {@link AddressLimit} refuses each call below {@code /api/auth}, in words of the library. */
    @Bean
    GlobalOpenApiCustomizer limitedAddresses() {
        return document -> document.getPaths().forEach((path, item) -> {
            if (path.startsWith("/api/auth/")) {
                item.readOperations()
                        .forEach(operation -> operation
                                .getResponses()
                                .addApiResponse("429", new ApiResponse().$ref(TOO_MANY_REQUESTS)));
            }
        });
    }
}

package dev.tenancy.spring;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.method.HandlerMethod;

/** The handlers that CRUD controllers inherit, by the name of their method. */
enum CrudOperation {
    LIST("Lists %s."),
    EXPORT("Exports all %s that the parameters select, as CSV or NDJSON."),
    GET("Gets one of the %s."),
    CREATE("Creates one of the %s."),
    REPLACE("Replaces one of the %s: what the body leaves out is null afterwards."),
    PATCH("Changes what the body names (JSON Merge Patch, RFC 7396)."),
    DELETE("Deletes one of the %s.");

    private final String summary;

    CrudOperation(String summary) {
        this.summary = summary;
    }

    /** Empty if a controller has added the handler itself. */
    static Optional<CrudOperation> of(HandlerMethod handler) {
        if (!TenantReadController.class.isAssignableFrom(handler.getBeanType())) {
            return Optional.empty();
        }
        Method method = handler.getMethod();
        return Arrays.stream(values())
                .filter(operation -> operation.method().equals(method.getName()))
                .filter(operation -> ReflectionUtils.findMethod(
                                TenantCrudController.class, method.getName(), method.getParameterTypes())
                        != null)
                .findFirst();
    }

    private String method() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean isAboutOne() {
        return this != LIST && this != EXPORT && this != CREATE;
    }

    String summary(String plural) {
        return summary.formatted(plural);
    }

    /** The operation's id, such as {@code listTimeEntries} and {@code getTimeEntry}. */
    String id(String singular) {
        return method() + (this == LIST || this == EXPORT ? plural(singular) : singular);
    }

    static String plural(String noun) {
        if (noun.matches(".*[^aeiou]y")) {
            return noun.substring(0, noun.length() - 1) + "ies";
        }
        return noun.matches(".*(s|x|z|ch|sh)") ? noun + "es" : noun + "s";
    }
}

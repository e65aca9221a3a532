package dev.tenancy.spring.crud;

import dev.tenancy.spring.crud.CrudOffer.Action;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;
import org.springframework.web.method.HandlerMethod;

/** The handlers that CRUD controllers inherit. */
enum CrudOperation {
    LIST("list", Action.READ, "Lists %s."),
    EXPORT("export", Action.READ, "Exports all %s that the parameters select, as CSV or NDJSON."),
    GET("get", Action.READ, "Gets one of the %s."),
    CREATE("create", Action.CREATE, "Creates one of the %s."),
    REPLACE("replace", Action.UPDATE, "Replaces one of the %s: what the body leaves out is null afterwards."),
    PATCH("patch", Action.UPDATE, "Changes one of the %s as the body says (JSON Merge Patch, RFC 7396)."),
    DELETE("delete", Action.DELETE, "Deletes one of the %s."),
    CREATE_MANY("createMany", Action.CREATE, "Creates many %s, all or none."),
    PATCH_MANY("patchMany", Action.UPDATE, "Changes many %s, all or none (JSON Merge Patch, RFC 7396)."),
    DELETE_MANY("deleteMany", Action.DELETE, "Deletes many %s, all or none.");

    private final String method;
    private final Action action;
    private final String summary;

    CrudOperation(String method, Action action, String summary) {
        this.method = method;
        this.action = action;
        this.summary = summary;
    }

    /** Empty if the application has added the handler itself. */
    static Optional<CrudOperation> of(HandlerMethod handler) {
        Method method = handler.getMethod();
        boolean inherited = TenantReadController.class.isAssignableFrom(handler.getBeanType())
                && ReflectionUtils.findMethod(TenantCrudController.class, method.getName(), method.getParameterTypes())
                        != null;
        return Arrays.stream(values())
                .filter(operation -> inherited && operation.method.equals(method.getName()))
                .findFirst();
    }

    Action action() {
        return action;
    }

    boolean isAboutOne() {
        return this == GET || this == REPLACE || this == PATCH || this == DELETE;
    }

    private boolean isAboutMany() {
        return this == LIST || this == EXPORT || name().endsWith("_MANY");
    }

    String summary(String singular) {
        return summary.formatted(words(singular));
    }

    /** The operation's id, such as {@code listTimeEntries}, {@code getTimeEntry} and {@code deleteTimeEntries}. */
    String id(String singular) {
        return method.replace("Many", "") + (isAboutMany() ? plural(singular) : singular);
    }

    static String tag(String singular) {
        return StringUtils.capitalize(words(singular));
    }

    static String tagDescription(String singular) {
        return "The " + words(singular) + " of the company that the request acts for.";
    }

    private static String words(String singular) {
        return plural(singular.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ")).toLowerCase(Locale.ROOT);
    }

    /** What one row is called, by the name of its controller, which may be the plural of the entity's: {@code Invitations}. */
    static String singular(String controller, String entity) {
        return controller.equals(plural(entity)) ? entity : controller;
    }

    private static String plural(String noun) {
        if (noun.matches(".*[^aeiou]y")) {
            return noun.substring(0, noun.length() - 1) + "ies";
        }
        return noun.matches(".*(s|x|z|ch|sh)") ? noun + "es" : noun + "s";
    }
}

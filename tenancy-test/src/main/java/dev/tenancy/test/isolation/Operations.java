package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.Operation.Parameter;
import jakarta.servlet.ServletRequest;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.util.MultiValueMap;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.ValueConstants;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The endpoints of an application, from Spring's handler mappings. What a request has to hold comes from the OpenAPI document, where
 * there is one, or else from the types of the handler.
 */
final class Operations {

    // What Spring and springdoc bring along is theirs to prove.
    private static final List<String> FOREIGN =
            List.of("org.springframework.", "org.springdoc.", "dev.tenancy.spring.");
    private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)}");
    private static final String MULTIPART = "multipart/form-data";
    private static final int DEEPEST = 5;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Schemas schemas;
    private final Predicate<Class<?>> own;
    private final JsonNode document;
    private final OwnedMapping mapping;

    /**
     * @param document the OpenAPI document; an empty object if there is none
     * @param own whether a class is the application's
     */
    Operations(JsonNode document, Schemas schemas, OwnedMapping mapping, Predicate<Class<?>> own) {
        this.mapping = mapping;
        this.own = own;
        this.document = document;
        this.schemas = schemas;
    }

    /** By their names, in the order of paths. */
    List<Operation> of(ApplicationContext context) {
        Map<String, Operation> operations =
                new TreeMap<>(Comparator.comparing((String name) -> name.replaceFirst("^\\S+ ", ""))
                        .thenComparing(name -> name));
        FormBeans beans = new FormBeans(context, mapping, schemas);
        context.getBeansOfType(RequestMappingInfoHandlerMapping.class)
                .values()
                .forEach(mapping -> mapping.getHandlerMethods().forEach((info, handler) -> {
                    Class<?> type = handler.getBeanType();
                    if (own.test(type) || FOREIGN.stream().noneMatch(type.getName()::startsWith)) {
                        for (String path : info.getPatternValues()) {
                            for (RequestMethod method : methods(info)) {
                                Operation operation = operation(method.name(), path, info, handler, beans);
                                operations.putIfAbsent(operation.name(), operation);
                            }
                        }
                    }
                }));
        return List.copyOf(operations.values());
    }

    private static Set<RequestMethod> methods(RequestMappingInfo info) {
        Set<RequestMethod> methods = info.getMethodsCondition().getMethods();
        return methods.isEmpty() ? Set.of(RequestMethod.GET, RequestMethod.POST) : methods;
    }

    private Operation operation(
            String method, String pattern, RequestMappingInfo info, HandlerMethod handler, FormBeans beans) {
        // {name:regex} and {*rest} are told by name alone.
        String path = pattern.replaceAll("\\{\\*?(\\w+)(:[^/]*)?}", "{$1}");
        JsonNode documented = document.path("paths").path(path).path(method.toLowerCase(Locale.ROOT));
        if (!documented.isMissingNode()) {
            return documented(method, path, handler, documented, beans);
        }
        List<Parameter> parameters = new ArrayList<>();
        Map<String, Parameter> parts = new LinkedHashMap<>();
        JsonNode body = null;
        boolean open = isOpen(handler);
        String in = in(method);
        for (MethodParameter parameter : handler.getMethodParameters()) {
            parameter.initParameterNameDiscovery(new DefaultParameterNameDiscoverer());
            Type type = GenericTypeResolver.resolveType(parameter.getGenericParameterType(), handler.getBeanType());
            RequestPart part = parameter.getParameterAnnotation(RequestPart.class);
            if (parameter.hasParameterAnnotation(RequestBody.class)) {
                body = isForm(parameter) ? null : schemas.of(type);
            } else if (part != null) {
                Parameter read = simple("part", part.name(), part.required(), parameter);
                parts.put(read.name(), read);
            } else {
                for (Parameter read : parameters(handler, parameter, in, beans)) {
                    if (schemas.isFile(schemas.resolved(read.schema()))) {
                        parts.put(read.name(), read);
                    } else {
                        parameters.add(read);
                    }
                }
            }
        }
        if (!parts.isEmpty()) {
            return new Operation(
                    method, path, handler, complete(path, parameters), open, MULTIPART, form(parts.values()));
        }
        String consumed = info.getConsumesCondition().getConsumableMediaTypes().stream()
                .findFirst()
                .map(Object::toString)
                .orElse("");
        boolean urlEncoded = body == null
                && (consumed.startsWith(Operation.URL_ENCODED)
                        || parameters.stream().anyMatch(one -> one.in().equals(Parameter.FORM)));
        if (urlEncoded) {
            return new Operation(method, path, handler, complete(path, parameters), open, Operation.URL_ENCODED, null);
        }
        if (body == null
                && !method.equals("GET")
                && parameters.stream().allMatch(one -> one.in().equals("path"))) {
            body = ofRecord(handler, method, path);
        }
        String contentType = consumed.isEmpty() ? "application/json" : consumed;
        return new Operation(
                method, path, handler, complete(path, parameters), open, body == null ? null : contentType, body);
    }

    // As browsers do, and as servers read it.
    private static String in(String method) {
        return Set.of("POST", "PUT", "PATCH").contains(method) ? Parameter.FORM : "query";
    }

    private static boolean isForm(MethodParameter parameter) {
        return MultiValueMap.class.isAssignableFrom(parameter.getParameterType());
    }

    /** Whether a handler looks for parameters itself. */
    private static boolean isOpen(HandlerMethod handler) {
        return Stream.of(handler.getMethodParameters())
                .anyMatch(parameter -> ServletRequest.class.isAssignableFrom(parameter.getParameterType())
                        || WebRequest.class.isAssignableFrom(parameter.getParameterType())
                        || parameter.hasParameterAnnotation(RequestBody.class) && isForm(parameter)
                        || parameter.hasParameterAnnotation(RequestParam.class)
                                && Map.class.isAssignableFrom(parameter.getParameterType()));
    }

    private static JsonNode form(Collection<Parameter> parts) {
        ObjectNode form = JSON.objectNode().put("type", "object");
        ArrayNode required = form.putArray("required");
        ObjectNode properties = form.putObject("properties");
        parts.forEach(part -> {
            properties.set(part.name(), part.schema());
            if (part.required()) {
                required.add(part.name());
            }
        });
        return form;
    }

    // A handler that reads the request by itself, for a record that its controller is about.
    private @Nullable JsonNode ofRecord(HandlerMethod handler, String method, String path) {
        boolean many = path.endsWith("/bulk");
        JsonNode one = method.equals("DELETE") ? many ? identified() : null : recordOf(handler);
        return one == null || !many
                ? one
                : JSON.objectNode().put("type", "array").set("items", one);
    }

    private static JsonNode identified() {
        ObjectNode identified = JSON.objectNode().put("type", "object");
        identified.putArray("required").add("id");
        identified.putObject("properties").putObject("id");
        return identified;
    }

    private @Nullable JsonNode recordOf(HandlerMethod handler) {
        for (ResolvableType type = ResolvableType.forClass(handler.getBeanType());
                type != ResolvableType.NONE;
                type = type.getSuperType()) {
            for (ResolvableType argument : type.getGenerics()) {
                Class<?> resolved = argument.resolve();
                if (resolved != null && resolved.isRecord()) {
                    return schemas.of(resolved);
                }
            }
        }
        return null;
    }

    private List<Parameter> parameters(HandlerMethod handler, MethodParameter parameter, String in, FormBeans beans) {
        for (Annotation annotation : parameter.getParameterAnnotations()) {
            if (annotation instanceof PathVariable variable) {
                return List.of(simple("path", variable.name(), true, parameter));
            }
            if (annotation instanceof RequestParam param) {
                boolean required = param.required()
                        && param.defaultValue().equals(ValueConstants.DEFAULT_NONE)
                        && !parameter.isOptional();
                return Map.class.isAssignableFrom(parameter.getParameterType())
                        ? List.of()
                        : List.of(simple("query", param.name(), required, parameter));
            }
            if (annotation instanceof RequestHeader header) {
                boolean required = header.required() && header.defaultValue().equals(ValueConstants.DEFAULT_NONE);
                return List.of(simple("header", header.name(), required, parameter));
            }
            if (annotation instanceof CookieValue
                    || annotation.annotationType().getName().startsWith("org.springframework.security.")) {
                return List.of();
            }
        }
        Class<?> type = parameter.getParameterType();
        if (BeanUtils.isSimpleProperty(type)
                || schemas.isFile(schemas.resolved(schemas.of(parameter.getGenericParameterType())))) {
            return List.of(simple("query", "", false, parameter));
        }
        return isModel(parameter, beans) ? beans.fields(handler, parameter, in) : List.of();
    }

    private static boolean isModel(MethodParameter parameter, FormBeans beans) {
        Class<?> type = parameter.getParameterType();
        return !Map.class.isAssignableFrom(type) && !type.isInterface() && beans.isBound(parameter);
    }

    private Parameter simple(String in, String name, boolean required, MethodParameter parameter) {
        return new Parameter(
                in,
                StringUtils.hasText(name) ? name : String.valueOf(parameter.getParameterName()),
                required,
                schemas.of(parameter.nestedIfOptional().getNestedGenericParameterType()));
    }

    /** Each once, and with the variables of the path that no parameter of the method reads, but for instance a model attribute. */
    private static List<Parameter> complete(String path, List<Parameter> parameters) {
        Map<String, Parameter> all = new LinkedHashMap<>();
        parameters.forEach(one -> all.putIfAbsent(one.in() + " " + one.name(), one));
        Matcher variables = VARIABLE.matcher(path);
        while (variables.find()) {
            String name = variables.group(1);
            all.putIfAbsent("path " + name, new Parameter("path", name, true, JSON.objectNode()));
        }
        return List.copyOf(all.values());
    }

    private Operation documented(
            String method, String path, HandlerMethod handler, JsonNode operation, FormBeans beans) {
        Map<String, Parameter> fields = new LinkedHashMap<>();
        Set<String> models = new LinkedHashSet<>();
        for (MethodParameter parameter : handler.getMethodParameters()) {
            parameter.initParameterNameDiscovery(new DefaultParameterNameDiscoverer());
            if (!BeanUtils.isSimpleProperty(parameter.getParameterType()) && isModel(parameter, beans)) {
                models.add(String.valueOf(parameter.getParameterName()));
                beans.fields(handler, parameter, in(method)).forEach(field -> fields.putIfAbsent(field.name(), field));
            }
        }
        // Documents tell of a bean as if it were one parameter, or in parts, but not how Spring reads them.
        List<Parameter> parameters = Stream.concat(
                        document.path("paths").path(path).path("parameters").valueStream(),
                        operation.path("parameters").valueStream())
                .map(schemas::resolved)
                .filter(one -> !one.path("in").asString("").equals("cookie"))
                .map(one -> new Parameter(
                        one.path("in").asString(),
                        one.path("name").asString(),
                        one.path("required").asBoolean(false),
                        one.path("schema")))
                .filter(one ->
                        !one.in().equals("query") || !models.contains(one.name()) && !fields.containsKey(one.name()))
                .collect(Collectors.toCollection(ArrayList::new));
        JsonNode content = schemas.resolved(operation.path("requestBody")).path("content");
        String contentType = content.propertyNames().stream()
                .filter(type -> type.endsWith("json"))
                .findFirst()
                .orElse(content.propertyNames().stream().findFirst().orElse(null));
        JsonNode body = contentType == null ? null : content.path(contentType).path("schema");
        if (body != null && String.valueOf(contentType).startsWith(Operation.URL_ENCODED)) {
            flatten("", body, true, fields, 0);
            body = null;
        }
        parameters.addAll(fields.values());
        if (body == null && parameters.stream().anyMatch(one -> one.in().equals(Parameter.FORM))) {
            contentType = Operation.URL_ENCODED;
        }
        boolean files = body != null
                && schemas.resolved(body)
                        .path("properties")
                        .valueStream()
                        .anyMatch(part -> schemas.isFile(schemas.resolved(part)));
        return new Operation(
                method,
                path,
                handler,
                complete(path, parameters),
                isOpen(handler),
                files ? MULTIPART : contentType,
                body);
    }

    /** The fields of a documented form, by the names under which Spring binds them. */
    private void flatten(String name, JsonNode unresolved, boolean required, Map<String, Parameter> fields, int depth) {
        JsonNode schema = schemas.resolved(unresolved);
        if (depth > DEEPEST || schema.path("readOnly").asBoolean(false)) {
            return;
        }
        if (schema.has("properties")) {
            schema.path("properties")
                    .properties()
                    .forEach(property -> flatten(
                            name.isEmpty() ? property.getKey() : name + "." + property.getKey(),
                            property.getValue(),
                            required && schemas.isRequired(schema, property.getKey()),
                            fields,
                            depth + 1));
        } else if (Schemas.is(schema, "array")) {
            boolean plain = !schemas.resolved(schema.path("items")).has("properties");
            flatten(plain ? name : name + "[0]", schema.path("items"), required, fields, depth + 1);
        } else if (!name.isEmpty()) {
            fields.putIfAbsent(name, new Parameter(Parameter.FORM, name, required, schema));
        }
    }
}

package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.Operation.Parameter;
import java.beans.PropertyDescriptor;
import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.LocalDateTime;
import java.time.MonthDay;
import java.time.YearMonth;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.convert.Property;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.BindParam;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.support.DefaultDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.method.ControllerAdviceBean;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.annotation.InitBinderDataBinderFactory;
import org.springframework.web.method.annotation.ModelAttributeMethodProcessor;
import org.springframework.web.method.annotation.ModelFactory;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.HandlerMethodArgumentResolverComposite;
import org.springframework.web.method.support.InvocableHandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The fields of forms, of the beans that Spring binds them to: those with setters, records, and what they hold. */
final class FormBeans {

    private static final int DEEPEST = 3;
    private static final LocalDateTime PAST = LocalDateTime.of(2024, 2, 29, 12, 0);
    private static final LocalDateTime FUTURE = PAST.plusYears(80);
    private static final Set<String> REQUIRING = Set.of("NotNull", "NotBlank", "NotEmpty");

    private final ApplicationContext context;
    private final OwnedMapping mapping;
    private final Schemas schemas;
    private final List<RequestMappingHandlerAdapter> adapters;

    FormBeans(ApplicationContext context, OwnedMapping mapping, Schemas schemas) {
        this.context = context;
        this.mapping = mapping;
        this.schemas = schemas;
        this.adapters = List.copyOf(
                context.getBeansOfType(RequestMappingHandlerAdapter.class).values());
    }

    /** Whether Spring binds the parameter of a handler, by its name or its type, to what the form holds. */
    boolean isBound(MethodParameter parameter) {
        ModelAttribute attribute = parameter.getParameterAnnotation(ModelAttribute.class);
        return (attribute == null || attribute.binding())
                && adapters.stream()
                        .flatMap(adapter -> resolvers(adapter).stream())
                        .filter(resolver -> resolver.supportsParameter(parameter))
                        .findFirst()
                        .filter(ModelAttributeMethodProcessor.class::isInstance)
                        .isPresent();
    }

    private static List<HandlerMethodArgumentResolver> resolvers(RequestMappingHandlerAdapter adapter) {
        List<HandlerMethodArgumentResolver> resolvers = adapter.getArgumentResolvers();
        return resolvers == null ? List.of() : resolvers;
    }

    /** @param in where the fields are sent */
    List<Parameter> fields(HandlerMethod handler, MethodParameter parameter, String in) {
        TypeDescriptor type = new TypeDescriptor(parameter);
        Filling filling = new Filling(in, binder(handler, ModelFactory.getNameForParameter(parameter)));
        filling.bean("", type.getType(), true, List.of());
        return List.copyOf(filling.fields.values());
    }

    /** One that a page and its form would be given. */
    private WebDataBinder binder(HandlerMethod handler, String attribute) {
        NativeWebRequest request = new ServletWebRequest(new MockHttpServletRequest());
        if (adapters.isEmpty()) {
            return new WebDataBinder(null, attribute);
        }
        RequestMappingHandlerAdapter adapter = adapters.get(0);
        DefaultDataBinderFactory plain = new DefaultDataBinderFactory(adapter.getWebBindingInitializer());
        try {
            return new InitBinderDataBinderFactory(
                            initBinders(handler, adapter, plain), adapter.getWebBindingInitializer())
                    .createBinder(request, null, attribute);
        } catch (Exception needsMore) {
            // One that asks for more than a binder, such as a variable of the path, tells nothing outside of a request.
            return plainBinder(plain, request, attribute);
        }
    }

    private static WebDataBinder plainBinder(
            DefaultDataBinderFactory plain, NativeWebRequest request, String attribute) {
        try {
            return plain.createBinder(request, null, attribute);
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    private List<InvocableHandlerMethod> initBinders(
            HandlerMethod handler, RequestMappingHandlerAdapter adapter, DefaultDataBinderFactory plain) {
        Map<Object, Class<?>> beans = new LinkedHashMap<>();
        for (ControllerAdviceBean advice : ControllerAdviceBean.findAnnotatedBeans(context)) {
            Class<?> type = advice.getBeanType();
            if (type != null && advice.isApplicableToBeanType(handler.getBeanType())) {
                beans.put(advice.resolveBean(), type);
            }
        }
        beans.put(handler.createWithResolvedBean().getBean(), handler.getBeanType());
        HandlerMethodArgumentResolverComposite arguments = new HandlerMethodArgumentResolverComposite();
        arguments.addResolvers(adapter.getInitBinderArgumentResolvers());
        List<InvocableHandlerMethod> all = new ArrayList<>();
        beans.forEach((bean, type) -> {
            for (Method method :
                    MethodIntrospector.selectMethods(type, RequestMappingHandlerAdapter.INIT_BINDER_METHODS)) {
                InvocableHandlerMethod one = new InvocableHandlerMethod(bean, method);
                one.setHandlerMethodArgumentResolvers(arguments);
                one.setDataBinderFactory(plain);
                all.add(one);
            }
        });
        return all;
    }

    private final class Filling {

        private final String in;
        private final WebDataBinder binder;
        private final Map<String, Parameter> fields = new LinkedHashMap<>();

        Filling(String in, WebDataBinder binder) {
            this.in = in;
            this.binder = binder;
        }

        /** @param path with a point at its end, unless it is empty */
        void bean(String path, Class<?> type, boolean required, List<Class<?>> above) {
            if (above.contains(type) || above.size() > DEEPEST) {
                return;
            }
            List<Class<?>> below = new ArrayList<>(above);
            below.add(type);
            if (!type.isInterface() && !Modifier.isAbstract(type.getModifiers())) {
                Constructor<?> constructor = BeanUtils.getResolvableConstructor(type);
                if (constructor.getParameterCount() > 0) {
                    String[] names = BeanUtils.getParameterNames(constructor);
                    for (int i = 0; i < names.length; i++) {
                        MethodParameter parameter = new MethodParameter(constructor, i);
                        BindParam renamed = parameter.getParameterAnnotation(BindParam.class);
                        TypeDescriptor one = new TypeDescriptor(parameter);
                        boolean needed = one.isPrimitive() && one.getType() != boolean.class;
                        property(path + (renamed == null ? names[i] : renamed.value()), one, required, needed, below);
                    }
                }
            }
            for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
                if (property.getWriteMethod() != null && !fields.containsKey(path + property.getName())) {
                    TypeDescriptor one = new TypeDescriptor(new Property(
                            type, property.getReadMethod(), property.getWriteMethod(), property.getName()));
                    property(path + property.getName(), one, required, false, below);
                }
            }
        }

        private void property(
                String name, TypeDescriptor type, boolean aboveRequired, boolean needed, List<Class<?>> above) {
            boolean required = aboveRequired
                    && (needed
                            || List.of(type.getAnnotations()).stream()
                                    .anyMatch(one -> REQUIRING.contains(
                                            one.annotationType().getSimpleName())));
            if (type.isMap()) {
                return;
            }
            TypeDescriptor element = type.getElementTypeDescriptor();
            if (element != null
                    && !schemas.isFile(
                            schemas.resolved(schemas.of(type.getResolvableType().getType())))) {
                boolean plain = BeanUtils.isSimpleValueType(element.getType());
                single(plain || isRow(name, element) ? name : name + "[0]", element, type, required, above);
            } else {
                single(name, type, type, required, above);
            }
        }

        private boolean isRow(String name, TypeDescriptor type) {
            EntityPersister entity = mapping.entity(type.getType());
            return entity != null && new FormField(name, type, binder, entity).isRead();
        }

        /** @param constrained has the constraints, of the list if it is one of its elements */
        private void single(
                String name, TypeDescriptor type, TypeDescriptor constrained, boolean required, List<Class<?>> above) {
            EntityPersister entity = mapping.entity(type.getType());
            if (entity != null && isRow(name, type)) {
                add(new FormField(name, type, binder, entity), required, JsonNodeFactory.instance.objectNode());
            } else if (entity != null && entity.getIdentifierPropertyName() != null) {
                TypeDescriptor id =
                        TypeDescriptor.valueOf(entity.getIdentifierType().getReturnedClass());
                add(
                        new FormField(name + "." + entity.getIdentifierPropertyName(), id, binder, entity),
                        required,
                        JsonNodeFactory.instance.objectNode());
            } else if (schemas.isFile(
                    schemas.resolved(schemas.of(type.getResolvableType().getType())))) {
                add(new FormField(name, type, binder, null), required, (ObjectNode)
                        schemas.of(type.getResolvableType().getType()));
            } else {
                FormField field = new FormField(name, type, binder, null);
                if (BeanUtils.isSimpleValueType(type.getType())
                        || type.getType().getName().startsWith("java.")
                        || field.isRead() && mapping.entity(type.getType()) == null && isOwnConversion(field)) {
                    add(field, required, schema(field, constrained));
                } else {
                    bean(name + ".", type.getType(), required, above);
                }
            }
        }

        // Of any class with a constructor for a text, Spring could make one.
        private boolean isOwnConversion(FormField field) {
            return BeanUtils.findPropertyType("value", field.type().getType()) == String.class
                    || binder.findCustomEditor(field.type().getType(), field.name()) != null;
        }

        private void add(FormField field, boolean required, ObjectNode schema) {
            fields.putIfAbsent(field.name(), new Parameter(in, field.name(), required, schema, field));
        }
    }

    private ObjectNode schema(FormField field, TypeDescriptor constrained) {
        Class<?> type = field.type().getObjectType();
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        Object sample = sample(type, constrained);
        if (sample != null) {
            return schema.put("type", "string").put("example", field.text(sample));
        }
        if (schemas.resolved(schemas.of(type)) instanceof ObjectNode known) {
            schema.setAll(known);
        }
        for (Annotation annotation : constrained.getAnnotations()) {
            constrain(schema, annotation, field.type() == constrained);
        }
        return schema;
    }

    /** What is written in its own way, and is not told from others. */
    private static @Nullable Object sample(Class<?> type, TypeDescriptor constrained) {
        if (type.isEnum()) {
            return type.getEnumConstants().length == 0 ? null : type.getEnumConstants()[0];
        }
        boolean future = List.of(constrained.getAnnotations()).stream()
                .anyMatch(one -> one.annotationType().getSimpleName().startsWith("Future"));
        LocalDateTime time = future ? FUTURE : PAST;
        if (type == java.time.LocalDate.class) {
            return time.toLocalDate();
        }
        if (type == YearMonth.class) {
            return YearMonth.from(time);
        }
        if (type == MonthDay.class) {
            return MonthDay.from(time);
        }
        if (Calendar.class.isAssignableFrom(type)) {
            Calendar calendar = Calendar.getInstance(Locale.ROOT);
            calendar.setTime((Date) java.util.Objects.requireNonNull(SampleValues.time(Date.class, time)));
            return calendar;
        }
        return TemporalAccessor.class.isAssignableFrom(type) || Date.class == type || type == java.time.Duration.class
                ? SampleValues.time(type, time)
                : null;
    }

    private static void constrain(ObjectNode schema, Annotation annotation, boolean ofText) {
        Map<String, Object> values = AnnotationUtils.getAnnotationAttributes(annotation);
        switch (annotation.annotationType().getSimpleName()) {
            case "Size", "Length" -> {
                if (ofText) {
                    schema.put("minLength", (Integer) values.get("min"));
                    schema.put("maxLength", (Integer) values.get("max"));
                }
            }
            case "NotBlank", "NotEmpty" -> {
                if (!schema.has("minLength")) {
                    schema.put("minLength", 1);
                }
            }
            case "Min", "DecimalMin" -> schema.put("minimum", number(values.get("value")));
            case "Max", "DecimalMax" -> schema.put("maximum", number(values.get("value")));
            case "Range" -> schema.put("minimum", number(values.get("min"))).put("maximum", number(values.get("max")));
            case "PositiveOrZero" -> schema.put("minimum", java.math.BigDecimal.ZERO);
            case "Negative", "NegativeOrZero" ->
                schema.put("minimum", java.math.BigDecimal.ONE.negate())
                        .put("maximum", java.math.BigDecimal.ONE.negate());
            case "Pattern" -> schema.put("pattern", String.valueOf(values.get("regexp")));
            case "Digits" -> {
                if (Schemas.is(schema, "string")) {
                    schema.put("pattern", "[1-9]");
                }
            }
            case "Email" -> schema.put("format", "email");
            case "URL" -> schema.put("format", "url");
            case "AssertFalse" -> schema.put("example", false);
            default -> {
                // Of no constraint, or of one of the application's own: values() has to say what it takes.
            }
        }
    }

    private static java.math.BigDecimal number(@Nullable Object value) {
        return new java.math.BigDecimal(String.valueOf(value));
    }
}

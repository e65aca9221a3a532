package dev.tenancy.test.isolation;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.BaseStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.hibernate.Hibernate;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * What a method of an application has answered, as text: equal for equal answers, and with all values that it holds. An entity is
 * its attributes and the ids of those it refers to. It reads what is lazy, so that the transaction has to be open.
 */
final class Answers {

    /** How long the answer of an asynchronous method is awaited. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int DEPTH = 5;
    private static final Pattern GETTER = Pattern.compile("(get|is)[A-Z].*|hasNext");

    private final OwnedMapping mapping;

    Answers(OwnedMapping mapping) {
        this.mapping = mapping;
    }

    /** @throws IllegalStateException if the answer cannot be read */
    String text(@Nullable Object answer) {
        return text(answer, DEPTH, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private String text(@Nullable Object answer, int depth, Set<Object> above) {
        if (answer == null || depth == 0 || answer instanceof Class<?> || answer instanceof Enum<?>) {
            return String.valueOf(answer);
        }
        Object value = Hibernate.unproxy(answer);
        if (!above.add(value)) {
            return "(again)";
        }
        try {
            return composed(value, depth - 1, above);
        } finally {
            above.remove(value);
        }
    }

    private String composed(Object value, int depth, Set<Object> above) {
        if (value instanceof Optional<?> optional) {
            return text(optional.orElse(null), depth, above);
        }
        if (value instanceof Future<?> future) {
            return text(awaited(future), depth, above);
        }
        if (value instanceof BaseStream<?, ?> stream) {
            try (stream) {
                List<Object> all = new ArrayList<>();
                stream.iterator().forEachRemaining(all::add);
                return text(all, depth, above);
            }
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> text(entry.getKey(), depth, above) + "=" + text(entry.getValue(), depth, above))
                    .sorted()
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        // A path is an element of its own.
        if (value instanceof Iterable<?> several && !(value instanceof Path)) {
            // The order is not always told, and the same rows are the same answer.
            return StreamSupport.stream(several.spliterator(), false)
                            .map(one -> text(one, depth + 1, above))
                            .sorted()
                            .collect(Collectors.joining(", ", "[", "]"))
                    + (value instanceof Collection<?> ? "" : getters(value, depth, above));
        }
        if (value.getClass().isArray()) {
            return elements(value, depth, above);
        }
        EntityPersister entity = mapping.entity(value.getClass());
        if (entity != null) {
            return entity(entity, value, depth, above);
        }
        if (Proxy.isProxyClass(value.getClass())) {
            return getters(value, depth, above);
        }
        return isPlain(value.getClass()) ? value.toString() : fields(value, depth, above);
    }

    private static @Nullable Object awaited(Future<?> future) {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while its answer was awaited", interrupted);
        } catch (ExecutionException | TimeoutException failure) {
            throw new IllegalStateException("its future ended without an answer", failure);
        }
    }

    private String elements(Object array, int depth, Set<Object> above) {
        if (array instanceof byte[] bytes) {
            return Arrays.toString(bytes);
        }
        List<@Nullable Object> all = new ArrayList<>();
        for (int i = 0; i < Array.getLength(array); i++) {
            all.add(Array.get(array, i));
        }
        return all.stream().map(one -> text(one, depth, above)).collect(Collectors.joining(", ", "[", "]"));
    }

    private String entity(EntityPersister entity, Object instance, int depth, Set<Object> above) {
        List<String> all = new ArrayList<>();
        all.add("id=" + entity.getIdentifier(instance));
        OwnedMapping.attributes(entity).forEach(attribute -> {
            Object value = attribute.getValue(instance);
            if (!attribute.isPluralAttributeMapping()) {
                all.add(attribute.getAttributeName() + "="
                        + (attribute instanceof ToOneAttributeMapping ? referred(value) : text(value, depth, above)));
            } else if (value instanceof Iterable<?> several && Hibernate.isInitialized(value)) {
                all.add(attribute.getAttributeName() + "="
                        + StreamSupport.stream(several.spliterator(), false)
                                .map(one -> mapping.entity(one.getClass()) == null
                                        ? text(one, depth, above)
                                        : referred(one))
                                .sorted()
                                .toList());
            }
        });
        return entity.getMappedClass().getSimpleName() + all;
    }

    private String referred(@Nullable Object instance) {
        return instance == null
                ? "null"
                : String.valueOf(mapping.factory().getPersistenceUnitUtil().getIdentifier(instance));
    }

    /** What an interface over an answer tells: a projection, a page. */
    private String getters(Object value, int depth, Set<Object> above) {
        Map<String, String> told = new TreeMap<>();
        for (Class<?> type : ClassUtils.getAllInterfaces(value)) {
            if (type.getName().startsWith("java.") || type.getName().startsWith("org.springframework.aop.")) {
                continue;
            }
            for (Method method : type.getMethods()) {
                if (method.getParameterCount() == 0
                        && !Modifier.isStatic(method.getModifiers())
                        && GETTER.matcher(method.getName()).matches()) {
                    told.put(method.getName(), text(read(method, value), depth, above));
                }
            }
        }
        return told.toString();
    }

    private static @Nullable Object read(Method method, Object value) {
        ReflectionUtils.makeAccessible(method);
        return ReflectionUtils.invokeMethod(method, value);
    }

    private String fields(Object value, int depth, Set<Object> above) {
        Map<String, String> told = new TreeMap<>();
        ReflectionUtils.doWithFields(
                value.getClass(),
                field -> {
                    ReflectionUtils.makeAccessible(field);
                    told.put(field.getName(), text(field.get(value), depth, above));
                },
                field -> !Modifier.isStatic(field.getModifiers()) && !isPlain(field.getDeclaringClass()));
        return value.getClass().getSimpleName() + told;
    }

    // What the JDK and Spring have is read by its own text: their fields are closed, or lead anywhere.
    private static boolean isPlain(Class<?> type) {
        return type.isHidden()
                || type.isSynthetic()
                || Stream.of("java.", "javax.", "jdk.", "sun.", "org.springframework.", "org.hibernate.")
                        .anyMatch(type.getName()::startsWith);
    }
}

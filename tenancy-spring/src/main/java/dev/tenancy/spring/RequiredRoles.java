package dev.tenancy.spring;

import dev.tenancy.Roles;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.MethodClassKey;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** What {@link RequiresRole} asks for, of each method and class. Safe for use by many threads. */
final class RequiredRoles {

    private final Map<MethodClassKey, Set<String>> ofMethods = new ConcurrentHashMap<>();
    private final Map<Class<?>, Boolean> known = new ConcurrentHashMap<>();

    /** The roles that a caller of the method needs, each of them, if it is called on an object of the type. */
    Set<String> of(Method method, Class<?> type) {
        return ofMethods.computeIfAbsent(new MethodClassKey(method, type), key -> {
            Class<?> declared = ClassUtils.getUserClass(type);
            Method specific = AopUtils.getMostSpecificMethod(method, declared);
            if (ReflectionUtils.isObjectMethod(specific)) {
                return Set.of();
            }
            Set<String> roles = on(specific);
            roles.addAll(on(declared));
            return Collections.unmodifiableSet(roles);
        });
    }

    /** Whether objects of the type have a method that needs a role. */
    boolean concern(Class<?> type) {
        return known.computeIfAbsent(
                type,
                key -> !on(type).isEmpty()
                        || methods(type).stream().anyMatch(method -> !on(method).isEmpty()));
    }

    private static Set<String> on(AnnotatedElement element) {
        Set<String> roles = new LinkedHashSet<>();
        MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY).stream(RequiresRole.class)
                .forEach(one -> roles.add(one.getString("value")));
        return roles;
    }

    private static List<Method> methods(Class<?> type) {
        List<Method> methods = new ArrayList<>(List.of(ReflectionUtils.getAllDeclaredMethods(type)));
        methods.removeIf(method -> method.isSynthetic() || method.getDeclaringClass() == Object.class);
        return methods;
    }

    /** Why the annotations of a type cannot be obeyed; empty if they can. */
    List<String> faults(Class<?> type, Roles roles) {
        Set<String> faults = new LinkedHashSet<>();
        Set<String> asked = on(type);
        boolean onClass = !asked.isEmpty();
        // A proxy of these is made from their interfaces.
        boolean isExtended = !Proxy.isProxyClass(type) && !ClassUtils.isLambdaClass(type);
        if (isExtended && Modifier.isFinal(type.getModifiers())) {
            faults.add(type.isRecord() ? "it is a record" : "it is final");
        }
        for (Method method : methods(type)) {
            Set<String> onMethod = on(method);
            asked.addAll(onMethod);
            String hindrance = hindrance(method, type);
            boolean needed = !onMethod.isEmpty() || onClass && "final".equals(hindrance);
            if (isExtended && needed && hindrance != null) {
                faults.add("its method " + method.getName() + " is " + hindrance);
            }
        }
        for (String role : asked) {
            if (!roles.contains(role)) {
                faults.add("the role " + role + " is not in tenancy.roles (" + roles + ")");
            }
        }
        return List.copyOf(faults);
    }

    private static @Nullable String hindrance(Method method, Class<?> type) {
        int modifiers = method.getModifiers();
        if (Modifier.isPrivate(modifiers)) {
            return "private";
        } else if (Modifier.isStatic(modifiers)) {
            return "static";
        } else if (Modifier.isFinal(modifiers)) {
            return "final";
        }
        boolean isVisible = Modifier.isPublic(modifiers)
                || Modifier.isProtected(modifiers)
                || method.getDeclaringClass().getPackage() == type.getPackage();
        return isVisible ? null : "visible in another package only";
    }
}

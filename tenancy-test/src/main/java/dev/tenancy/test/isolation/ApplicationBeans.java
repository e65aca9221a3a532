package dev.tenancy.test.isolation;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;

/** The singletons of an application, and which of them are of its own classes. */
final class ApplicationBeans {

    /**
     * @param object as others get it injected
     * @param type the class without proxies
     */
    record Bean(String name, Object object, Class<?> type) {

        Object target() {
            Object target = AopProxyUtils.getSingletonTarget(object);
            return target == null ? object : target;
        }
    }

    /** A method that is called through its bean. */
    record BeanMethod(Bean bean, String type, String shown, Method method) {}

    private final List<Bean> beans = new ArrayList<>();
    private final List<String> packages;

    ApplicationBeans(ApplicationContext context, Class<?> test) {
        this.packages = packages(context, test);
        for (String name : context.getBeanDefinitionNames()) {
            if (context.isSingleton(name)) {
                Object bean = context.getBean(name);
                beans.add(new Bean(name, bean, ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(bean))));
            }
        }
    }

    private static List<String> packages(ApplicationContext context, Class<?> test) {
        return ClassUtils.isPresent(
                                "org.springframework.boot.autoconfigure.AutoConfigurationPackages",
                                test.getClassLoader())
                        && AutoConfigurationPackages.has(context)
                ? AutoConfigurationPackages.get(context)
                : List.of(test.getPackageName());
    }

    /** Removes what the current tenant has in caches of an application, so that it is answered anew. */
    static void emptyCaches(ApplicationContext context) {
        for (CacheManager manager : context.getBeansOfType(CacheManager.class).values()) {
            for (String cache : manager.getCacheNames()) {
                Optional.ofNullable(manager.getCache(cache)).ifPresent(Cache::clear);
            }
        }
    }

    List<Bean> all() {
        return beans;
    }

    /** Those of the application's own classes. */
    List<Bean> own() {
        return beans.stream().filter(bean -> isOwn(bean.type())).toList();
    }

    /** Whether a class is in the packages of the application. */
    boolean isOwn(Class<?> type) {
        return packages.stream().anyMatch(one -> (type.getPackageName() + ".").startsWith(one + "."));
    }

    /** Methods by their types and names; those of a name with their parameters where there are several. */
    List<BeanMethod> methods(List<Bean> among, BiPredicate<Method, Class<?>> wanted) {
        List<BeanMethod> found = new ArrayList<>();
        for (Bean bean : among) {
            Map<String, Method> methods = new LinkedHashMap<>();
            for (Method method : candidates(bean)) {
                if (wanted.test(method, bean.type())) {
                    methods.putIfAbsent(method.getName() + types(method), method);
                }
            }
            methods.forEach((signature, method) -> found.add(new BeanMethod(
                    bean,
                    typeName(bean, method),
                    methods.values().stream()
                                            .filter(one -> one.getName().equals(method.getName()))
                                            .count()
                                    > 1
                            ? signature
                            : method.getName(),
                    method)));
        }
        return found;
    }

    // A repository has no class of its own.
    private static String typeName(Bean bean, Method method) {
        return (method.getDeclaringClass().isInterface()
                                && !bean.type().getName().contains("$$")
                        ? Arrays.stream(ClassUtils.getAllInterfaces(bean.object()))
                                .filter(type -> method.getDeclaringClass().isAssignableFrom(type))
                                .findFirst()
                                .orElse(bean.type())
                        : bean.type())
                .getSimpleName();
    }

    private static Set<Method> candidates(Bean bean) {
        Set<Method> methods = new LinkedHashSet<>();
        for (Class<?> type = bean.type(); type != null && type != Object.class; type = type.getSuperclass()) {
            methods.addAll(Arrays.asList(type.getDeclaredMethods()));
        }
        for (Class<?> type : ClassUtils.getAllInterfaces(bean.object())) {
            methods.addAll(Arrays.asList(type.getMethods()));
        }
        methods.removeIf(method -> method.isBridge()
                || method.isSynthetic()
                || Modifier.isStatic(method.getModifiers())
                || Modifier.isPrivate(method.getModifiers())
                || AopUtils.isEqualsMethod(method)
                || AopUtils.isHashCodeMethod(method)
                || AopUtils.isToStringMethod(method));
        return methods;
    }

    static String types(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", ", "(", ")"));
    }
}

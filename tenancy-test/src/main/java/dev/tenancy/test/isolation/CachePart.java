package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.ApplicationBeans.BeanMethod;
import dev.tenancy.test.isolation.CachedMethods.CachedMethod;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.cache.interceptor.CachePutOperation;
import org.springframework.cache.interceptor.CacheableOperation;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/** Spring's caches, and the methods that answer from them. */
final class CachePart implements Part {

    private static final String JCACHE = "javax.cache.annotation.CacheResult";

    private final ApplicationContext context;
    private final ApplicationBeans beans;
    private final AttackedRows rows;
    private final GivenArguments given;
    private final SampleArguments.Types types;

    CachePart(
            ApplicationContext context,
            ApplicationBeans beans,
            AttackedRows rows,
            GivenArguments given,
            SampleArguments.Types types) {
        this.context = context;
        this.beans = beans;
        this.rows = rows;
        this.given = given;
        this.types = types;
    }

    @Override
    public String name() {
        return "caches";
    }

    @Override
    public Stream<? extends Target> targets() {
        Map<String, Cache> caches = caches();
        return Stream.concat(
                caches.entrySet().stream()
                        .map(cache ->
                                new CacheTarget(cache.getKey(), cache.getValue(), rows, context.getEnvironment())),
                methods(caches.values()));
    }

    private Map<String, Cache> caches() {
        Map<String, Cache> caches = new TreeMap<>();
        Map<String, CacheManager> managers = context.getBeansOfType(CacheManager.class);
        managers.forEach((bean, manager) -> {
            TreeSet<String> names = new TreeSet<>(manager.getCacheNames());
            names.addAll(declaredNames());
            for (String name : names) {
                Cache cache = manager.getCache(name);
                if (cache != null) {
                    caches.put("cache " + name + (managers.size() > 1 ? " of " + bean : ""), cache);
                }
            }
        });
        context.getBeansOfType(Cache.class).forEach((bean, cache) -> caches.put("cache bean " + bean, cache));
        return caches;
    }

    // A manager may make its caches when they are first asked for.
    private Set<String> declaredNames() {
        Set<String> names = new TreeSet<>();
        beans.all()
                .forEach(bean -> beans.methods(List.of(bean), (method, type) -> {
                    names.addAll(names(method, type));
                    return false;
                }));
        return names;
    }

    private Set<String> names(Method method, Class<?> type) {
        Set<String> names = new TreeSet<>();
        operations(method, type).forEach(operation -> names.addAll(operation.getCacheNames()));
        MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY)
                .get(JCACHE)
                .getValue("cacheName", String.class)
                .filter(name -> !name.isEmpty())
                .ifPresent(names::add);
        return names;
    }

    private List<String> shared(Method method, Class<?> type) {
        return names(method, type).stream()
                .filter(name -> CacheTarget.shared(name, context.getEnvironment()) != null)
                .toList();
    }

    private Collection<CacheOperation> operations(Method method, Class<?> type) {
        List<CacheOperation> all = new ArrayList<>();
        for (CacheOperationSource source :
                context.getBeansOfType(CacheOperationSource.class).values()) {
            Collection<CacheOperation> found = source.getCacheOperations(method, type);
            if (found != null) {
                all.addAll(found);
            }
        }
        return all;
    }

    private boolean isCached(Method method, Class<?> type) {
        return isAnswered(method, type)
                || operations(method, type).stream().anyMatch(CachePutOperation.class::isInstance);
    }

    private boolean isAnswered(Method method, Class<?> type) {
        return operations(method, type).stream().anyMatch(CacheableOperation.class::isInstance)
                || MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY).isPresent(JCACHE);
    }

    // A resolver of the method's own may take its caches from anywhere.
    private boolean isEmptied(Method method, Class<?> type) {
        return operations(method, type).stream()
                .allMatch(operation -> operation.getCacheResolver().isEmpty());
    }

    private Stream<Target> methods(Collection<Cache> caches) {
        Map<String, List<CachedMethod>> byType = new LinkedHashMap<>();
        beans.methods(beans.all(), this::isCached).stream()
                .sorted(Comparator.comparing(BeanMethod::type).thenComparing(BeanMethod::shown))
                .forEach(one -> byType.computeIfAbsent(one.type(), type -> new ArrayList<>())
                        .add(new CachedMethod(
                                one,
                                isAnswered(one.method(), one.bean().type()),
                                isEmptied(one.method(), one.bean().type()),
                                shared(one.method(), one.bean().type()))));
        return byType.entrySet().stream()
                .map(type -> new CachedMethods(type.getKey(), type.getValue(), caches, rows, given, types));
    }

    @Override
    public void end() {
        rows.samples().removeShared();
    }
}

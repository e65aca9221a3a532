package dev.tenancy.spring.cache;

import dev.tenancy.TenancySetupException;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.aopalliance.intercept.MethodInterceptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.transaction.TransactionAwareCacheDecorator;
import org.springframework.util.ClassUtils;

/** Puts a {@link TenantCache} before each cache that the application gets from a cache manager, or injects as a {@link Cache}. */
// Spring runs post-processors of bean definitions after all others, so that what they have wrapped is behind this.
final class TenantCaches implements MergedBeanDefinitionPostProcessor {

    private static final Logger LOG = LoggerFactory.getLogger(TenantCaches.class);
    private static final boolean TRANSACTIONS = ClassUtils.isPresent(
            "org.springframework.cache.transaction.TransactionAwareCacheDecorator",
            TenantCaches.class.getClassLoader());

    private final TenancyCacheProperties properties;
    private final Map<String, Class<?>> declared = new ConcurrentHashMap<>();

    TenantCaches(TenancyCacheProperties properties) {
        this.properties = properties;
        properties.shared().forEach((name, reason) -> {
            if (reason.isBlank()) {
                throw new TenancySetupException(
                        "tenancy.cache.shared." + name + " gives no reason for a cache that all tenants share.",
                        "Say why its entries belong to no tenant, or remove the setting.");
            }
        });
        if (properties.maxEntriesPerTenant() < 0) {
            throw new TenancySetupException(
                    "tenancy.cache.max-entries-per-tenant is " + properties.maxEntriesPerTenant() + ".",
                    "Set how many entries a tenant may have in a cache, or 0 for no bound.");
        }
    }

    @Override
    public void postProcessMergedBeanDefinition(RootBeanDefinition definition, Class<?> type, String name) {
        if (Cache.class.isAssignableFrom(type)) {
            Class<?> declaredType = definition.getResolvableType().resolve();
            declared.put(name, declaredType == null ? type : declaredType);
        }
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof CacheManager manager) {
            return parted(manager);
        }
        if (bean instanceof Cache cache && !isParted(cache)) {
            Class<?> type = declared.get(name);
            if (type != null && type.isAssignableFrom(TenantCache.class)) {
                return parted(cache);
            }
            LOG.warn(
                    "All tenants have the same entries in the bean {} of the type {} where it is injected. Declare it as {}, or"
                            + " inject the cache manager.",
                    name,
                    bean.getClass().getName(),
                    Cache.class.getName());
        }
        return bean;
    }

    private CacheManager parted(CacheManager manager) {
        ConcurrentMap<String, DecoratedCache> parted = new ConcurrentHashMap<>();
        MethodInterceptor caches = call -> {
            Object result = call.proceed();
            return result instanceof Cache cache ? parted(cache, parted) : result;
        };
        ProxyFactory proxy = new ProxyFactory(manager);
        proxy.addAdvice(caches);
        if (canKeepType(manager.getClass())) {
            proxy.setProxyTargetClass(true);
            try {
                return (CacheManager) proxy.getProxy(manager.getClass().getClassLoader());
            } catch (AopConfigException unable) {
                LOG.debug("The cache manager {} cannot be injected by its type", manager, unable);
                proxy.setProxyTargetClass(false);
            }
        }
        return (CacheManager) proxy.getProxy(manager.getClass().getClassLoader());
    }

    // A method that cannot be overridden would meet a manager that was never set up.
    private static boolean canKeepType(Class<?> type) {
        return !Modifier.isFinal(type.getModifiers())
                && !Modifier.isPrivate(type.getModifiers())
                && !type.isHidden()
                && Arrays.stream(type.getMethods())
                        .allMatch(method -> method.getDeclaringClass() == Object.class
                                || Modifier.isStatic(method.getModifiers())
                                || !Modifier.isFinal(method.getModifiers()));
    }

    private Cache parted(Cache cache, ConcurrentMap<String, DecoratedCache> known) {
        if (isParted(cache)) {
            return cache;
        }
        DecoratedCache before = known.get(cache.getName());
        if (before != null && behindCommits(before.target()) == behindParts(cache)) {
            return before;
        }
        DecoratedCache parted = parted(cache);
        known.put(cache.getName(), parted);
        return parted;
    }

    private DecoratedCache parted(Cache cache) {
        String reason = properties.shared().get(cache.getName());
        if (reason != null) {
            LOG.info("All tenants share the cache {}, because {}", cache.getName(), reason);
            return new SharedCache(cache);
        }
        return new TenantCache(
                waitsForCommits(cache) ? new TransactionAwareCacheDecorator(behindParts(cache)) : cache,
                properties.maxEntriesPerTenant());
    }

    /** Whether changes of a cache wait until the transaction is committed. */
    static boolean waitsForCommits(Cache cache) {
        return TRANSACTIONS && cache instanceof TransactionAwareCacheDecorator;
    }

    /** The cache that is changed at a commit, or the cache itself if it does not wait for one. */
    static Cache behindCommits(Cache cache) {
        return waitsForCommits(cache) ? ((TransactionAwareCacheDecorator) cache).getTargetCache() : cache;
    }

    // Whose entry it is, is asked before the wait for the commit: another tenant can be current then.
    private static Cache behindParts(Cache cache) {
        return behindCommits(cache) instanceof TenantCache inside
                ? behindCommits(inside.target())
                : behindCommits(cache);
    }

    // Managers can be made of other managers, which are beans themselves.
    private static boolean isParted(Cache cache) {
        return cache instanceof DecoratedCache || behindCommits(cache) instanceof SharedCache;
    }
}

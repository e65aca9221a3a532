package dev.tenancy.spring.cache;

import java.util.Collection;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.cache.Cache;
import org.springframework.cache.interceptor.CacheAspectSupport;
import org.springframework.cache.interceptor.CacheResolver;

/**
 * Lets {@code @Cacheable} methods keep what they answer for whoever called them. The answer of one that returns a future is kept on the
 * thread that completes it, which acts for nobody, or for another tenant.
 */
final class CallersCaches implements SmartInitializingSingleton {

    private final ObjectProvider<CacheAspectSupport> aspects;

    CallersCaches(ObjectProvider<CacheAspectSupport> aspects) {
        this.aspects = aspects;
    }

    @Override
    public void afterSingletonsInstantiated() {
        for (CacheAspectSupport aspect : aspects) {
            CacheResolver all = aspect.getCacheResolver();
            if (all != null) {
                aspect.setCacheResolver(call -> asNow(all.resolveCaches(call)));
            }
        }
    }

    private static Collection<? extends Cache> asNow(Collection<? extends Cache> caches) {
        return caches.stream()
                .map(cache -> cache instanceof TenantCache parted ? parted.asNow() : cache)
                .toList();
    }
}

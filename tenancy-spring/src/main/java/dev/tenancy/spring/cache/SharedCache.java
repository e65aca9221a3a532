package dev.tenancy.spring.cache;

import dev.tenancy.TenancySetupException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;

/** A cache that all tenants share, as the application says. It takes everything but what visibly belongs to one of them. */
final class SharedCache implements DecoratedCache {

    private final Cache target;

    SharedCache(Cache target) {
        this.target = target;
    }

    @Override
    public Cache target() {
        return target;
    }

    private <T> @Nullable T checked(@Nullable T value) {
        if (value instanceof Iterable<?> several) {
            several.forEach(this::check);
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(this::check);
        } else if (value instanceof Object[] several) {
            Arrays.asList(several).forEach(this::check);
        } else {
            check(value);
        }
        return value;
    }

    private void check(@Nullable Object value) {
        if (value != null && OwnedEntityTypes.contain(value.getClass())) {
            throw new TenancySetupException(
                    "The cache " + getName() + ", which all tenants share, was given a "
                            + value.getClass().getName() + ", which belongs to a tenant.",
                    "Remove tenancy.cache.shared." + getName()
                            + ", so that each tenant has its own entries, or keep the entity in another cache.");
        }
    }

    @Override
    public @Nullable ValueWrapper get(Object key) {
        return target.get(key);
    }

    @Override
    public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
        return target.get(key, type);
    }

    @Override
    public <T> @Nullable T get(Object key, Callable<T> loader) {
        return target.get(key, () -> checked(loader.call()));
    }

    @Override
    public @Nullable CompletableFuture<?> retrieve(Object key) {
        return target.retrieve(key);
    }

    @Override
    public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> loader) {
        return target.retrieve(key, () -> loader.get().thenApply(this::checked));
    }

    @Override
    public void put(Object key, @Nullable Object value) {
        target.put(key, checked(value));
    }

    @Override
    public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
        return target.putIfAbsent(key, checked(value));
    }

    @Override
    public void evict(Object key) {
        target.evict(key);
    }

    @Override
    public boolean evictIfPresent(Object key) {
        return target.evictIfPresent(key);
    }

    @Override
    public void clear() {
        target.clear();
    }

    @Override
    public boolean invalidate() {
        return target.invalidate();
    }
}

package dev.tenancy.spring.cache;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantPrincipal;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cache.Cache;
import org.springframework.cache.support.SimpleValueWrapper;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A cache in which each tenant has its own entries. While no tenant is current it is an empty one that keeps nothing; what is evicted or
 * cleared then goes for all tenants, since whoever does that knows that something changed, and not for whom.
 */
final class TenantCache implements DecoratedCache {

    private static final Logger LOG = LoggerFactory.getLogger(TenantCache.class);

    private final Cache target;
    private final CacheStore store;
    private final TenantShares shares;
    private final AtomicBoolean told;
    private final Supplier<@Nullable Object> tenants;

    TenantCache(Cache target, int maxEntriesPerTenant) {
        this.target = target;
        this.store = CacheStore.of(target);
        this.shares = new TenantShares(maxEntriesPerTenant, target::evict);
        this.told = new AtomicBoolean();
        this.tenants = TenantCache::current;
    }

    private TenantCache(TenantCache all, @Nullable Object tenant) {
        this.target = all.target;
        this.store = all.store;
        this.shares = all.shares;
        this.told = all.told;
        this.tenants = () -> tenant;
    }

    /** This cache as the current tenant has it, or nobody, also on another thread and later. */
    Cache asNow() {
        return new TenantCache(this, current());
    }

    @Override
    public Cache target() {
        return target;
    }

    @Override
    public @Nullable ValueWrapper get(Object key) {
        Object tenant = tenants.get();
        if (tenant == null) {
            return null;
        }
        Object own = store.key(tenant, key);
        ValueWrapper found = target.get(own);
        if (found == null) {
            return null;
        }
        shares.used(tenant, own);
        return opened(tenant, found);
    }

    @Override
    public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
        ValueWrapper found = get(key);
        Object value = found == null ? null : found.get();
        if (value != null && type != null && !type.isInstance(value)) {
            throw new IllegalStateException(
                    "The cache " + getName() + " holds a " + value.getClass().getName() + " where a " + type.getName()
                            + " was asked for. Use keys of your own for each type.");
        }
        @SuppressWarnings("unchecked")
        T typed = (T) value;
        return typed;
    }

    @Override
    public <T> @Nullable T get(Object key, Callable<T> loader) {
        Object tenant = tenants.get();
        if (tenant == null) {
            return load(key, loader);
        }
        Object own = store.key(tenant, key);
        Object kept;
        try {
            kept = target.get(own, () -> entry(tenant, loader.call()));
        } catch (ValueRetrievalException failure) {
            throw new ValueRetrievalException(key, loader, cause(failure));
        }
        shares.used(tenant, own);
        ValueWrapper value = opened(tenant, new SimpleValueWrapper(kept));
        @SuppressWarnings("unchecked")
        T typed = value == null ? load(key, loader) : (T) value.get();
        return typed;
    }

    private static <T> @Nullable T load(Object key, Callable<T> loader) {
        try {
            return loader.call();
        } catch (Exception failure) {
            throw new ValueRetrievalException(key, loader, failure);
        }
    }

    private static Throwable cause(ValueRetrievalException failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure : cause;
    }

    @Override
    public @Nullable CompletableFuture<?> retrieve(Object key) {
        Object tenant = tenants.get();
        CompletableFuture<?> kept = tenant == null ? null : target.retrieve(store.key(tenant, key));
        if (tenant == null || kept == null) {
            return null;
        }
        return kept.thenApply(value -> value instanceof ValueWrapper wrapper
                ? opened(tenant, wrapper)
                : opened(tenant, new SimpleValueWrapper(value)));
    }

    @Override
    public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> loader) {
        Object tenant = tenants.get();
        if (tenant == null) {
            return loader.get();
        }
        Object own = store.key(tenant, key);
        CompletableFuture<Object> kept =
                target.retrieve(own, () -> loader.get().thenApply(value -> entry(tenant, value)));
        shares.used(tenant, own);
        return kept.thenCompose(stored -> {
            ValueWrapper value = opened(tenant, new SimpleValueWrapper(stored));
            @SuppressWarnings("unchecked")
            CompletableFuture<T> typed =
                    value == null ? loader.get() : CompletableFuture.completedFuture((T) value.get());
            return typed;
        });
    }

    @Override
    public void put(Object key, @Nullable Object value) {
        Object tenant = tenants.get();
        if (tenant != null) {
            Object own = store.key(tenant, key);
            target.put(own, entry(tenant, value));
            shares.used(tenant, own);
        } else {
            tellThatNothingIsKept();
        }
    }

    @Override
    public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
        Object tenant = tenants.get();
        if (tenant == null) {
            tellThatNothingIsKept();
            return null;
        }
        Object own = store.key(tenant, key);
        ValueWrapper before = target.putIfAbsent(own, entry(tenant, value));
        shares.used(tenant, own);
        return before == null ? null : opened(tenant, before);
    }

    @Override
    public void evict(Object key) {
        Object tenant = tenants.get();
        if (tenant == null) {
            change(() -> store.evict(key));
        } else {
            target.evict(store.key(tenant, key));
        }
    }

    @Override
    public boolean evictIfPresent(Object key) {
        Object tenant = tenants.get();
        return tenant == null ? store.evict(key) : target.evictIfPresent(store.key(tenant, key));
    }

    @Override
    public void clear() {
        Object tenant = tenants.get();
        if (tenant == null) {
            target.clear();
        } else {
            change(() -> store.clear(tenant));
        }
    }

    // Code that counts attempts or keeps nonces, mostly before a login, would go on as if it had done so.
    private void tellThatNothingIsKept() {
        if (!told.getAndSet(true)) {
            LOG.warn(
                    "Without a tenant nothing is kept in the cache {}, and that was tried on the thread {}. If what is in it belongs to"
                            + " no tenant, say so: tenancy.cache.shared.{}=<reason>.",
                    getName(),
                    Thread.currentThread().getName(),
                    getName());
        }
    }

    // What goes past the target waits for the commit as the target would have.
    private void change(Runnable change) {
        if (TenantCaches.waitsForCommits(target) && TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    change.run();
                }
            });
        } else {
            change.run();
        }
    }

    @Override
    public boolean invalidate() {
        Object tenant = tenants.get();
        return tenant == null ? target.invalidate() : store.clear(tenant);
    }

    private static @Nullable Object current() {
        return CurrentTenant.find().map(TenantPrincipal::tenantId).orElse(null);
    }

    private @Nullable Object entry(Object tenant, @Nullable Object value) {
        return value == null || !store.keepsOwners() ? value : new TenantEntry(tenant, value);
    }

    private @Nullable ValueWrapper opened(Object tenant, ValueWrapper kept) {
        Object value = kept.get();
        if (value == null || !store.keepsOwners()) {
            return kept;
        }
        if (value instanceof TenantEntry entry && entry.tenant().equals(tenant)) {
            return new SimpleValueWrapper(entry.value());
        }
        LOG.error(
                "The cache {} gave an entry of another tenant for a key of this one, and it was not used: the store takes different"
                        + " keys for one. Let its keys be compared exactly.",
                getName());
        return null;
    }
}

package dev.tenancy.spring.cache;

import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.benmanes.caffeine.cache.Policy;
import dev.tenancy.TenancySetupException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.configuration.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cache.Cache;
import org.springframework.data.redis.cache.RedisCache;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.serializer.RedisSerializationContext.SerializationPair;
import org.springframework.data.redis.util.ByteUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** What differs between the stores behind Spring's caches: which keys and values they take, and how a part of their entries goes. */
abstract class CacheStore {

    private static final Logger LOG = LoggerFactory.getLogger(CacheStore.class);

    /** Whether a value can be kept with its owner. If not, only the key tells whose it is. */
    boolean keepsOwners() {
        return true;
    }

    /** The key under which a tenant's entry is kept. */
    Object key(Object tenant, Object key) {
        return new TenantKey(tenant, key);
    }

    /** Removes the entries of a tenant; returns whether there were any, as far as the store tells. */
    abstract boolean clear(Object tenant);

    /** Removes what the application keeps under a key, for all tenants; returns as {@link #clear}. */
    abstract boolean evict(Object key);

    /** @throws TenancySetupException if the store takes keys in which the tenant has no place, or asks a loader of its own for them */
    static CacheStore of(Cache given) {
        Cache cache = TenantCaches.behindCommits(given);
        Object store = cache.getNativeCache();
        if (store instanceof Map<?, ?> map) {
            return new InMap(map, true);
        }
        if (isInstance(store, "com.github.benmanes.caffeine.cache.Cache")) {
            return inCaffeine(cache.getName(), (com.github.benmanes.caffeine.cache.Cache<?, ?>) store);
        }
        if (isInstance(store, "javax.cache.Cache")) {
            return new InJCache((javax.cache.Cache<?, ?>) store);
        }
        if (isInstance(cache, "org.springframework.data.redis.cache.RedisCache")) {
            return new InRedis((RedisCache) cache);
        }
        LOG.info(
                "The entries of one tenant cannot be found in the cache {} ({}), so clearing it clears it for all tenants",
                cache.getName(),
                cache.getClass().getName());
        return new Unknown(cache);
    }

    private static CacheStore inCaffeine(String name, com.github.benmanes.caffeine.cache.Cache<?, ?> store) {
        if (store instanceof LoadingCache) {
            throw loadsByItself(name);
        }
        // Code of the application that weighs entries, or tells how long they live, knows its own values only.
        boolean isAskedAboutValues = store.policy().expireVariably().isPresent()
                || store.policy().eviction().filter(Policy.Eviction::isWeighted).isPresent();
        return new InMap(store.asMap(), !isAskedAboutValues);
    }

    private static TenancySetupException loadsByItself(String name) {
        return new TenancySetupException(
                "The cache " + name + " loads what it lacks by itself, and its loader knows nothing of tenants.",
                "Leave the loader out, and load with @Cacheable or Cache.get(key, loader). If what is in it belongs to no tenant,"
                        + " say so: tenancy.cache.shared." + name + "=<reason>.");
    }

    // The libraries are optional; a class that is not there has no instances.
    private static boolean isInstance(Object store, String type) {
        ClassLoader loader = CacheStore.class.getClassLoader();
        return ClassUtils.isPresent(type, loader)
                && ClassUtils.resolveClassName(type, loader).isInstance(store);
    }

    private static final class InMap extends CacheStore {

        private final Map<?, ?> map;
        private final boolean keepsOwners;

        InMap(Map<?, ?> map, boolean keepsOwners) {
            this.map = map;
            this.keepsOwners = keepsOwners;
        }

        @Override
        boolean keepsOwners() {
            return keepsOwners;
        }

        @Override
        boolean clear(Object tenant) {
            return removeIf(key -> key.tenant().equals(tenant));
        }

        @Override
        boolean evict(Object key) {
            return removeIf(one -> one.key().equals(key));
        }

        private boolean removeIf(Predicate<TenantKey> condition) {
            boolean removed = false;
            // One by one: the set of keys of a distributed map is a copy.
            for (Object key : map.keySet()) {
                if (key instanceof TenantKey owned && condition.test(owned)) {
                    removed |= map.remove(key) != null;
                }
            }
            return removed;
        }
    }

    private static final class InJCache extends CacheStore {

        private final javax.cache.Cache<?, ?> cache;
        private final boolean isOfTexts;
        private final boolean keepsOwners;

        InJCache(javax.cache.Cache<?, ?> cache) {
            @SuppressWarnings("unchecked")
            Configuration<?, ?> configuration = cache.getConfiguration(Configuration.class);
            this.cache = cache;
            this.isOfTexts = configuration.getKeyType() == String.class;
            this.keepsOwners = configuration.getValueType().isAssignableFrom(TenantEntry.class);
            if (configuration instanceof CompleteConfiguration<?, ?> complete
                    && (complete.isReadThrough() || complete.isWriteThrough())) {
                throw loadsByItself(cache.getName());
            }
            if (!isOfTexts && !configuration.getKeyType().isAssignableFrom(TenantKey.class)) {
                throw new TenancySetupException(
                        "The cache " + cache.getName() + " takes keys of the type "
                                + configuration.getKeyType().getName() + " only, in which a tenant has no place.",
                        "Configure it for keys of the type java.lang.Object or java.lang.String. If what is in it belongs to"
                                + " no tenant, say so: tenancy.cache.shared." + cache.getName() + "=<reason>.");
            }
        }

        @Override
        boolean keepsOwners() {
            return keepsOwners;
        }

        @Override
        Object key(Object tenant, Object key) {
            return isOfTexts && key instanceof String text ? TenantKey.text(tenant, text) : new TenantKey(tenant, key);
        }

        @Override
        boolean clear(Object tenant) {
            String prefix = TenantKey.prefix(tenant);
            return removeIf(
                    key -> key instanceof TenantKey owned ? owned.tenant().equals(tenant) : isText(key, prefix));
        }

        private static boolean isText(Object key, String prefix) {
            return key instanceof String text && text.startsWith(prefix);
        }

        @Override
        boolean evict(Object key) {
            String end = ":" + key;
            // Of another key with the same end as well: that costs one look-up.
            return removeIf(one -> one instanceof TenantKey owned
                    ? owned.key().equals(key)
                    : one instanceof String text && text.endsWith(end));
        }

        private boolean removeIf(Predicate<Object> condition) {
            boolean removed = false;
            for (var entries = cache.iterator(); entries.hasNext(); ) {
                if (condition.test(entries.next().getKey())) {
                    entries.remove();
                    removed = true;
                }
            }
            return removed;
        }
    }

    private static final class InRedis extends CacheStore {

        private final RedisCache cache;
        private final boolean keepsOwners;
        // Out of reach, and whatever has a text for it is a key.
        private final Method convertKey;

        InRedis(RedisCache cache) {
            this.cache = cache;
            this.keepsOwners = takesEntries(cache);
            this.convertKey = Objects.requireNonNull(
                    ReflectionUtils.findMethod(cache.getClass(), "convertKey", Object.class),
                    "RedisCache makes texts of keys in another way than expected");
            ReflectionUtils.makeAccessible(convertKey);
        }

        // A serializer may be one of a single type. Nothing else than trying tells.
        private static boolean takesEntries(RedisCache cache) {
            SerializationPair<Object> values = cache.getCacheConfiguration().getValueSerializationPair();
            TenantEntry entry = new TenantEntry("tenant", "value");
            try {
                ByteBuffer written = values.write(entry);
                return entry.equals(values.read(written));
            } catch (RuntimeException unable) {
                LOG.debug("The cache {} takes values of a type of its own", cache.getName(), unable);
                return false;
            }
        }

        @Override
        boolean keepsOwners() {
            return keepsOwners;
        }

        @Override
        Object key(Object tenant, Object key) {
            return TenantKey.text(tenant, text(key));
        }

        private String text(Object key) {
            try {
                return Objects.requireNonNull((String) ReflectionUtils.invokeMethod(convertKey, cache, key));
            } catch (IllegalStateException unable) {
                throw new IllegalStateException(
                        "The cache " + cache.getName() + " has no text for a key of the type "
                                + key.getClass().getName()
                                + ". Register a converter to String for it (RedisCacheConfiguration.configureKeyConverters), or use keys of text.",
                        unable);
            }
        }

        @Override
        boolean clear(Object tenant) {
            return remove(literally(TenantKey.prefix(tenant)) + "*");
        }

        @Override
        boolean evict(Object key) {
            return remove("*:" + literally(text(key)));
        }

        // RedisCache.clear returns before the entries are gone.
        private boolean remove(String pattern) {
            RedisCacheConfiguration configuration = cache.getCacheConfiguration();
            String prefix = configuration.usePrefix() ? literally(configuration.getKeyPrefixFor(cache.getName())) : "";
            byte[] keys =
                    ByteUtils.getBytes(configuration.getKeySerializationPair().write(prefix + pattern));
            return cache.getNativeCache().invalidate(cache.getName(), keys);
        }

        private static String literally(String text) {
            return text.replaceAll("[\\\\*?\\[\\]^]", "\\\\$0");
        }
    }

    private static final class Unknown extends CacheStore {

        private final Cache cache;

        Unknown(Cache cache) {
            this.cache = cache;
        }

        @Override
        boolean clear(Object tenant) {
            return cache.invalidate();
        }

        @Override
        boolean evict(Object key) {
            return cache.invalidate();
        }
    }
}

package dev.tenancy.spring.cache;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/** Bounds how many entries a tenant has in a cache, so that one tenant's do not drive out those of the others. Safe for threads. */
final class TenantShares {

    private final int max;
    private final Consumer<Object> evict;
    private final ConcurrentMap<Object, Set<Object>> used = new ConcurrentHashMap<>();

    /**
     * @param max how many; 0 for no bound
     * @param evict removes the entry of a key
     */
    TenantShares(int max, Consumer<Object> evict) {
        this.max = max;
        this.evict = evict;
    }

    /** Notes that an entry of the tenant was read or written, and evicts the one that was not for the longest time if it is one too many. */
    void used(Object tenant, Object key) {
        if (max == 0) {
            return;
        }
        Set<Object> keys = used.computeIfAbsent(tenant, one -> new LinkedHashSet<>());
        Object eldest;
        synchronized (keys) {
            keys.remove(key);
            keys.add(key);
            eldest = keys.size() > max ? keys.iterator().next() : null;
            if (eldest != null) {
                keys.remove(eldest);
            }
        }
        if (eldest != null) {
            evict.accept(eldest);
        }
    }
}

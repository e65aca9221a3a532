package dev.tenancy.spring;

import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Names the busiest tenants, and the rest as one, so that a metric gets a bounded number of series. A tenant that becomes much busier than
 * one with a name takes its place; so that those with a name that come and go add up to twice as many at most, places are given away
 * no more often. Safe for threads.
 */
final class BusiestTenants {

    static final String OTHER = "other";
    static final String NONE = "none";

    // Beyond so many the counting of those without a name begins anew, so that memory stays bounded too.
    private static final int COUNTED_FOR_EACH_NAME = 10;

    private final int max;
    private final Map<String, LongAdder> named = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> others = new ConcurrentHashMap<>();
    private int given;

    /** @param max how many have a name; 1 or more */
    BusiestTenants(int max) {
        this.max = max;
    }

    /** Counts a request of a tenant, or of nobody, and tells under which name. */
    String name(@Nullable String tenant) {
        if (tenant == null) {
            return NONE;
        }
        LongAdder count = named.get(tenant);
        if (count != null) {
            count.increment();
            return tenant;
        }
        return nameOfAnother(tenant);
    }

    private synchronized String nameOfAnother(String tenant) {
        if (given < max && !named.containsKey(tenant)) {
            given++;
            named.put(tenant, new LongAdder());
        }
        // Another thread may have given it a name since.
        LongAdder own = named.get(tenant);
        if (own != null) {
            own.increment();
            return tenant;
        }
        LongAdder count = others.computeIfAbsent(tenant, one -> new LongAdder());
        count.increment();
        if (others.size() > max * COUNTED_FOR_EACH_NAME) {
            others.clear();
        }
        Map.Entry<String, LongAdder> least = named.entrySet().stream()
                .min(Comparator.comparingLong(one -> one.getValue().sum()))
                .orElseThrow();
        if (given < 2 * max && count.sum() > 2 * least.getValue().sum()) {
            given++;
            named.remove(least.getKey());
            others.remove(tenant);
            named.put(tenant, count);
            return tenant;
        }
        return OTHER;
    }
}

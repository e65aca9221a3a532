package dev.tenancy.spring.cache;

import java.io.Serial;
import java.io.Serializable;

/** A key of the application as it stands in a cache that all tenants fill. */
record TenantKey(Object tenant, Object key) implements Serializable {

    @Serial
    private static final long serialVersionUID = 1L;

    /** A key for stores whose keys are texts. It tells tenant and key apart whatever is in either. */
    static String text(Object tenant, String key) {
        return prefix(tenant) + key;
    }

    /** The beginning of the texts of a tenant's keys, and of no other's. */
    static String prefix(Object tenant) {
        String text = tenant.toString();
        // The length first: a tenant and a key may hold any separator.
        return text.length() + ":" + text + ":";
    }
}

package dev.tenancy.spring.cache;

import org.springframework.cache.Cache;

/** A cache that stands before one of the application's. */
interface DecoratedCache extends Cache {

    /** The application's cache. */
    Cache target();

    @Override
    default String getName() {
        return target().getName();
    }

    /** The application's store. It knows nothing of tenants: whoever reads it reads everybody's entries. */
    @Override
    default Object getNativeCache() {
        return target().getNativeCache();
    }
}

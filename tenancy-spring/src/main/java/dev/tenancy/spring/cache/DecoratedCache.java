package dev.tenancy.spring.cache;

import org.springframework.cache.Cache;

/** A cache that stands before one of the application's. */
interface DecoratedCache extends Cache {

    /** The application's cache. */
    Cache target();
}

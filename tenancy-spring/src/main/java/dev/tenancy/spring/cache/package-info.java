/**
 * The caches of the application, {@code @Cacheable} and those that it uses by hand: each tenant has its own entries in them.
 *
 * <p>Nothing here is called by an application. {@code TenantCaches} puts a {@code TenantCache} before each cache that a bean of the
 * type {@link org.springframework.cache.CacheManager} gives out.
 */
@NullMarked
package dev.tenancy.spring.cache;

import org.jspecify.annotations.NullMarked;

package dev.tenancy.spring.cache;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings under {@code tenancy.cache}.
 *
 * @param shared The caches whose entries belong to no tenant, so that all tenants, and work without a tenant, use the same ones: by the
 *     names of the caches, each with the reason. An owned entity is refused there.
 * @param maxEntriesPerTenant The most entries that one tenant has in one cache of this node; the ones that were not used for the longest
 *     time are evicted first. With 0 only the cache's own bounds hold, for all tenants together.
 */
@ConfigurationProperties("tenancy.cache")
public record TenancyCacheProperties(
        @DefaultValue Map<String, String> shared,
        @DefaultValue("0") int maxEntriesPerTenant) {}

package dev.tenancy.spring.client;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings under {@code tenancy.client}.
 *
 * @param hosts The hosts of services that are told, in the header that tenancy.header names, for which tenant they are called: by name, or by
 *     name and port. No other host learns of a tenant.
 */
@ConfigurationProperties("tenancy.client")
public record TenancyClientProperties(@DefaultValue Set<String> hosts) {}

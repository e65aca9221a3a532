package dev.tenancy.spring;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings under {@code tenancy}.
 *
 * @param roles The roles of members, from the highest to the lowest; a role may do what the roles below it may. A hierarchy that
 *     branches takes a line for each branch.
 * @param header The request header that names another of the user's tenants, by id or slug, for one request.
 * @param open What may be called without a credential, as "METHOD /path"; everything else needs one. Paths may hold
 *     Spring's patterns.
 * @param maxPageSize The most rows that one page of a list may hold.
 * @param membershipCache How long an answer about a membership is kept, at most 1m; 0 keeps none. For so long a member who was
 *     removed elsewhere than on this node, or past the guarded data sources, can go on.
 * @param jwt The tokens that this application issues and accepts.
 */
@ConfigurationProperties("tenancy")
public record TenancyProperties(
        @DefaultValue("OWNER > ADMIN > STAFF") String roles,
        @DefaultValue("X-Tenant-Id") String header,
        @DefaultValue List<String> open,
        @DefaultValue("200") int maxPageSize,
        @DefaultValue("5s") Duration membershipCache,
        @DefaultValue Jwt jwt) {

    /**
     * The settings under {@code tenancy.jwt}.
     *
     * @param secret The secret that signs tokens with HS256: at least 32 bytes of UTF-8, for instance from
     *     "openssl rand -base64 48". Without it no token is issued or accepted.
     * @param issuer The issuer (iss) of tokens.
     * @param audience The audience (aud) of tokens.
     * @param tenantClaim The claim that holds the tenant.
     * @param lifetime How long an access token is good for.
     * @param leeway How far the clocks of issuer and verifier may differ.
     */
    public record Jwt(
            @Nullable String secret,
            @Nullable String issuer,
            @Nullable String audience,
            @DefaultValue("tenant_id") String tenantClaim,
            @DefaultValue("15m") Duration lifetime,
            @DefaultValue("30s") Duration leeway) {}
}

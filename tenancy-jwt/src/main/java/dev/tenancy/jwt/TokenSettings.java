package dev.tenancy.jwt;

import dev.tenancy.TenancySetupException;
import dev.tenancy.TenantClaims;
import java.time.Duration;

/**
 * What issuer and verifier of a token agree on.
 *
 * @param issuer the claim {@code iss}
 * @param audience how a token shows that it is meant for this application
 * @param tenantClaim the name of the claim that holds the tenant in tokens of our own, {@code tenant_id} by convention; none of the
 *     seven that RFC 7519, section 4.1, gives another meaning
 * @param tenants where a token that is to be verified names its tenants
 * @param lifetime how long a token is good, from a second to a day
 * @param maxLifetime how long a token that is to be verified may be good, from issue to end: from a second to a
 *     century, which is for tokens of machines
 * @param leeway how far the clocks of issuer and verifier may differ, up to five minutes (RFC 7519, section 4.1.4)
 */
public record TokenSettings(
        String issuer,
        Audience audience,
        String tenantClaim,
        TenantClaims tenants,
        Duration lifetime,
        Duration maxLifetime,
        Duration leeway) {

    private static final Duration LONGEST_LIFETIME = Duration.ofDays(1);
    private static final Duration LONGEST_MAX_LIFETIME = Duration.ofDays(36_525);
    private static final Duration LONGEST_LEEWAY = Duration.ofMinutes(5);

    /** @throws TenancySetupException if a text is blank, the tenant claim is a registered one or a duration is out of bounds */
    public TokenSettings {
        filled("issuer", issuer);
        TenantClaims.named(tenantClaim);
        within("lifetime", lifetime, Duration.ofSeconds(1), LONGEST_LIFETIME);
        within("maximum lifetime", maxLifetime, Duration.ofSeconds(1), LONGEST_MAX_LIFETIME);
        within("leeway", leeway, Duration.ZERO, LONGEST_LEEWAY);
    }

    /**
     * Settings for tokens of our own, with an audience of this name and one tenant in this claim. Accepted are tokens that are good
     * for up to 24 hours.
     *
     * @throws TenancySetupException if a text is blank, the tenant claim is a registered one or a duration is out of bounds
     */
    public TokenSettings(String issuer, String audience, String tenantClaim, Duration lifetime, Duration leeway) {
        this(
                issuer,
                Audience.named(audience),
                tenantClaim,
                TenantClaims.named(tenantClaim),
                lifetime,
                LONGEST_LIFETIME,
                leeway);
    }

    /** The same, but for tokens that show in another way that they are for us. */
    public TokenSettings withAudience(Audience audience) {
        return new TokenSettings(issuer, audience, tenantClaim, tenants, lifetime, maxLifetime, leeway);
    }

    /** The same, but for tokens that name their tenants as another issuer does. */
    public TokenSettings withTenants(TenantClaims tenants) {
        return new TokenSettings(issuer, audience, tenantClaim, tenants, lifetime, maxLifetime, leeway);
    }

    /** The same, but for tokens that may be good for as long as this. */
    public TokenSettings withMaxLifetime(Duration maxLifetime) {
        return new TokenSettings(issuer, audience, tenantClaim, tenants, lifetime, maxLifetime, leeway);
    }

    static void filled(String setting, String value) {
        if (value.isBlank()) {
            throw new TenancySetupException(
                    "The " + setting + " of tokens is blank.",
                    "Set it to a name of your own; a token that carries another is refused.");
        }
    }

    private static void within(String setting, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new TenancySetupException(
                    "The " + setting + " of tokens is " + value + ".",
                    "Set it to something from " + least + " to " + most + " (ISO 8601).");
        }
    }
}

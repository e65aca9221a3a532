package dev.tenancy.jwt;

import dev.tenancy.TenancySetupException;
import java.time.Duration;
import java.util.Set;

/**
 * What issuer and verifier of a token agree on.
 *
 * @param issuer the claim {@code iss}
 * @param audience the claim {@code aud}, or one of its values
 * @param tenantClaim the name of the claim that holds the tenant, {@code tenant_id} by convention; none of the seven that RFC 7519,
 *     section 4.1, gives another meaning
 * @param lifetime how long a token is good, from a second to a day
 * @param leeway how far the clocks of issuer and verifier may differ, up to five minutes (RFC 7519, section 4.1.4)
 */
public record TokenSettings(String issuer, String audience, String tenantClaim, Duration lifetime, Duration leeway) {

    private static final Set<String> REGISTERED = Set.of("iss", "sub", "aud", "exp", "nbf", "iat", "jti");
    private static final Duration LONGEST_LIFETIME = Duration.ofDays(1);
    private static final Duration LONGEST_LEEWAY = Duration.ofMinutes(5);

    /** @throws TenancySetupException if a text is blank, the tenant claim is a registered one or a duration is out of bounds */
    public TokenSettings {
        filled("issuer", issuer);
        filled("audience", audience);
        filled("tenant claim", tenantClaim);
        if (REGISTERED.contains(tenantClaim)) {
            // As "sub", the tenant would take the place of the user.
            throw new TenancySetupException(
                    "The tenant claim of tokens is " + tenantClaim + ", which has another meaning in every token.",
                    "Set it to a name of its own, such as tenant_id.");
        }
        within("lifetime", lifetime, Duration.ofSeconds(1), LONGEST_LIFETIME);
        within("leeway", leeway, Duration.ZERO, LONGEST_LEEWAY);
    }

    private static void filled(String setting, String value) {
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

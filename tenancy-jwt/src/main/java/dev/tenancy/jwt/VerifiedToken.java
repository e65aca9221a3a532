package dev.tenancy.jwt;

import java.io.Serializable;
import java.security.Principal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a token says, once its signature, issuer, audience and times are found good. Immutable.
 *
 * @param userId the user, from the claim {@code sub}
 * @param tenant the tenant that the user means, from the tenant claim: text, a number as its decimal digits; null if the token
 *     has no such claim. The membership decides if the user may act for it
 * @param expiresAt when the token ends, before any leeway
 */
public record VerifiedToken(String userId, @Nullable String tenant, Instant expiresAt)
        implements Principal, Serializable {

    @Override
    public String getName() {
        return userId;
    }
}

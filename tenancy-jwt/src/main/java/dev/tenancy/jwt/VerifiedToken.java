package dev.tenancy.jwt;

import java.io.Serializable;
import java.security.Principal;
import java.time.Instant;
import java.util.List;

/**
 * What a token says, once its signature, issuer, audience and times are found good. Immutable.
 *
 * @param userId the user, from the claim {@code sub}
 * @param tenants the tenants that the token names: text, a number as its decimal digits. Usually one, none if the token has no
 *     such claim, several where the identity provider names several. The membership decides if the user may act for one
 * @param issuedAt when it was issued: to the millisecond if a {@link TokenIssuer} wrote it, to the second by most others
 * @param expiresAt when the token ends, before any leeway
 */
public record VerifiedToken(String userId, List<String> tenants, Instant issuedAt, Instant expiresAt)
        implements Principal, Serializable {

    public VerifiedToken {
        tenants = List.copyOf(tenants);
    }

    @Override
    public String getName() {
        return userId;
    }
}

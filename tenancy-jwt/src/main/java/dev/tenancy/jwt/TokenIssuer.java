package dev.tenancy.jwt;

import com.auth0.jwt.JWT;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** Issues access tokens (RFC 9068's type {@code at+jwt}) that a {@link TokenVerifier} of the same keys accepts. Thread-safe. */
public final class TokenIssuer {

    private final TokenKeys keys;
    private final TokenSettings settings;
    private final Clock clock;

    /** An issuer that goes by the clock of this machine. */
    public TokenIssuer(TokenKeys keys, TokenSettings settings) {
        this(keys, settings, Clock.systemUTC());
    }

    /** An issuer that goes by the given clock. */
    public TokenIssuer(TokenKeys keys, TokenSettings settings, Clock clock) {
        this.keys = keys;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * A token for a user whom the caller has authenticated and found to be a member of the tenant.
     *
     * @param userId as {@link dev.tenancy.Memberships} knows the user
     * @param tenant the tenant's id, as text
     * @throws IllegalArgumentException if either is blank, longer than 255 characters or not Unicode: no verifier would accept
     *     the token
     */
    public String issue(String userId, String tenant) {
        checkName("user", userId);
        checkName("tenant", tenant);
        Instant now = clock.instant();
        return JWT.create()
                .withHeader(Map.of("typ", "at+jwt"))
                .withIssuer(settings.issuer())
                .withAudience(settings.audience())
                .withSubject(userId)
                .withClaim(settings.tenantClaim(), tenant)
                .withIssuedAt(now)
                .withExpiresAt(now.plus(lifetime()))
                .withJWTId(UUID.randomUUID().toString())
                .sign(keys.signing().algorithm());
    }

    private static void checkName(String what, String name) {
        if (!TokenVerifier.isName(name)) {
            throw new IllegalArgumentException("A token for a " + what + " whose id has " + name.length()
                    + " characters was refused: it is blank, longer than " + TokenVerifier.LONGEST_NAME
                    + " or not Unicode. Pass the id as Memberships knows it.");
        }
    }

    /** How long a token is good from the moment it is issued. */
    public Duration lifetime() {
        return settings.lifetime();
    }
}

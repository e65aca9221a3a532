package dev.tenancy.jwt;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTCreator;
import dev.tenancy.TenancySetupException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** Issues access tokens (RFC 9068's type {@code at+jwt}) that a {@link TokenVerifier} of the same keys accepts. Thread-safe. */
public final class TokenIssuer {

    /**
     * The millisecond of {@code iat}. Not in {@code iat} itself: a fraction there is legal, but libraries of other languages read
     * whole numbers, and Java writes such a one with an exponent.
     */
    static final String ISSUED_MILLIS = "iat_ms";

    private final TokenKeys keys;
    private final TokenSettings settings;
    private final String audience;
    private final Clock clock;

    /** An issuer that goes by the clock of this machine. */
    public TokenIssuer(TokenKeys keys, TokenSettings settings) {
        this(keys, settings, Clock.systemUTC());
    }

    /**
     * An issuer that goes by the given clock.
     *
     * @throws TenancySetupException if none of the keys can sign, the settings name no audience, or a token would be good for longer
     *     than is accepted
     */
    public TokenIssuer(TokenKeys keys, TokenSettings settings, Clock clock) {
        this.keys = keys;
        this.settings = settings;
        this.audience = settings.audience().name();
        this.clock = clock;
        keys.signing();
        if (settings.lifetime().compareTo(settings.maxLifetime()) > 0) {
            throw new TenancySetupException(
                    "The lifetime of tokens is " + settings.lifetime() + ", but their maximum lifetime is "
                            + settings.maxLifetime() + ".",
                    "Set the lifetime to that or less, or the maximum higher: none of the tokens would be accepted.");
        }
    }

    /**
     * A token for a user whom the caller has authenticated and found to be a member of the tenant. Its claim {@code iat_ms} tells the
     * millisecond in which it was issued: a login in the second of a "log out everywhere" can be told from one before it.
     *
     * @param userId as {@link dev.tenancy.Memberships} knows the user
     * @param tenant the tenant's id, as text
     * @throws IllegalArgumentException if either is blank, longer than 255 characters, not Unicode or has control characters: no
     *     verifier would accept the token
     */
    public String issue(String userId, String tenant) {
        checkName("user", userId);
        checkName("tenant", tenant);
        Instant now = clock.instant();
        TokenKey key = keys.signing();
        JWTCreator.Builder token = JWT.create().withHeader(Map.of("typ", "at+jwt"));
        if (key.id() != null) {
            token.withKeyId(key.id());
        }
        return token.withIssuer(settings.issuer())
                .withAudience(audience)
                .withSubject(userId)
                .withClaim(settings.tenantClaim(), tenant)
                .withClaim("iat", now.getEpochSecond())
                .withClaim(ISSUED_MILLIS, now.toEpochMilli())
                .withExpiresAt(now.plus(lifetime()))
                .withJWTId(UUID.randomUUID().toString())
                .sign(key.algorithm());
    }

    private static void checkName(String what, String name) {
        if (!Names.isName(name)) {
            throw new IllegalArgumentException("A token for a " + what + " whose id has " + name.length()
                    + " characters was refused: it is blank, longer than " + Names.LONGEST
                    + ", not Unicode or has control characters. Pass the id as Memberships knows it.");
        }
    }

    /** How long a token is good from the moment it is issued. */
    public Duration lifetime() {
        return settings.lifetime();
    }
}

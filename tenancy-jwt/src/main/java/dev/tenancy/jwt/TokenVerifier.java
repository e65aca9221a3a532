package dev.tenancy.jwt;

import com.auth0.jwt.JWT;
import com.auth0.jwt.exceptions.JWTDecodeException;
import com.auth0.jwt.exceptions.JWTVerificationException;
import com.auth0.jwt.interfaces.DecodedJWT;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies tokens (JWT, RFC 7519, signed as RFC 7515 says), following the best practices of RFC 8725. The signature is java-jwt's
 * to check; form, header and claims are checked here, since java-jwt lets pass much that a strict reader must not. Thread-safe.
 */
public final class TokenVerifier {

    private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");
    static final int LONGEST_NAME = 255;
    private static final long END_OF_TIME = 253_402_300_799L; // the year 9999, where Instant's text form ends

    private final TokenKeys keys;
    private final TokenSettings settings;
    private final Clock clock;

    /** A verifier that goes by the clock of this machine. */
    public TokenVerifier(TokenKeys keys, TokenSettings settings) {
        this(keys, settings, Clock.systemUTC());
    }

    /** A verifier that goes by the given clock. */
    public TokenVerifier(TokenKeys keys, TokenSettings settings, Clock clock) {
        this.keys = keys;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * What the token says, if every word of it can be trusted.
     *
     * @throws InvalidTokenException if it cannot; no other exception is thrown, whatever the text is
     */
    public VerifiedToken verify(String token) {
        CompactToken parsed = CompactToken.parse(token);
        TokenKey key = checkHeader(parsed.header());
        checkSignature(token, key);
        return read(parsed.payload());
    }

    private static void checkSignature(String token, TokenKey key) {
        // Neither is passed on as a cause: their messages quote the token.
        DecodedJWT decoded;
        try {
            decoded = JWT.decode(token);
        } catch (JWTDecodeException unreadable) {
            throw new InvalidTokenException("its claim aud, exp, nbf or iat has a type or size that it must not have");
        }
        try {
            key.algorithm().verify(decoded);
        } catch (JWTVerificationException mismatch) {
            throw new InvalidTokenException("its signature does not match");
        }
    }

    private TokenKey checkHeader(ObjectNode header) {
        TokenKey key = keys.find(text(header, "kid"), String.valueOf(text(header, "alg")));
        if (key == null) {
            throw new InvalidTokenException("it is not signed with a key and an algorithm that are good here");
        }
        if (header.has("crit")) {
            throw new InvalidTokenException("its header has extensions that must be understood and are not");
        }
        if (header.has("typ")
                && !TYPES.contains(String.valueOf(text(header, "typ")).toLowerCase(Locale.ROOT))) {
            throw new InvalidTokenException("its type is not that of an access token");
        }
        return key;
    }

    private VerifiedToken read(ObjectNode payload) {
        if (!settings.issuer().equals(text(payload, "iss"))) {
            throw new InvalidTokenException("it is from another issuer");
        }
        if (!isForUs(payload.path("aud"))) {
            throw new InvalidTokenException("it is for another audience");
        }
        return new VerifiedToken(subject(payload), tenants(payload), checkedTimes(payload));
    }

    private boolean isForUs(JsonNode audience) {
        if (!audience.isArray()) {
            return settings.audience().equals(audience.textValue());
        }
        boolean found = false;
        for (JsonNode one : audience) {
            if (!one.isTextual()) {
                return false;
            }
            found |= settings.audience().equals(one.textValue());
        }
        return found;
    }

    private Instant checkedTimes(ObjectNode payload) {
        Instant now = clock.instant();
        Instant end = time(payload, "exp");
        if (!now.isBefore(end.plus(settings.leeway()))) {
            throw new InvalidTokenException("it has expired (exp)");
        }
        for (String start : new String[] {"nbf", "iat"}) {
            if (payload.has(start) && time(payload, start).isAfter(now.plus(settings.leeway()))) {
                throw new InvalidTokenException("it is not good yet (" + start + ")");
            }
        }
        return end;
    }

    private static Instant time(ObjectNode payload, String claim) {
        JsonNode value = payload.path(claim);
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < 0
                || value.longValue() > END_OF_TIME) {
            throw new InvalidTokenException("its claim " + claim + " is not a number of seconds");
        }
        return Instant.ofEpochSecond(value.longValue());
    }

    private static String subject(ObjectNode payload) {
        String subject = text(payload, "sub");
        if (subject == null || !isName(subject)) {
            throw new InvalidTokenException("its claim sub names no user");
        }
        return subject;
    }

    private List<String> tenants(ObjectNode payload) {
        JsonNode tenant = payload.path(settings.tenantClaim());
        if (tenant.isMissingNode()) {
            return List.of();
        }
        if (tenant.isIntegralNumber() && tenant.canConvertToLong()) {
            return List.of(Long.toString(tenant.longValue()));
        }
        String name = tenant.textValue();
        if (name == null || !isName(name)) {
            throw new InvalidTokenException("its tenant claim names no tenant");
        }
        return List.of(name);
    }

    /** Half a surrogate pair is no name: as UTF-8 it becomes a question mark, and so may another. */
    static boolean isName(String text) {
        return !text.isBlank()
                && text.length() <= LONGEST_NAME
                && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private static @Nullable String text(ObjectNode object, String member) {
        return object.path(member).textValue();
    }
}

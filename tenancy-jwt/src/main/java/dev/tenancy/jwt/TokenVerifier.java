package dev.tenancy.jwt;

import com.auth0.jwt.exceptions.JWTVerificationException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.security.ProviderException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies access tokens (JWT, RFC 7519, signed as RFC 7515 says), following the best practices of RFC 8725. The signature is
 * java-jwt's to check; form, header and claims are checked here, since java-jwt lets pass much that a strict reader must not.
 * Thread-safe.
 *
 * <p>Tokens that were found good are remembered, up to 16 MB of them, so that the next request with the same one costs no
 * signature. Whether its key and its times are still good is asked each time.
 */
public final class TokenVerifier {

    private static final String ACCESS_TOKEN = "at+jwt";
    private static final Set<String> TYPES = Set.of("jwt", ACCESS_TOKEN, "application/" + ACCESS_TOKEN);

    /** Members that say how to read the token: what does not know them reads something else (RFC 7797, RFC 7516). */
    private static final List<String> CHANGING = List.of("crit", "b64", "zip");

    /** Members by which a token brings its key along (RFC 7515, section 4.1). Nobody here would look, but nobody honest asks. */
    private static final List<String> KEYS = List.of("jku", "jwk", "x5u", "x5c");

    /**
     * What ID tokens (OpenID Connect Core 1.0, sections 2 and 3.3.2.11) and security events such as logout tokens (RFC 8417) carry,
     * and access tokens do not. They are for a client to read, and may come from the same issuer with the same key.
     */
    private static final List<String> NOT_OF_ACCESS_TOKENS = List.of("nonce", "at_hash", "c_hash", "events");

    /** Keycloak tells its tokens apart by a claim. */
    private static final Set<String> OTHER_TYPES = Set.of("ID", "Refresh", "Offline", "Logout");

    /** The year 9999, where Instant's text form ends. */
    private static final BigDecimal END_OF_TIME = BigDecimal.valueOf(253_402_300_799L);

    private static final int NANOSECONDS = 9; // digits behind the point, as many as Instant has
    private static final long REMEMBERED = 16L * 1024 * 1024;
    private static final int OVERHEAD = 500; // bytes of one remembered token beside its text, roughly

    private record Times(Instant end, @Nullable Instant start, Instant issued) {

        /** What is wrong with them whatever the time is. */
        void checkThemselves(Duration longest) {
            if (issued.isAfter(end) || start != null && start.isAfter(end)) {
                throw new InvalidTokenException("it ends before it begins (exp, iat, nbf)");
            }
            if (Duration.between(issued, end).compareTo(longest) > 0) {
                throw new InvalidTokenException("it is good for longer than " + longest + " (exp, iat)");
            }
        }

        void check(Instant now, Duration leeway) {
            if (!now.isBefore(end.plus(leeway))) {
                throw new InvalidTokenException("it has expired (exp)");
            }
            checkStart("nbf", start, now, leeway);
            checkStart("iat", issued, now, leeway);
        }

        private static void checkStart(String claim, @Nullable Instant start, Instant now, Duration leeway) {
            if (start != null && start.isAfter(now.plus(leeway))) {
                throw new InvalidTokenException("it is not good yet (" + claim + ")");
            }
        }
    }

    /** The signature and the claims are good for ever; the key and the times are not. */
    private record Proven(@Nullable String keyId, TokenKey key, Times times, VerifiedToken token) {}

    /** A value that no claim may have: null would be taken for a claim that is not there. */
    private static final Object NULL = new Object();

    private final TokenKeys keys;
    private final TokenSettings settings;
    private final Clock clock;
    private final @Nullable Cache<String, Proven> proven;

    /** A verifier that goes by the clock of this machine. */
    public TokenVerifier(TokenKeys keys, TokenSettings settings) {
        this(keys, settings, Clock.systemUTC());
    }

    /** A verifier that goes by the given clock. */
    public TokenVerifier(TokenKeys keys, TokenSettings settings, Clock clock) {
        this(keys, settings, clock, true);
    }

    TokenVerifier(TokenKeys keys, TokenSettings settings, Clock clock, boolean remembers) {
        this.keys = keys;
        this.settings = settings;
        this.clock = clock;
        this.proven = remembers
                ? Caffeine.newBuilder()
                        .maximumWeight(REMEMBERED)
                        .weigher((String token, Proven one) -> token.length() + OVERHEAD)
                        .executor(Runnable::run)
                        .build()
                : null;
    }

    /**
     * What the token says, if every word of it can be trusted.
     *
     * @throws InvalidTokenException if it cannot, whatever the text is
     * @throws KeysUnavailableException if nobody can tell, since the address of the keys does not answer
     */
    public VerifiedToken verify(String token) {
        checkLength(token);
        Proven known = proven == null ? null : proven.getIfPresent(token);
        // A key that is not the same any more is left to the full check, which says what is wrong.
        boolean isKnown = known != null
                && known.key()
                        .equals(keys.find(known.keyId(), known.key().name().name()));
        Proven found = known != null && isKnown ? known : prove(CompactToken.parse(token));
        found.times().check(clock.instant(), settings.leeway());
        if (proven != null && !isKnown) {
            proven.put(token, found);
        }
        return found.token();
    }

    private static void checkLength(@Nullable String token) {
        if (token == null) {
            throw new InvalidTokenException("there is none");
        }
        if (token.length() > CompactToken.LONGEST) {
            throw new InvalidTokenException("it is longer than " + CompactToken.LONGEST + " characters");
        }
    }

    private Proven prove(CompactToken token) {
        TokenKey key = signer(token, keys);
        ObjectNode payload = token.payload();
        checkType(token.header(), payload);
        if (!settings.issuer().equals(text(payload, "iss"))) {
            throw new InvalidTokenException("it is from another issuer (iss)");
        }
        settings.audience().check(payload);
        Times times = times(payload);
        times.checkThemselves(settings.maxLifetime());
        return new Proven(
                text(token.header(), "kid"),
                key,
                times,
                new VerifiedToken(subject(payload), tenants(payload), issuedAt(payload, times.issued()), times.end()));
    }

    /** The key that has signed a token; its header is one that may be trusted then. */
    static TokenKey signer(CompactToken token, TokenKeys keys) {
        ObjectNode header = token.header();
        if (hasAny(header, CHANGING)) {
            throw new InvalidTokenException("its header has extensions that must be understood and are not");
        }
        if (hasAny(header, KEYS)) {
            throw new InvalidTokenException("its header brings a key or the address of one along");
        }
        String id = text(header, "kid");
        if (header.has("kid") && (id == null || !Names.isName(id))) {
            throw new InvalidTokenException("its header names a key by something that is no id (kid)");
        }
        TokenKey key = keys.find(id, String.valueOf(text(header, "alg")));
        if (key == null) {
            throw new InvalidTokenException("it is not signed with a key and an algorithm that are good here");
        }
        try {
            key.algorithm().verify(token.signed());
        } catch (JWTVerificationException | ProviderException mismatch) {
            // Not passed on as a cause: its message may quote the token.
            throw new InvalidTokenException("its signature does not match");
        }
        return key;
    }

    private static boolean hasAny(ObjectNode object, List<String> members) {
        for (String member : members) {
            if (object.has(member)) {
                return true;
            }
        }
        return false;
    }

    private static void checkType(ObjectNode header, ObjectNode payload) {
        String type = "jwt";
        if (header.has("typ")) {
            type = String.valueOf(text(header, "typ")).toLowerCase(Locale.ROOT);
        }
        if (!TYPES.contains(type)
                || type.equals("jwt") && hasAny(payload, NOT_OF_ACCESS_TOKENS)
                || OTHER_TYPES.contains(String.valueOf(text(payload, "typ")))) {
            throw new InvalidTokenException("its type is not that of an access token");
        }
        if (payload.has("cnf")) {
            // RFC 7800: accepted like this, a stolen one would be as good as its owner's.
            throw new InvalidTokenException("it is bound to a key of its sender (cnf), which is not asked for here");
        }
    }

    private static Times times(ObjectNode payload) {
        return new Times(time(payload, "exp"), payload.has("nbf") ? time(payload, "nbf") : null, time(payload, "iat"));
    }

    /** RFC 7519, section 2, NumericDate: any number of JSON, so 1796000000.0 as well. */
    private static Instant time(ObjectNode payload, String claim) {
        JsonNode value = payload.path(claim);
        BigDecimal seconds = value.isNumber() ? value.decimalValue() : BigDecimal.ONE.negate();
        if (seconds.signum() < 0 || seconds.scale() > NANOSECONDS || seconds.compareTo(END_OF_TIME) > 0) {
            throw new InvalidTokenException("its claim " + claim + " is not a number of seconds");
        }
        BigDecimal whole = seconds.setScale(0, RoundingMode.DOWN);
        return Instant.ofEpochSecond(
                whole.longValueExact(),
                seconds.subtract(whole).movePointRight(NANOSECONDS).longValueExact());
    }

    // Another issuer may mean something else by the claim; then it hardly lies in the same second.
    private static Instant issuedAt(ObjectNode payload, Instant issued) {
        JsonNode millis = payload.path(TokenIssuer.ISSUED_MILLIS);
        if (!millis.isIntegralNumber() || !millis.canConvertToLong()) {
            return issued;
        }
        Instant exact = Instant.ofEpochMilli(millis.longValue());
        return exact.getEpochSecond() == issued.getEpochSecond() ? exact : issued;
    }

    private static String subject(ObjectNode payload) {
        String subject = text(payload, "sub");
        if (subject == null || !Names.isName(subject)) {
            throw new InvalidTokenException("its claim sub names no user");
        }
        return subject;
    }

    private List<String> tenants(ObjectNode payload) {
        try {
            return settings.tenants().read(claim -> value(payload.get(claim)));
        } catch (IllegalArgumentException wrong) {
            throw new InvalidTokenException("its tenant claim names no tenant");
        }
    }

    private static @Nullable Object value(@Nullable JsonNode node) {
        if (node == null) {
            return null;
        }
        if (node.isTextual()) {
            return node.textValue();
        }
        if (node.isNumber()) {
            return node.numberValue();
        }
        if (node.isArray()) {
            return node.valueStream().map(TokenVerifier::member).toList();
        }
        if (node.isObject()) {
            Map<String, Object> members = new HashMap<>();
            node.properties().forEach(one -> members.put(one.getKey(), member(one.getValue())));
            return members;
        }
        return node.isBoolean() ? (Object) node.booleanValue() : NULL;
    }

    private static Object member(JsonNode node) {
        Object value = value(node);
        return value == null ? NULL : value;
    }

    private static @Nullable String text(ObjectNode object, String member) {
        return object.path(member).textValue();
    }
}

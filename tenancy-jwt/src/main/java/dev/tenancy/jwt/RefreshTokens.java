package dev.tenancy.jwt;

import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.TenancySetupException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Opens, renews and ends sessions by opaque tokens, each good for one renewal. Whoever shows one for the second time may have
 * stolen it, so the whole session ends (RFC 9700, section 4.14.2). A session belongs to one user and one tenant, and ends as
 * well when the user is no active member there any more. Thread-safe.
 */
public final class RefreshTokens {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 32;
    private static final int CHARACTERS = 43; // as many as 32 bytes have in base64url

    /**
     * A session that goes on.
     *
     * @param userId whose it is
     * @param membership of the user in the session's tenant, as it is now
     * @param refreshToken the token for the next renewal
     */
    public record Renewed(String userId, Membership membership, String refreshToken) {

        /** Without the token, which is as good as a password. */
        @Override
        public String toString() {
            return "Renewed[" + userId + ", " + membership + "]";
        }
    }

    private final RefreshTokenStore store;
    private final Memberships memberships;
    private final Duration lifetime;
    private final Clock clock;

    /**
     * @param lifetime how long a session lasts from its beginning, however often it is renewed
     * @throws TenancySetupException if that is no time at all
     */
    public RefreshTokens(RefreshTokenStore store, Memberships memberships, Duration lifetime, Clock clock) {
        if (lifetime.isNegative() || lifetime.isZero()) {
            throw new TenancySetupException(
                    "The lifetime of sessions is " + lifetime + ".", "Set it to more than nothing, such as P30D.");
        }
        this.store = store;
        this.memberships = memberships;
        this.lifetime = lifetime;
        this.clock = clock;
    }

    /**
     * The first token of a new session, for a user whom the caller has authenticated and found to be a member of the tenant.
     *
     * @param tenant the tenant's id, as text
     */
    public String open(String userId, String tenant) {
        String token = random();
        store.insert(new RefreshTokenStore.Link(
                hash(token), UUID.randomUUID(), userId, tenant, clock.instant().plus(lifetime)));
        return token;
    }

    /**
     * The session goes on; empty if the token is unknown, expired or used, or if its user is no active member any more. While nobody
     * may act for the tenant, the sessions of its members go on, so that they are told the reason.
     *
     * <p>What {@link Memberships#find} throws is thrown here, and the token is as good as before.
     */
    public Optional<Renewed> renew(String token) {
        return find(token).flatMap(this::renew);
    }

    private Optional<Renewed> renew(RefreshTokenStore.Link link) {
        if (!clock.instant().isBefore(link.expiresAt())) {
            return Optional.empty();
        }
        // Asked before anything is written, or else a failed look-up would cost the user the session.
        Optional<Membership> membership = memberships
                .find(link.userId(), link.tenant())
                .filter(found -> found.status() != Membership.Status.SUSPENDED);
        if (!store.use(link.hash()) || membership.isEmpty()) {
            endFamily(link);
            return Optional.empty();
        }
        String next = random();
        store.insert(
                new RefreshTokenStore.Link(hash(next), link.family(), link.userId(), link.tenant(), link.expiresAt()));
        return Optional.of(new Renewed(link.userId(), membership.get(), next));
    }

    /** Ends the session of a token; nothing happens if there is none. */
    public void end(String token) {
        find(token).ifPresent(this::endFamily);
    }

    /** Ends all sessions of a user. */
    public void endAll(String userId) {
        endAll(userId, null);
    }

    /** Ends all sessions of a user but the one of a token, where it is one of theirs. */
    public void endOthers(String userId, String token) {
        endAll(
                userId,
                find(token)
                        .filter(link -> link.userId().equals(userId))
                        .map(RefreshTokenStore.Link::family)
                        .orElse(null));
    }

    /**
     * A renewal that is under way has locked its old token: the first call waits for it, but a database does not show it the new one,
     * which was not there when the call began. The second call sees it.
     */
    private void endFamily(RefreshTokenStore.Link link) {
        store.endFamily(link.family());
        store.endFamily(link.family());
    }

    /** Twice for the same reason. */
    private void endAll(String userId, @Nullable UUID exceptFamily) {
        store.endAll(userId, exceptFamily);
        store.endAll(userId, exceptFamily);
    }

    private Optional<RefreshTokenStore.Link> find(String token) {
        return token.length() == CHARACTERS ? store.find(hash(token)) : Optional.empty();
    }

    private static String random() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String hash(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}

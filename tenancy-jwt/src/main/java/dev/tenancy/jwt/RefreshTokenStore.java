package dev.tenancy.jwt;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where an application keeps refresh tokens, usually a table of its own. Only hashes are kept. The methods of one call of
 * {@link RefreshTokens} belong into one transaction, which the application opens around that call: of isolation READ COMMITTED,
 * in which each statement sees what was committed before it began.
 */
public interface RefreshTokenStore {

    /**
     * One token of a session. It can be used once, for the next one; all tokens of a session are a family.
     *
     * @param hash the token's SHA-256, in 64 hexadecimal digits
     * @param family the session
     * @param userId the user whose session it is
     * @param tenant the tenant's id, as text
     * @param expiresAt when the session ends, whatever happens
     */
    record Link(String hash, UUID family, String userId, String tenant, Instant expiresAt) {}

    /** Keeps a token that is not used yet. */
    void insert(Link link);

    /** The token with a hash, used or not; empty if there is none. */
    Optional<Link> find(String hash);

    /** Marks a token as used, in one statement: of two calls at the same time only one is answered true. */
    boolean use(String hash);

    /** Marks all tokens of a session as used. */
    void endFamily(UUID family);

    /** Marks all tokens of a user as used, but those of one session, if it is given. */
    void endAll(String userId, @Nullable UUID exceptFamily);
}

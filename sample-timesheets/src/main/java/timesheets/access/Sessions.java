package timesheets.access;

import dev.tenancy.jwt.RefreshTokens;
import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.jwt.VerifiedToken;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.server.ResponseStatusException;

/** Opens, renews and ends sessions: {@link RefreshTokens}, in transactions, with an access token for each that it gives out. */
@Component
@Transactional
class Sessions {

    record Tokens(String accessToken, String refreshToken, String tokenType, long expiresIn) {}

    private final EntityManager entityManager;
    private final Accounts accounts;
    private final Members members;
    private final RefreshTokens refreshTokens;
    private final TokenIssuer issuer;
    private final Clock clock;

    Sessions(
            EntityManager entityManager,
            Accounts accounts,
            Members members,
            RefreshTokens refreshTokens,
            TokenIssuer issuer,
            Clock clock) {
        this.entityManager = entityManager;
        this.accounts = accounts;
        this.members = members;
        this.refreshTokens = refreshTokens;
        this.issuer = issuer;
        this.clock = clock;
    }

    /** For a user who was authenticated just now; empty if they belong to no company. */
    Optional<Tokens> begin(User authenticated) {
        return accounts.settled(authenticated)
                .flatMap(user -> companyOf(user).map(company -> open(user.id(), company)));
    }

    // A company that is suspended only if there is no other: its members are to learn why nothing works.
    private Optional<UUID> companyOf(User user) {
        Comparator<Company> better = Comparator.comparing(Company::isActive).thenComparing(user::prefers);
        return members.of(user.id()).stream()
                .map(CompanyMember::company)
                .reduce((one, other) -> better.compare(one, other) >= 0 ? one : other)
                .map(Company::id);
    }

    /** A session of somebody who has just joined a company, in the same transaction. */
    @Transactional(propagation = Propagation.MANDATORY)
    Tokens open(UUID userId, UUID companyId) {
        return tokens(userId.toString(), companyId, refreshTokens.open(userId.toString(), companyId.toString()));
    }

    /** Empty if the token is unknown, expired or used, or if its user has left the company. */
    Optional<Tokens> renew(String token) {
        return refreshTokens
                .renew(token)
                .map(renewed -> tokens(renewed.userId(), renewed.membership().tenantId(), renewed.refreshToken()));
    }

    /**
     * A new session in another of the user's companies; empty if the user is no active member there.
     *
     * @param shown the access token that asks for it
     * @throws ResponseStatusException with status 401 if the sessions of its time have ended
     */
    Optional<Tokens> switchTo(VerifiedToken shown, String tenant) {
        UUID userId = UUID.fromString(shown.userId());
        if (lock(userId).endedSessionsSince(shown.issuedAt())) {
            throw new ResponseStatusException(
                    HttpStatus.UNAUTHORIZED,
                    "Sessions have ended since this token was issued. Renew yours, or log in again.");
        }
        return members.active(userId, tenant).map(membership -> open(userId, (UUID) membership.tenantId()));
    }

    private Tokens tokens(String userId, Object companyId, String refreshToken) {
        return new Tokens(
                issuer.issue(userId, companyId.toString()),
                refreshToken,
                "Bearer",
                issuer.lifetime().toSeconds());
    }

    void end(String token) {
        refreshTokens.end(token);
    }

    void endAll(UUID userId) {
        lock(userId).endSessions(clock.instant());
        refreshTokens.endAll(userId.toString());
    }

    private User lock(UUID userId) {
        return entityManager.find(User.class, userId, LockModeType.PESSIMISTIC_WRITE);
    }

    /**
     * Ends all sessions of a user but the one of a token, where it is given.
     *
     * @param authenticated with the password so far, just now
     * @return false if it has changed since
     */
    boolean changePassword(User authenticated, String newHash, @Nullable String token) {
        Optional<User> user = accounts.settled(authenticated);
        user.ifPresent(found -> {
            found.changePassword(newHash);
            found.endSessions(clock.instant());
            if (token == null) {
                refreshTokens.endAll(found.id().toString());
            } else {
                refreshTokens.endOthers(found.id().toString(), token);
            }
        });
        return user.isPresent();
    }
}

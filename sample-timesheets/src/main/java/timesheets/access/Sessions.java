package timesheets.access;

import dev.tenancy.jwt.RefreshTokens;
import dev.tenancy.jwt.TokenIssuer;
import jakarta.persistence.EntityManager;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

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

    Sessions(
            EntityManager entityManager,
            Accounts accounts,
            Members members,
            RefreshTokens refreshTokens,
            TokenIssuer issuer) {
        this.entityManager = entityManager;
        this.accounts = accounts;
        this.members = members;
        this.refreshTokens = refreshTokens;
        this.issuer = issuer;
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

    /** A new session in another of the user's companies; empty if the user is no active member there. */
    Optional<Tokens> switchTo(UUID userId, String tenant) {
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
        refreshTokens.endAll(userId.toString());
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
            if (token == null) {
                endAll(found.id());
            } else {
                refreshTokens.endOthers(found.id().toString(), token);
            }
        });
        return user.isPresent();
    }
}

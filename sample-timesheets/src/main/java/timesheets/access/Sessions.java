package timesheets.access;

import dev.tenancy.Membership;
import dev.tenancy.jwt.TokenIssuer;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Opens, renews and ends sessions. An access token is good for minutes; a refresh token for one renewal. Whoever shows one for
 * the second time may have stolen it, so the whole session ends. Only the hash of a refresh token is stored.
 */
@Component
@Transactional
class Sessions {

    private static final Duration REFRESH_LIFETIME = Duration.ofDays(30);
    private static final SecureRandom RANDOM = new SecureRandom();

    record Tokens(String accessToken, String refreshToken, String tokenType, long expiresIn) {}

    private final EntityManager entityManager;
    private final Members members;
    private final PasswordEncoder passwords;
    private final TokenIssuer issuer;
    private final Clock clock;
    private final String nobodysHash;

    Sessions(EntityManager entityManager, Members members, PasswordEncoder passwords, TokenIssuer issuer, Clock clock) {
        this.entityManager = entityManager;
        this.members = members;
        this.passwords = passwords;
        this.issuer = issuer;
        this.clock = clock;
        this.nobodysHash = passwords.encode(UUID.randomUUID().toString());
    }

    /** Empty if there is no such user, the password is wrong, or the user belongs to no company. */
    Optional<Tokens> login(String email, String password) {
        Optional<User> user = entityManager
                .createQuery("from User where email = :email", User.class)
                .setParameter("email", User.normalized(email))
                .getResultStream()
                .findFirst();
        // The same work for an unknown user, so that the time tells nothing.
        boolean right = passwords.matches(password, user.map(User::passwordHash).orElse(nobodysHash));
        return user.filter(known -> right)
                .flatMap(known -> companyAtLogin(known).map(company -> open(known, company, UUID.randomUUID())));
    }

    private Optional<Company> companyAtLogin(User user) {
        List<Company> companies =
                members.of(user.id()).stream().map(CompanyMember::company).toList();
        Company preferred = user.defaultCompany();
        return preferred != null && companies.contains(preferred)
                ? Optional.of(preferred)
                : companies.stream().findFirst();
    }

    /** Empty if the token is unknown, expired or used, or if its user has left the company. */
    Optional<Tokens> refresh(String token) {
        return find(token).flatMap(known -> {
            if (!use(known)) {
                end(known);
                return Optional.empty();
            }
            if (known.isExpired(clock.instant()) || !isMember(known)) {
                return Optional.empty();
            }
            return Optional.of(open(known.user(), known.company(), known.family()));
        });
    }

    // One statement, so that of two renewals at the same time only one succeeds.
    private boolean use(RefreshToken token) {
        return entityManager
                        .createQuery("update RefreshToken set used = true where id = :id and used = false")
                        .setParameter("id", token.id())
                        .executeUpdate()
                == 1;
    }

    private boolean isMember(RefreshToken token) {
        return members.find(token.user().id().toString(), token.company().id().toString())
                .isPresent();
    }

    /** A new session in another of the user's companies; empty if the user is not a member there. */
    Optional<Tokens> switchTo(UUID userId, String tenant) {
        Optional<Membership> membership = members.find(userId.toString(), tenant);
        return membership.map(found -> open(
                entityManager.find(User.class, userId),
                entityManager.find(Company.class, found.tenantId()),
                UUID.randomUUID()));
    }

    void logout(String token) {
        find(token).ifPresent(this::end);
    }

    private void end(RefreshToken token) {
        entityManager
                .createQuery("update RefreshToken set used = true where family = :family")
                .setParameter("family", token.family())
                .executeUpdate();
    }

    private Optional<RefreshToken> find(String token) {
        return entityManager
                .createQuery("from RefreshToken where tokenHash = :hash", RefreshToken.class)
                .setParameter("hash", hash(token))
                .getResultStream()
                .findFirst();
    }

    private Tokens open(User user, Company company, UUID family) {
        byte[] random = new byte[32];
        RANDOM.nextBytes(random);
        String refreshToken = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        entityManager.persist(new RefreshToken(
                hash(refreshToken), family, user, company, clock.instant().plus(REFRESH_LIFETIME)));
        return new Tokens(
                issuer.issue(user.id().toString(), company.id().toString()),
                refreshToken,
                "Bearer",
                issuer.lifetime().toSeconds());
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

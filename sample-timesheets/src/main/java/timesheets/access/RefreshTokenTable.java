package timesheets.access;

import dev.tenancy.jwt.RefreshTokenStore;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The refresh tokens, in the transaction of whoever asks. Both ways in lock the user first: otherwise a renewal at the same time
 * would add a token that "end all sessions" does not see. What is spent is not written again: a user has one live token for each
 * session, and thousands of spent ones.
 */
@Component
@Transactional(propagation = Propagation.MANDATORY)
class RefreshTokenTable implements RefreshTokenStore {

    private static final UUID NO_FAMILY = new UUID(0, 0);

    private final EntityManager entityManager;

    RefreshTokenTable(EntityManager entityManager) {
        this.entityManager = entityManager;
    }

    @Override
    public void insert(Link link) {
        entityManager.persist(new RefreshToken(link));
    }

    @Override
    public Optional<Link> find(String hash) {
        Optional<RefreshToken> token = entityManager
                .createQuery("from RefreshToken where tokenHash = :hash", RefreshToken.class)
                .setParameter("hash", hash)
                .getResultStream()
                .findFirst();
        token.ifPresent(found -> lock(found.userId()));
        return token.map(RefreshToken::link);
    }

    @Override
    public boolean use(String hash) {
        return entityManager
                        .createQuery("update RefreshToken set used = true where tokenHash = :hash and used = false")
                        .setParameter("hash", hash)
                        .executeUpdate()
                == 1;
    }

    @Override
    public void endFamily(UUID family) {
        entityManager
                .createQuery("update RefreshToken set used = true where family = :family and used = false")
                .setParameter("family", family)
                .executeUpdate();
    }

    @Override
    public void endAll(String userId, @Nullable UUID exceptFamily) {
        UUID user = UUID.fromString(userId);
        lock(user);
        entityManager
                .createQuery(
                        "update RefreshToken set used = true where userId = :user and used = false and family <> :except")
                .setParameter("user", user)
                .setParameter("except", exceptFamily == null ? NO_FAMILY : exceptFamily)
                .executeUpdate();
    }

    /** Ends the sessions of a user in one company: should they come back one day, they log in again. */
    void endAll(UUID userId, UUID companyId) {
        lock(userId);
        entityManager
                .createQuery(
                        "update RefreshToken set used = true where userId = :user and used = false and companyId = :company")
                .setParameter("user", userId)
                .setParameter("company", companyId)
                .executeUpdate();
    }

    private void lock(UUID user) {
        entityManager.find(User.class, user, LockModeType.PESSIMISTIC_WRITE);
    }
}

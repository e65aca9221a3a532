package timesheets.access;

import dev.tenancy.CurrentTenant;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.server.ResponseStatusException;

/**
 * The invitations of the current company. Who accepts one acts for no company yet, so the token names it: a dot stands between the
 * company's id and the secret, and the rows are looked up behind the wall like all others.
 */
@Component
class Invitations {

    private static final Duration LIFETIME = Duration.ofDays(7);
    private static final UUID NO_COMPANY = new UUID(0, 0);

    /** An invitation, and what is to be mailed about it. */
    record Sent(Invitation invitation, String company, String token) {}

    private final EntityManager entityManager;
    private final TransactionTemplate transaction;
    private final Accounts accounts;
    private final Members members;
    private final Sessions sessions;
    private final Clock clock;

    Invitations(
            EntityManager entityManager,
            PlatformTransactionManager transactions,
            Accounts accounts,
            Members members,
            Sessions sessions,
            Clock clock) {
        this.entityManager = entityManager;
        this.transaction = new TransactionTemplate(transactions);
        this.accounts = accounts;
        this.members = members;
        this.sessions = sessions;
        this.clock = clock;
    }

    /**
     * Takes the place of an earlier invitation of the same address.
     *
     * @throws ResponseStatusException with status 409 if the address is that of a member
     */
    Sent invite(String email, String role) {
        UUID companyId = CurrentTenant.require(UUID.class);
        String secret = Secrets.random();
        return transaction.execute(status -> {
            if (members.isMember(companyId, email)) {
                throw new ResponseStatusException(HttpStatus.CONFLICT, "The address is that of a member already.");
            }
            Invitation invitation = new Invitation(
                    email, role, Secrets.hash(secret), clock.instant().plus(LIFETIME));
            entityManager
                    .createQuery("delete from Invitation where email = :email")
                    .setParameter("email", invitation.email())
                    .executeUpdate();
            entityManager.persist(invitation);
            entityManager.flush();
            Company company = entityManager.find(Company.class, companyId);
            return new Sent(invitation, company.name(), companyId + "." + secret);
        });
    }

    /** False if there is none. */
    boolean revoke(@Nullable UUID id) {
        return transaction.execute(status -> delete(id));
    }

    // One statement, so that of two at the same time only one succeeds.
    private boolean delete(@Nullable UUID id) {
        return entityManager
                        .createQuery("delete from Invitation where id = :id")
                        .setParameter("id", id)
                        .executeUpdate()
                == 1;
    }

    /**
     * The member's first session. Empty if the token is unknown, expired, revoked or used, or if there is an account with the
     * address and another password.
     *
     * @param name needed for a new account
     */
    Optional<Sessions.Tokens> accept(String token, @Nullable String name, String password) {
        int dot = token.indexOf('.');
        UUID named = Members.uuid(token.substring(0, Math.max(dot, 0)));
        UUID companyId = named == null ? NO_COMPANY : named;
        return CurrentTenant.callAs(companyId, () -> {
            Optional<Invitation> invitation = open(token.substring(dot + 1));
            if (invitation.isEmpty()) {
                accounts.pretend(password);
                return Optional.empty();
            }
            return accounts.authenticateOrNew(invitation.get().email(), name, password)
                    .flatMap(user -> transaction.execute(status -> accept(companyId, invitation.get(), user, status)));
        });
    }

    private Optional<Invitation> open(String secret) {
        return entityManager
                .createQuery("from Invitation where tokenHash = :hash and expiresAt > :now", Invitation.class)
                .setParameter("hash", Secrets.hash(secret))
                .setParameter("now", clock.instant())
                .getResultList()
                .stream()
                .findFirst();
    }

    private Optional<Sessions.Tokens> accept(
            UUID companyId, Invitation invitation, User authenticated, TransactionStatus status) {
        Company company = entityManager.find(Company.class, companyId);
        Optional<User> joining =
                company.isActive() && delete(invitation.getId()) ? accounts.settled(authenticated) : Optional.empty();
        Optional<Sessions.Tokens> tokens = joining.filter(
                        user -> members.add(company, user, invitation.role()).isActive())
                .map(user -> sessions.open(user.id(), companyId));
        if (tokens.isEmpty()) {
            status.setRollbackOnly();
        }
        return tokens;
    }
}

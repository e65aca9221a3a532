package timesheets.access;

import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/** Companies that come to be, each with its owner. */
@Component
class Registrations {

    private static final Duration LIFETIME = Duration.ofDays(1);

    private final EntityManager entityManager;
    private final TransactionTemplate transaction;
    private final Accounts accounts;
    private final Members members;
    private final Sessions sessions;
    private final Clock clock;

    Registrations(
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

    /** The token that is to be mailed to the address. It is never asked here whether there is an account. */
    String begin(String email, String company) {
        String token = Secrets.random();
        transaction.executeWithoutResult(status -> entityManager.persist(new Registration(
                Secrets.hash(token), email, company, clock.instant().plus(LIFETIME))));
        return token;
    }

    /**
     * The company, its owner and their first session. Empty if the token is unknown, expired or used, or if there is an account
     * with the address and another password.
     */
    Optional<Sessions.Tokens> complete(String token, String name, String password) {
        Optional<Registration> registration = entityManager
                .createQuery("from Registration where tokenHash = :hash and expiresAt > :now", Registration.class)
                .setParameter("hash", Secrets.hash(token))
                .setParameter("now", clock.instant())
                .getResultList()
                .stream()
                .findFirst();
        if (registration.isEmpty()) {
            accounts.pretend(password);
            return Optional.empty();
        }
        return accounts.authenticateOrNew(registration.get().email(), name, password)
                .flatMap(owner -> transaction.execute(status -> complete(registration.get(), owner, status)));
    }

    private Optional<Sessions.Tokens> complete(
            Registration registration, User authenticated, TransactionStatus status) {
        Optional<User> owner = use(registration) ? accounts.settled(authenticated) : Optional.empty();
        if (owner.isEmpty()) {
            status.setRollbackOnly();
        }
        return owner.map(user -> {
            Company company = Company.named(registration.company());
            entityManager.persist(company);
            members.add(company, user, CompanyMember.OWNER);
            return sessions.open(user.id(), company.id());
        });
    }

    // One statement, so that of two at the same time only one succeeds.
    private boolean use(Registration registration) {
        return entityManager
                        .createQuery("delete from Registration where id = :id")
                        .setParameter("id", registration.id())
                        .executeUpdate()
                == 1;
    }
}

package timesheets.access;

import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.server.ResponseStatusException;

/**
 * Users and their passwords. Whatever is asked here costs the work of one password, so that the time tells nothing about who has
 * an account; it is slow on purpose, so it comes before a transaction and not inside of one.
 */
@Component
class Accounts {

    private static final int SHORTEST_PASSWORD = 12;
    // BCrypt sees no more.
    private static final int LONGEST_PASSWORD = 72;

    private final EntityManager entityManager;
    private final PasswordEncoder passwords;
    private final Attempts attempts;
    private final String nobodysHash;

    Accounts(EntityManager entityManager, PasswordEncoder passwords, Attempts attempts) {
        this.entityManager = entityManager;
        this.passwords = passwords;
        this.attempts = attempts;
        this.nobodysHash = passwords.encode(UUID.randomUUID().toString());
    }

    /** Empty if there is no such account, or its password is another. */
    Optional<User> authenticate(String email, String password) {
        return attempts.at(User.normalized(email), () -> {
            Optional<User> user = find(email);
            boolean right =
                    passwords.matches(password, user.map(User::passwordHash).orElse(nobodysHash));
            return user.filter(known -> right);
        });
    }

    /** As above, for somebody who has shown a token. */
    Optional<User> authenticate(UUID userId, String password) {
        return authenticate(entityManager.find(User.class, userId).email(), password);
    }

    /** The account of an address that its owner has shown to be theirs, or a new one, not stored yet; empty as above. */
    Optional<User> authenticateOrNew(String email, @Nullable String name, String password) {
        if (find(email).isPresent()) {
            return authenticate(email, password);
        }
        if (name == null || name.isBlank()) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "A new account needs a name.");
        }
        return Optional.of(new User(email, name, hash(password), null));
    }

    /** What the others cost, where there is no address to ask about. */
    void pretend(String password) {
        passwords.matches(password, nobodysHash);
    }

    /** @throws ResponseStatusException with status 400 if the password is not fit to be a new one */
    String hash(String password) {
        if (password.length() < SHORTEST_PASSWORD
                || password.getBytes(StandardCharsets.UTF_8).length > LONGEST_PASSWORD) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST,
                    "A password has " + SHORTEST_PASSWORD + " characters at least, and " + LONGEST_PASSWORD
                            + " bytes at most.");
        }
        return passwords.encode(password);
    }

    private Optional<User> find(String email) {
        return entityManager
                .createQuery("from User where email = :email", User.class)
                .setParameter("email", User.normalized(email))
                .getResultList()
                .stream()
                .findFirst();
    }

    /**
     * The row of a user who was authenticated just now, locked, or that of a new one. Empty if the password has changed since,
     * and with it all sessions have ended: none may begin with the old one.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    Optional<User> settled(User user) {
        if (user.isNew()) {
            entityManager.persist(user);
            entityManager.flush();
            return Optional.of(user);
        }
        User row = entityManager.find(User.class, user.id(), LockModeType.PESSIMISTIC_WRITE);
        return Optional.ofNullable(row).filter(found -> found.passwordHash().equals(user.passwordHash()));
    }
}

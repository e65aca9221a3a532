package timesheets.access;

import dev.tenancy.GlobalEntity;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.UuidGenerator;
import org.jspecify.annotations.Nullable;

/** Somebody who logs in; what they may do is a matter of their memberships. */
@Entity
@GlobalEntity(reason = "a user may belong to several companies")
@Table(name = "app_user")
@DynamicUpdate // Or whoever changes the default company would write back the password that they read.
public class User {

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    private UUID id;

    private String email;
    private String name;
    private String passwordHash;

    @ManyToOne(fetch = FetchType.LAZY)
    private @Nullable Company defaultCompany;

    // An access token lives on for some minutes after the end of its session; it opens no other session then.
    private @Nullable Instant sessionsEndedAt;

    @SuppressWarnings("NullAway.Init") // Hibernate fills the fields in.
    protected User() {}

    @SuppressWarnings("NullAway.Init") // Hibernate makes the id.
    public User(String email, String name, String passwordHash, @Nullable Company defaultCompany) {
        this.email = normalized(email);
        this.name = name;
        this.passwordHash = passwordHash;
        this.defaultCompany = defaultCompany;
    }

    boolean isNew() {
        return id == null;
    }

    static String normalized(String email) {
        return email.strip().toLowerCase(Locale.ROOT);
    }

    public UUID id() {
        return id;
    }

    String email() {
        return email;
    }

    String name() {
        return name;
    }

    String passwordHash() {
        return passwordHash;
    }

    void endSessions(Instant now) {
        this.sessionsEndedAt = now;
    }

    /** @param issuedAt when an access token was issued, to the millisecond: one of the same millisecond is taken for an earlier one */
    boolean endedSessionsSince(Instant issuedAt) {
        return sessionsEndedAt != null && !issuedAt.isAfter(sessionsEndedAt);
    }

    void changePassword(String hash) {
        this.passwordHash = hash;
    }

    /** Acts for a company when nothing names one. */
    void prefer(Company company) {
        this.defaultCompany = company;
    }

    /** The company is not preferred any more, if it was. */
    void leave(Company company) {
        if (prefers(company)) {
            defaultCompany = null;
        }
    }

    boolean prefers(Company company) {
        return defaultCompany != null && defaultCompany.id().equals(company.id());
    }

    boolean prefersNone() {
        return defaultCompany == null;
    }
}

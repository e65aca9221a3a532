package timesheets.access;

import dev.tenancy.GlobalEntity;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.UuidGenerator;

/** One link of a session: it can be used once, for the next link. All links of a session are a family. */
@Entity
@GlobalEntity(reason = "shown before a company is current")
class RefreshToken {

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    private UUID id;

    private String tokenHash;
    private UUID family;

    @ManyToOne(fetch = FetchType.LAZY)
    private User user;

    @ManyToOne(fetch = FetchType.LAZY)
    private Company company;

    private Instant expiresAt;
    private boolean used;

    @SuppressWarnings("NullAway.Init") // Hibernate fills the fields in.
    protected RefreshToken() {}

    @SuppressWarnings("NullAway.Init") // Hibernate makes the id.
    RefreshToken(String tokenHash, UUID family, User user, Company company, Instant expiresAt) {
        this.tokenHash = tokenHash;
        this.family = family;
        this.user = user;
        this.company = company;
        this.expiresAt = expiresAt;
    }

    UUID id() {
        return id;
    }

    UUID family() {
        return family;
    }

    User user() {
        return user;
    }

    Company company() {
        return company;
    }

    boolean isExpired(Instant now) {
        return !now.isBefore(expiresAt);
    }
}

package timesheets.access;

import dev.tenancy.GlobalEntity;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.UuidGenerator;

/** A company that somebody wants to register. The row is there until it is completed or expires. */
@Entity
@GlobalEntity(reason = "the company does not exist yet")
class Registration {

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    private UUID id;

    private String tokenHash;
    private String email;
    private String company;
    private Instant expiresAt;

    @SuppressWarnings("NullAway.Init") // Hibernate fills the fields in.
    protected Registration() {}

    @SuppressWarnings("NullAway.Init") // Hibernate makes the id.
    Registration(String tokenHash, String email, String company, Instant expiresAt) {
        this.tokenHash = tokenHash;
        this.email = User.normalized(email);
        this.company = company;
        this.expiresAt = expiresAt;
    }

    UUID id() {
        return id;
    }

    String email() {
        return email;
    }

    String company() {
        return company;
    }
}

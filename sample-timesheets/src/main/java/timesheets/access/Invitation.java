package timesheets.access;

import dev.tenancy.TenantOwned;
import jakarta.persistence.Entity;
import java.time.Instant;

/** That a company waits for somebody to join it. The row is there until it is accepted, revoked or replaced. */
@Entity
class Invitation extends TenantOwned {

    private String email;
    private String role;
    private String tokenHash;
    private Instant expiresAt;

    @SuppressWarnings("NullAway.Init") // Hibernate fills the fields in.
    protected Invitation() {}

    Invitation(String email, String role, String tokenHash, Instant expiresAt) {
        this.email = User.normalized(email);
        this.role = role;
        this.tokenHash = tokenHash;
        this.expiresAt = expiresAt;
    }

    String email() {
        return email;
    }

    String role() {
        return role;
    }

    Instant expiresAt() {
        return expiresAt;
    }
}

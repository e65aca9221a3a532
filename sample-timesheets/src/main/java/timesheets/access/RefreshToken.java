package timesheets.access;

import dev.tenancy.GlobalEntity;
import dev.tenancy.jwt.RefreshTokenStore;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.UuidGenerator;

/** A row of {@link RefreshTokenTable}. */
@Entity
@GlobalEntity(reason = "shown before a company is current")
class RefreshToken {

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    private UUID id;

    private String tokenHash;
    private UUID family;
    private UUID userId;
    private UUID companyId;
    private Instant expiresAt;
    private boolean used;

    @SuppressWarnings("NullAway.Init") // Hibernate fills the fields in.
    protected RefreshToken() {}

    @SuppressWarnings("NullAway.Init") // Hibernate makes the id.
    RefreshToken(RefreshTokenStore.Link link) {
        this.tokenHash = link.hash();
        this.family = link.family();
        this.userId = UUID.fromString(link.userId());
        this.companyId = UUID.fromString(link.tenant());
        this.expiresAt = link.expiresAt();
    }

    UUID userId() {
        return userId;
    }

    RefreshTokenStore.Link link() {
        return new RefreshTokenStore.Link(tokenHash, family, userId.toString(), companyId.toString(), expiresAt);
    }
}

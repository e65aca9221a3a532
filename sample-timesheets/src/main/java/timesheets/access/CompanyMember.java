package timesheets.access;

import dev.tenancy.GlobalEntity;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import java.util.UUID;
import org.hibernate.annotations.UuidGenerator;

/** That a user belongs to a company, and as what. */
@Entity
@GlobalEntity(reason = "asked before a company is current", decidesMembership = true)
public class CompanyMember {

    static final String OWNER = "OWNER";

    /** Whether the member may act for the company. There is no call to change it: operators do so in the database. */
    enum Status {
        ACTIVE,
        SUSPENDED
    }

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    private UUID id;

    @ManyToOne(fetch = FetchType.LAZY)
    private User user;

    @ManyToOne(fetch = FetchType.LAZY)
    private Company company;

    private String role;

    @Enumerated(EnumType.STRING)
    private Status status;

    @SuppressWarnings("NullAway.Init") // Hibernate fills the fields in.
    protected CompanyMember() {}

    @SuppressWarnings("NullAway.Init") // Hibernate makes the id.
    public CompanyMember(User user, Company company, String role) {
        this.user = user;
        this.company = company;
        this.role = role;
        this.status = Status.ACTIVE;
    }

    UUID id() {
        return id;
    }

    public User user() {
        return user;
    }

    public Company company() {
        return company;
    }

    String role() {
        return role;
    }

    Status status() {
        return status;
    }

    boolean isActive() {
        return status == Status.ACTIVE;
    }

    boolean isActiveOwner() {
        return isActive() && role.equals(OWNER);
    }

    void become(String role) {
        this.role = role;
    }
}

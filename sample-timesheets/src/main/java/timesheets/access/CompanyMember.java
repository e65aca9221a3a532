package timesheets.access;

import dev.tenancy.GlobalEntity;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import java.util.UUID;
import org.hibernate.annotations.UuidGenerator;

/** That a user belongs to a company, and as what. */
@Entity
@GlobalEntity(reason = "asked before a company is current")
public class CompanyMember {

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    private UUID id;

    @ManyToOne(fetch = FetchType.LAZY)
    private User user;

    @ManyToOne(fetch = FetchType.LAZY)
    private Company company;

    private String role;

    @SuppressWarnings("NullAway.Init") // Hibernate fills the fields in.
    protected CompanyMember() {}

    @SuppressWarnings("NullAway.Init") // Hibernate makes the id.
    public CompanyMember(User user, Company company, String role) {
        this.user = user;
        this.company = company;
        this.role = role;
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
}

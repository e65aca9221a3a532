package timesheets.projects;

import dev.tenancy.TenantOwned;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.ManyToOne;
import timesheets.customers.Customer;

@Entity
public class Project extends TenantOwned {

    /** Whether time may still be spent on a project; it tells, and nothing enforces it. */
    public enum Status {
        ACTIVE,
        ARCHIVED
    }

    private String name;

    @ManyToOne(optional = false, fetch = FetchType.LAZY)
    private Customer customer;

    @Enumerated(EnumType.STRING)
    private Status status;

    @SuppressWarnings("NullAway.Init") // Hibernate fills the fields in.
    protected Project() {}

    public Project(String name, Customer customer, Status status) {
        this.name = name;
        this.customer = customer;
        this.status = status;
    }
}

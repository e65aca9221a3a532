package timesheets.customers;

import dev.tenancy.TenantOwned;
import jakarta.persistence.Entity;
import org.jspecify.annotations.Nullable;

@Entity
public class Customer extends TenantOwned {

    private String name;
    private @Nullable String email;

    @SuppressWarnings("NullAway.Init") // Hibernate fills the fields in.
    protected Customer() {}

    public Customer(String name, @Nullable String email) {
        this.name = name;
        this.email = email;
    }
}

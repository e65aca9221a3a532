package dev.tenancy.benchmarks.http.floor;

import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Version;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A customer, whoever keeps the tenants apart. */
@MappedSuperclass
abstract class CustomerRow {

    @Id
    private UUID id;

    @Version
    private long version;

    private String name;
    private @Nullable String email;

    @SuppressWarnings("NullAway.Init") // Hibernate fills the fields in.
    protected CustomerRow() {}

    CustomerRow(UUID id, String name, @Nullable String email) {
        this.id = id;
        this.name = name;
        this.email = email;
    }

    void become(CustomerDto body) {
        this.name = body.name();
        this.email = body.email();
    }

    CustomerDto dto() {
        return new CustomerDto(id, name, email);
    }

    Customers.Row shown() {
        return new Customers.Row(dto(), version);
    }
}

package dev.tenancy.benchmarks.http.floor;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Entities whose queries name the tenant themselves. */
final class NamedTenant {

    private NamedTenant() {}

    @Entity(name = "Customer")
    @Table(name = "customer")
    @IdClass(RowKey.class)
    static class Customer extends CustomerRow {

        @Id
        private UUID tenantId;

        @SuppressWarnings("NullAway.Init") // Hibernate fills the fields in.
        protected Customer() {}

        Customer(UUID tenantId, UUID id, String name, @Nullable String email) {
            super(id, name, email);
            this.tenantId = tenantId;
        }
    }

    @Entity(name = "TimeEntry")
    @Table(name = "time_entry")
    @IdClass(RowKey.class)
    static class TimeEntry extends TimeEntryRow {

        @Id
        private UUID tenantId;

        @SuppressWarnings("NullAway.Init") // Hibernate fills the fields in.
        protected TimeEntry() {}
    }
}

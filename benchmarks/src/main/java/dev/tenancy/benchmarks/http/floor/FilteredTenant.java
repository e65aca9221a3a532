package dev.tenancy.benchmarks.http.floor;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.util.UUID;
import org.hibernate.annotations.TenantId;
import org.jspecify.annotations.Nullable;

/** Entities whose tenant Hibernate adds to queries. */
final class FilteredTenant {

    private FilteredTenant() {}

    @Entity(name = "Customer")
    @Table(name = "customer")
    @IdClass(RowKey.class)
    static class Customer extends CustomerRow {

        @Id
        @TenantId
        private UUID tenantId;

        @SuppressWarnings("NullAway.Init") // Hibernate fills the fields in.
        protected Customer() {}

        @SuppressWarnings("NullAway.Init") // Hibernate gives the tenant.
        Customer(UUID id, String name, @Nullable String email) {
            super(id, name, email);
        }
    }

    @Entity(name = "TimeEntry")
    @Table(name = "time_entry")
    @IdClass(RowKey.class)
    static class TimeEntry extends TimeEntryRow {

        @Id
        @TenantId
        private UUID tenantId;

        @SuppressWarnings("NullAway.Init") // Hibernate fills the fields in.
        protected TimeEntry() {}
    }
}

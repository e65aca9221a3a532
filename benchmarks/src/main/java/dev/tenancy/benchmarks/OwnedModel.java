package dev.tenancy.benchmarks;

import dev.tenancy.TenantOwned;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.ManyToOne;
import org.jspecify.annotations.Nullable;

/** The same model, owned by tenants. */
final class OwnedModel {

    private OwnedModel() {}

    @Entity(name = "Customer")
    static class OwnedCustomer extends TenantOwned implements Customer {

        @Nullable String name;

        @Override
        public void rename(String name) {
            this.name = name;
        }
    }

    @Entity(name = "Task")
    static class OwnedTask extends TenantOwned implements Task {

        @Nullable String name;

        int minutes;

        @ManyToOne(fetch = FetchType.LAZY)
        @Nullable OwnedCustomer customer;

        @Override
        public void assign(String name, Customer customer) {
            this.name = name;
            this.customer = (OwnedCustomer) customer;
        }
    }
}

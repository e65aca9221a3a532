package dev.tenancy.benchmarks;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Version;
import java.util.UUID;
import org.hibernate.annotations.UuidGenerator;
import org.jspecify.annotations.Nullable;

/** The model without tenancy. */
final class PlainModel {

    private PlainModel() {}

    @Entity(name = "Customer")
    static class PlainCustomer implements Customer {

        @Id
        @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
        @Nullable UUID id;

        @Version
        long version;

        @Nullable String name;

        @Override
        public @Nullable UUID getId() {
            return id;
        }

        @Override
        public void rename(String name) {
            this.name = name;
        }
    }

    @Entity(name = "Task")
    static class PlainTask implements Task {

        @Id
        @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
        @Nullable UUID id;

        @Version
        long version;

        @Nullable String name;

        int minutes;

        @ManyToOne(fetch = FetchType.LAZY)
        @Nullable PlainCustomer customer;

        @Override
        public void assign(String name, Customer customer) {
            this.name = name;
            this.customer = (PlainCustomer) customer;
        }
    }
}

package dev.tenancy.benchmarks;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantIsolation;
import dev.tenancy.benchmarks.OwnedModel.OwnedCustomer;
import dev.tenancy.benchmarks.OwnedModel.OwnedTask;
import dev.tenancy.benchmarks.PlainModel.PlainCustomer;
import dev.tenancy.benchmarks.PlainModel.PlainTask;
import java.util.Map;
import java.util.UUID;
import org.hibernate.cfg.MultiTenancySettings;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;

/** How the model is kept apart, if it is. */
public enum Variant {

    /** Not at all. */
    NONE(PlainCustomer.class, PlainTask.class) {
        @Override
        void configure(Map<String, Object> settings) {}

        @Override
        Customer customer() {
            return new PlainCustomer();
        }

        @Override
        Task task() {
            return new PlainTask();
        }
    },

    /** By Hibernate's own filter. */
    HIBERNATE(OwnedCustomer.class, OwnedTask.class) {
        @Override
        void configure(Map<String, Object> settings) {
            settings.put(
                    MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER,
                    new CurrentTenantIdentifierResolver<Object>() {
                        @Override
                        public Object resolveCurrentTenantIdentifier() {
                            return CurrentTenant.require().tenantId();
                        }

                        @Override
                        public boolean validateExistingCurrentSessions() {
                            return true;
                        }
                    });
        }
    },

    /** By the library. */
    TENANCY(OwnedCustomer.class, OwnedTask.class) {
        @Override
        void configure(Map<String, Object> settings) {
            TenantIsolation.applyTo(settings);
        }
    },

    /** By the library, under PostgreSQL's row-level security. */
    POLICIES(OwnedCustomer.class, OwnedTask.class) {
        @Override
        void configure(Map<String, Object> settings) {
            TenantIsolation.applyTo(settings);
        }
    };

    static final UUID ACME = new UUID(1, 1);
    static final UUID GLOBEX = new UUID(2, 2);

    final Class<? extends Customer> customers;
    final Class<? extends Task> tasks;

    Variant(Class<? extends Customer> customers, Class<? extends Task> tasks) {
        this.customers = customers;
        this.tasks = tasks;
    }

    abstract void configure(Map<String, Object> settings);

    Customer customer() {
        return new OwnedCustomer();
    }

    Task task() {
        return new OwnedTask();
    }
}

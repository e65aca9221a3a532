package dev.tenancy.benchmarks.http.floor;

import jakarta.persistence.TypedQuery;
import java.util.UUID;
import org.hibernate.cfg.MultiTenancySettings;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;

/** Which entities there are, and how their queries are kept within the tenant. */
abstract class Mapping {

    /** What a query's condition begins with. */
    abstract String within();

    abstract <T> TypedQuery<T> bind(TypedQuery<T> query, UUID tenantId);

    abstract Class<? extends CustomerRow> customers();

    abstract CustomerRow customer(UUID tenantId, CustomerDto body);

    /** By hand. */
    @Configuration(proxyBeanMethods = false)
    @Profile("!tenantid & !jdbc")
    static class Named extends Mapping {

        @Bean
        PersistenceManagedTypes entities() {
            return types(NamedTenant.Customer.class, NamedTenant.TimeEntry.class);
        }

        @Override
        String within() {
            return " where r.tenantId = :tenant";
        }

        @Override
        <T> TypedQuery<T> bind(TypedQuery<T> query, UUID tenantId) {
            return query.setParameter("tenant", tenantId);
        }

        @Override
        Class<? extends CustomerRow> customers() {
            return NamedTenant.Customer.class;
        }

        @Override
        CustomerRow customer(UUID tenantId, CustomerDto body) {
            return new NamedTenant.Customer(tenantId, RowId.next(), body.name(), body.email());
        }
    }

    /** By Hibernate's {@code @TenantId}. */
    @Configuration(proxyBeanMethods = false)
    @Profile("tenantid & !jdbc")
    static class Filtered extends Mapping {

        // While Hibernate starts, nobody calls.
        private static final UUID NOBODY = new UUID(0, 0);

        @Bean
        PersistenceManagedTypes entities() {
            return types(FilteredTenant.Customer.class, FilteredTenant.TimeEntry.class);
        }

        @Bean
        HibernatePropertiesCustomizer tenantOfCaller() {
            return settings -> settings.put(
                    MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER, new CurrentTenantIdentifierResolver<UUID>() {
                        @Override
                        public UUID resolveCurrentTenantIdentifier() {
                            Caller caller = Caller.find();
                            return caller == null ? NOBODY : caller.tenantId();
                        }

                        @Override
                        public boolean validateExistingCurrentSessions() {
                            return true;
                        }
                    });
        }

        @Override
        String within() {
            return " where 1 = 1";
        }

        @Override
        <T> TypedQuery<T> bind(TypedQuery<T> query, UUID tenantId) {
            return query;
        }

        @Override
        Class<? extends CustomerRow> customers() {
            return FilteredTenant.Customer.class;
        }

        @Override
        CustomerRow customer(UUID tenantId, CustomerDto body) {
            return new FilteredTenant.Customer(RowId.next(), body.name(), body.email());
        }
    }

    private static PersistenceManagedTypes types(Class<?> customers, Class<?> entries) {
        return PersistenceManagedTypes.of(
                CustomerRow.class.getName(), TimeEntryRow.class.getName(), customers.getName(), entries.getName());
    }

    /** For what is not to be named with a condition of its own. */
    static String and(String condition, @Nullable Object value) {
        return value == null ? "" : " and " + condition;
    }
}

package dev.tenancy.spring.task;

import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * Lists the tenants for which {@link EachTenant} methods run. The application provides it as a bean, mostly over a global table of
 * companies:
 *
 * <pre>{@code
 * @Bean
 * ActiveTenants activeTenants(CompanyRepository companies) {
 *     return companies::activeIds;
 * }
 * }</pre>
 */
@FunctionalInterface
public interface ActiveTenants {

    /**
     * The ids of the tenants that are to have their turn, of the type that the entities' {@code @TenantId} attributes have. Called at the
     * beginning of each run, while no tenant is current.
     */
    Iterable<?> ids();

    /**
     * The id of one of these tenants by its text, empty if there is no such tenant. Asked for each job or message that names a tenant
     * and no user ({@link TenantPropagator}), while no tenant is current. Unless overridden it looks through all {@link #ids}, so override it where there are many.
     */
    default Optional<?> find(String id) {
        return StreamSupport.stream(ids().spliterator(), false)
                .filter(one -> one.toString().equals(id))
                .findFirst();
    }
}

package dev.tenancy.spring.task;

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
}

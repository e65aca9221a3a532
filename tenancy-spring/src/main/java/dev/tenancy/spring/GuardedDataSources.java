package dev.tenancy.spring;

import dev.tenancy.TenantIsolation;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Guards each data source of the application, so that JdbcTemplate and jOOQ are held to the tenant as Hibernate is. */
final class GuardedDataSources implements BeanPostProcessor {

    private @Nullable DataSource first;

    @Override
    public synchronized Object postProcessAfterInitialization(Object bean, String name) {
        if (!(bean instanceof DataSource dataSource)) {
            return bean;
        }
        DataSource guarded =
                first == null ? TenantIsolation.guard(dataSource) : TenantIsolation.guard(dataSource, first);
        if (first == null) {
            first = guarded;
        }
        return guarded;
    }
}

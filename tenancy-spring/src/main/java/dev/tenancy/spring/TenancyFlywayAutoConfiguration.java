package dev.tenancy.spring;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/**
 * Lets the application's Flyway work on the data source behind the guard, also after the start: no tenant has a part in
 * migrations, and what Flyway puts back on its connection (the role, the search path) is what the guard lets nobody set.
 */
@AutoConfiguration(before = FlywayAutoConfiguration.class)
@ConditionalOnClass({Flyway.class, FlywayConfigurationCustomizer.class})
@Lazy(false)
public final class TenancyFlywayAutoConfiguration {

    @Bean
    FlywayConfigurationCustomizer migrationsBehindTheGuard() {
        return configuration -> {
            DataSource dataSource = configuration.getDataSource();
            if (dataSource != null) {
                configuration.dataSource(GuardedBean.behind(dataSource));
            }
        };
    }
}

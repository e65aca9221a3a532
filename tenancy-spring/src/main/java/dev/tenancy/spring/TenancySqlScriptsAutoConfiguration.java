package dev.tenancy.spring;

import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jdbc.autoconfigure.ApplicationDataSourceScriptDatabaseInitializer;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.sql.autoconfigure.init.ApplicationScriptDatabaseInitializer;
import org.springframework.boot.sql.autoconfigure.init.ConditionalOnSqlInitialization;
import org.springframework.boot.sql.autoconfigure.init.SqlInitializationProperties;
import org.springframework.boot.sql.init.dependency.DatabaseInitializationDependencyConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.jdbc.datasource.init.DatabasePopulator;
import org.springframework.util.StringUtils;

/**
 * Lets {@code schema.sql} and {@code data.sql} run on the data source behind the guard: no tenant has a part in them, and with
 * {@code spring.jpa.defer-datasource-initialization} they run when the guard knows its tables. In place of Spring Boot's, with the same
 * conditions.
 */
@AutoConfiguration(after = DataSourceAutoConfiguration.class, before = DataSourceInitializationAutoConfiguration.class)
@ConditionalOnClass({DatabasePopulator.class, ApplicationDataSourceScriptDatabaseInitializer.class})
@ConditionalOnMissingBean(ApplicationScriptDatabaseInitializer.class)
@ConditionalOnSingleCandidate(DataSource.class)
@ConditionalOnSqlInitialization
@EnableConfigurationProperties(SqlInitializationProperties.class)
@Import(DatabaseInitializationDependencyConfigurer.class)
@Lazy(false)
public final class TenancySqlScriptsAutoConfiguration {

    @Bean
    ApplicationDataSourceScriptDatabaseInitializer dataSourceScriptDatabaseInitializer(
            DataSource dataSource, SqlInitializationProperties properties) {
        return new ApplicationDataSourceScriptDatabaseInitializer(source(dataSource, properties), properties);
    }

    private static DataSource source(DataSource dataSource, SqlInitializationProperties properties) {
        if (!StringUtils.hasText(properties.getUsername()) || !StringUtils.hasText(properties.getPassword())) {
            return GuardedBean.behind(dataSource);
        }
        return DataSourceBuilder.derivedFrom(dataSource)
                .username(properties.getUsername())
                .password(properties.getPassword())
                .type(SimpleDriverDataSource.class)
                .build();
    }
}

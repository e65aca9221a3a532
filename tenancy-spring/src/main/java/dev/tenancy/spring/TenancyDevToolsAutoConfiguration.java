package dev.tenancy.spring;

import javax.sql.DataSource;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Lets Spring Boot's DevTools shut down a database in memory behind the guard before each restart of the application. The guard
 * refuses {@code SHUTDOWN} to everybody, and with the database all rows of the last run would still be there.
 */
@AutoConfiguration
@ConditionalOnClass(name = "org.springframework.boot.devtools.autoconfigure.DevToolsDataSourceAutoConfiguration")
@Lazy(false)
public final class TenancyDevToolsAutoConfiguration {

    private static final String EXECUTOR = "inMemoryDatabaseShutdownExecutor";

    @Bean
    static BeanFactoryPostProcessor shutdownBehindTheGuard() {
        return beans -> {
            if (beans.containsBeanDefinition(EXECUTOR)) {
                BeanDefinition executor = beans.getBeanDefinition(EXECUTOR);
                executor.getConstructorArgumentValues()
                        .addIndexedArgumentValue(0, new BehindTheGuard(beans), DataSource.class.getName());
            }
        };
    }

    // No bean, which would be guarded as any other.
    private static final class BehindTheGuard extends DelegatingDataSource {

        private final ConfigurableListableBeanFactory beans;

        BehindTheGuard(ConfigurableListableBeanFactory beans) {
            this.beans = beans;
        }

        @Override
        public DataSource getTargetDataSource() {
            return GuardedBean.behind(beans.getBean(DataSource.class));
        }
    }
}

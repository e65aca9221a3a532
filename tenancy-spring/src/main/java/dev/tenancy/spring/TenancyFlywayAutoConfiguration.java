package dev.tenancy.spring;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Lets the application's Flyway work on the data source behind the guard, also after the start: no tenant has a part in
 * migrations, and what Flyway puts back on its connection (the role, the search path) is what the guard lets nobody set.
 */
@AutoConfiguration(before = FlywayAutoConfiguration.class)
@ConditionalOnClass({Flyway.class, FlywayConfigurationCustomizer.class})
@Lazy(false)
public final class TenancyFlywayAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(TenancyFlywayAutoConfiguration.class);

    @Bean
    FlywayConfigurationCustomizer migrationsBehindTheGuard() {
        return configuration -> {
            DataSource dataSource = configuration.getDataSource();
            if (dataSource != null) {
                configuration.dataSource(new ForMigrations(GuardedBean.behind(dataSource)));
            }
        };
    }

    /** A migration takes as long as it takes: an index of a large table, longer than any request may. The pool puts it back. */
    private static final class ForMigrations extends DelegatingDataSource {

        ForMigrations(DataSource dataSource) {
            super(dataSource);
        }

        @Override
        public Connection getConnection() throws SQLException {
            return withoutTimeout(super.getConnection());
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return withoutTimeout(super.getConnection(user, password));
        }

        private static Connection withoutTimeout(Connection connection) throws SQLException {
            try {
                connection.setNetworkTimeout(Runnable::run, 0);
            } catch (SQLFeatureNotSupportedException none) {
                LOG.debug("The driver has no time-out to be lifted for migrations", none);
            } catch (SQLException failure) {
                connection.close();
                throw failure;
            }
            return connection;
        }
    }
}

package dev.tenancy.spring;

import com.zaxxer.hikari.HikariDataSource;
import java.util.Map;
import java.util.Properties;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Lets PostgreSQL's driver wait for a server only so long, where neither the pool nor the address says how long. Without that, a
 * server that answers no more, and closes no connection either, keeps each thread that waits for it.
 */
final class DriverTimeouts implements BeanPostProcessor {

    /** In seconds; the driver has none for an answer. */
    private static final Map<String, String> DEFAULTS =
            Map.of("connectTimeout", "5", "socketTimeout", "30", "tcpKeepAlive", "true");

    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof HikariDataSource pool
                && String.valueOf(pool.getJdbcUrl()).contains(":postgresql:")) {
            Properties driver = pool.getDataSourceProperties();
            // Drivers that wrap it (jdbc:p6spy:postgresql:) hand these on. What is in the address comes before them.
            DEFAULTS.forEach((setting, value) -> driver.putIfAbsent(setting, value));
        }
        return bean;
    }
}

package dev.tenancy.spring;

import com.zaxxer.hikari.HikariDataSource;
import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Lets PostgreSQL's driver wait for a server only so long, where neither the pool nor the address says how long. Without that, a
 * server that answers no more, and closes no connection either, keeps each thread that waits for it.
 */
final class DriverTimeouts implements BeanPostProcessor {

    private static final Logger LOG = LoggerFactory.getLogger(DriverTimeouts.class);

    /** In seconds; the driver has none for an answer. */
    private static final Map<String, String> DEFAULTS =
            Map.of("connectTimeout", "5", "socketTimeout", "30", "tcpKeepAlive", "true");

    // These hand settings on as they are. Others have units of their own: Amazon's takes milliseconds.
    private static final Pattern ADDRESS = Pattern.compile("jdbc:((p6spy|otel|tc):)?postgresql:.*", Pattern.DOTALL);

    private final Predicate<String> leftOut;

    /** @param leftOut the names of beans that the library has no part in */
    DriverTimeouts(Predicate<String> leftOut) {
        this.leftOut = leftOut;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof HikariDataSource pool
                && !leftOut.test(name)
                && ADDRESS.matcher(String.valueOf(pool.getJdbcUrl())).matches()) {
            Properties driver = pool.getDataSourceProperties();
            if (!pool.isRunning()) {
                // What is in the address comes before these.
                DEFAULTS.forEach((setting, value) -> driver.putIfAbsent(setting, value));
            } else if (!driver.containsKey("socketTimeout")
                    && !pool.getJdbcUrl().contains("socketTimeout")) {
                LOG.warn(
                        "The data source {} was made with its settings, and waits for a frozen PostgreSQL without an end. Add"
                                + " ?socketTimeout=30 to its address.",
                        name);
            }
        }
        return bean;
    }
}

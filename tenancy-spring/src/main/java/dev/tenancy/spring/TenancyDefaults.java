package dev.tenancy.spring;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;

/** Defaults of Spring Boot that are not safe with tenants; below everything that the application sets. */
final class TenancyDefaults implements EnvironmentPostProcessor {

    // These print a stack trace, or what a row was to hold, for each request or probe that a fault of the database
    // meets. The failure is thrown as well, and whoever answers tells of it.
    private static final String ERRORS_OF_HIBERNATE = "logging.level.org.hibernate.orm.jdbc.error";
    private static final String BROKEN_CONNECTIONS = "logging.level.com.zaxxer.hikari.pool.ProxyConnection";
    private static final String PROBES = "logging.level.org.springframework.boot.jdbc.health.DataSourceHealthIndicator";

    // A request waits for a membership first of all. Hikari's 30 seconds would pile requests up behind a database that
    // is down, and its 5 for a look at an idle connection are more than it waits for one.
    private static final Map<String, Object> DEFAULTS = Map.of(
            "spring.jpa.open-in-view",
            false,
            "spring.datasource.hikari.connection-timeout",
            2000,
            "spring.datasource.hikari.validation-timeout",
            1000,
            ERRORS_OF_HIBERNATE,
            "off",
            BROKEN_CONNECTIONS,
            "error",
            PROBES,
            "error",
            // Spring Boot leaves out what it does not know, and would tell that all is well with a worker lost.
            "management.endpoint.health.status.order",
            "down,out-of-service,degraded,up,unknown");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        Map<String, Object> unset = new LinkedHashMap<>(DEFAULTS);
        unset.keySet().removeIf(setting -> isSet(environment, setting));
        DefaultPropertiesPropertySource.addOrMerge(unset, environment.getPropertySources());
    }

    // Whoever sets the level of a logger sets that of those below it.
    private static boolean isSet(ConfigurableEnvironment environment, String setting) {
        String parent = setting;
        while (!environment.containsProperty(parent)) {
            if (!setting.startsWith("logging.level.") || parent.lastIndexOf('.') < "logging.level.".length()) {
                return false;
            }
            parent = parent.substring(0, parent.lastIndexOf('.'));
        }
        return true;
    }
}

package dev.tenancy.spring;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;

/** Defaults of Spring Boot that are not safe with tenants; below everything that the application sets. */
final class TenancyDefaults implements EnvironmentPostProcessor {

    // A request waits for a membership first of all. Hikari's 30 seconds would pile requests up behind a database that
    // is down.
    private static final Map<String, Object> DEFAULTS =
            Map.of("spring.jpa.open-in-view", false, "spring.datasource.hikari.connection-timeout", 2000);

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        Map<String, Object> unset = new LinkedHashMap<>(DEFAULTS);
        unset.keySet().removeIf(environment::containsProperty);
        DefaultPropertiesPropertySource.addOrMerge(unset, environment.getPropertySources());
    }
}

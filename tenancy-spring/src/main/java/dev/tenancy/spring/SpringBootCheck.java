package dev.tenancy.spring;

import dev.tenancy.TenancySetupException;
import org.springframework.boot.SpringBootVersion;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Refuses a Spring Boot before 4, where the auto-configurations of the library would not link. It runs before they are read, and
 * leans on nothing that Spring Boot 3 lacks.
 */
final class SpringBootCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        String version = SpringBootVersion.getVersion();
        if (version.matches("[1-3]\\..*")) {
            throw new TenancySetupException(
                    "Spring Boot " + version
                            + " is too old: tenants would not be kept apart, because it has none of the places that the"
                            + " isolation is put into, and neither has its Hibernate.",
                    "Use Spring Boot 4.0.1 or later; docs/compatibility.md lists those that were tried.");
        }
    }
}

package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class TenancyDefaultsTest {

    private static final String ERRORS = "logging.level.org.hibernate.orm.jdbc.error";

    private static StandardEnvironment environment(Map<String, Object> own) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("own", own));
        new TenancyDefaults().postProcessEnvironment(environment, new SpringApplication());
        return environment;
    }

    @Test
    void whatTheApplicationDoesNotSetHasADefault() {
        assertThat(environment(Map.of()).getProperty(ERRORS)).isEqualTo("off");
        assertThat(environment(Map.of("logging.level.root", "debug")).getProperty(ERRORS))
                .isEqualTo("off");
    }

    @Test
    void theLevelOfALoggerIsThatOfThoseBelowIt() {
        StandardEnvironment environment = environment(Map.of("logging.level.org.hibernate", "debug"));

        assertThat(environment.getProperty(ERRORS)).isNull();
        assertThat(environment.getProperty("logging.level.com.zaxxer.hikari.pool.ProxyConnection"))
                .isEqualTo("error");
    }
}

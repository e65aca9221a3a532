package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.CurrentTenant;
import dev.tenancy.NoTenantException;
import dev.tenancy.TenantOwned;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.util.ClassUtils;

/**
 * A batch job: Spring Boot and JPA, without Spring MVC, a servlet container, Spring Security, tokens, validation or an actuator. The
 * build takes them off the class path for this class alone; see the execution without-web in the pom.
 */
class WithoutWebTest {

    private static final UUID ACME = new UUID(1, 1);
    private static final UUID GLOBEX = new UUID(2, 2);

    private static ConfigurableApplicationContext application;

    @BeforeAll
    static void start() {
        application = new SpringApplicationBuilder(Job.class)
                .properties(
                        "spring.main.banner-mode=off",
                        "logging.level.root=error",
                        "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID(),
                        "spring.jpa.hibernate.ddl-auto=create-drop")
                .run();
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jakarta.servlet.Filter",
                "jakarta.validation.Validation",
                "org.apache.catalina.startup.Tomcat",
                "org.springframework.boot.actuate.endpoint.annotation.Endpoint",
                "org.springframework.security.core.Authentication",
                "org.springframework.web.servlet.DispatcherServlet",
                "com.auth0.jwt.JWT"
            })
    void thatPartIsReallyAbsent(String type) {
        assertThat(ClassUtils.isPresent(type, null)).isFalse();
    }

    @Test
    void rowsAreKeptApart() {
        EntityManagerFactory factory = application.getBean(EntityManagerFactory.class);
        CurrentTenant.runAs(
                ACME,
                () -> factory.runInTransaction(entities -> {
                    Line line = new Line();
                    line.text = "acme's";
                    entities.persist(line);
                }));

        assertThat(CurrentTenant.callAs(ACME, () -> texts(factory))).containsExactly("acme's");
        assertThat(CurrentTenant.callAs(GLOBEX, () -> texts(factory))).isEmpty();
        assertThatExceptionOfType(NoTenantException.class).isThrownBy(() -> texts(factory));
        assertThatExceptionOfType(NoTenantException.class)
                .isThrownBy(() -> application
                        .getBean(JdbcTemplate.class)
                        .queryForObject("select count(*) from line", Long.class));
    }

    private static List<String> texts(EntityManagerFactory factory) {
        return factory.callInTransaction(entities ->
                entities.createQuery("select l.text from Line l", String.class).getResultList());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EntityScan(basePackageClasses = WithoutWebTest.class)
    static class Job {}

    @Entity(name = "Line")
    static class Line extends TenantOwned {
        String text;
    }
}

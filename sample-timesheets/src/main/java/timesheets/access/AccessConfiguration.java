package timesheets.access;

import dev.tenancy.jwt.RefreshTokens;
import dev.tenancy.spring.task.ActiveTenants;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import javax.sql.DataSource;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider;
import net.javacrumbs.shedlock.spring.annotation.EnableSchedulerLock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.type.LogicalType;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(Limits.class)
@EnableScheduling
@EnableSchedulerLock(defaultLockAtMostFor = "1h")
class AccessConfiguration {

    private static final Duration SESSION = Duration.ofDays(30);

    @Bean
    PasswordEncoder passwordEncoder() {
        return PasswordEncoderFactories.createDelegatingPasswordEncoder();
    }

    /** Spring Security observes each of its filters, at a tenth of what a request costs; the requests themselves stay observed. */
    @Bean
    SecurityObservationSettings securityObservations() {
        return SecurityObservationSettings.noObservations();
    }

    /**
     * Spring Security's own. It asks about each header by a regular expression whenever one is read, for 4 % of what a request costs; what
     * is ASCII that prints, as nearly always, passes that in any case.
     */
    @Bean
    HttpFirewall httpFirewall() {
        Predicate<String> prints = AccessConfiguration::prints;
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setAllowedHeaderNames(prints.or(StrictHttpFirewall.ALLOWED_HEADER_NAMES));
        firewall.setAllowedHeaderValues(prints.or(StrictHttpFirewall.ALLOWED_HEADER_VALUES));
        return firewall;
    }

    private static boolean prints(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    RefreshTokens refreshTokens(RefreshTokenTable table, Members members, Clock clock) {
        return new RefreshTokens(table, members, SESSION, clock);
    }

    /** For whom there are jobs, and messages without a user. A company that is suspended waits, with all that it has. */
    @Bean
    ActiveTenants activeTenants(EntityManager entityManager) {
        return () -> entityManager
                .createQuery("select id from Company where status = ACTIVE", UUID.class)
                .getResultList();
    }

    /** By the time of the database, which all nodes share. */
    @Bean
    LockProvider schedulerLocks(DataSource dataSource) {
        return new JdbcTemplateLockProvider(JdbcTemplateLockProvider.Configuration.builder()
                .withJdbcTemplate(new JdbcTemplate(dataSource))
                .usingDbTime()
                .build());
    }

    /** Where there is PostgreSQL; other databases are for one node. */
    @Bean
    @ConditionalOnExpression("environment.getProperty('spring.datasource.url', '').contains(':postgresql:')")
    @DependsOnDatabaseInitialization
    SharedCounts sharedCounts(DataSource dataSource) {
        return new SharedCounts(dataSource);
    }

    // Behind the valve that reads what a proxy says of addresses, if there is one.
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> slowBodies(Limits limits) {
        return server -> server.addEngineValves(new SlowBodies(limits.bodiesPerAddress()));
    }

    /** Reads what the controllers here take as strictly as the resources are read: each member once, and text as text. */
    @Bean
    JsonMapperBuilderCustomizer strictJson() {
        return json -> json.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .withCoercionConfig(LogicalType.Textual, text -> {
                    for (CoercionInputShape other :
                            List.of(CoercionInputShape.Boolean, CoercionInputShape.Integer, CoercionInputShape.Float)) {
                        text.setCoercion(other, CoercionAction.Fail);
                    }
                });
    }

    @Bean
    WebMvcConfigurer webConfiguration(AddressLimit addressLimit) {
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(addressLimit).addPathPatterns("/api/auth/**");
            }

            // springdoc brings YAML along, and Spring would read and answer it everywhere.
            @Override
            public void configureMessageConverters(HttpMessageConverters.ServerBuilder converters) {
                converters.configureMessageConvertersList(
                        all -> all.removeIf(one -> one.getSupportedMediaTypes().contains(MediaType.APPLICATION_YAML)));
            }
        };
    }
}

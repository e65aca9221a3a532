package dev.tenancy.spring;

import com.zaxxer.hikari.HikariDataSource;
import dev.tenancy.Roles;
import dev.tenancy.TenancySetupException;
import dev.tenancy.TenantClaims;
import dev.tenancy.TenantIsolation;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationFilter;
import jakarta.persistence.EntityManagerFactory;
import java.util.Locale;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/** Isolation of the application's session factory. */
@AutoConfiguration(before = HibernateJpaAutoConfiguration.class)
@ConditionalOnClass(EntityManagerFactory.class)
@EnableConfigurationProperties(TenancyProperties.class)
@Lazy(false)
public final class TenancyAutoConfiguration {

    // A name that is none of these is that of a claim.
    private static final Set<String> PRESETS = Set.of("auth0", "clerk", "keycloak", "supabase", "workos");

    private static final String OPEN_IN_VIEW = "spring.jpa.open-in-view";

    @Bean
    HibernatePropertiesCustomizer tenantIsolation(Environment environment, TenancyProperties properties) {
        if (environment.getProperty(OPEN_IN_VIEW, Boolean.class, true)) {
            throw new TenancySetupException(
                    OPEN_IN_VIEW
                            + " is true: a session kept open over a whole request would outlive a change of tenant.",
                    "Remove the setting; tenancy-spring turns it off.");
        }
        return settings -> {
            properties
                    .globalEntities()
                    .forEach((name, reason) -> settings.put(TenantIsolation.GLOBAL_ENTITIES + name, reason));
            if (properties.migrationScript() != null) {
                settings.put(TenantIsolation.MIGRATION_SCRIPT, properties.migrationScript());
            }
            TenantIsolation.applyTo(settings);
        };
    }

    @Bean
    static GuardedDataSources guardedDataSources(ConfigurableListableBeanFactory beans, Environment environment) {
        return new GuardedDataSources(beans, environment);
    }

    @Bean
    static RefusalTranslation refusalTranslation() {
        return new RefusalTranslation();
    }

    @Bean
    Crossings crossings(ApplicationEventPublisher events) {
        return new Crossings(events);
    }

    @Bean
    LostTenants lostTenants() {
        return new LostTenants();
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HikariDataSource.class)
    @Lazy(false)
    static final class Pools {

        @Bean
        static DriverTimeouts driverTimeouts(GuardedDataSources dataSources) {
            return new DriverTimeouts(dataSources::isLeftOut);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    @Lazy(false)
    static final class Metrics {

        @Bean
        TenancyCounters tenancyCounters(ObjectProvider<MeterRegistry> meters) {
            return new TenancyCounters(meters);
        }

        @Bean
        TenancyMeters tenancyMeters(ObjectProvider<MembershipCache> memberships) {
            return new TenancyMeters(memberships);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ObservationFilter.class)
    @Lazy(false)
    static final class Observations {

        @Bean
        TenantObservations tenantObservations(TenancyProperties properties) {
            int tagged = properties.metrics().tenants();
            if (tagged < 0) {
                throw new TenancySetupException(
                        "tenancy.metrics.tenants is " + tagged + ".",
                        "Set how many tenants the metrics of requests name, or 0 for none.");
            }
            return new TenantObservations(tagged);
        }
    }

    @Bean
    @ConditionalOnMissingBean
    Roles tenantRoles(TenancyProperties properties) {
        return Roles.parse(properties.roles());
    }

    @Bean
    @ConditionalOnMissingBean
    TenantClaims tenantClaims(TenancyProperties properties) {
        String claims = properties.claims();
        if (claims == null) {
            return TenantClaims.named(properties.jwt().tenantClaim());
        }
        return PRESETS.contains(claims.toLowerCase(Locale.ROOT))
                ? TenantClaims.preset(claims)
                : TenantClaims.named(claims);
    }
}

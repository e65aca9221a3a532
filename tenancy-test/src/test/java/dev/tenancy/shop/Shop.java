package dev.tenancy.shop;

import dev.tenancy.CurrentTenant;
import java.util.UUID;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Bean;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.scheduling.annotation.EnableAsync;

/** A good application. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableAsync
@EntityScan(basePackageClasses = Shop.class)
@EnableJpaRepositories(basePackageClasses = Shop.class, considerNestedRepositories = true)
public class Shop {

    public static class Tenant {
        public UUID id() {
            return CurrentTenant.require(UUID.class);
        }
    }

    @Bean
    Tenant tenant() {
        return new Tenant();
    }
}

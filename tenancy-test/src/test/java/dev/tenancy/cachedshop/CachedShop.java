package dev.tenancy.cachedshop;

import dev.tenancy.CurrentTenant;
import dev.tenancy.shop.Customer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.cache.annotation.CacheResult;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.stereotype.Service;

/** A good application with caches. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableCaching
@EntityScan(basePackageClasses = Customer.class)
@EnableJpaRepositories(considerNestedRepositories = true, basePackageClasses = CachedShop.class)
@Import({CachedShop.Lookup.class, CachedShop.Names.class})
public class CachedShop {

    @Bean
    CacheManager cacheManager() {
        return new ConcurrentMapCacheManager();
    }

    public interface Customers extends JpaRepository<Customer, UUID> {

        @Cacheable("found")
        List<Customer> findByEmail(String email);

        @Cacheable("counts")
        int countByEmailNotNull();
    }

    @Service
    public static class Lookup {

        private final Customers customers;

        Lookup(Customers customers) {
            this.customers = customers;
        }

        @Cacheable("customers")
        public String nameOf(UUID customerId) {
            return customers.findById(customerId).map(Customer::getName).orElse(null);
        }

        @Cacheable("rates")
        public double rate() {
            return 1.5;
        }

        @CacheResult(cacheName = "results")
        public String emailOf(UUID customerId) {
            return customers.findById(customerId).map(Customer::getEmail).orElse(null);
        }

        @CachePut("customers")
        public String renewed(UUID customerId) {
            return customers.findById(customerId).map(Customer::getName).orElse(null);
        }

        @Cacheable("counts")
        public Long count() {
            return customers.count();
        }
    }

    /** Keeps names under the tenant. */
    @Service
    public static class Names {

        private final Map<UUID, Map<UUID, String>> names = new ConcurrentHashMap<>();
        private final Customers customers;

        Names(Customers customers) {
            this.customers = customers;
        }

        @Cacheable("names")
        public String name(UUID customerId) {
            return names.computeIfAbsent(CurrentTenant.require(UUID.class), tenant -> new ConcurrentHashMap<>())
                    .computeIfAbsent(
                            customerId,
                            id -> customers.findById(id).map(Customer::getName).orElse(null));
        }
    }
}

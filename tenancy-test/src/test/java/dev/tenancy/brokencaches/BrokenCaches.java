package dev.tenancy.brokencaches;

import dev.tenancy.shop.Customer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCache;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.interceptor.CacheResolver;
import org.springframework.cache.interceptor.SimpleCacheResolver;
import org.springframework.cache.support.NoOpCache;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.stereotype.Service;

/** Caches and fields that all tenants share. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableCaching
@EntityScan(basePackageClasses = Customer.class)
@EnableJpaRepositories(considerNestedRepositories = true, basePackageClasses = BrokenCaches.class)
@Import({BrokenCaches.Lookup.class, BrokenCaches.Names.class})
public class BrokenCaches {

    @Bean
    CacheManager cacheManager() {
        return new ConcurrentMapCacheManager("customers");
    }

    /** Is no bean, so that nothing parts it. */
    @Bean
    CacheResolver beside() {
        return new SimpleCacheResolver(new ConcurrentMapCacheManager());
    }

    /** Declared by its class, so that it is not parted. */
    @Bean
    ConcurrentMapCache plain() {
        return new ConcurrentMapCache("plain");
    }

    @Bean
    Cache nothing() {
        return new NoOpCache("nothing");
    }

    public interface Customers extends JpaRepository<Customer, UUID> {}

    @Service
    public static class Lookup {

        private final Customers customers;

        Lookup(Customers customers) {
            this.customers = customers;
        }

        @Cacheable(cacheNames = "names", cacheResolver = "beside")
        public String nameOf(UUID customerId) {
            return customers.findById(customerId).map(Customer::getName).orElse(null);
        }

        @Cacheable(cacheNames = "counts", cacheResolver = "beside")
        public Long count() {
            return customers.count();
        }

        @Cacheable(cacheNames = "customers", condition = "false")
        public String never(UUID customerId) {
            return customers.findById(customerId).map(Customer::getName).orElse(null);
        }

        @Cacheable("customers")
        public String nothing(Runnable unknown) {
            return "nothing";
        }
    }

    @Service
    public static class Names {

        private static final List<Customer> SEEN = new ArrayList<>();

        private final Map<UUID, String> names = new ConcurrentHashMap<>();
        private final Customers customers;

        Names(Customers customers) {
            this.customers = customers;
        }

        @Cacheable("customers")
        public String name(UUID customerId) {
            SEEN.addAll(customers.findAll());
            return customers.findById(customerId).map(Customer::getName).orElse(null);
        }
    }
}

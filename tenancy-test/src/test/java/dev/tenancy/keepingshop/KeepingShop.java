package dev.tenancy.keepingshop;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tenancy.CurrentTenant;
import dev.tenancy.shop.Customer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.stereotype.Component;

/** Keeps what it has seen of all tenants in one place. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EntityScan(basePackageClasses = Customer.class)
@EnableJpaRepositories(considerNestedRepositories = true, basePackageClasses = KeepingShop.class)
@Import({KeepingShop.Seen.class, KeepingShop.Kept.class})
public class KeepingShop {

    public interface Customers extends JpaRepository<Customer, UUID> {}

    public record Added(UUID customerId) {}

    private record Entry(Object by, Object tenant) {}

    @Component
    public static class Seen {

        private final Deque<Entry> last = new ArrayDeque<>();

        @EventListener
        public void on(Added added) {
            last.add(new Entry("somebody", CurrentTenant.require().tenantId()));
        }
    }

    @Component
    public static class Kept {

        private final Cache<UUID, Object> tenants = Caffeine.newBuilder().build();

        @EventListener
        public void on(Added added) {
            tenants.put(UUID.randomUUID(), CurrentTenant.require().tenantId());
        }
    }
}

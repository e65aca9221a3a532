package dev.tenancy.jobs;

import dev.tenancy.CurrentTenant;
import dev.tenancy.shop.Customer;
import dev.tenancy.spring.task.ActiveTenants;
import dev.tenancy.spring.task.EachTenant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/** A good application that works beside requests. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableAsync
@EnableScheduling
@EntityScan(basePackageClasses = Customer.class)
@EnableJpaRepositories(considerNestedRepositories = true, basePackageClasses = Jobs.class)
@Import({Jobs.Mails.class, Jobs.Reminders.class, Jobs.Heard.class})
public class Jobs {

    public static final UUID ACTIVE = UUID.fromString("00000000-0000-0002-0000-000000000002");

    @Bean
    ActiveTenants activeTenants() {
        return () -> List.of(ACTIVE);
    }

    public interface Customers extends JpaRepository<Customer, UUID> {}

    public record Added(UUID customerId) {}

    public static class AddedEvent extends ApplicationEvent {

        private static final long serialVersionUID = 1L;

        public AddedEvent(Object source) {
            super(source);
        }
    }

    @Component
    public static class Mails {

        private final Customers customers;

        Mails(Customers customers) {
            this.customers = customers;
        }

        @Async
        public void welcome(UUID customerId) {
            customers.findById(customerId).orElseThrow();
        }

        @Async
        public CompletableFuture<String> name(UUID customerId) {
            return CompletableFuture.completedFuture(
                    customers.findById(customerId).orElseThrow().getName());
        }

        @EventListener
        public void on(Added added) {
            customers.findById(added.customerId()).ifPresent(customer -> customer.setName("seen"));
        }

        @TransactionalEventListener
        public void after(Customer added) {
            customers.existsById(added.getId());
        }

        @EventListener
        public void started(ContextRefreshedEvent event) {}

        @EventListener(ContextRefreshedEvent.class)
        public void ready() {}
    }

    @Component
    public static class Heard implements ApplicationListener<AddedEvent> {

        private final Customers customers;

        Heard(Customers customers) {
            this.customers = customers;
        }

        @Override
        public void onApplicationEvent(AddedEvent event) {
            customers.count();
        }
    }

    @Component
    public static class Reminders {

        private final Customers customers;

        Reminders(Customers customers) {
            this.customers = customers;
        }

        @Scheduled(fixedDelay = 86_400_000, initialDelay = 86_400_000)
        @EachTenant
        public void remind() {
            customers.count();
        }

        @Scheduled(fixedDelay = 86_400_000, initialDelay = 86_400_000)
        public void report() {
            CurrentTenant.acrossTenants("nightly report", () -> customers.count());
        }

        @Scheduled(fixedDelay = 86_400_000, initialDelay = 86_400_000)
        public void beat() {}
    }
}

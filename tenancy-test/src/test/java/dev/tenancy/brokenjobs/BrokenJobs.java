package dev.tenancy.brokenjobs;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.shop.Customer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;

/** Work that loses its tenant, or keeps another's. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableAsync
@EntityScan(basePackageClasses = Customer.class)
@EnableJpaRepositories(considerNestedRepositories = true, basePackageClasses = BrokenJobs.class)
@Import(BrokenJobs.Work.class)
@EnableScheduling
public class BrokenJobs implements SchedulingConfigurer {

    private final ObjectProvider<Customers> customers;

    BrokenJobs(ObjectProvider<Customers> customers) {
        this.customers = customers;
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar tasks) {
        tasks.addFixedDelayTask(
                new FixedDelayTask(() -> customers.getObject().count(), Duration.ofDays(1), Duration.ofDays(1)));
    }

    @Bean(destroyMethod = "shutdown")
    ExecutorService plain() {
        return Executors.newFixedThreadPool(2);
    }

    @Bean
    ThreadPoolTaskExecutor applicationTaskExecutor() {
        return new ThreadPoolTaskExecutor();
    }

    /** Enters the tenant, and never leaves it. */
    @Bean
    Executor keeping() {
        Executor threads = Executors.newFixedThreadPool(2, task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        });
        return task -> {
            TenantPrincipal now = CurrentTenant.find().orElse(null);
            threads.execute(() -> {
                if (now != null) {
                    CurrentTenant.enter(now);
                }
                task.run();
            });
        };
    }

    public interface Customers extends JpaRepository<Customer, UUID> {}

    public record Added(UUID customerId) {}

    public record Unknown(Runnable task) {}

    @Component
    public static class Work {

        private final Customers customers;
        private final DataSource dataSource;
        private final String url;
        private Object first;

        Work(Customers customers, DataSource dataSource, @Value("${spring.datasource.url}") String url) {
            this.url = url;
            this.customers = customers;
            this.dataSource = dataSource;
        }

        @Async("plain")
        public void lost(UUID customerId) {
            customers.existsById(customerId);
        }

        @Async("applicationTaskExecutor")
        public CompletableFuture<String> told(UUID customerId) {
            return CompletableFuture.completedFuture(JdbcClient.create(dataSource)
                    .sql("/* tenancy: trusted because it is a test */ select name from customer where id = ?")
                    .param(customerId)
                    .query(String.class)
                    .optional()
                    .orElse(null));
        }

        @EventListener
        public void kept(Added added) {
            if (first == null) {
                first = CurrentTenant.require().tenantId();
            }
            CurrentTenant.runAs(first, () -> customers.count());
        }

        @EventListener
        public void crossing(Added added) {
            CurrentTenant.acrossTenants("all of them", () -> customers.count());
        }

        @EventListener
        public void changing(Added added) {
            JdbcClient.create(dataSource)
                    .sql("/* tenancy: trusted because it is a test */ update customer set name = 'x' where id = ?")
                    .param(added.customerId())
                    .update();
        }

        @EventListener
        public void failing(Added added) {
            throw new IllegalStateException("never works");
        }

        @EventListener
        public void unknown(Unknown event) {}

        @Scheduled(fixedDelay = 86_400_000, initialDelay = 86_400_000)
        public void forgotten() {
            customers.count();
        }

        @Scheduled(fixedDelay = 86_400_000, initialDelay = 86_400_000)
        public void broken() {
            throw new IllegalStateException("never works");
        }

        @Scheduled(fixedDelay = 86_400_000, initialDelay = 86_400_000)
        public void unguarded() throws SQLException {
            try (Connection connection = DriverManager.getConnection(url, "sa", "");
                    var statement = connection.createStatement()) {
                statement.executeUpdate("update customer set name = 'x'");
            }
        }

        @KafkaListener(topics = "added")
        public void message(String text) {}
    }
}

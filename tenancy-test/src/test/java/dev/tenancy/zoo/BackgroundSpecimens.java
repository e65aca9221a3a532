package dev.tenancy.zoo;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.spring.task.ActiveTenants;
import dev.tenancy.spring.task.EachTenant;
import dev.tenancy.zoo.Shop.Customer;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceContext;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.http.ResponseEntity;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Work on other threads than those of requests, and what it leaves. */
public final class BackgroundSpecimens {

    private static final String NEVER = "-";

    private BackgroundSpecimens() {}

    /** Asks on the common pool, where nobody acts. */
    @Leak(
            at = "GET /slow",
            shownBy = "its owner",
            told = {"500", "Customer"})
    @RestController
    public static class CommonPool {

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/slow")
        List<String> slow() {
            return CompletableFuture.supplyAsync(() -> Rows.own(entities)).join();
        }
    }

    /** Asks on threads of its own. */
    @Leak(
            at = "GET /threads",
            shownBy = "its owner",
            told = {"500", "Customer"})
    @RestController
    public static class OwnThreads {

        private static final ExecutorService THREADS = Executors.newFixedThreadPool(2, task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        });

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/threads")
        List<String> names() throws Exception {
            return THREADS.submit(() -> Rows.own(entities)).get();
        }
    }

    /** Asks on the threads of whoever came first. */
    @Leak(
            at = "GET /inherited",
            shownBy = "rows that appear",
            told = {"leak", "what outlives a request"})
    @RestController
    public static class ThreadOfTheFirst {

        private ExecutorService thread;

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/inherited")
        List<String> names() throws Exception {
            synchronized (this) {
                if (thread == null) {
                    TenantPrincipal first = CurrentTenant.require();
                    thread = Executors.newSingleThreadExecutor(task -> {
                        Thread made = new Thread(() -> CurrentTenant.runAs(first.tenantId(), task::run));
                        made.setDaemon(true);
                        return made;
                    });
                }
            }
            return thread.submit(() -> Rows.own(entities)).get();
        }
    }

    /** An asynchronous method on an executor that Tenancy does not know. */
    @Leak(
            at = "UnknownExecutor",
            shownBy = "async: mail",
            told = {"not proven", "while nobody acts", "ThreadPoolTaskExecutor"})
    @Component
    @EnableAsync
    public static class UnknownExecutor {

        @PersistenceContext
        EntityManager entities;

        @Bean
        static Executor forUnknownExecutor() {
            return task -> {
                Thread thread = new Thread(task);
                thread.setDaemon(true);
                thread.start();
            };
        }

        @Async("forUnknownExecutor")
        public void mail(UUID customerId) {
            entities.find(Customer.class, customerId);
        }
    }

    /** An asynchronous method on the application's own executor. */
    @Sound
    @Component
    @EnableAsync
    public static class KnownExecutor {

        @PersistenceContext
        EntityManager entities;

        @Async
        public void mail(UUID customerId) {
            entities.find(Customer.class, customerId);
        }
    }

    /** An asynchronous method that acts for whoever called it first. */
    @Leak(
            at = "FirstCaller",
            shownBy = "async: mail",
            told = {"not proven", "reads the rows of all", "Let it act for its caller"})
    @Component
    @EnableAsync
    public static class FirstCaller {

        private UUID first;

        private final EntityManagerFactory factory;

        FirstCaller(EntityManagerFactory factory) {
            this.factory = factory;
        }

        @Async
        public void mail(UUID customerId) {
            if (first == null) {
                first = CurrentTenant.require(UUID.class);
            }
            CurrentTenant.acrossTenants("mails", () -> {
                CurrentTenant.runAs(
                        first, () -> factory.runInTransaction(session -> session.find(Customer.class, customerId)));
                return true;
            });
        }
    }

    /** Runs every night for nobody, and is refused. */
    @Leak(
            at = "ForNobody",
            shownBy = "scheduled: remind",
            told = {"not proven", "nobody acts", "@EachTenant"})
    @Component
    @EnableScheduling
    public static class ForNobody {

        @PersistenceContext
        EntityManager entities;

        @Scheduled(cron = NEVER)
        public void remind() {
            Rows.own(entities);
        }
    }

    /** Runs every night for each. */
    @Sound
    @Component
    @EnableScheduling
    public static class ForEach {

        @PersistenceContext
        EntityManager entities;

        @Bean
        static ActiveTenants activeTenants() {
            return () -> List.of(UUID.randomUUID(), UUID.randomUUID());
        }

        @Scheduled(cron = NEVER)
        @EachTenant
        public void remind() {
            Rows.own(entities);
        }
    }

    /** Keeps a summary of all in a field, which an endpoint shows. */
    @Leak(
            at = "NightlySummary",
            shownBy = "fields",
            told = {"the field summary keeps", "whose key has the tenant's id"})
    @RestController
    @EnableScheduling
    public static class NightlySummary {

        private List<String> summary = List.of();

        @PersistenceContext
        EntityManager entities;

        @Scheduled(cron = NEVER)
        public void summarize() {
            summary = Rows.ofAll(entities);
        }

        @GetMapping("/overview")
        List<String> overview() {
            return summary;
        }
    }

    /** Keeps the last event, and shows it to whoever asks. */
    @Leak(
            at = "GET /activity",
            shownBy = "one browser for two users",
            told = {"leak", "fields of beans"})
    @RestController
    public static class LastEvent {

        public record Visited(String name) {}

        private final ApplicationEventPublisher events;
        private Visited last = new Visited("nobody");

        @PersistenceContext
        EntityManager entities;

        LastEvent(ApplicationEventPublisher events) {
            this.events = events;
        }

        @TransactionalEventListener
        public void on(Visited visited) {
            last = visited;
        }

        @GetMapping("/activity")
        public Visited last() {
            return last;
        }

        @GetMapping("/activity/{customerId}")
        @Transactional
        public ResponseEntity<String> visit(@PathVariable UUID customerId) {
            Customer found = entities.find(Customer.class, customerId);
            if (found == null) {
                return ResponseEntity.notFound().build();
            }
            events.publishEvent(new Visited(found.name));
            return ResponseEntity.ok(found.name);
        }
    }

    /** Enters a tenant on a thread of the pool, and never leaves it. */
    @Leak(
            at = "executor keeping",
            shownBy = "executed",
            told = {"leak", "acted for another", "CurrentTenant.runAs"})
    @Component
    public static class NeverLeaves {

        @Bean
        static Executor keeping() {
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
    }
}

package dev.tenancy.spring.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.spring.TestApplication;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * An application that writes invoices, without a line about tenants in its service and its controller: a cache, mail on another thread
 * after the commit, a nightly job, an export that is sent piece by piece. 50 companies use it at the same time; each text begins with its
 * company's name.
 */
class InvoicingTest {

    private static final int COMPANIES = 50;
    private static final int INVOICES = 10;

    private static ConfigurableApplicationContext application;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        application = TestApplication.start(Companies.class);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static String call(int company, String method, String path) {
        String token = application
                .getBean(TokenIssuer.class)
                .issue("user-" + company, id(company).toString());
        HttpRequest request = HttpRequest.newBuilder(URI.create(
                        "http://localhost:" + application.getEnvironment().getProperty("local.server.port") + path))
                .header("Authorization", "Bearer " + token)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        try {
            HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            return answer.body();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interruption) {
            throw new IllegalStateException(interruption);
        }
    }

    private static UUID id(int company) {
        return new UUID(7, company);
    }

    private static boolean isOf(int company, String text) {
        return text.startsWith("company" + company + "-");
    }

    @Test
    void nobodySeesWhatIsAnothers() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(8);
        List<Future<?>> all = new ArrayList<>();
        for (int number = 0; number < INVOICES; number++) {
            for (int company = 0; company < COMPANIES; company++) {
                int one = company;
                String invoice = "company" + company + "-" + number;
                all.add(callers.submit(() -> {
                    call(one, "POST", "/invoices?number=" + invoice);
                    for (String path : List.of("/invoices", "/invoices", "/export")) {
                        List<String> seen = call(one, "GET", path)
                                .replace("data:", "")
                                .lines()
                                .filter(line -> !line.isBlank())
                                .toList();
                        assertThat(seen).as(path).isNotEmpty().allMatch(text -> isOf(one, text));
                    }
                }));
            }
        }
        for (Future<?> one : all) {
            one.get();
        }
        callers.shutdown();

        for (int waited = 0; Invoices.OUTBOX.size() < COMPANIES * INVOICES && waited < 300; waited++) {
            Thread.sleep(100);
        }
        assertThat(Invoices.OUTBOX).hasSize(COMPANIES * INVOICES).allMatch(mail -> {
            String[] parts = mail.split(" to the customer of ");
            return parts[0].split("-")[0].equals(parts[1].split("-")[0]);
        });

        // What was read before another invoice was written may have been kept after it, as in any cache.
        Objects.requireNonNull(application.getBean(CacheManager.class).getCache("numbers"))
                .clear();
        application.getBean(Invoices.class).remind();
        assertThat(Invoices.REMINDERS).hasSize(COMPANIES).allSatisfy(reminder -> {
            int company = Integer.parseInt(reminder.get(0).replaceAll("company|-.*", ""));
            assertThat(reminder).hasSize(INVOICES).allMatch(text -> isOf(company, text));
        });
    }

    /** What an application says once: who its tenants and their members are. */
    @EnableAsync
    @EnableCaching
    @Import({Invoices.class, InvoiceController.class})
    static class Companies {

        @Bean
        @Primary
        Memberships membersOfCompanies() {
            return (user, tenant) -> IntStream.range(0, COMPANIES)
                    .filter(company -> user.equals("user-" + company)
                            && tenant.equals(id(company).toString()))
                    .mapToObj(company -> new Membership(id(company), "OWNER"))
                    .findFirst();
        }

        @Bean
        ActiveTenants companies() {
            return () ->
                    IntStream.range(0, COMPANIES).mapToObj(InvoicingTest::id).toList();
        }

        @Bean
        CacheManager cacheManager() {
            return new ConcurrentMapCacheManager();
        }
    }

    @Service
    static class Invoices {

        static final Queue<String> OUTBOX = new ConcurrentLinkedQueue<>();
        static final Queue<List<String>> REMINDERS = new ConcurrentLinkedQueue<>();

        private final EntityManager entities;
        private final ApplicationEventPublisher events;

        Invoices(EntityManager entities, ApplicationEventPublisher events) {
            this.entities = entities;
            this.events = events;
        }

        record Written(String number) {}

        @Transactional
        @CacheEvict(cacheNames = "numbers", allEntries = true)
        public void write(String number) {
            entities.persist(TestApplication.shelf(number));
            events.publishEvent(new Written(number));
        }

        @Cacheable("numbers")
        public List<String> numbers() {
            return entities.createQuery("select name from Shelf", String.class).getResultList();
        }

        @Async
        @TransactionalEventListener
        public void mail(Written invoice) {
            String first = entities.createQuery("select min(name) from Shelf", String.class)
                    .getSingleResult();
            OUTBOX.add(invoice.number() + " to the customer of " + first);
        }

        @EachTenant
        public void remind() {
            REMINDERS.add(numbers());
        }
    }

    @RestController
    static class InvoiceController {

        private final Invoices invoices;
        private final Executor executor;

        InvoiceController(Invoices invoices, @Qualifier("applicationTaskExecutor") Executor executor) {
            this.invoices = invoices;
            this.executor = executor;
        }

        @PostMapping("/invoices")
        void write(@RequestParam String number) {
            invoices.write(number);
        }

        @GetMapping("/invoices")
        String list() {
            return String.join("\n", invoices.numbers());
        }

        @GetMapping("/export")
        SseEmitter export() {
            SseEmitter emitter = new SseEmitter();
            executor.execute(() -> {
                try {
                    for (String number : invoices.numbers()) {
                        emitter.send(number);
                    }
                    emitter.complete();
                } catch (IOException failure) {
                    emitter.completeWithError(failure);
                }
            });
            return emitter;
        }
    }
}

package dev.tenancy.spring.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.NoTenantException;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.spring.TestApplication;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** Whatever Spring runs on another thread acts for whom the request acted, over HTTP and with rows of a real database. */
@ExtendWith(OutputCaptureExtension.class)
class TaskTest {

    private static ConfigurableApplicationContext application;
    private static Work work;

    @BeforeAll
    static void start() {
        application = TestApplication.start(
                Tasks.class, "logging.level.dev.tenancy.spring.LostTenants=warn", "spring.task.execution.mode=force");
        work = application.getBean(Work.class);
        for (UUID tenant : List.of(TestApplication.ACME, TestApplication.GLOBEX)) {
            CurrentTenant.runAs(tenant, () -> work.store("of " + tenant));
        }
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static String name(UUID tenant) {
        return "of " + tenant;
    }

    private static HttpResponse<String> get(String path, String user, String company) throws Exception {
        String token = application.getBean(TokenIssuer.class).issue(user, company);
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:"
                                        + application.getEnvironment().getProperty("local.server.port") + path))
                                .header("Authorization", "Bearer " + token)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"callable", "deferred", "stream", "sse", "future"})
    void anAnswerThatIsMadeOnAnotherThreadHoldsTheCallersRows(String kind) throws Exception {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        ExecutorService callers = Executors.newFixedThreadPool(8);
        for (int i = 0; i < 40; i++) {
            boolean acme = i % 2 == 0;
            all.add(CompletableFuture.runAsync(
                    () -> {
                        try {
                            HttpResponse<String> answer =
                                    acme ? get("/" + kind, "alice", "acme") : get("/" + kind, "carol", "globex");
                            assertThat(answer.statusCode()).isEqualTo(200);
                            assertThat(answer.body())
                                    .contains(name(acme ? TestApplication.ACME : TestApplication.GLOBEX))
                                    .doesNotContain(name(acme ? TestApplication.GLOBEX : TestApplication.ACME));
                        } catch (Exception failure) {
                            throw new IllegalStateException(failure);
                        }
                    },
                    callers));
        }
        all.forEach(CompletableFuture::join);
        callers.shutdown();
    }

    @Test
    void anAsynchronousMethodActsForItsCallerAlsoAfterTheCallersWorkHasEnded() throws Exception {
        TenantPrincipal alice = new TenantPrincipal(TestApplication.ACME, "alice", "OWNER");
        CompletableFuture<String> later;
        try (CurrentTenant.Scope scope = CurrentTenant.enter(alice)) {
            later = work.readLater();
        }
        assertThat(later.get(30, TimeUnit.SECONDS)).isEqualTo("alice " + name(TestApplication.ACME));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pool", "threads", "scheduler", "decorated", "applicationTaskExecutor"})
    void executorsOfTheApplicationCarryWhoActs(String executor) throws Exception {
        BlockingQueue<Optional<TenantPrincipal>> seen = new LinkedBlockingQueue<>();
        Executor threads = application.getBean(executor, Executor.class);
        CurrentTenant.runAs(TestApplication.GLOBEX, () -> threads.execute(() -> seen.add(CurrentTenant.find())));
        assertThat(seen.poll(30, TimeUnit.SECONDS)).hasValue(TenantPrincipal.system(TestApplication.GLOBEX));
        threads.execute(() -> seen.add(CurrentTenant.find()));
        assertThat(seen.poll(30, TimeUnit.SECONDS)).isEmpty();
    }

    @Test
    void whatDecoratesTasksAlreadyGoesOnDoingSo() throws Exception {
        int before = Tasks.DECORATED.size();
        application
                .getBean("decorated", ThreadPoolTaskExecutor.class)
                .submit(() -> {})
                .get(30, TimeUnit.SECONDS);
        assertThat(Tasks.DECORATED).hasSize(before + 1);
    }

    @Test
    void whatIsScheduledLaterActsForWhoeverScheduledIt() throws Exception {
        BlockingQueue<Optional<TenantPrincipal>> seen = new LinkedBlockingQueue<>();
        CurrentTenant.runAs(
                TestApplication.ACME,
                () -> application
                        .getBean(ThreadPoolTaskScheduler.class)
                        .schedule(() -> seen.add(CurrentTenant.find()), Instant.now()));
        assertThat(seen.poll(30, TimeUnit.SECONDS)).hasValue(TenantPrincipal.system(TestApplication.ACME));
    }

    @Test
    void aDeclaredScheduleActsForNobodyWhoeverMadeItsBean() throws Exception {
        CurrentTenant.runAs(TestApplication.ACME, () -> application.getBean(Ticking.class));
        for (var seen : List.of(Ticking.SEEN, Ticking.SEEN_EVERY_SECOND)) {
            assertThat(seen.poll(30, TimeUnit.SECONDS)).isEmpty();
            assertThat(seen.poll(30, TimeUnit.SECONDS)).isEmpty();
        }
    }

    static class Ticking {

        static final BlockingQueue<Optional<TenantPrincipal>> SEEN = new LinkedBlockingQueue<>();
        static final BlockingQueue<Optional<TenantPrincipal>> SEEN_EVERY_SECOND = new LinkedBlockingQueue<>();

        @Scheduled(fixedDelay = 100)
        public void tick() {
            SEEN.add(CurrentTenant.find());
        }

        @Scheduled(cron = "* * * * * *")
        public void everySecond() {
            SEEN_EVERY_SECOND.add(CurrentTenant.find());
        }
    }

    @Test
    void aListenerAfterTheCommitActsForTheTransactionsTenant() throws Exception {
        CurrentTenant.runAs(TestApplication.GLOBEX, () -> work.publish("done"));
        assertThat(Work.HEARD.poll(30, TimeUnit.SECONDS))
                .isEqualTo("done " + TestApplication.GLOBEX + " " + name(TestApplication.GLOBEX));
    }

    @Test
    void aCrossingIsNotCarried() throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        CurrentTenant.acrossTenants(
                "a report",
                () -> application.getBean("pool", Executor.class).execute(() -> {
                    try {
                        seen.add(String.valueOf(work.read()));
                    } catch (NoTenantException refusal) {
                        seen.add("refused");
                    }
                }));
        assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo("refused");
    }

    @Test
    void whatIsLostOnAThreadThatNobodyPreparedIsLoggedAndCounted(CapturedOutput output) {
        double before = refusals();
        CurrentTenant.runAs(
                TestApplication.ACME,
                () -> CompletableFuture.supplyAsync(work::read, work -> new Thread(work, "nobody-prepared-me").start())
                        .handle((read, failure) -> "")
                        .join());
        assertThat(refusals()).isGreaterThan(before);
        assertThat(output)
                .contains("Without a tenant, on the thread nobody-prepared-me")
                .contains("Shelf");
    }

    private static double refusals() {
        return application
                .getBean(MeterRegistry.class)
                .counter("tenancy.refusals", "kind", "no-tenant")
                .count();
    }

    @Test
    void anExecutorThatCarriesNobodyIsTold(CapturedOutput output) {
        TestApplication.start(Plain.class, "logging.level.dev.tenancy.spring.task.CarryingExecutors=info")
                .close();
        assertThat(output)
                .contains("Tasks of the executor plain (java.util.concurrent.ThreadPoolExecutor) act for no tenant");
    }

    static class Plain {

        @Bean
        ExecutorService plain() {
            return new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        }
    }

    @EnableAsync
    @EnableScheduling
    @RestController
    static class Tasks {

        static final List<Runnable> DECORATED = new CopyOnWriteArrayList<>();

        @Bean
        MeterRegistry meters() {
            return new SimpleMeterRegistry();
        }

        @Bean
        Work work(EntityManager entities, ApplicationEventPublisher events) {
            return new Work(entities, events);
        }

        @Bean
        @Lazy
        Ticking ticking() {
            return new Ticking();
        }

        // Injected by its type: ours must not be a second one.
        @Bean
        TaskDecorator own() {
            return task -> {
                DECORATED.add(task);
                return task;
            };
        }

        @Bean
        ThreadPoolTaskExecutor decorated(TaskDecorator own) {
            ThreadPoolTaskExecutor pool = new ThreadPoolTaskExecutor();
            pool.setTaskDecorator(own);
            return pool;
        }

        @Bean
        ThreadPoolTaskExecutor pool() {
            return new ThreadPoolTaskExecutor();
        }

        @Bean
        SimpleAsyncTaskExecutor threads() {
            return new SimpleAsyncTaskExecutor();
        }

        @Bean
        ThreadPoolTaskScheduler scheduler() {
            return new ThreadPoolTaskScheduler();
        }

        private final Work work;
        private final Executor executor;

        Tasks(@Lazy Work work, @Lazy @Qualifier("pool") Executor executor) {
            this.work = work;
            this.executor = executor;
        }

        @GetMapping("/callable")
        Callable<String> callable() {
            return work::read;
        }

        @GetMapping("/deferred")
        DeferredResult<String> deferred() {
            DeferredResult<String> result = new DeferredResult<>();
            executor.execute(() -> result.setResult(work.read()));
            return result;
        }

        @GetMapping("/future")
        CompletableFuture<String> future() {
            return work.readLater();
        }

        @GetMapping("/stream")
        StreamingResponseBody stream() {
            return out -> {
                for (int i = 0; i < 3; i++) {
                    out.write(work.read().getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
            };
        }

        @GetMapping("/sse")
        SseEmitter sse() {
            SseEmitter emitter = new SseEmitter();
            executor.execute(() -> {
                try {
                    emitter.send(work.read());
                    emitter.complete();
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            });
            return emitter;
        }
    }

    static class Work {

        static final BlockingQueue<String> HEARD = new LinkedBlockingQueue<>();

        private final EntityManager entities;
        private final ApplicationEventPublisher events;

        Work(EntityManager entities, ApplicationEventPublisher events) {
            this.entities = entities;
            this.events = events;
        }

        @Transactional
        public void store(String name) {
            entities.persist(TestApplication.shelf(name));
        }

        public String read() {
            return entities.createQuery("select name from Shelf", String.class).getSingleResult();
        }

        @Async
        public CompletableFuture<String> readLater() {
            return CompletableFuture.completedFuture(CurrentTenant.require().getName() + " " + read());
        }

        record Done(String text) {}

        @Transactional
        public void publish(String text) {
            events.publishEvent(new Done(text));
        }

        @Async
        @TransactionalEventListener
        public void after(Done done) {
            HEARD.add(done.text() + " " + CurrentTenant.require(UUID.class) + " " + read());
        }
    }
}

package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.CurrentTenant;
import dev.tenancy.jwt.TokenIssuer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Two requests of a company at a time, one more that waits for a second, and companies that do not notice each other. */
class TenantBulkheadTest {

    private static final Semaphore ARRIVED = new Semaphore(0);
    private static volatile CountDownLatch end = new CountDownLatch(1);
    private static volatile CountDownLatch endOfOther = new CountDownLatch(1);

    private static ConfigurableApplicationContext application;
    private static String alice;
    private static String carol;

    private final List<CompletableFuture<RawHttp.Response>> slow = new ArrayList<>();

    @RestController
    static class Handlers {

        @GetMapping("/slow")
        String slow() throws InterruptedException {
            ARRIVED.release();
            end.await();
            return quick();
        }

        @GetMapping("/slow/later")
        Callable<String> later() {
            return this::slow;
        }

        @GetMapping("/slow/other")
        Callable<String> other() {
            return () -> {
                ARRIVED.release();
                endOfOther.await();
                return "ready";
            };
        }

        @GetMapping("/open")
        String open() {
            return "open";
        }

        @GetMapping("/quick")
        String quick() {
            return CurrentTenant.require().tenantId().toString();
        }
    }

    @BeforeAll
    static void start() {
        application = TestApplication.start(
                Handlers.class,
                "tenancy.requests.at-once=2",
                "tenancy.requests.waiting=1",
                "tenancy.requests.max-wait=5s",
                "tenancy.open=GET /actuator/health/{group}, GET /open");
        TokenIssuer issuer = application.getBean(TokenIssuer.class);
        alice = "Authorization: Bearer " + issuer.issue("alice", "acme");
        carol = "Authorization: Bearer " + issuer.issue("carol", "globex");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @AfterEach
    void letGo() throws Exception {
        end.countDown();
        endOfOther.countDown();
        for (CompletableFuture<RawHttp.Response> one : slow) {
            one.get(10, TimeUnit.SECONDS);
        }
        assertThat(get("/quick", alice).status()).isEqualTo(200);
        end = new CountDownLatch(1);
        endOfOther = new CountDownLatch(1);
        ARRIVED.drainPermits();
    }

    @Test
    void oneCompanysSlowRequestsLeaveTheOthersTheirs() throws Exception {
        begin("/slow", 2);
        RawHttp.Response refused = get("/quick", alice);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
        for (int i = 0; i < 10; i++) {
            RawHttp.Response other = get("/quick", carol);
            assertThat(other.status()).isEqualTo(200);
            assertThat(other.body()).contains(TestApplication.GLOBEX.toString());
        }
    }

    @Test
    void whatIsOpenIsNeverRefused() throws Exception {
        begin("/slow", 2);
        assertThat(get("/open", alice).status()).isEqualTo(200);
        assertThat(get("/actuator/health/liveness").status()).isEqualTo(200);
    }

    @Test
    void whatComesBackFromAnotherThreadIsNotRefusedThoughAllPlacesAreTaken() throws Exception {
        begin("/slow/other", 1);
        begin("/slow", 2);
        endOfOther.countDown();
        RawHttp.Response answer = slow.get(0).get(10, TimeUnit.SECONDS);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("ready");
    }

    @Test
    void oneMoreWaitsForItsTurnAndWhoComesBehindIsToldAtOnce() throws Exception {
        begin("/slow", 2);
        CompletableFuture<RawHttp.Response> waiting = CompletableFuture.supplyAsync(() -> get("/quick", alice));
        TenantBulkhead bulkhead = application.getBean(TenantBulkhead.class);
        long began = System.nanoTime();
        while (!bulkhead.isCrowded(TestApplication.ACME)) {
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
            Thread.sleep(5);
        }
        assertThat(get("/quick", alice).status()).isEqualTo(429);
        assertThat(waiting).as("one that came before").isNotDone();
        end.countDown();
        assertThat(waiting.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
    }

    @Test
    void whatIsWorkedOnByAnotherThreadDoesNotCount() throws Exception {
        for (int i = 0; i < 4; i++) {
            begin("/slow/later", 1);
        }
        assertThat(get("/quick", alice).status()).isEqualTo(200);
    }

    @Test
    void nothingIsKeptOfCompaniesThatAreNotAtWork() throws Exception {
        get("/quick", alice);
        get("/nothing", carol);
        get("/quick");
        TenantBulkhead bulkhead = application.getBean(TenantBulkhead.class);
        long began = System.nanoTime();
        // An answer is there before the filter has ended.
        while (bulkhead.size() > 0) {
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
            Thread.sleep(5);
        }
    }

    @Test
    void withoutABoundEveryoneEnters() {
        TenantBulkhead none = new TenantBulkhead(0, 0, Duration.ZERO);
        for (int i = 0; i < 1_000; i++) {
            assertThat(none.enter("acme")).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"tenancy.requests.at-once=-1", "tenancy.requests.waiting=-1", "tenancy.requests.max-wait=-1s"})
    void aNegativeSettingIsRefusedByName(String setting) {
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> TestApplication.start(Handlers.class, setting).close())
                .havingRootCause()
                .withMessageContaining("tenancy.requests");
    }

    private void begin(String path, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            slow.add(CompletableFuture.supplyAsync(() -> get(path, alice), work -> new Thread(work).start()));
        }
        assertThat(ARRIVED.tryAcquire(count, 10, TimeUnit.SECONDS)).isTrue();
    }

    private static RawHttp.Response get(String path, String... headers) {
        try {
            return RawHttp.to(application).get(path, headers);
        } catch (java.io.IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }
}

package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.spring.TestApplication;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Two exports of a company at a time, of three requests: the third is refused at once, and leaves all else its place. */
class ExportShareTest {

    private static final Semaphore ARRIVED = new Semaphore(0);
    private static final CountDownLatch END = new CountDownLatch(1);

    @RestController
    @RequestMapping("/slow")
    @Crud(read = "STAFF", write = "ADMIN")
    static class SlowShelves extends TenantCrudController<TestApplication.Shelf, TestApplication.ShelfDto> {

        @Override
        protected Predicate scope(CriteriaBuilder criteria, Root<TestApplication.Shelf> row) {
            ARRIVED.release();
            try {
                END.await();
            } catch (InterruptedException ending) {
                Thread.currentThread().interrupt();
            }
            return criteria.conjunction();
        }
    }

    @Test
    void exportsLeaveTheOtherRequestsOfTheirCompanyTheirPlaces() throws Exception {
        try (ConfigurableApplicationContext application = TestApplication.start(
                SlowShelves.class,
                "tenancy.max-exports=2",
                "tenancy.requests.at-once=3",
                "tenancy.requests.waiting=1")) {
            CrudTest.Caller alice = new CrudTest.Caller(application, "alice", "acme");
            CrudTest.Caller carol = new CrudTest.Caller(application, "carol", "globex");
            List<CompletableFuture<CrudTest.Answer>> slow = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                slow.add(CompletableFuture.supplyAsync(
                        () -> alice.get("/slow/export"), work -> new Thread(work).start()));
            }
            assertThat(ARRIVED.tryAcquire(2, 10, TimeUnit.SECONDS)).isTrue();

            CrudTest.Answer refused = alice.get("/shelves/export").is(429);
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            alice.get("/shelves").is(200);
            carol.get("/shelves/export").is(200);

            END.countDown();
            for (CompletableFuture<CrudTest.Answer> one : slow) {
                one.get(10, TimeUnit.SECONDS).is(200);
            }
            ExportShare exports = application.getBean(CrudEngine.Factory.class).exports();
            long began = System.nanoTime();
            // An answer is there before the export has ended.
            while (exports.size() > 0) {
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
                Thread.sleep(5);
            }
            alice.get("/shelves/export").is(200);
        }
    }

    @Test
    void aNegativeSettingIsRefusedByName() {
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> new ExportShare(-1))
                .withMessageContaining("tenancy.max-exports");
    }
}

package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ForEachTenantTest {

    private static List<Long> tenants(int count) {
        return LongStream.rangeClosed(1, count).boxed().toList();
    }

    @Test
    void eachTenantHasItsTurnWithItselfCurrentAndNobodyActing() {
        Map<Long, TenantPrincipal> seen = new ConcurrentHashMap<>();
        ForEachTenant.of(tenants(50)).parallel(8).run(tenant -> seen.put(tenant, CurrentTenant.require()));
        assertThat(seen).hasSize(50);
        seen.forEach((tenant, principal) -> assertThat(principal).isEqualTo(TenantPrincipal.system(tenant)));
        assertThat(CurrentTenant.find()).isEmpty();
    }

    @Test
    void asManyHaveTheirTurnAtATimeAsWereAskedForAndNotMore() throws Exception {
        CyclicBarrier three = new CyclicBarrier(3);
        AtomicInteger atOnce = new AtomicInteger();
        Set<Integer> most = ConcurrentHashMap.newKeySet();
        ForEachTenant.of(tenants(9)).parallel(3).run(tenant -> {
            most.add(atOnce.incrementAndGet());
            try {
                three.await(30, TimeUnit.SECONDS);
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            } finally {
                atOnce.decrementAndGet();
            }
        });
        assertThat(most).contains(3).doesNotContain(4);
    }

    @Test
    void aFailureKeepsNobodyFromTheirTurn() {
        Set<Long> done = ConcurrentHashMap.newKeySet();
        TenantsFailedException failed = catchThrowableOfType(
                TenantsFailedException.class,
                () -> ForEachTenant.of(tenants(10)).run(tenant -> {
                    if (tenant % 4 == 0) {
                        throw new IllegalStateException("of " + tenant);
                    }
                    if (tenant == 5) {
                        throw new AssertionError("of 5");
                    }
                    done.add(tenant);
                }));
        assertThat(done).containsExactlyInAnyOrder(1L, 2L, 3L, 6L, 7L, 9L, 10L);
        assertThat(failed).hasMessageContaining("3 tenant(s)");
        assertThat(failed.getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactlyInAnyOrder("of 4", "of 5", "of 8");
    }

    @Test
    void noTenantWaitsForOneThatDoesNotEnd() {
        Set<Long> done = ConcurrentHashMap.newKeySet();
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        TenantsFailedException failed = catchThrowableOfType(
                TenantsFailedException.class,
                () -> ForEachTenant.of(tenants(20))
                        .parallel(2)
                        .timeout(Duration.ofMillis(300))
                        .run(tenant -> {
                            if (tenant == 1) {
                                try {
                                    new CountDownLatch(1).await();
                                } catch (InterruptedException interruption) {
                                    interrupted.countDown();
                                }
                            } else if (tenant == 2) {
                                // Work that does not listen.
                                while (end.getCount() > 0) {
                                    Thread.onSpinWait();
                                }
                            } else {
                                done.add(tenant);
                            }
                        }));
        end.countDown();
        assertThat(done).hasSize(18);
        assertThat(failed).hasMessageContaining("[1, 2]");
        assertThat(failed.getSuppressed())
                .allSatisfy(one -> assertThat(one)
                        .isInstanceOf(TimeoutException.class)
                        .hasMessage("The work took longer than PT0.3S and was interrupted."));
        assertThat(interrupted.getCount()).isZero();
    }

    @Test
    void progressIsTold() {
        List<ForEachTenant.Progress> told = new ArrayList<>();
        assertThatThrownBy(() -> ForEachTenant.of(tenants(3))
                        .parallel(1)
                        .onProgress(told::add)
                        .run(tenant -> {
                            if (tenant == 2) {
                                throw new IllegalStateException();
                            }
                        }))
                .isInstanceOf(TenantsFailedException.class);
        assertThat(told)
                .containsExactly(
                        new ForEachTenant.Progress(1, 1, 0),
                        new ForEachTenant.Progress(2, 2, 1),
                        new ForEachTenant.Progress(3, 3, 1));
    }

    @Test
    void whoeverIsInterruptedStopsTheWork() throws Exception {
        CountDownLatch begun = new CountDownLatch(2);
        CountDownLatch interrupted = new CountDownLatch(2);
        AtomicInteger turns = new AtomicInteger();
        ExecutorService caller = Executors.newSingleThreadExecutor();
        var run = caller.submit(() -> ForEachTenant.of(tenants(10)).parallel(2).run(tenant -> {
            turns.incrementAndGet();
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException interruption) {
                interrupted.countDown();
            }
        }));
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        caller.shutdownNow();
        assertThatThrownBy(run::get)
                .hasCauseInstanceOf(CancellationException.class)
                .hasMessageContaining("was interrupted after 0 were through");
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(turns).hasValue(2);
    }

    @Test
    void theWorkRunsWhereItIsToldTo() {
        Set<String> threads = ConcurrentHashMap.newKeySet();
        ExecutorService pool = Executors.newFixedThreadPool(2, work -> new Thread(work, "of-the-pool"));
        ForEachTenant.of(tenants(10))
                .on(pool)
                .run(tenant -> threads.add(Thread.currentThread().getName()));
        assertThat(threads).containsExactly("of-the-pool");
        pool.shutdown();
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> ForEachTenant.of(tenants(1)).parallel(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("parallel(0)");
        assertThatThrownBy(() -> ForEachTenant.of(tenants(1)).timeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("timeout(PT0S)");
    }
}

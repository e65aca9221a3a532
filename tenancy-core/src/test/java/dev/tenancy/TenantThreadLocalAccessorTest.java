package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextExecutorService;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** With the real library, which finds the accessor by itself. */
class TenantThreadLocalAccessorTest {

    private final ContextSnapshotFactory snapshots =
            ContextSnapshotFactory.builder().clearMissing(true).build();
    private final ExecutorService plain = Executors.newFixedThreadPool(4);
    private final ExecutorService carrying = ContextExecutorService.wrap(plain, snapshots::captureAll);

    @AfterEach
    void shutdown() {
        plain.shutdown();
    }

    @Test
    void aTaskActsForWhomItWasHandedOverBy() throws Exception {
        TenantPrincipal alice = new TenantPrincipal(1L, "alice", "OWNER");
        try (CurrentTenant.Scope scope = CurrentTenant.enter(alice)) {
            assertThat(carrying.submit(CurrentTenant::find).get()).hasValue(alice);
            assertThat(carrying.submit(() -> MDC.get(CurrentTenant.MDC_KEY)).get())
                    .isEqualTo("1");
            assertThat(plain.submit(CurrentTenant::find).get()).isEmpty();
        }
        assertThat(carrying.submit(CurrentTenant::find).get()).isEmpty();
    }

    @Test
    void nobodyIsLeftBehindOnThePoolsThreads() throws Exception {
        List<Future<Optional<TenantPrincipal>>> all = new ArrayList<>();
        for (long tenant = 1; tenant <= 50; tenant++) {
            try (CurrentTenant.Scope scope = CurrentTenant.enter(TenantPrincipal.system(tenant))) {
                for (int i = 0; i < 20; i++) {
                    all.add(carrying.submit(() -> {
                        Thread.yield();
                        return CurrentTenant.find();
                    }));
                }
            }
        }
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i).get()).hasValue(TenantPrincipal.system(i / 20 + 1L));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(plain.submit(CurrentTenant::find).get()).isEmpty();
        }
    }

    @Test
    void aCrossingIsNotCarriedAndStaysWhereItIs() throws Exception {
        CurrentTenant.acrossTenants("a report", () -> {
            assertThat(carrying.submit(CurrentTenant::isCrossing).get()).isFalse();
            assertThat(carrying.submit(CurrentTenant::find).get()).isEmpty();
            try (ContextSnapshot.Scope scope = snapshots.captureAll().setThreadLocals()) {
                assertThat(CurrentTenant.isCrossing()).isTrue();
            }
            assertThat(CurrentTenant.isCrossing()).isTrue();
        });
        assertThat(CurrentTenant.isCrossing()).isFalse();
    }

    @Test
    void whatWasCurrentOnAThreadIsCurrentAgainBehindTheScope() {
        ContextSnapshot ofAlice = CurrentTenant.<ContextSnapshot, RuntimeException>callAs(1L, snapshots::captureAll);
        ContextSnapshot ofNobody = snapshots.captureAll();
        CurrentTenant.runAs(2L, () -> {
            try (ContextSnapshot.Scope scope = ofAlice.setThreadLocals()) {
                assertThat(CurrentTenant.require(Long.class)).isEqualTo(1L);
                CurrentTenant.runAs(
                        3L, () -> assertThat(CurrentTenant.require(Long.class)).isEqualTo(3L));
                assertThat(CurrentTenant.require(Long.class)).isEqualTo(1L);
            }
            assertThat(CurrentTenant.require(Long.class)).isEqualTo(2L);
            try (ContextSnapshot.Scope scope = ofNobody.setThreadLocals()) {
                assertThat(CurrentTenant.find()).isEmpty();
            }
            assertThat(CurrentTenant.require(Long.class)).isEqualTo(2L);
        });
        assertThat(CurrentTenant.find()).isEmpty();
    }
}

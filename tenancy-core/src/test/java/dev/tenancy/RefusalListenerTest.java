package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class RefusalListenerTest {

    @Test
    void aRefusalInAFutureThatNobodyReadsIsHeard() {
        List<String> heard = new CopyOnWriteArrayList<>();
        Runnable end = TenancyException.onRefusal(refusal -> heard.add(refusal.getClass()
                        .getSimpleName() + " on " + Thread.currentThread().getName()));
        CompletableFuture<TenantPrincipal> lost =
                CompletableFuture.supplyAsync(CurrentTenant::require, work -> new Thread(work, "elsewhere").start());
        lost.handle((principal, failure) -> failure).join();
        assertThat(heard).containsExactly("NoTenantException on elsewhere");

        end.run();
        assertThatThrownBy(CurrentTenant::require).isInstanceOf(NoTenantException.class);
        assertThat(heard).hasSize(1);
    }

    @Test
    void aListenerThatFailsChangesNoRefusal() {
        IllegalStateException failure = new IllegalStateException("full");
        Runnable end = TenancyException.onRefusal(refusal -> {
            throw failure;
        });
        assertThatThrownBy(CurrentTenant::require)
                .isInstanceOf(NoTenantException.class)
                .hasSuppressedException(failure);
        end.run();
    }
}

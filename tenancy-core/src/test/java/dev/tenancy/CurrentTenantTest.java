package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class CurrentTenantTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    @AfterEach
    void nothingIsLeftBehind() {
        assertThat(CurrentTenant.find()).isEmpty();
        assertThat(MDC.get(CurrentTenant.MDC_KEY)).isNull();
    }

    @Test
    void aTenantIsCurrentInsideItsBlockOnly() {
        CurrentTenant.runAs(
                ACME, () -> assertThat(CurrentTenant.require(UUID.class)).isEqualTo(ACME));
        assertThat(CurrentTenant.find()).isEmpty();
    }

    @Test
    void theEndOfABlockRestoresWhatWasThereBefore() {
        CurrentTenant.runAs(ACME, () -> {
            CurrentTenant.runAs(
                    GLOBEX, () -> assertThat(CurrentTenant.require(UUID.class)).isEqualTo(GLOBEX));
            assertThat(CurrentTenant.require(UUID.class)).isEqualTo(ACME);
            assertThat(MDC.get(CurrentTenant.MDC_KEY)).isEqualTo(ACME.toString());
        });
    }

    @Test
    void aBlockThatThrowsRestoresAsWellAndPassesItsOwnExceptionOn() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> CurrentTenant.runAs(ACME, () -> {
                    throw new IOException("disk");
                }));
        assertThat(CurrentTenant.find()).isEmpty();
    }

    @Test
    void aCallReturnsItsResult() {
        assertThat(CurrentTenant.callAs(ACME, () -> CurrentTenant.require().tenantId()))
                .isEqualTo(ACME);
    }

    @Test
    void theRefusalWithoutATenantNamesTheFix() {
        assertThatExceptionOfType(NoTenantException.class)
                .isThrownBy(CurrentTenant::require)
                .withMessageContaining("CurrentTenant.runAs");
    }

    @Test
    void anIdOfAnotherTypeIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> CurrentTenant.runAs("acme", () -> CurrentTenant.require(UUID.class)))
                .withMessageContaining("java.util.UUID");
    }

    @Test
    void aThreadStartedInsideABlockHasNoTenant() {
        CurrentTenant.runAs(
                ACME,
                () -> assertThat(CompletableFuture.supplyAsync(CurrentTenant::find)
                                .join())
                        .isEmpty());
    }

    @Test
    void aScopeClosedOutOfOrderLeavesNoTenant() {
        CurrentTenant.Scope outer = CurrentTenant.enter(TenantPrincipal.system(ACME));
        CurrentTenant.Scope inner = CurrentTenant.enter(TenantPrincipal.system(GLOBEX));
        assertThatIllegalStateException().isThrownBy(outer::close).withMessageContaining("reverse order");
        assertThat(CurrentTenant.find()).isEmpty();
        assertThatIllegalStateException().isThrownBy(inner::close);
        assertThat(CurrentTenant.find()).isEmpty();
    }

    @Test
    void aScopeIsClosedByItsOwnThreadOnly() {
        try (CurrentTenant.Scope scope = CurrentTenant.enter(TenantPrincipal.system(ACME))) {
            assertThat(CompletableFuture.runAsync(scope::close)
                            .handle((none, thrown) -> thrown)
                            .join())
                    .hasCauseInstanceOf(IllegalStateException.class);
            assertThat(CurrentTenant.require(UUID.class)).isEqualTo(ACME);
        }
    }

    @Test
    void closingAScopeTwiceDoesNothing() {
        CurrentTenant.Scope scope = CurrentTenant.enter(TenantPrincipal.system(ACME));
        scope.close();
        CurrentTenant.runAs(GLOBEX, () -> {
            scope.close();
            assertThat(CurrentTenant.require(UUID.class)).isEqualTo(GLOBEX);
        });
    }

    @Test
    void forEachGivesEveryTenantItsTurnAndNamesThoseThatFailed() {
        List<Object> served = new ArrayList<>();
        assertThatExceptionOfType(TenantsFailedException.class)
                .isThrownBy(() -> CurrentTenant.forEach(List.of(1L, 2L, 3L), tenant -> {
                    if (tenant == 2L) {
                        throw new IllegalStateException("no printer");
                    }
                    served.add(CurrentTenant.require().tenantId());
                }))
                .withMessageContaining("[2]")
                .satisfies(failed -> assertThat(failed.getSuppressed()).hasSize(1));
        assertThat(served).containsExactly(1L, 3L);
    }

    @Test
    void aTenantIdIsAUuidALongOrAText() {
        assertThatIllegalArgumentException().isThrownBy(() -> TenantPrincipal.system(7));
        assertThatIllegalArgumentException().isThrownBy(() -> TenantPrincipal.system(" "));
        assertThat(TenantPrincipal.system(7L).tenantId()).isEqualTo(7L);
    }

    @Test
    void aUserHasARole() {
        assertThatIllegalArgumentException().isThrownBy(() -> new TenantPrincipal(ACME, "alice", null));
        assertThat(new TenantPrincipal(ACME, "alice", "ADMIN").getName()).isEqualTo("alice");
        assertThat(TenantPrincipal.system(ACME).getName()).isEqualTo("system");
    }
}

package dev.tenancy.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantPrincipal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** With JUnit alone. */
@WithTenant(WithTenantTest.ACME)
class WithTenantTest {

    static final String ACME = "00000000-0000-0001-0000-000000000001";

    private @Nullable Object before;

    @AfterAll
    static void nobodyIsLeftBehind() {
        assertThat(CurrentTenant.find()).isEmpty();
    }

    @BeforeEach
    void note() {
        before = CurrentTenant.require().tenantId();
    }

    @Test
    void aClassHasATenant() {
        assertThat(CurrentTenant.require()).isEqualTo(TenantPrincipal.system(UUID.fromString(ACME)));
        assertThat(before).isEqualTo(UUID.fromString(ACME));
    }

    @Test
    @WithTenant(value = "42", type = Long.class, user = "alice", role = "ADMIN")
    void aMethodHasAnother() {
        assertThat(CurrentTenant.require()).isEqualTo(new TenantPrincipal(42L, "alice", "ADMIN"));
        assertThat(before).isEqualTo(42L);
    }

    @Nested
    class Inside {

        @Test
        void theTenantIsThatOfTheClassAround() {
            assertThat(before).isEqualTo(UUID.fromString(ACME));
        }
    }

    @Test
    void whatIsNoIdIsRefusedInWords() throws Exception {
        for (String method : new String[] {"noUuid", "noType", "roleOnly"}) {
            assertThatIllegalArgumentException()
                    .as(method)
                    .isThrownBy(() -> TestTenant.of(Wrong.class, Wrong.class.getDeclaredMethod(method)))
                    .satisfies(refused -> assertThat(refused.getMessage()).isNotBlank());
        }
    }

    static class Wrong {

        @WithTenant("acme")
        void noUuid() {}

        @WithTenant(value = "acme", type = Integer.class)
        void noType() {}

        @WithTenant(value = ACME, role = "ADMIN")
        void roleOnly() {}
    }
}

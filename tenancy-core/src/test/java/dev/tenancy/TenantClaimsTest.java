package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TenantClaimsTest {

    private static List<String> read(TenantClaims layout, Map<String, Object> claims) {
        return layout.read(claims::get);
    }

    private static void refused(TenantClaims layout, String claim, Object value) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> read(layout, Map.of(claim, value)))
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("acme", "7.5"));
    }

    @Test
    void aClaimHoldsTextOrAWholeNumberExactly() {
        TenantClaims layout = TenantClaims.named("tenant_id");
        assertThat(read(layout, Map.of())).isEmpty();
        assertThat(read(layout, Map.of("tenant_id", "acme"))).containsExactly("acme");
        assertThat(read(layout, Map.of("tenant_id", 4294967297L))).containsExactly("4294967297");
        assertThat(read(layout, Map.of("tenant_id", -1))).containsExactly("-1");
        assertThat(read(layout, Map.of("tenant_id", BigInteger.valueOf(Long.MAX_VALUE))))
                .containsExactly("9223372036854775807");
    }

    @Test
    void aClaimOfAnotherTypeIsRefusedWithoutItsValue() {
        TenantClaims layout = TenantClaims.named("tenant_id");
        for (Object wrong : new Object[] {
            true,
            7.5,
            7.0f,
            new BigDecimal("7"),
            BigInteger.ONE.shiftLeft(63),
            BigInteger.ONE.shiftLeft(63).negate().subtract(BigInteger.ONE),
            List.of("acme"),
            Map.of("id", "acme"),
            new Object(),
            "",
            " ",
            "acme\0",
            "acme\n",
            "acme\u0085",
            "acme\ud800",
            "a".repeat(256)
        }) {
            refused(layout, "tenant_id", wrong);
        }
        assertThat(read(layout, Map.of("tenant_id", "a".repeat(255)))).hasSize(1);
    }

    @Test
    void auth0AndWorkosNameTheOrganizationById() {
        for (TenantClaims layout : List.of(TenantClaims.auth0(), TenantClaims.workos())) {
            assertThat(read(layout, Map.of("org_id", "org_1", "org_name", "acme")))
                    .containsExactly("org_1");
            assertThat(read(layout, Map.of("org_name", "acme"))).isEmpty();
            refused(layout, "org_id", List.of("acme"));
        }
    }

    @Test
    void clerkNamesItInEitherVersionOfItsTokens() {
        TenantClaims layout = TenantClaims.clerk();
        assertThat(read(layout, Map.of("org_id", "org_1", "org_slug", "acme"))).containsExactly("org_1");
        assertThat(read(layout, Map.of("v", 2, "o", Map.of("id", "org_1", "slg", "acme", "rol", "admin"))))
                .containsExactly("org_1");
        assertThat(read(layout, Map.of("v", 2))).isEmpty();
        assertThat(read(layout, Map.of("org_id", "org_1", "o", Map.of("id", "org_1"))))
                .containsExactly("org_1");
        assertThat(read(layout, Map.of("org_id", "org_1", "o", Map.of("id", "org_2"))))
                .containsExactly("org_1", "org_2");
        refused(layout, "o", "acme");
        refused(layout, "o", Map.of("slg", "acme"));
    }

    @Test
    void keycloakNamesOneOrSeveralAndNoneIsChosen() {
        TenantClaims layout = TenantClaims.keycloak();
        assertThat(read(layout, Map.of())).isEmpty();
        assertThat(read(layout, Map.of("organization", List.of()))).isEmpty();
        assertThat(read(layout, Map.of("organization", "acme"))).containsExactly("acme");
        assertThat(read(layout, Map.of("organization", List.of("acme")))).containsExactly("acme");
        assertThat(read(layout, Map.of("organization", List.of("acme", "globex", "acme"))))
                .containsExactly("acme", "globex");
        assertThat(read(layout, Map.of("organization", Map.of("acme", Map.of()))))
                .containsExactly("acme");
        assertThat(read(layout, Map.of("organization", Map.of("acme", Map.of("id", "1"), "globex", Map.of("id", "2")))))
                .containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void keycloaksClaimOfAnotherTypeIsRefused() {
        TenantClaims layout = TenantClaims.keycloak();
        refused(layout, "organization", 7);
        refused(layout, "organization", List.of(7));
        refused(layout, "organization", Arrays.asList("acme", null));
        refused(layout, "organization", Map.of("acme", "x"));
        refused(layout, "organization", Map.of("acme", Map.of("id", List.of("1"))));
    }

    @Test
    void supabaseNamesItWhereOnlyTheServerWrites() {
        TenantClaims layout = TenantClaims.supabase();
        assertThat(read(layout, Map.of("app_metadata", Map.of("tenant_id", "acme", "provider", "email"))))
                .containsExactly("acme");
        assertThat(read(layout, Map.of("app_metadata", Map.of("provider", "email"))))
                .isEmpty();
        assertThat(read(layout, Map.of("user_metadata", Map.of("tenant_id", "acme"), "tenant_id", "acme")))
                .isEmpty();
        refused(layout, "app_metadata", "acme");
        refused(layout, "app_metadata", Map.of("tenant_id", true));
        assertThat(read(TenantClaims.member("app_metadata", "org"), Map.of("app_metadata", Map.of("org", 7))))
                .containsExactly("7");
    }

    @Test
    void presetsAreFoundByNameAndAnUnknownOneIsToldWhichThereAre() {
        for (String name : new String[] {"auth0", "clerk", "keycloak", "supabase", "workos", "WorkOS"}) {
            assertThat(TenantClaims.preset(name)).isNotNull();
        }
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> TenantClaims.preset("okta"))
                .withMessageContaining("okta")
                .withMessageContaining("auth0, clerk, keycloak, supabase, workos");
    }

    @Test
    void aClaimThatMeansSomethingElseOrIsTheUsersOwnIsRefused() {
        for (String claim : new String[] {" ", "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "user_metadata"}) {
            assertThatExceptionOfType(TenancySetupException.class)
                    .isThrownBy(() -> TenantClaims.named(claim))
                    .withMessageContaining("The tenant claim");
            assertThatExceptionOfType(TenancySetupException.class)
                    .isThrownBy(() -> TenantClaims.member(claim, "tenant_id"));
        }
    }
}

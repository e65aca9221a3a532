package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.jwt.VerifiedToken;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The ways in which a request names its tenant, all of them switched on, over real HTTP. */
@ExtendWith(OutputCaptureExtension.class)
class WhichTenantTest {

    private static ConfigurableApplicationContext application;

    @BeforeAll
    static void start() {
        application = TestApplication.start(
                Ways.class,
                "tenancy.resolve.domain=App.Example.test",
                "tenancy.resolve.path=/t/{tenant}/**",
                "tenancy.open=GET /open",
                "tenancy.membership-cache=0");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "acme.app.example.test",
                "ACME.App.Example.TEST",
                "acme.app.example.test:8443",
                "acme.app.example.test."
            })
    void theHostNameNamesTheTenant(String host) throws Exception {
        assertThat(get("/who", token("both", "globex"), "Host: " + host).body()).isEqualTo("both acme");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "app.example.test",
                "acme.app.example.test.evil.test",
                "acmeapp.example.test",
                "127.0.0.1",
                "[::1]"
            })
    void aHostNameThatIsNotUnderTheDomainNamesNone(String host) throws Exception {
        assertThat(get("/who", token("both", "globex"), "Host: " + host).body()).isEqualTo("both globex");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.acme.app.example.test", "-acme.app.example.test", "ac_me.app.example.test"})
    void aHostNameUnderTheDomainThatIsNoSlugIsRefused(String host) throws Exception {
        assertThat(get("/who", token("both", "globex"), "Host: " + host).status())
                .isEqualTo(400);
    }

    @Test
    void aHostNameOutsideOfAsciiNeverNamesATenant() throws Exception {
        // U+212A is the Kelvin sign, of which lower case makes a k.
        RawHttp.Response response = get("/who", token("both", "globex"), "Host: \u212aacme.app.example.test");
        assertThat(response.status()).isEqualTo(400);
    }

    @Test
    void aHostNameThatNamesACompanyOneIsNotInIsRefusedLikeAnUnknownOne() throws Exception {
        RawHttp.Response foreign = get("/who", token("both", "acme"), "Host: initech.app.example.test");
        assertThat(foreign.status()).isEqualTo(403);
        assertThat(foreign).isEqualTo(get("/who", token("both", "acme"), "Host: xn--nobody-1ya.app.example.test"));
    }

    @Test
    void thePathNamesTheTenant() throws Exception {
        assertThat(get("/t/acme/who", token("both", "globex")).body()).isEqualTo("both acme");
        assertThat(get("/t/initech/who", token("both", "globex")).status()).isEqualTo(403);
        assertThat(get("/who", token("both", "globex")).body()).isEqualTo("both globex");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/t/acme;x=1/who",
                "/t/%2e%2e/who",
                "/t/../acme/who",
                "/t/acme%2fglobex/who",
                "/t//acme/who",
                "/t/%20/who"
            })
    void aPathThatCanBeReadInTwoWaysNamesNoTenant(String path) throws Exception {
        assertThat(get(path, token("both", "globex")).status()).isBetween(400, 404);
    }

    @Test
    void theHeaderGoesBeforeHostNameAndHostNameBeforePath() throws Exception {
        String token = token("both", "nowhere");
        assertThat(get("/t/nowhere/who", token, "X-Tenant-Id: acme", "Host: nowhere.app.example.test")
                        .body())
                .isEqualTo("both acme");
        assertThat(get("/t/nowhere/who", token, "Host: acme.app.example.test").body())
                .isEqualTo("both acme");
    }

    @Test
    void nothingIsTriedAfterARejection() throws Exception {
        RawHttp.Response blank = get("/t/acme/who", token("both", "acme"), "X-Tenant-Id:  ");
        RawHttp.Response twice = get("/t/acme/who", token("both", "acme"), "X-Tenant-Id: acme", "X-Tenant-Id: acme");
        assertThat(blank.status()).isEqualTo(400);
        assertThat(twice.status()).isEqualTo(400);
        assertThat(twice.body()).contains("X-Tenant-Id");
    }

    @Test
    void theDefaultCompanyIsTakenWhereNothingElseNamesOne() throws Exception {
        assertThat(get("/who", token("settled", null)).body()).isEqualTo("settled acme");
        assertThat(get("/who", token("settled", "globex")).body()).isEqualTo("settled globex");
    }

    @Test
    void aDefaultCompanyThatOneHasLeftIsRefused() throws Exception {
        assertThat(get("/who", token("left", null)).status()).isEqualTo(403);
    }

    @Test
    void whereNothingNamesACompanyTheAnswerTellsHowToNameOne() throws Exception {
        RawHttp.Response response = get("/who", token("both", null));
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.body()).contains("X-Tenant-Id", "in front of .App.Example.test", "/t/{tenant}/**");
    }

    @Test
    void aCredentialThatNamesSeveralCompaniesIsNotGuessedFrom() throws Exception {
        RawHttp.Response response = get("/who", token("several", "acme"));
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.body()).contains("several companies", "X-Tenant-Id");
        assertThat(get("/who", token("several", "acme"), "X-Tenant-Id: globex").body())
                .isEqualTo("several globex");
    }

    @Test
    void aSuspendedMemberIsAnsweredLikeSomebodyWhoIsNone() throws Exception {
        RawHttp.Response suspended = get("/who", token("suspended", "acme"));
        assertThat(suspended.status()).isEqualTo(403);
        assertThat(suspended)
                .isEqualTo(get("/who", token("both", "initech")))
                .isEqualTo(get("/who", token("both", "acme"), "X-Tenant-Id: no-such-company"))
                .isEqualTo(get("/who", token("both", "acme"), "X-Tenant-Id: a b"));
    }

    @Test
    void aNameThatNoCompanyHasIsNotLookedUpAndNoOtherCompanyTakesItsPlace() throws Exception {
        String token = token("everywhere", null);
        assertThat(get("/who", token, "X-Tenant-Id: initech").body()).isEqualTo("everywhere initech");
        assertThat(get("/who", token).body()).isEqualTo("everywhere acme");
        for (String name : List.of("a b", "caf\u00e9", "a".repeat(256))) {
            assertThat(get("/who", token, "X-Tenant-Id: " + name).status())
                    .as(name)
                    .isEqualTo(403);
        }
    }

    @Test
    void onlyMembersAreToldThatACompanyIsSuspended() throws Exception {
        RawHttp.Response member = get("/who", token("both", "suspended-company"));
        assertThat(member.status()).isEqualTo(403);
        assertThat(member.body())
                .contains("\"type\":\"https://tenancy.dev/problems/tenant-suspended\"", "Company suspended");
        assertThat(get("/who", token("settled", "suspended-company")).body())
                .isEqualTo(get("/who", token("settled", "no-such-company")).body());
    }

    @Test
    void aLookUpThatFailsRefusesTheRequestForNow(CapturedOutput output) throws Exception {
        RawHttp.Response response = get("/who", token("unlucky", "acme"));
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.header("Retry-After")).isEqualTo("5");
        assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(response.body()).doesNotContain("table of members");
        assertThat(output).contains("the table of members is gone");
    }

    @Test
    void aDefaultCompanyThatCannotBeLookedUpIsNotTakenForNone() throws Exception {
        assertThat(get("/who", token("unlucky", null)).status()).isEqualTo(503);
    }

    @Test
    void theApplicationsOwnWaysGoFirst() throws Exception {
        String token = token("both", "globex");
        assertThat(get("/who", token, "X-Own: acme", "X-Tenant-Id: globex").body())
                .isEqualTo("both acme");
        assertThat(get("/who", token, "X-Own: initech").status()).isEqualTo(403);
        assertThat(get("/who", token, "X-Own: reject").status()).isEqualTo(422);
        assertThat(get("/who", token, "X-Own: throw").status()).isEqualTo(503);
    }

    @Test
    void anErrorPageActsForTheTenantOfItsRequestOrForNone() throws Exception {
        assertThat(get("/fail-late", token("both", "acme")).header("X-Tenant-At-Error"))
                .isEqualTo("both acme");
        assertThat(get("/fail-late", token("once", "acme")).header("X-Tenant-At-Error"))
                .isEqualTo("nobody");
    }

    /** A token of a user for a tenant, or for none. */
    private static String token(String user, String tenant) {
        return "Authorization: Bearer "
                + (tenant == null
                        ? RawToken.sign(RawToken.HEADER, RawToken.payload("sub", "\"" + user + "\"", "tenant_id", ""))
                        : application.getBean(TokenIssuer.class).issue(user, tenant));
    }

    private static RawHttp.Response get(String path, String... headers) throws IOException {
        return RawHttp.to(application).get(path, headers);
    }

    @RestController
    static class Ways {

        private final AtomicInteger lookUps = new AtomicInteger();

        @Bean
        @Primary
        Memberships people() {
            return new Memberships() {
                @Override
                public Optional<Membership> find(String user, String tenant) {
                    return switch (user + "@" + tenant) {
                        case "both@acme", "both@globex", "several@globex", "settled@acme", "settled@globex" ->
                            Optional.of(new Membership(tenant, "STAFF"));
                        case "suspended@acme" ->
                            Optional.of(new Membership(tenant, "OWNER", Membership.Status.SUSPENDED));
                        case "both@suspended-company" ->
                            Optional.of(new Membership(tenant, "OWNER", Membership.Status.TENANT_SUSPENDED));
                        case "unlucky@acme" -> throw new IllegalStateException("the table of members is gone");
                        case "once@acme" ->
                            lookUps.getAndIncrement() == 0
                                    ? Optional.of(new Membership(tenant, "STAFF"))
                                    : Optional.empty();
                        default ->
                            user.equals("everywhere") ? Optional.of(new Membership(tenant, "STAFF")) : Optional.empty();
                    };
                }

                @Override
                public Optional<String> preferred(String user) {
                    return switch (user) {
                        case "settled", "left", "everywhere" -> Optional.of("acme");
                        case "unlucky" -> throw new IllegalStateException("the table of users is gone");
                        default -> Optional.empty();
                    };
                }
            };
        }

        @Bean
        TenantClaimResolver claims() {
            return TenantClaimResolver.of(
                    VerifiedToken.class,
                    token -> token.userId().equals("several")
                            ? Optional.of(new TenantClaim("several", List.of("acme", "globex")))
                            : Optional.empty());
        }

        @Bean
        TenantResolver own() {
            return (request, claim) -> {
                String own = request.getHeader("X-Own");
                if (own == null) {
                    return TenantResolver.Resolution.notApplicable();
                }
                return switch (own) {
                    case "throw" -> throw new IllegalStateException("no such table");
                    case "reject" ->
                        TenantResolver.Resolution.rejected(ProblemDetail.forStatus(HttpStatus.UNPROCESSABLE_CONTENT));
                    default -> TenantResolver.Resolution.resolved(own);
                };
            };
        }

        @Bean
        FilterRegistrationBean<Filter> atError() {
            FilterRegistrationBean<Filter> last = new FilterRegistrationBean<>((request, response, next) -> {
                ((HttpServletResponse) response).setHeader("X-Tenant-At-Error", who());
                next.doFilter(request, response);
            });
            last.setDispatcherTypes(DispatcherType.ERROR);
            return last;
        }

        @GetMapping({"/who", "/t/{tenant}/who", "/open"})
        String who() {
            return CurrentTenant.find()
                    .map(principal -> principal.userId() + " " + principal.tenantId())
                    .orElse("nobody");
        }

        @GetMapping("/fail-late")
        void failLate(HttpServletResponse response) throws IOException {
            response.sendError(409);
        }
    }
}

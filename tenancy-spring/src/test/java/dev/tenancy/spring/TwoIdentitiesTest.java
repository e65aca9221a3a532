package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.jwt.TokenIssuer;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.core.annotation.Order;
import org.springframework.security.access.annotation.Secured;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * What docs/access.md shows: bearer tokens of the library's chain beside pages with form login in a chain of the application's own.
 * Everybody is STAFF in acme and OWNER in globex; dora and the roots act for acme by default.
 */
@ExtendWith(OutputCaptureExtension.class)
class TwoIdentitiesTest {

    private static ConfigurableApplicationContext application;
    private static String startLog;

    private final CookieManager cookies = new CookieManager();
    private final HttpClient browser =
            HttpClient.newBuilder().cookieHandler(cookies).build();

    @BeforeAll
    static void start(CapturedOutput output) {
        application = TestApplication.start(
                Application.class,
                "tenancy.open=GET /open",
                "tenancy.resolve.chooser=/web/companies",
                "logging.level.dev.tenancy.spring=debug");
        startLog = output.getOut();
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    // ---- each credential by its own resolver

    @Test
    void aTokenActsForItsOwnCompanyWhateverOtherResolversSay() throws Exception {
        for (String path : List.of("/api/who", "/web/who")) {
            assertThat(get(path, "Authorization", bearer("dora", "globex")).body())
                    .as(path)
                    .isEqualTo("dora globex OWNER");
            assertThat(get(path, "Authorization", bearer("dora", "acme")).body())
                    .isEqualTo("dora acme STAFF");
        }
    }

    @Test
    void aUserOfTheFormActsForTheDefaultCompanyAndForAnotherByHeader() throws Exception {
        logIn("dora");
        assertThat(get("/web/who").body()).isEqualTo("dora acme STAFF");
        assertThat(get("/web/who", "X-Tenant-Id", "globex").body()).isEqualTo("dora globex OWNER");
    }

    @Test
    void aTokenBesideASessionActsForItself() throws Exception {
        logIn("dora");
        assertThat(get("/web/who", "Authorization", bearer("carl", "globex")).body())
                .isEqualTo("carl globex OWNER");
        assertThat(get("/web/who").body()).isEqualTo("dora acme STAFF");
    }

    @Test
    void aChangeByTokenNeedsNoTokenAgainstForgeryAndOneBySessionDoes() throws Exception {
        HttpRequest.Builder change = request("/web/change").POST(HttpRequest.BodyPublishers.noBody());
        logIn("dora");
        assertThat(send(change).statusCode()).isEqualTo(403);
        assertThat(send(change.header("Authorization", bearer("dora", "globex")))
                        .body())
                .isEqualTo("changed in globex");
        HttpRequest.Builder bad = request("/web/change", "Authorization", "Bearer x");
        assertThat(send(bad.POST(HttpRequest.BodyPublishers.noBody())).statusCode())
                .isEqualTo(401);
    }

    // ---- chains

    @Test
    void whatNoChainOfTheApplicationMatchesIsTheLibrarys() throws Exception {
        HttpResponse<String> refusal = get("/api/who");
        assertThat(refusal.statusCode()).isEqualTo(401);
        assertThat(refusal.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        assertThat(get("/anything/else").statusCode()).isEqualTo(401);
        assertThat(get("/open").body()).isEqualTo("nobody");
    }

    @Test
    void whoIsNotLoggedInIsSentToTheForm() throws Exception {
        HttpResponse<String> page = get("/web/who", "Accept", "text/html");
        assertThat(page.statusCode()).isEqualTo(302);
        assertThat(page.headers().firstValue("Location").orElseThrow()).endsWith("/login");
    }

    @Test
    void aSessionIsNoCredentialOutsideOfItsChain() throws Exception {
        logIn("dora");
        assertThat(get("/api/who").statusCode()).isEqualTo(401);
    }

    @Test
    void aRefusalSaysWhichChainAndWhichRuleRefused(CapturedOutput output) throws Exception {
        get("/api/who");
        assertThat(output)
                .contains("GET /api/who was answered 401", "tenancy.open does not list it", "bearerTokenFilterChain");
        get("/web/who", "Authorization", bearer("dora", "acme") + "x");
        assertThat(output).contains("GET /web/who was answered 401: The token is refused: its", "'web'");
        get("/api/who", "Authorization", bearer("dora", "initech"));
        assertThat(output).contains("GET /api/who was answered 403: You are not an active member");
        get("/api/owners", "Authorization", bearer("dora", "acme"));
        assertThat(output).doesNotContain(bearer("dora", "acme").substring(7, 40));
    }

    // ---- what is open

    @ParameterizedTest
    @ValueSource(strings = {"Bearer x", "Bearer", "bearer a.b.c"})
    void anOpenPathAnswersWhoeverSendsABadCredentialAsNobody(String credential) throws Exception {
        assertThat(get("/open", "Authorization", credential).body()).isEqualTo("nobody");
    }

    @Test
    void anOpenPathAnswersAGoodTokenThatActsForNoCompany() throws Exception {
        assertThat(get("/open", "Authorization", bearer("dora", "initech")).body())
                .isEqualTo("nobody");
        assertThat(get("/open", "Authorization", bearer("dora", "globex")).body())
                .isEqualTo("dora");
    }

    // ---- a browser whose company is not known

    @Test
    void aBrowserIsSentToTheChooserAndActsForWhatItChose() throws Exception {
        logIn("erin");
        HttpResponse<String> page = get("/web/who", "Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
        assertThat(page.statusCode()).isEqualTo(302);
        assertThat(page.headers().firstValue("Location").orElseThrow()).endsWith("/web/companies");
        HttpResponse<String> chooser = get("/web/companies", "Accept", "text/html");
        assertThat(chooser.body()).startsWith("erin: acme, globex ");
        String csrf = chooser.body().replaceFirst(".* ", "");
        String form = "company=globex&_csrf=" + URLEncoder.encode(csrf, StandardCharsets.UTF_8);
        HttpResponse<String> chosen =
                send(request("/web/companies", "Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form)));
        assertThat(chosen.statusCode()).isEqualTo(302);
        assertThat(get("/web/who").body()).isEqualTo("erin globex OWNER");
        assertThat(get("/web/who", "Authorization", bearer("erin", "acme")).body())
                .isEqualTo("erin acme STAFF");
    }

    @Test
    void aProgramIsToldHowToNameACompany() throws Exception {
        logIn("erin");
        for (String accept : List.of("*/*", "application/json", "text/plain")) {
            HttpResponse<String> problem = get("/web/who", "Accept", accept);
            assertThat(problem.statusCode()).isEqualTo(400);
            assertThat(problem.body()).contains("X-Tenant-Id");
        }
        HttpResponse<String> script = get("/web/who", "Accept", "text/html", "X-Requested-With", "XMLHttpRequest");
        assertThat(script.statusCode()).isEqualTo(400);
    }

    @Test
    void theChooserNeedsALoginAllTheSame() throws Exception {
        assertThat(get("/web/companies", "Accept", "text/html").statusCode()).isEqualTo(302);
    }

    // ---- roles

    @Test
    void anAuthorityOfTheApplicationStaysUnlessItHasTheNameOfATenantRole() throws Exception {
        logIn("root");
        assertThat(get("/web/authorities").body()).isEqualTo("APP_ADMIN,ROLE_AUDITOR,ROLE_STAFF,SCOPE_ADMIN,root acme");
        assertThat(get("/web/auditors").statusCode()).isEqualTo(200);
        assertThat(get("/web/admins").statusCode()).isEqualTo(403);
    }

    @Test
    void theClashIsToldAtStartAndWhenAnAuthorityDoesNotCount(CapturedOutput output) throws Exception {
        assertThat(startLog)
                .contains(
                        "tenancy.roles is OWNER > ADMIN > STAFF by default", "[users]", "ROLE_ADMIN", "COMPANY_ADMIN");
        logIn("root2");
        get("/web/admins");
        assertThat(output).contains("The authority ROLE_OWNER of a user does not count", "tenancy.roles");
    }

    @Test
    void springSecuritysHierarchyIsThatOfTheTenant() throws Exception {
        RoleHierarchy hierarchy = application.getBean(RoleHierarchy.class);
        assertThat(hierarchy.getReachableGrantedAuthorities(AuthorityUtils.createAuthorityList("ROLE_OWNER")))
                .extracting(Object::toString)
                .containsExactlyInAnyOrder("ROLE_OWNER", "ROLE_ADMIN", "ROLE_STAFF");
        for (String path : List.of("/api/owners", "/api/admins")) {
            assertThat(get(path, "Authorization", bearer("dora", "globex")).statusCode())
                    .isEqualTo(200);
            assertThat(get(path, "Authorization", bearer("dora", "acme")).statusCode())
                    .isEqualTo(403);
        }
    }

    private static String bearer(String user, String tenant) {
        return "Bearer " + application.getBean(TokenIssuer.class).issue(user, tenant);
    }

    private void logIn(String user) throws Exception {
        String page = get("/login").body();
        String csrf = page.replaceFirst("(?s).*name=\"_csrf\" type=\"hidden\" value=\"([^\"]+)\".*", "$1");
        String form = "username=" + user + "&password=secret&_csrf=" + URLEncoder.encode(csrf, StandardCharsets.UTF_8);
        HttpResponse<String> response = send(request("/login", "Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
        assertThat(response.headers().firstValue("Location").orElseThrow()).doesNotContain("error");
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        return send(request(path, headers));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return browser.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://localhost:" + application.getEnvironment().getProperty("local.server.port") + path));
        return headers.length == 0 ? request : request.headers(headers);
    }

    @RestController
    @EnableMethodSecurity(securedEnabled = true)
    static class Application {

        @Bean
        SecurityFilterChain web(HttpSecurity http) {
            return http.securityMatcher("/web/**", "/login", "/logout")
                    .formLogin(Customizer.withDefaults())
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .build();
        }

        @Bean
        TenantClaimResolver claims() {
            return principal -> Optional.of(new TenantClaim(principal.getName(), (String) null));
        }

        // Whoever is not known otherwise is of acme; asked only for users of the form, and after the one above.
        @Bean
        @Order(1)
        TenantClaimResolver ofAcme() {
            return principal -> principal.getName().startsWith("root")
                    ? Optional.of(new TenantClaim(principal.getName(), "acme"))
                    : Optional.empty();
        }

        @Bean
        TenantResolver chosen() {
            return (request, claim) -> {
                HttpSession session = request.getSession(false);
                Object company =
                        session == null || claim.tenants().size() == 1 ? null : session.getAttribute("company");
                return company == null
                        ? TenantResolver.Resolution.notApplicable()
                        : TenantResolver.Resolution.resolved(company.toString());
            };
        }

        @GetMapping("/web/companies")
        String companies(Principal user, CsrfToken token) {
            assertThat(CurrentTenant.find()).isEmpty();
            return user.getName() + ": acme, globex " + token.getToken();
        }

        @PostMapping("/web/companies")
        void choose(@RequestParam String company, HttpSession session, HttpServletResponse response)
                throws IOException {
            session.setAttribute("company", company);
            response.sendRedirect("/web/who");
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(
                    user("dora", "ROLE_USER"),
                    user("erin", "ROLE_USER"),
                    user("root", "ROLE_ADMIN", "ROLE_AUDITOR", "APP_ADMIN", "SCOPE_ADMIN"),
                    user("root2", "ROLE_OWNER"));
        }

        private static UserDetails user(String name, String... authorities) {
            return User.withUsername(name)
                    .password("{noop}secret")
                    .authorities(authorities)
                    .build();
        }

        @Bean
        @Primary
        Memberships people() {
            return new Memberships() {
                @Override
                public Optional<Membership> find(String user, String tenant) {
                    return Set.of("acme", "globex").contains(tenant)
                            ? Optional.of(new Membership(tenant, tenant.equals("globex") ? "OWNER" : "STAFF"))
                            : Optional.empty();
                }

                @Override
                public Optional<String> preferred(String user) {
                    return user.equals("erin") ? Optional.empty() : Optional.of("acme");
                }
            };
        }

        @GetMapping({"/web/who", "/api/who"})
        String who() {
            TenantPrincipal principal = CurrentTenant.require();
            return principal.userId() + " " + principal.tenantId() + " " + principal.role();
        }

        @GetMapping("/open")
        String open() {
            return CurrentTenant.find().map(TenantPrincipal::userId).orElse("nobody");
        }

        @PostMapping("/web/change")
        String change() {
            return "changed in " + CurrentTenant.require().tenantId();
        }

        @GetMapping("/web/authorities")
        String authorities(org.springframework.security.core.Authentication authentication) {
            return String.join(
                            ",",
                            authentication.getAuthorities().stream()
                                    .map(String::valueOf)
                                    .filter(name -> !name.contains("FACTOR"))
                                    .sorted()
                                    .toList())
                    + "," + CurrentTenant.require().userId() + " "
                    + CurrentTenant.require().tenantId();
        }

        @GetMapping("/web/auditors")
        @PreAuthorize("hasRole('AUDITOR')")
        String auditors() {
            return "welcome";
        }

        @GetMapping({"/web/admins", "/api/admins"})
        @Secured("ROLE_ADMIN")
        String admins() {
            return "welcome";
        }

        @GetMapping("/api/owners")
        @PreAuthorize("hasRole('OWNER')")
        String owners() {
            return "welcome";
        }
    }
}

package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.jwt.TokenVerifier;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Spring Security's resource server and its OpenID Connect login, with no code of the application's for the tenant. */
class AnotherIssuerTest {

    private static IdentityProvider provider;
    private static ConfigurableApplicationContext application;

    @BeforeAll
    static void start() throws Exception {
        provider = new IdentityProvider();
        String registration = "spring.security.oauth2.client.registration.home.";
        String endpoint = "spring.security.oauth2.client.provider.home.";
        application = new SpringApplicationBuilder(TestApplication.class, Chains.class)
                .properties(
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "logging.level.root=error",
                        "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID(),
                        "spring.jpa.hibernate.ddl-auto=create-drop",
                        "tenancy.claims=keycloak",
                        "spring.security.oauth2.resourceserver.jwt.jwk-set-uri=" + provider.address() + "/jwks",
                        registration + "client-id=app",
                        registration + "client-secret=secret",
                        registration + "scope=openid",
                        registration + "authorization-grant-type=authorization_code",
                        registration + "redirect-uri={baseUrl}/login/oauth2/code/{registrationId}",
                        endpoint + "authorization-uri=" + provider.address() + "/authorize",
                        endpoint + "token-uri=" + provider.address() + "/token",
                        endpoint + "jwk-set-uri=" + provider.address() + "/jwks")
                .run();
    }

    @AfterAll
    static void stop() {
        application.close();
        provider.close();
    }

    @Test
    void theApplicationHasNoTokensOfItsOwn() {
        assertThat(application.getBeanProvider(TokenVerifier.class).getIfAvailable())
                .isNull();
    }

    @Test
    void aResourceServersTokenNamesUserAndTenant() throws Exception {
        assertThat(api("/api/who", Map.of("sub", "bob", "organization", List.of("acme")))
                        .body())
                .isEqualTo("bob " + TestApplication.ACME + " STAFF");
    }

    @Test
    void theMembershipDecidesAndNotTheClaim() throws Exception {
        HttpResponse<String> foreign = api("/api/who", Map.of("sub", "bob", "organization", List.of("globex")));
        HttpResponse<String> unknown = api("/api/who", Map.of("sub", "bob", "organization", List.of("nowhere")));
        assertThat(foreign.statusCode()).isEqualTo(403);
        assertThat(foreign.body()).isEqualTo(unknown.body());
    }

    @Test
    void severalOrganizationsAreNotGuessedFrom() throws Exception {
        Map<String, Object> claims = Map.of("sub", "bob", "organization", List.of("acme", "globex"));
        assertThat(api("/api/who", claims).statusCode()).isEqualTo(400);
        assertThat(api("/api/who", claims, "X-Tenant-Id", "acme").statusCode()).isEqualTo(200);
        assertThat(api("/api/who", claims, "X-Tenant-Id", "globex").statusCode())
                .isEqualTo(403);
    }

    @Test
    void aTokenWithoutAUserOrWithAMalformedOrganizationIsRefused() throws Exception {
        assertThat(api("/api/who", Map.of("organization", List.of("acme"))).statusCode())
                .isEqualTo(403);
        assertThat(api("/api/who", Map.of("sub", "bob", "organization", List.of(7)))
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void anAuthorityThatTheTokenBringsAlongDoesNotCount() throws Exception {
        Map<String, Object> claims = Map.of("sub", "bob", "organization", List.of("acme"), "roles", "ROLE_OWNER");
        assertThat(api("/api/owners", claims).statusCode()).isEqualTo(403);
        assertThat(api("/api/auditors", Map.of("sub", "bob", "organization", List.of("acme"), "roles", "ROLE_AUDITOR"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(api("/api/owners", Map.of("sub", "alice", "organization", List.of("acme")))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aTokenOfAnotherKeyIsRefused() throws Exception {
        try (IdentityProvider stranger = new IdentityProvider()) {
            HttpResponse<String> response = HttpClient.newHttpClient()
                    .send(
                            request("/api/who")
                                    .header(
                                            "Authorization",
                                            "Bearer "
                                                    + stranger.token(
                                                            Map.of("sub", "bob", "organization", List.of("acme"))))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(401);
        }
    }

    @Test
    void whoLogsInWithOpenIdConnectActsForTheOrganizationOfTheIdToken() throws Exception {
        provider.user = Map.of("sub", "bob", "organization", List.of("acme"));
        HttpClient browser = browser();
        assertThat(page(browser, "/pages/who")).isEqualTo("bob " + TestApplication.ACME + " STAFF");
        assertThat(page(browser, "/pages/who")).isEqualTo("bob " + TestApplication.ACME + " STAFF");
        provider.user = Map.of("sub", "eve", "organization", List.of("acme"));
        assertThat(page(browser(), "/pages/who")).contains("<html>", "status=403");
    }

    @Test
    void aBrowserWhoseUserNamesSeveralCompaniesGetsThePageOfErrorsWhereThereIsNoChooser() throws Exception {
        provider.user = Map.of("sub", "bob", "organization", List.of("acme", "globex"));
        HttpClient browser = browser();
        String page = page(browser, "/pages/who");
        assertThat(page).contains("<html>", "400").doesNotContain("X-Tenant-Id");
        HttpResponse<String> script = browser.send(
                request("/pages/who").header("Accept", "application/json").build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(script.body()).contains("X-Tenant-Id");
    }

    private static HttpClient browser() {
        return HttpClient.newBuilder()
                .cookieHandler(new CookieManager())
                .followRedirects(HttpClient.Redirect.ALWAYS)
                .build();
    }

    private static String page(HttpClient browser, String path) throws Exception {
        return browser.send(request(path).header("Accept", "text/html").build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static HttpResponse<String> api(String path, Map<String, Object> claims, String... headers)
            throws Exception {
        HttpRequest.Builder request = request(path).header("Authorization", "Bearer " + provider.token(claims));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://localhost:" + application.getEnvironment().getProperty("local.server.port") + path));
    }

    @RestController
    @EnableMethodSecurity
    static class Chains {

        @Bean
        @Order(1)
        SecurityFilterChain api(HttpSecurity http) {
            Converter<Jwt, JwtAuthenticationToken> withItsRoles = jwt -> new JwtAuthenticationToken(
                    jwt, AuthorityUtils.commaSeparatedStringToAuthorityList(jwt.getClaimAsString("roles")));
            return http.securityMatcher("/api/**")
                    .oauth2ResourceServer(server -> server.jwt(jwt -> jwt.jwtAuthenticationConverter(withItsRoles)))
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .build();
        }

        @Bean
        @Order(2)
        SecurityFilterChain pages(HttpSecurity http) {
            return http.oauth2Login(Customizer.withDefaults())
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .build();
        }

        @GetMapping({"/api/who", "/pages/who"})
        String who() {
            var principal = CurrentTenant.require();
            return principal.userId() + " " + principal.tenantId() + " " + principal.role();
        }

        @GetMapping("/api/owners")
        @PreAuthorize("hasRole('OWNER')")
        String owners() {
            return "welcome";
        }

        @GetMapping("/api/auditors")
        @PreAuthorize("hasRole('AUDITOR')")
        String auditors() {
            return "welcome";
        }
    }
}

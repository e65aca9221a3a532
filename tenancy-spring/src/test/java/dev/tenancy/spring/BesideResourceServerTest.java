package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.jwt.TokenIssuer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.web.SecurityFilterChain;

/** Tokens of the application's own beside those of an identity provider, which Spring Security's resource server verifies. */
class BesideResourceServerTest {

    private static IdentityProvider provider;
    private static ConfigurableApplicationContext application;
    private static RawHttp http;

    @BeforeAll
    static void start() throws Exception {
        provider = new IdentityProvider();
        application = TestApplication.start(
                Chains.class,
                "tenancy.claims=keycloak",
                "tenancy.jwt.tenant-claim=tenant_id",
                "spring.security.oauth2.resourceserver.jwt.jwk-set-uri=" + provider.address() + "/jwks");
        http = RawHttp.to(application);
    }

    @AfterAll
    static void stop() {
        application.close();
        provider.close();
    }

    @Test
    void theResourceServersTokensActForTheirCompany() throws Exception {
        assertThat(http.get("/who", theirs("bob", "acme")).body()).isEqualTo("bob " + TestApplication.ACME + " STAFF");
        assertThat(http.get("/who", theirs("bob", "globex")).status()).isEqualTo(403);
    }

    @Test
    void tokensOfTheApplicationsOwnDoSoInTheSameChain() throws Exception {
        assertThat(http.get("/who", ours("alice", "acme")).body())
                .isEqualTo("alice " + TestApplication.ACME + " OWNER");
        assertThat(http.get("/who", ours("alice", "globex")).status()).isEqualTo(403);
    }

    @Test
    void whatNeitherVerifiesIsRefusedAsTheResourceServerDoes() throws Exception {
        for (String bad :
                List.of(ours("alice", "acme") + "x", theirs("bob", "acme") + "x", "Authorization: Bearer x")) {
            RawHttp.Response refusal = http.get("/who", bad);
            assertThat(refusal.status()).isEqualTo(401);
            assertThat(refusal.header("WWW-Authenticate")).startsWith("Bearer").contains("invalid_token");
        }
        try (IdentityProvider stranger = new IdentityProvider()) {
            String token = stranger.token(Map.of("sub", "bob", "organization", List.of("acme")));
            assertThat(http.get("/who", "Authorization: Bearer " + token).status())
                    .isEqualTo(401);
        }
        assertThat(http.get("/who").status()).isEqualTo(401);
    }

    @Test
    void inOtherChainsOnlyTokensOfTheApplicationsOwnAreGood() throws Exception {
        assertThat(http.get("/admins", ours("alice", "acme")).status()).isEqualTo(200);
        assertThat(http.get("/admins", theirs("alice", "acme")).status()).isEqualTo(401);
    }

    private static String ours(String user, String tenant) {
        return "Authorization: Bearer " + application.getBean(TokenIssuer.class).issue(user, tenant);
    }

    private static String theirs(String user, String organization) {
        return "Authorization: Bearer " + provider.token(Map.of("sub", user, "organization", List.of(organization)));
    }

    @Configuration(proxyBeanMethods = false)
    @Import(RequestTest.Handlers.class)
    static class Chains {

        @Bean
        @Order(1)
        SecurityFilterChain api(HttpSecurity http) {
            return http.securityMatcher("/who")
                    .oauth2ResourceServer(server -> server.jwt(Customizer.withDefaults()))
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .build();
        }

        @Bean
        JwtDecoder decoder() {
            return NimbusJwtDecoder.withJwkSetUri(provider.address() + "/jwks").build();
        }
    }
}

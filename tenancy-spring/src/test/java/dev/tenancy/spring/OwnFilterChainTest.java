package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/** An application with a filter chain and users of its own, who name no tenant but acme. */
class OwnFilterChainTest {

    private static ConfigurableApplicationContext application;

    @BeforeAll
    static void start() {
        application = TestApplication.start(OwnChain.class);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @Test
    void theTenantIsEnteredInTheApplicationsOwnChain() throws Exception {
        assertThat(get("/who", "bob").body()).isEqualTo("bob " + TestApplication.ACME + " STAFF");
    }

    @Test
    void aUserWhoIsNotAMemberIsRefused() throws Exception {
        assertThat(get("/who", "eve").statusCode()).isEqualTo(403);
        assertThat(get("/who", null).statusCode()).isEqualTo(401);
    }

    @Test
    void aRoleThatTheCredentialBringsAlongDoesNotCount() throws Exception {
        assertThat(get("/admins", "bob").statusCode()).isEqualTo(403);
        assertThat(get("/admins", "alice").statusCode()).isEqualTo(200);
    }

    @Test
    void norDoesItCountWhereNoTenantIsNamed() throws Exception {
        assertThat(get("/admins", "guest").statusCode()).isEqualTo(403);
    }

    private static HttpResponse<String> get(String path, String user) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://localhost:" + application.getEnvironment().getProperty("local.server.port") + path));
        if (user != null) {
            String credential = Base64.getEncoder().encodeToString((user + ":secret").getBytes());
            request.header("Authorization", "Basic " + credential);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Configuration(proxyBeanMethods = false)
    @Import(RequestTest.Handlers.class)
    static class OwnChain {

        @Bean
        SecurityFilterChain chain(HttpSecurity http) {
            return http.httpBasic(Customizer.withDefaults())
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(user("alice"), user("bob"), user("eve"), user("guest"));
        }

        // An ADMIN wherever these users come from, which says nothing about a tenant.
        private static UserDetails user(String name) {
            return User.withUsername(name)
                    .password("{noop}secret")
                    .roles("ADMIN")
                    .build();
        }

        @Bean
        TenantClaimResolver claims() {
            return principal -> principal.getName().equals("guest")
                    ? Optional.empty()
                    : Optional.of(new TenantClaim(principal.getName(), "acme"));
        }
    }
}

package dev.tenancy.test.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.zoo.Shop;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

class CsrfTokensTest {

    private static final Request POST = new Request("POST", "/pages/post");

    private ConfigurableApplicationContext context;

    @AfterEach
    void stop() {
        context.close();
    }

    private HttpCalls start(Class<?> application) {
        context = Shop.start(application);
        return HttpCalls.to("http://localhost:" + context.getEnvironment().getProperty("local.server.port"));
    }

    @Test
    void whoIsNobodyIsAskedToSignInOnceThereIsAToken() {
        HttpCalls http = start(Forms.class);
        CsrfTokens tokens = new CsrfTokens(context, http);

        assertThat(http.send(POST, Map.of()).status()).isEqualTo(403);
        assertThat(tokens.isAskedFor(POST, Map.of())).isTrue();
        assertThat(http.send(POST, tokens.with(POST, Map.of())).facts().get("header location"))
                .endsWith("/login");
    }

    @Test
    void aSessionGetsItsToken() {
        HttpCalls http = start(Forms.class);
        CsrfTokens tokens = new CsrfTokens(context, http);
        Request login = new Request("POST", "/login");
        login.form.putAll(Map.of("username", "somebody", "password", "secret"));
        login.headers.put("Content-Type", Operation.URL_ENCODED);
        Answer signedIn = http.send(login, tokens.with(login, Map.of()));
        Map<String, String> session =
                Map.of("Cookie", "JSESSIONID=" + signedIn.cookies().get("JSESSIONID"));

        assertThat(http.send(POST, session).status()).isEqualTo(403);
        assertThat(http.send(POST, tokens.with(POST, session)).body()).isEqualTo("posted");
        assertThat(tokens.with(POST, session)).isSameAs(tokens.with(POST, session));
    }

    @Test
    void whereNoPageHasOneNothingIsProven() {
        HttpCalls http = start(NoPages.class);

        assertThatExceptionOfType(Unproven.class)
                .isThrownBy(() -> new CsrfTokens(context, http).with(POST, Map.of()))
                .withMessageContainingAll("not proven", "POST /pages/post", "CSRF", "signIn()", "notProven()");
    }

    @Test
    void whoBringsATokenOrNoSessionIsLeftAlone() {
        HttpCalls http = start(Forms.class);
        CsrfTokens tokens = new CsrfTokens(context, http);

        assertThat(tokens.isAskedFor(POST, Map.of("Authorization", "Bearer x"))).isFalse();
        assertThat(tokens.isAskedFor(POST, Map.of("Cookie", "JSESSIONID=x", "X-CSRF-TOKEN", "y")))
                .isFalse();
        assertThat(tokens.isAskedFor(new Request("GET", "/pages/post"), Map.of()))
                .isFalse();
    }

    @RestController
    static class Posts {

        @PostMapping("/pages/post")
        String post() {
            return "posted";
        }
    }

    /** Pages behind a form to sign in with. */
    @Configuration(proxyBeanMethods = false)
    static class Forms extends Posts {

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(User.withUsername("somebody")
                    .password("{noop}secret")
                    .roles("USER")
                    .build());
        }

        @Bean
        @Order(1)
        SecurityFilterChain pages(HttpSecurity http) {
            return http.securityMatcher("/pages/**", "/login")
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .formLogin(Customizer.withDefaults())
                    .build();
        }
    }

    /** Protection for browsers where there are none. */
    @Configuration(proxyBeanMethods = false)
    static class NoPages extends Posts {

        @Bean
        @Order(1)
        SecurityFilterChain pages(HttpSecurity http) {
            return http.securityMatcher("/pages/**")
                    .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .build();
        }
    }
}

package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.jwt.TokenIssuer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * What docs/access.md shows: an API, actuator and pages in three filter chains of the application's own, and a login that issues a
 * token.
 */
class ThreeChainsTest {

    private static final UUID BOB = new UUID(7, 7);

    private static ConfigurableApplicationContext application;
    private static RawHttp http;

    @BeforeAll
    static void start() {
        application = TestApplication.start(
                ThreeChains.class,
                "management.endpoints.web.exposure.include=*",
                "tenancy.operators=olga",
                "tenancy.open=POST /api/login");
        http = RawHttp.to(application);
        JdbcClient jdbc = application.getBean(JdbcClient.class);
        jdbc.sql("create table app_user (id uuid primary key, email varchar(200) unique, password_hash varchar(200))")
                .update();
        jdbc.sql("insert into app_user values (?, 'bob@acme.test', '{noop}secret')")
                .param(BOB)
                .update();
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @Test
    void theApiTakesTokensAndAnswersProblems() throws Exception {
        RawHttp.Response refusal = http.get("/api/hello", "Accept: text/html");
        assertThat(refusal.status()).isEqualTo(401);
        assertThat(refusal.header("WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(http.get("/api/hello", bearer("bob")).body()).isEqualTo("hello bob");
        assertThat(http.get("/api/hello", bearer("eve")).status()).isEqualTo(403);
    }

    @Test
    void aLoginIssuesATokenForTheDefaultCompany() throws Exception {
        RawHttp.Response answer = logIn("bob@acme.test", "secret");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("\"expiresIn\":900");
        String token = answer.body().replaceFirst("(?s).*\"accessToken\":\"([^\"]+)\".*", "$1");
        assertThat(http.get("/api/hello", "Authorization: Bearer " + token).body())
                .isEqualTo("hello " + BOB);
    }

    @Test
    void aLoginMindsNoTokenThatIsNotGood() throws Exception {
        assertThat(logIn("bob@acme.test", "secret", "Authorization: Bearer x").status())
                .isEqualTo(200);
    }

    @Test
    void aWrongPasswordAndAnUnknownAddressAreAnsweredTheSame() throws Exception {
        RawHttp.Response wrong = logIn("bob@acme.test", "guess");
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.body()).contains("The address or the password is wrong.");
        assertThat(logIn("nobody@acme.test", "secret").body()).isEqualTo(wrong.body());
    }

    private static RawHttp.Response logIn(String email, String password, String... headers) throws Exception {
        String body = "{\"email\": \"" + email + "\", \"password\": \"" + password + "\"}";
        return http.post(
                "POST",
                "/api/login",
                body.getBytes(StandardCharsets.UTF_8),
                Stream.concat(Stream.of("Content-Type: application/json"), Stream.of(headers))
                        .toArray(String[]::new));
    }

    @Test
    void actuatorIsForOperatorsButForItsProbes() throws Exception {
        assertThat(http.get("/actuator/health").status()).isEqualTo(200);
        assertThat(http.get("/actuator/env").status()).isEqualTo(401);
        assertThat(http.get("/actuator/env", bearer("alice")).status()).isEqualTo(403);
        assertThat(http.get("/actuator/env", bearer("olga")).status()).isEqualTo(200);
    }

    @Test
    void pagesAskForALogin() throws Exception {
        assertThat(http.get("/").body()).isEqualTo("welcome");
        RawHttp.Response page = http.get("/page", "Accept: text/html");
        assertThat(page.status()).isEqualTo(302);
        assertThat(page.header("Location")).endsWith("/login");
    }

    private static String bearer(String user) {
        return "Authorization: Bearer " + application.getBean(TokenIssuer.class).issue(user, "acme");
    }

    @Configuration(proxyBeanMethods = false)
    @Import({Handlers.class, LoginController.class})
    static class ThreeChains {

        @Bean
        @Order(1)
        SecurityFilterChain api(
                HttpSecurity http, @Qualifier("bearerTokenEntryPoint") AuthenticationEntryPoint unauthorized) {
            return http.securityMatcher("/api/**")
                    .csrf(csrf -> csrf.disable())
                    .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                    .exceptionHandling(refused -> refused.authenticationEntryPoint(unauthorized))
                    .authorizeHttpRequests(requests -> requests.requestMatchers("/api/login")
                            .permitAll()
                            .anyRequest()
                            .authenticated())
                    .build();
        }

        @Bean
        @Order(2)
        SecurityFilterChain actuator(
                HttpSecurity http, @Qualifier("bearerTokenEntryPoint") AuthenticationEntryPoint unauthorized) {
            return http.securityMatcher(EndpointRequest.toAnyEndpoint())
                    .exceptionHandling(refused -> refused.authenticationEntryPoint(unauthorized))
                    .authorizeHttpRequests(requests -> requests.requestMatchers(EndpointRequest.to("health"))
                            .permitAll()
                            .anyRequest()
                            .hasAuthority("TENANCY_OPERATOR"))
                    .build();
        }

        @Bean
        @Order(3)
        SecurityFilterChain pages(HttpSecurity http) {
            return http.formLogin(Customizer.withDefaults())
                    .authorizeHttpRequests(requests -> requests.requestMatchers("/", "/css/**", "/error")
                            .permitAll()
                            .anyRequest()
                            .authenticated())
                    .build();
        }

        @Bean
        PasswordEncoder passwords() {
            return PasswordEncoderFactories.createDelegatingPasswordEncoder();
        }

        @Bean
        @Primary
        Memberships people() {
            return new Memberships() {
                @Override
                public Optional<Membership> find(String user, String tenant) {
                    return Set.of("alice", "bob", BOB.toString()).contains(user)
                                    && Set.of("acme", TestApplication.ACME.toString())
                                            .contains(tenant)
                            ? Optional.of(new Membership(TestApplication.ACME, "OWNER"))
                            : Optional.empty();
                }

                @Override
                public Optional<String> preferred(String user) {
                    return Optional.of("acme");
                }
            };
        }

        @Bean
        TenantClaimResolver claims() {
            return principal -> Optional.of(new TenantClaim(principal.getName(), (String) null));
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(
                    User.withUsername("bob").password("{noop}secret").build());
        }
    }

    @RestController
    static class Handlers {

        @GetMapping("/api/hello")
        String hello() {
            return "hello " + CurrentTenant.require().userId();
        }

        @GetMapping("/")
        String welcome() {
            return "welcome";
        }

        @GetMapping("/page")
        String page() {
            return "page";
        }
    }
}

@RestController
class LoginController {

    record Login(String email, String password) {}

    record Token(String accessToken, long expiresIn) {}

    record Account(UUID id, String passwordHash) {}

    private final JdbcClient jdbc;
    private final PasswordEncoder passwords;
    private final Memberships memberships;
    private final TokenIssuer tokens;
    private final String nobodysHash;

    LoginController(JdbcClient jdbc, PasswordEncoder passwords, Memberships memberships, TokenIssuer tokens) {
        this.jdbc = jdbc;
        this.passwords = passwords;
        this.memberships = memberships;
        this.tokens = tokens;
        this.nobodysHash = passwords.encode(UUID.randomUUID().toString());
    }

    @PostMapping("/api/login")
    Token login(@RequestBody Login login) {
        Optional<Account> account = jdbc.sql("select id, password_hash from app_user where email = ?")
                .param(login.email())
                .query(Account.class)
                .optional();
        // Compared for nobody as well, so that the time tells no address.
        boolean matches = passwords.matches(
                login.password(), account.map(Account::passwordHash).orElse(nobodysHash));
        return account.filter(known -> matches)
                .map(known -> known.id().toString())
                .flatMap(user -> memberships
                        .preferred(user)
                        .flatMap(company -> memberships.find(user, company))
                        .map(member -> tokens.issue(user, member.tenantId().toString())))
                .map(token -> new Token(token, tokens.lifetime().toSeconds()))
                .orElseThrow(() -> Problem.of(HttpStatus.UNAUTHORIZED, "The address or the password is wrong."));
    }
}

package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.UnprovenStatementException;
import dev.tenancy.jwt.TokenIssuer;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.CacheManager;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Spring Boot's actuator beside the library: its probes are open, and everything else of it is for operators. */
class ActuatorTest {

    private static final String[] PROBES = {
        "/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness", "/livez", "/readyz"
    };

    @Test
    void withTokensItsProbesAreOpenAndTheRestIsForOperators() throws Exception {
        try (ConfigurableApplicationContext application = TestApplication.start(
                Nobody.class,
                "management.endpoints.web.exposure.include=*",
                "management.endpoint.health.probes.add-additional-paths=true",
                "tenancy.operators=olga")) {
            RawHttp http = RawHttp.to(application);
            for (String probe : PROBES) {
                assertProbe(http, probe);
            }
            for (String path : new String[] {"/actuator", "/actuator/", "/actuator/env", "/actuator/env/x"}) {
                assertThat(http.get(path).status()).as(path).isEqualTo(401);
                assertThat(http.get(path, bearer(application, "bob", "acme")).status())
                        .as(path)
                        .isEqualTo(403);
                assertThat(http.get(path, bearer(application, "alice", "acme")).status())
                        .as(path)
                        .isEqualTo(403);
            }
            // Who operates needs no company, and has in none the roles of another.
            assertThat(http.get("/actuator/env", bearer(application, "olga", "nowhere"))
                            .status())
                    .isEqualTo(200);
            assertThat(http.get("/who", bearer(application, "olga", "nowhere")).status())
                    .isEqualTo(403);
            assertThat(http.send("POST", "/actuator/health", "Content-Length: 0")
                            .status())
                    .isEqualTo(401);
            assertThat(http.get("/actuator/health/db").status()).isEqualTo(401);
            assertThat(http.get("/who", bearer(application, "bob", "acme")).body())
                    .startsWith("bob");
        }
    }

    @Test
    void itsEndpointTellsOperatorsWhatIsIsolatedAndWhatWasRefused() throws Exception {
        try (ConfigurableApplicationContext application = TestApplication.start(
                Observed.class,
                "management.endpoints.web.exposure.include=tenancy",
                "tenancy.cache.shared.codes=ISO codes",
                "tenancy.operators=olga")) {
            RawHttp http = RawHttp.to(application);
            assertThat(http.get("/actuator/tenancy", bearer(application, "alice", "acme"))
                            .status())
                    .isEqualTo(403);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> CurrentTenant.runAs(
                                TestApplication.ACME,
                                () -> application
                                        .getBean(JdbcClient.class)
                                        .sql("select name from shelf where name = 'a value'")
                                        .query()
                                        .listOfRows()))
                        .isInstanceOf(UnprovenStatementException.class);
            }
            JsonNode told = JsonMapper.shared()
                    .readTree(http.get("/actuator/tenancy", bearer(application, "olga", "nowhere"))
                            .body());
            assertThat(told.at("/entities/entityManagerFactory").toString())
                    .contains("Shelf\",\"table\":\"shelf\",\"ownership\":\"OWNED\"")
                    .contains("\"ownership\":\"GLOBAL\",\"reason\":\"asked before a company is current\"");
            assertThat(told.at("/caches/cacheManager").toString()).isEqualTo("[\"names\"]");
            assertThat(told.at("/sharedCaches/codes").asString()).isEqualTo("ISO codes");
            JsonNode refusal = told.at("/refusals/0");
            assertThat(refusal.path("kind").asString()).isEqualTo("UnprovenStatementException");
            assertThat(refusal.path("message").asString())
                    .contains("select name from shelf where name = ")
                    .doesNotContain("a value");
            assertThat(refusal.path("times").asInt()).isEqualTo(2);
        }
    }

    @Test
    void theTenantIsNamedInTracesAndIsNoTagOfMetrics() throws Exception {
        try (ConfigurableApplicationContext application = TestApplication.start(Observed.class)) {
            RawHttp http = RawHttp.to(application);
            assertThat(http.get("/shelves", bearer(application, "carol", "globex"))
                            .status())
                    .isEqualTo(200);
            assertThat(http.get("/shelves").status()).isEqualTo(401);
            assertThat(Observed.SEEN)
                    .contains("http.server.requests " + TestApplication.GLOBEX, "http.server.requests null");
            CurrentTenant.runAs(
                    TestApplication.ACME,
                    () -> Observation.createNotStarted("work", application.getBean(ObservationRegistry.class))
                            .observe(() -> {}));
            assertThat(Observed.SEEN).contains("work " + TestApplication.ACME);
            assertThat(application.getBean(MeterRegistry.class).getMeters())
                    .isNotEmpty()
                    .allSatisfy(
                            meter -> assertThat(meter.getId().getTag("tenant")).isNull());
        }
    }

    @Test
    void theBusiestTenantsAreATagOfTheMetricsOfRequestsWhereThatIsAskedFor() throws Exception {
        try (ConfigurableApplicationContext application =
                TestApplication.start(Observed.class, "tenancy.metrics.tenants=1")) {
            RawHttp http = RawHttp.to(application);
            http.get("/shelves", bearer(application, "carol", "globex"));
            http.get("/shelves", bearer(application, "alice", "acme"));
            http.get("/shelves");
            assertThat(application
                            .getBean(MeterRegistry.class)
                            .find("http.server.requests")
                            .timers())
                    .extracting(timer -> timer.getId().getTag("tenancy.tenant"))
                    .containsExactlyInAnyOrder(TestApplication.GLOBEX.toString(), "other", "none");
        }
    }

    @Import(RequestTest.Handlers.class)
    static class Observed {

        static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

        @Bean
        MeterRegistry meters() {
            return new SimpleMeterRegistry();
        }

        @Bean
        ObservationHandler<Observation.Context> seeing() {
            return new ObservationHandler<>() {
                @Override
                public void onStop(Observation.Context context) {
                    KeyValue tenant = context.getHighCardinalityKeyValue("tenant");
                    SEEN.add(context.getName() + " " + (tenant == null ? null : tenant.getValue()));
                }

                @Override
                public boolean supportsContext(Observation.Context context) {
                    return true;
                }
            };
        }

        @Bean
        CacheManager cacheManager() {
            return new ConcurrentMapCacheManager("codes", "names");
        }
    }

    private static void assertProbe(RawHttp http, String path) throws Exception {
        assertThat(http.get(path).status()).as(path).isEqualTo(200);
        assertThat(http.send("HEAD", path).status()).as(path).isEqualTo(200);
        assertThat(http.get(path, "Authorization: Bearer x").status()).as(path).isEqualTo(200);
        assertThat(http.get(path, "Authorization: Bearer x", "Authorization: Bearer x")
                        .status())
                .as(path)
                .isEqualTo(200);
    }

    @Test
    void withoutTokensAndWithoutAChainOfItsOwnAnApplicationWorks() throws Exception {
        try (ConfigurableApplicationContext application = new SpringApplicationBuilder(
                        TestApplication.class, RequestTest.Handlers.class)
                .properties(
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "logging.level.root=error",
                        "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID(),
                        "spring.jpa.hibernate.ddl-auto=create-drop",
                        "management.endpoint.health.probes.add-additional-paths=true",
                        "spring.security.user.password=secret")
                .run()) {
            RawHttp http = RawHttp.to(application);
            for (String probe : PROBES) {
                assertThat(http.get(probe).status()).as(probe).isEqualTo(200);
                assertThat(http.send("HEAD", probe).status()).as(probe).isEqualTo(200);
            }
            assertThat(http.get("/who").status()).isEqualTo(401);
            assertThat(http.get("/open", basic("user")).body()).isEqualTo("Optional.empty");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/manage", "/"})
    void wherePathsAndPortAreOthersTheyAreFoundAllTheSame(String base) throws Exception {
        String prefix = base.equals("/") ? "" : base;
        try (ConfigurableApplicationContext application = TestApplication.start(
                Nobody.class,
                "management.endpoints.web.exposure.include=*",
                "management.server.port=0",
                "management.endpoints.web.base-path=" + base,
                "management.endpoints.web.path-mapping.health=alive",
                "tenancy.operators=olga")) {
            RawHttp http = new RawHttp(
                    application.getEnvironment().getRequiredProperty("local.management.port", Integer.class));
            assertThat(http.get(prefix + "/alive/liveness").status()).isEqualTo(200);
            assertThat(http.get(prefix + "/env").status()).isEqualTo(401);
            assertThat(http.get(prefix + "/env", bearer(application, "alice", "acme"))
                            .status())
                    .isEqualTo(403);
            assertThat(http.get(prefix + "/env", bearer(application, "olga", "acme"))
                            .status())
                    .isEqualTo(200);
            // The same path on the other port is the application's.
            assertThat(RawHttp.to(application)
                            .get(prefix + "/env", bearer(application, "alice", "acme"))
                            .status())
                    .isEqualTo(404);
        }
    }

    @Test
    void inAChainOfTheApplicationsItsRulesCountButNoRoleInACompanyDoes() throws Exception {
        try (ConfigurableApplicationContext application =
                TestApplication.start(OwnChain.class, "management.endpoints.web.exposure.include=*")) {
            RawHttp http = RawHttp.to(application);
            assertThat(http.get("/actuator/env", basic("alice")).status()).isEqualTo(403);
            assertThat(http.get("/who", basic("alice")).body()).endsWith("OWNER");
            assertThat(http.get("/actuator/env", basic("monitor")).status()).isEqualTo(200);
            // Whatever its rules let in.
            assertThat(http.get("/actuator/info", basic("alice")).status()).isEqualTo(200);
            assertThat(http.get("/actuator/info", bearer(application, "alice", "acme"))
                            .status())
                    .isEqualTo(403);
        }
    }

    private static String bearer(ConfigurableApplicationContext application, String user, String tenant) {
        return "Authorization: Bearer " + application.getBean(TokenIssuer.class).issue(user, tenant);
    }

    private static String basic(String user) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString((user + ":secret").getBytes());
    }

    @Configuration(proxyBeanMethods = false)
    @Import(RequestTest.Handlers.class)
    static class Nobody {}

    @Configuration(proxyBeanMethods = false)
    @Import(RequestTest.Handlers.class)
    static class OwnChain {

        @Bean
        SecurityFilterChain chain(HttpSecurity http) {
            return http.httpBasic(Customizer.withDefaults())
                    .authorizeHttpRequests(requests -> requests.requestMatchers("/actuator/env")
                            .hasAnyRole("OWNER", "MONITOR")
                            .anyRequest()
                            .authenticated())
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(
                    User.withUsername("alice")
                            .password("{noop}secret")
                            .roles("USER")
                            .build(),
                    User.withUsername("monitor")
                            .password("{noop}secret")
                            .roles("MONITOR")
                            .build());
        }

        @Bean
        TenantClaimResolver claims() {
            return principal -> Optional.of(new TenantClaim(principal.getName(), "acme"));
        }

        @Bean
        @Primary
        Memberships members() {
            return (user, tenant) -> user.equals("alice")
                    ? Optional.of(new Membership(TestApplication.ACME, "OWNER"))
                    : Optional.empty();
        }
    }
}

package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Memberships;
import dev.tenancy.jwt.TokenIssuer;
import jakarta.persistence.EntityManager;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.security.Principal;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.realm.GenericPrincipal;
import org.apache.catalina.valves.ValveBase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The trip of a request where Spring Security is absent. The build takes its libraries off the class path for this class alone; see
 * the execution without-spring-security in the pom.
 */
class WithoutSpringSecurityTest {

    private static ConfigurableApplicationContext application;
    private static RawHttp http;

    @BeforeAll
    static void start() {
        application = TestApplication.start(
                Handlers.class,
                "tenancy.open=GET /open,GET /files/{name},GET /public/**",
                "tenancy.resolve.path=/t/{tenant}/**",
                "management.endpoints.web.exposure.include=*",
                "tenancy.operators=olga");
        http = RawHttp.to(application);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.springframework.security.config.annotation.web.builders.HttpSecurity",
                "org.springframework.security.core.Authentication",
                "org.springframework.security.oauth2.core.ClaimAccessor",
                "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration"
            })
    void springSecurityIsReallyAbsent(String type) {
        assertThatExceptionOfType(ClassNotFoundException.class).isThrownBy(() -> Class.forName(type));
    }

    @Test
    void aRequestActsForTheTenantOfItsToken() throws Exception {
        RawHttp.Response response = http.get("/who", token("alice", "acme"));
        assertThat(response.body()).isEqualTo("alice " + TestApplication.ACME + " alice true false Bearer");
        assertThat(http.get("/t/acme/who", token("alice", "nowhere")).status()).isEqualTo(200);
    }

    @Test
    void aRoleIsTheOneInThisTenant() throws Exception {
        assertThat(http.get("/who", token("bob", "acme")).body())
                .isEqualTo("bob " + TestApplication.ACME + " bob false false Bearer");
    }

    @Test
    void aRoleThatTheContainerGivesDoesNotCount() throws Exception {
        for (String role : List.of("ADMIN", "BOSS")) {
            assertThat(http.get("/who", token("bob", "acme"), "X-Container-Role: " + role)
                            .body())
                    .isEqualTo("bob " + TestApplication.ACME + " bob false false Bearer");
        }
        // Without a tenant as well; its other roles are its own affair.
        assertThat(http.get("/public/role", "X-Container-Role: ADMIN").body()).isEqualTo("false false");
        assertThat(http.get("/public/role", "X-Container-Role: GARDENER").body())
                .isEqualTo("false true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/t/acme;x=1/who", "/t/acme;/who", "/t/acme/who;x=1", "/t/%20/who"})
    void aPathThatCanBeReadInTwoWaysNamesNoTenant(String path) throws Exception {
        assertThat(http.get(path, token("alice", "acme")).status()).isEqualTo(400);
    }

    @Test
    void theMembershipDecides() throws Exception {
        RawHttp.Response foreign = http.get("/who", token("alice", "acme"), "X-Tenant-Id: globex");
        assertThat(foreign.status()).isEqualTo(403);
        assertThat(foreign).isEqualTo(http.get("/who", token("alice", "nowhere")));
    }

    @Test
    void theResourcesOfTheLibraryWork() throws Exception {
        assertThat(http.get("/shelves", token("alice", "acme")).status()).isEqualTo(200);
        assertThat(http.get("/shelves").status()).isEqualTo(401);
        assertThat(http.send("DELETE", "/shelves/" + UUID.randomUUID(), token("bob", "acme"))
                        .status())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer x", "Bearer ", "Bearer", "Basic YTpi", "bearer a.b.c", "Bearer null"})
    void aBadCredentialIsAnsweredLikeNone(String credential) throws Exception {
        RawHttp.Response none = http.get("/who");
        assertThat(none.status()).isEqualTo(401);
        assertThat(none.header("WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(none.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(none.body())
                .contains(
                        "{\"type\":\"about:blank\",\"title\":\"Unauthorized\",\"status\":401,\"detail\":\"This needs a valid"
                                + " bearer token.\"}");
        assertThat(http.get("/who", "Authorization: " + credential)).isEqualTo(none);
    }

    @Test
    void twoCredentialsAreRefused() throws Exception {
        String token = token("alice", "acme");
        assertThat(http.get("/who", token, token).status()).isEqualTo(401);
    }

    @Test
    void whileAnotherIssuersKeysCannotBeHadTheAnswerIs503AndNot401() throws Exception {
        // Nothing listens on this port.
        String issuer = "http://localhost:1";
        try (ConfigurableApplicationContext other = TestApplication.start(
                Handlers.class,
                "tenancy.jwt.secret=",
                "tenancy.jwt.jwks=" + issuer + "/jwks",
                "tenancy.jwt.issuer=" + issuer,
                "tenancy.jwt.audience=app")) {
            RawHttp there = RawHttp.to(other);
            String unverifiable =
                    "Authorization: Bearer " + RawToken.sign("{\"alg\":\"RS256\",\"kid\":\"1\"}", RawToken.payload());
            RawHttp.Response refusal = there.get("/who", unverifiable);
            assertThat(refusal.status()).isEqualTo(503);
            assertThat(refusal.header("Retry-After")).isEqualTo("5");
            assertThat(there.get("/who").status()).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/open", "/files/a", "/files/caf%C3%A9", "/public/x/y", "/public", "/open?x=/../y"})
    void anOpenEndpointNeedsNoCredential(String path) throws Exception {
        assertThat(http.get(path).body()).isEqualTo("nobody");
    }

    @Test
    void anOpenEndpointTakesABadCredentialForNoneAndKnowsAGoodOne() throws Exception {
        assertThat(http.get("/open", "Authorization: Bearer x").body()).isEqualTo("nobody");
        assertThat(http.get("/open", token("alice", "globex")).body()).isEqualTo("nobody");
        assertThat(http.get("/open", token("alice", "acme")).body()).isEqualTo("alice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/Open",
                "/open/",
                "/open;a=b",
                "/open;",
                "//open",
                "/./open",
                "/x/../open",
                "/public/../who",
                "/public/..;/who",
                "/public/%2e%2e/who",
                "/public/%252e%252e/who",
                "/public/a%2f..%2fwho",
                "/public/a%5c..%5cwho",
                "/public/..\\who",
                "/public//who",
                "/public/%00",
                "/public/%0d%0a",
                "/public/%3b/who",
                "/public/%zz",
                "/public/%",
                "/files/a%2fb",
                "/files/..",
                "/files/a/b",
                "/who",
                "/",
                "/error"
            })
    void whatOnlyLooksLikeAnOpenEndpointIsNotOpen(String path) throws Exception {
        // Some of these the container refuses by itself.
        assertThat(http.get(path).status()).isIn(400, 401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HEAD", "POST", "OPTIONS", "DELETE", "get"})
    void anOpenEndpointIsOpenForItsMethodOnly(String method) throws Exception {
        assertThat(http.send(method, "/open", "Content-Length: 0").status()).isEqualTo(401);
    }

    @Test
    void anAsynchronousAnswerIsWrittenForItsTenant() throws Exception {
        assertThat(http.get("/later", token("alice", "acme")).body()).contains("\"user\":\"alice\"");
    }

    @Test
    void theProbesOfActuatorAreOpenAndItsOtherEndpointsAreForOperators() throws Exception {
        for (String probe : List.of("/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness")) {
            for (String method : List.of("GET", "HEAD")) {
                assertThat(http.send(method, probe).status()).as(probe).isEqualTo(200);
                assertThat(http.send(method, probe, "Authorization: Bearer x").status())
                        .as(probe)
                        .isEqualTo(200);
            }
        }
        assertThat(http.get("/actuator/env").status()).isEqualTo(401);
        assertThat(http.get("/actuator/env", token("alice", "acme")).status()).isEqualTo(403);
        assertThat(http.get("/actuator/env", token("olga", "nowhere")).status()).isEqualTo(200);
    }

    @Test
    void afterAFailureNoTenantIsLeftBehind() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(http.get("/fails", token("alice", "acme")).status()).isEqualTo(500);
            assertThat(http.get("/gone", token("alice", "acme")).status()).isEqualTo(410);
            assertThat(http.get("/open").body()).isEqualTo("nobody");
        }
    }

    @Test
    void membersMayBeReadByJpaWhichIsMadeWhileTheServerStarts() throws Exception {
        SpringApplicationBuilder builder = new SpringApplicationBuilder(StoredMembers.class)
                .properties(
                        "server.port=0",
                        "logging.level.root=error",
                        "spring.main.banner-mode=off",
                        "spring.data.jpa.repositories.enabled=false",
                        "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID(),
                        "tenancy.jwt.secret=0123456789abcdef0123456789abcdef",
                        "tenancy.jwt.issuer=test",
                        "tenancy.jwt.audience=test");
        try (ConfigurableApplicationContext stored = builder.run()) {
            String token = stored.getBean(TokenIssuer.class).issue("alice", "acme");
            assertThat(RawHttp.to(stored)
                            .get("/nowhere", "Authorization: Bearer " + token)
                            .status())
                    .isEqualTo(403);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class StoredMembers {

        @Bean
        Memberships memberships(EntityManager entities) {
            return (user, tenant) -> {
                entities.createNativeQuery("select 1", Integer.class).getSingleResult();
                return Optional.empty();
            };
        }

        @Bean
        static PersistenceManagedTypes managedTypes() {
            return PersistenceManagedTypes.of();
        }
    }

    @Test
    void withoutTokensAsWellTheApplicationStartsAndEveryCallOfAResourceIs401() throws Exception {
        FilteredClassLoader loader = new FilteredClassLoader("dev.tenancy.jwt", "com.auth0");
        SpringApplicationBuilder builder = new SpringApplicationBuilder(
                        new DefaultResourceLoader(loader), TestApplication.class)
                .properties(
                        "server.port=0",
                        "logging.level.root=error",
                        "spring.main.banner-mode=off",
                        "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID(),
                        "spring.jpa.hibernate.ddl-auto=create-drop");
        try (ConfigurableApplicationContext bare = builder.run()) {
            RawHttp there = RawHttp.to(bare);
            String path = "/shelves/" + UUID.randomUUID();
            for (String call :
                    List.of("GET /shelves", "POST /shelves", "GET " + path, "PUT " + path, "DELETE " + path)) {
                String[] parts = call.split(" ");
                assertThat(there.send(
                                        parts[0],
                                        parts[1],
                                        token("alice", "acme"),
                                        "X-Tenant-Id: acme",
                                        "Content-Type: application/json",
                                        "Content-Length: 2",
                                        "",
                                        "{}")
                                .status())
                        .as(call)
                        .isEqualTo(401);
            }
        }
    }

    private static String token(String user, String tenant) {
        return "Authorization: Bearer " + application.getBean(TokenIssuer.class).issue(user, tenant);
    }

    @RestController
    static class Handlers {

        @Bean
        WebServerFactoryCustomizer<TomcatServletWebServerFactory> containerWithRoles() {
            return server -> server.addContextValves(new ValveBase(true) {
                @Override
                public void invoke(Request request, Response response) throws IOException, ServletException {
                    String role = request.getHeader("X-Container-Role");
                    if (role != null) {
                        request.setUserPrincipal(new GenericPrincipal("container", List.of(role)));
                    }
                    getNext().invoke(request, response);
                }
            });
        }

        @GetMapping({"/who", "/t/{tenant}/who"})
        String who(HttpServletRequest request, Principal principal) {
            return principal.getName() + " " + CurrentTenant.require().tenantId() + " " + request.getRemoteUser() + " "
                    + request.isUserInRole("ADMIN") + " " + request.isUserInRole("BOSS") + " " + request.getAuthType();
        }

        @GetMapping({"/open", "/files/{name}", "/public/**"})
        String open() {
            return CurrentTenant.find().map(Principal::getName).orElse("nobody");
        }

        @GetMapping("/public/role")
        String role(HttpServletRequest request) {
            return request.isUserInRole("ADMIN") + " " + request.isUserInRole("GARDENER");
        }

        @GetMapping("/later")
        Callable<Object> later() {
            return Later::new;
        }

        @GetMapping("/fails")
        String fails() {
            throw new IllegalStateException("secret");
        }

        @GetMapping("/gone")
        void gone(jakarta.servlet.http.HttpServletResponse response) throws IOException {
            response.sendError(410);
        }

        /** Read while the answer is written, which is in the second dispatch. */
        static final class Later {

            public String getUser() {
                return CurrentTenant.require().getName();
            }
        }
    }
}

package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.jwt.TokenIssuer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A request's trip, over real HTTP: from the credential to the tenant, and to a refusal that tells nothing. */
class RequestTest {

    private static ConfigurableApplicationContext application;

    @BeforeAll
    static void start() {
        application =
                TestApplication.start(Handlers.class, "tenancy.open=GET /open", "tenancy.errors.answer-unhandled=true");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @Test
    void aRequestActsForTheTenantOfItsToken() throws Exception {
        assertThat(get("/who", token("alice", "acme")).body()).isEqualTo("alice " + TestApplication.ACME + " OWNER");
    }

    @Test
    void theHeaderNamesAnotherTenantThatTheUserBelongsTo() throws Exception {
        String token = token("alice", "nowhere");
        assertThat(get("/who", token, "X-Tenant-Id", "acme").body()).startsWith("alice " + TestApplication.ACME);
        assertThat(get("/who", token).statusCode()).isEqualTo(403);
    }

    @Test
    void aTenantThatOneIsNotInIsAnsweredLikeOneThatDoesNotExist() throws Exception {
        HttpResponse<String> foreign = get("/who", token("alice", "acme"), "X-Tenant-Id", "globex");
        HttpResponse<String> unknown = get("/who", token("alice", "acme"), "X-Tenant-Id", "nothing");
        HttpResponse<String> odd = get("/who", token("alice", "acme"), "X-Tenant-Id", "a b");
        assertThat(foreign.statusCode()).isEqualTo(403);
        assertThat(foreign.body()).isEqualTo(unknown.body()).isEqualTo(odd.body());
        assertThat(get("/who", token("carol", "globex")).statusCode()).isEqualTo(200);
    }

    @Test
    void anAmbiguousOrEmptyHeaderIsRefused() throws Exception {
        assertThat(get("/who", token("alice", "acme"), "X-Tenant-Id", "acme", "X-Tenant-Id", "acme")
                        .statusCode())
                .isEqualTo(400);
        assertThat(get("/who", token("alice", "acme"), "X-Tenant-Id", " ").statusCode())
                .isEqualTo(400);
    }

    @Test
    void anOpenEndpointNeedsNoCredentialAndTakesABadOneForNone() throws Exception {
        assertThat(get("/open", null).body()).isEqualTo("Optional.empty");
        assertThat(get("/open", "nonsense").body()).isEqualTo("Optional.empty");
        assertThat(get("/open", token("alice", "globex")).body()).isEqualTo("Optional.empty");
    }

    @Test
    void everythingElseNeedsACredential() throws Exception {
        HttpResponse<String> refusal = get("/who", null);
        assertThat(refusal.statusCode()).isEqualTo(401);
        assertThat(refusal.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        assertThat(refusal.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    }

    @Test
    void aSecretIsNotPublished() throws Exception {
        assertThat(get("/.well-known/jwks.json", null).statusCode()).isEqualTo(401);
        assertThat(get("/.well-known/jwks.json", token("alice", "acme")).statusCode())
                .isEqualTo(404);
    }

    @Test
    void springSecuritysRolesAreThoseOfTheTenant() throws Exception {
        assertThat(get("/admins", token("alice", "acme")).statusCode()).isEqualTo(200);
        HttpResponse<String> refusal = get("/admins", token("bob", "acme"));
        assertThat(refusal.statusCode()).isEqualTo(403);
        assertThat(refusal.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    }

    @Test
    void anAsynchronousRequestActsForItsTenantWhenItIsDispatchedAgain() throws Exception {
        assertThat(get("/later", token("alice", "acme")).body()).isEqualTo("done");
    }

    @Test
    void aFailureTellsNothingOfItselfAndLeavesNoTenantBehind() throws Exception {
        for (int i = 0; i < 20; i++) {
            HttpResponse<String> failure = get("/fails", token("alice", "acme"));
            assertThat(failure.statusCode()).isEqualTo(500);
            assertThat(failure.body()).doesNotContain("secret").contains("is logged");
        }
        for (int i = 0; i < 20; i++) {
            assertThat(get("/open", null).body()).isEqualTo("Optional.empty");
        }
    }

    @Test
    void anActionWithoutARoleIsDeniedToEveryone() throws Exception {
        String path = "/books/" + TestApplication.ACME;
        assertThat(send("DELETE", path, token("alice", "acme"), null).statusCode())
                .isEqualTo(403);
        assertThat(get(path, token("alice", "acme")).statusCode()).isEqualTo(404);
    }

    @Test
    void aFieldThatTheDatabaseNeedsIsAskedForEvenIfTheRecordForgotTo() throws Exception {
        String shelf = created("/shelves", "{\"name\": \"Poetry\"}");
        HttpResponse<String> book =
                send("POST", "/books", token("alice", "acme"), "{\"pages\": 3, \"shelfId\": \"" + shelf + "\"}");
        assertThat(book.statusCode()).isEqualTo(201);
        assertThat(book.body()).contains("\"version\":0");
        HttpResponse<String> without = send(
                "PUT",
                book.headers().firstValue("Location").orElseThrow().replaceFirst("http://[^/]+", ""),
                token("alice", "acme"),
                "{\"pages\": 3, \"version\": 7, \"shelfId\": \"" + TestApplication.GLOBEX + "\"}");
        assertThat(without.statusCode()).isEqualTo(400);
        assertThat(without.body()).contains("\"field\":\"shelfId\"", "does not exist");
    }

    @Test
    void aMergePatchRemovesReplacesAndKeeps() throws Exception {
        String shelf = created("/shelves", "{\"name\": \"Novels\"}");
        String book = created("/books", "{\"title\": \"Emma\", \"pages\": 474, \"shelfId\": \"" + shelf + "\"}");
        HttpResponse<String> patched =
                send("PATCH", "/books/" + book, token("alice", "acme"), "{\"title\": null, \"pages\": 475}");
        assertThat(patched.body()).contains("\"title\":null", "\"pages\":475", shelf, "\"version\":1");
    }

    private static String created(String path, String body) throws Exception {
        HttpResponse<String> response = send("POST", path, token("alice", "acme"), body);
        assertThat(response.statusCode()).isEqualTo(201);
        return response.headers().firstValue("Location").orElseThrow().replaceFirst(".*/", "");
    }

    private static String token(String user, String tenant) {
        return application.getBean(TokenIssuer.class).issue(user, tenant);
    }

    private static HttpResponse<String> get(String path, String token, String... headers)
            throws IOException, InterruptedException {
        return send("GET", path, token, null, headers);
    }

    private static HttpResponse<String> send(String method, String path, String token, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                        "http://localhost:" + application.getEnvironment().getProperty("local.server.port") + path))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @RestController
    @EnableMethodSecurity
    static class Handlers {

        @GetMapping("/who")
        String who() {
            var principal = CurrentTenant.require();
            return principal.userId() + " " + principal.tenantId() + " " + principal.role();
        }

        @GetMapping("/open")
        String open() {
            return CurrentTenant.find().toString();
        }

        @GetMapping("/admins")
        @PreAuthorize("hasRole('ADMIN')")
        String admins() {
            return "welcome";
        }

        @GetMapping("/later")
        Callable<String> later() {
            return () -> "done";
        }

        @GetMapping("/fails")
        String fails() {
            throw new IllegalStateException("secret");
        }
    }
}

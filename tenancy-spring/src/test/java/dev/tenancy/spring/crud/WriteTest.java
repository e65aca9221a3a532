package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.TenantOwned;
import dev.tenancy.jwt.TokenIssuer;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import jakarta.persistence.UniqueConstraint;
import jakarta.validation.constraints.NotBlank;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a body and its headers do to a row. */
class WriteTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static ConfigurableApplicationContext application;

    @BeforeAll
    static void start() {
        application = TestApplication.start(Notes.class, "tenancy.max-body-size=2KB");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @Test
    void aRowTellsItsVersionAndAChangeMovesIt() {
        HttpResponse<String> created = note("/notes", "a");
        String row = path(created);
        assertThat(etag(created)).isEqualTo("\"0\"").isEqualTo(etag(send("GET", row, null)));
        HttpResponse<String> patched = send("PATCH", row, "{\"text\":\"b\"}");
        assertThat(etag(patched)).isEqualTo("\"1\"").isEqualTo(etag(send("GET", row, null)));
    }

    @Test
    void whatIsKnownAlreadyIsNotSentAgain() {
        String row = path(note("/notes", "a"));
        HttpResponse<String> same = send("GET", row, null, "If-None-Match", "\"0\"");
        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(send("GET", row, null, "If-None-Match", "\"1\"").statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "\"0\", 200",
        "*, 200",
        "'\"7\", \"0\"', 200",
        "\"1\", 412",
        "W/\"0\", 412",
        "0, 400",
        "'', 400",
        "'\"00\"', 412",
    })
    void aChangeIsMadeToTheVersionThatItNamesAndToNoOther(String tag, int status) {
        String row = path(note("/notes", "a"));
        assertThat(send("PUT", row, "{\"text\":\"b\",\"code\":\"" + UUID.randomUUID() + "\"}", "If-Match", tag)
                        .statusCode())
                .isEqualTo(status);
        assertThat(json(send("GET", row, null)).get("text").asString()).isEqualTo(status == 200 ? "b" : "a");
    }

    @Test
    void aStaleDeletionOrPatchChangesNothing() {
        String row = path(note("/notes", "a"));
        assertThat(send("PATCH", row, "{\"text\":\"b\"}", "If-Match", "\"1\"").statusCode())
                .isEqualTo(412);
        assertThat(send("DELETE", row, null, "If-Match", "\"1\"").statusCode()).isEqualTo(412);
        assertThat(json(send("GET", row, null)).get("text").asString()).isEqualTo("a");
        assertThat(send("DELETE", row, null, "If-Match", "\"0\"").statusCode()).isEqualTo(204);
    }

    @Test
    void aRowThatIsMissingIsMissingWhateverIfMatchSays() {
        String missing = "/notes/" + UUID.randomUUID();
        assertThat(send("DELETE", missing, null, "If-Match", "\"0\"").statusCode())
                .isEqualTo(404);
        assertThat(send("DELETE", missing, null, "If-Match", "*").statusCode()).isEqualTo(404);
    }

    @Test
    void ofEightChangesOfTheSameVersionOneIsMade() {
        String row = path(note("/notes", "a"));
        List<Integer> statuses = java.util.stream.IntStream.range(0, 8)
                .parallel()
                .mapToObj(i -> send("PATCH", row, "{\"text\":\"" + i + "\"}", "If-Match", "\"0\"")
                        .statusCode())
                .toList();
        assertThat(statuses).filteredOn(status -> status == 200).hasSize(1);
        assertThat(statuses).allMatch(status -> status == 200 || status == 412 || status == 409);
    }

    @Test
    void whereAVersionIsRequiredAChangeWithoutOneIsRefused() {
        String row = path(note("/strict-notes", "a"));
        assertThat(send("PATCH", row, "{\"text\":\"b\"}").statusCode()).isEqualTo(428);
        assertThat(send("PUT", row, "{\"text\":\"b\",\"code\":\"x\"}").statusCode())
                .isEqualTo(428);
        assertThat(send("DELETE", row, null).statusCode()).isEqualTo(428);
        assertThat(send("DELETE", row, null, "If-Match", "\"0\"").statusCode()).isEqualTo(204);
    }

    @Test
    void theHookSeesTheOldStateAndTheNewOne() {
        String row = path(note("/notes", "old"));
        send("PATCH", row, "{\"text\":\"new\"}");
        assertThat(NoteController.SEEN).contains("old -> new");
    }

    @Test
    void aUniqueValueThatIsTakenIsToldByItsField() {
        String code = UUID.randomUUID().toString();
        String body = "{\"text\":\"a\",\"code\":\"" + code + "\"}";
        assertThat(send("POST", "/notes", body).statusCode()).isEqualTo(201);
        HttpResponse<String> taken = send("POST", "/notes", body);
        assertThat(taken.statusCode()).isEqualTo(409);
        assertThat(json(taken).at("/errors/0/field").asString()).isEqualTo("code");
        assertThat(taken.body())
                .doesNotContain(code)
                .doesNotContainIgnoringCase("constraint")
                .doesNotContain("tenant");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"text":"a","code":"x","colour":"red"} | colour
                    {"text":"a","code":"x","tenantId":"x"} | tenantId
                    {"text":"a","code":"x","version":1} | version
                    {"text":7,"code":"x"} | text
                    {"text":" ","code":"x"} | text
                    {"text":null,"code":"x"} | text
                    {"text":"a","code":"x","weight":"heavy"} | weight
                    {"text":"a","code":"x","weight":1.5} | weight
                    {"text":"a","code":"x","weight":99999999999} | weight
                    """)
    void aFieldThatIsUnknownOrInvalidIsNamed(String body, String field) {
        HttpResponse<String> refused = send("POST", "/notes", body);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).at("/errors/0/field").asString()).isEqualTo(field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "[]", "7", "null", "\"a\"", "{\"text\":\"a\",\"text\":\"b\",\"code\":\"x\"}", "{}{}"})
    void aBodyThatIsNoObjectOrCanBeReadInTwoWaysIsRefused(String body) {
        assertThat(send("POST", "/notes", body).statusCode()).isEqualTo(400);
    }

    @Test
    void aBodyThatIsTooLargeOrTooDeepIsRefused() {
        assertThat(send("POST", "/notes", "{\"text\":\"" + "a".repeat(2100) + "\"}")
                        .statusCode())
                .isEqualTo(413);
        assertThat(send("POST", "/notes", "[".repeat(1000) + "]".repeat(1000)).statusCode())
                .isEqualTo(400);
        assertThat(send("POST", "/notes", "{\"a\":".repeat(300) + "1" + "}".repeat(300))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void anActionOfTheApplicationsOwnIsUnderTheRolesOfTheController() {
        assertThat(sendAs("bob", "GET", "/notes/own", null).statusCode()).isEqualTo(200);
        assertThat(sendAs("bob", "POST", "/notes/own", null).statusCode()).isEqualTo(403);
        assertThat(sendAs("alice", "POST", "/notes/own", null).statusCode()).isEqualTo(200);
        assertThat(sendAs("bob", "POST", "/notes/open", null).statusCode()).isEqualTo(200);
    }

    private static HttpResponse<String> note(String path, String text) {
        HttpResponse<String> created =
                send("POST", path, "{\"text\":\"" + text + "\",\"code\":\"" + UUID.randomUUID() + "\"}");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        return created;
    }

    private static String path(HttpResponse<String> created) {
        return URI.create(created.headers().firstValue("Location").orElseThrow())
                .getPath();
    }

    private static String etag(HttpResponse<String> response) {
        return response.headers().firstValue("ETag").orElse(null);
    }

    private static JsonNode json(HttpResponse<String> response) {
        return new JsonMapper().readTree(response.body());
    }

    private static HttpResponse<String> send(String method, String path, String body, String... headers) {
        return sendAs("alice", method, path, body, headers);
    }

    private static HttpResponse<String> sendAs(
            String user, String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                        "http://localhost:" + application.getEnvironment().getProperty("local.server.port") + path))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .header(
                        "Authorization",
                        "Bearer " + application.getBean(TokenIssuer.class).issue(user, "acme"))
                .header("Content-Type", "application/json");
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }

    @Entity(name = "Note")
    @Table(uniqueConstraints = @UniqueConstraint(columnNames = "code"))
    static class Note extends TenantOwned {
        @Column(nullable = false)
        String text;

        @Column(nullable = false)
        String code;

        Integer weight;
    }

    record NoteDto(UUID id, @NotBlank String text, @NotBlank String code, Integer weight) {}

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = WriteTest.class)
    @Import({NoteController.class, StrictNoteController.class})
    static class Notes {}

    @RestController
    @RequestMapping("/notes")
    @Crud(read = "STAFF", write = "ADMIN")
    static class NoteController extends TenantCrudController<Note, NoteDto> {

        static final List<String> SEEN = java.util.Collections.synchronizedList(new ArrayList<>());

        @Override
        protected void beforeUpdate(NoteDto was, Note row) {
            SEEN.add(was.text() + " -> " + row.text);
        }

        @GetMapping("/own")
        String read() {
            return "read";
        }

        @PostMapping("/own")
        String write() {
            return "written";
        }

        @PostMapping("/open")
        @RequiresRole("STAFF")
        String open() {
            return "written";
        }
    }

    @RestController
    @RequestMapping("/strict-notes")
    @Crud(read = "STAFF", write = "ADMIN", requireIfMatch = true)
    static class StrictNoteController extends TenantCrudController<Note, NoteDto> {}
}

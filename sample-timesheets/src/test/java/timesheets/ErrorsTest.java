package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import timesheets.Api.Answer;

/** A caller's mistake is the caller's: a status of 400 and more, below 500, and no word of the inside. */
class ErrorsTest extends TimesheetsTest {

    static Stream<Object> badCustomers() {
        return Stream.of(
                "",
                "null",
                "[]",
                "{}",
                "7",
                "\"name\"",
                "true",
                "{",
                "{\"name\":",
                "{\"name\":null}",
                "{\"name\":\"\"}",
                "{\"name\":\"  \"}",
                "{\"name\":{}}",
                "{\"name\":[\"a\"]}",
                "{\"name\":\"a\\u0000b\"}",
                "{\"name\":\"a\\ud800b\"}",
                "{\"name\":\"" + "a".repeat(201) + "\"}",
                "{\"name\":\"a\",\"email\":\"not an address\"}",
                "{\"name\":\"a\",\"email\":\"" + "a".repeat(300) + "@example.test\"}",
                "{\"name\":\"a\",\"colour\":\"red\"}",
                "{\"name\":\"a\",\"name\":\"b\"}",
                "{\"name\":\"a\"}}",
                "{'name':'a'}",
                "{\"name\":" + "[".repeat(5000) + "]".repeat(5000) + "}",
                "{\"name\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1),
                new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    }

    @ParameterizedTest
    @MethodSource("badCustomers")
    void aBodyThatIsNoCustomerIsRefused(Object body) {
        refused(acme.post(CUSTOMERS, body), 400);
        refused(acme.put(CUSTOMERS + "/" + acme.id(CUSTOMERS), body), 400);
    }

    static Stream<Arguments> badBodies() {
        return Stream.of(
                Arguments.of("/api/auth/login", "{'email':'a','email':'b','password':'c'}", null),
                Arguments.of("/api/auth/login", "{'email':1,'password':'c'}", "email"),
                Arguments.of("/api/auth/login", "{'email':'a','password':true}", "password"),
                Arguments.of("/api/auth/login", "{'email':'a','password':1e9}", "password"),
                Arguments.of("/api/auth/refresh", "{'refreshToken':1.5}", "refreshToken"),
                Arguments.of("/api/auth/logout", "{'refreshToken':1.5}", "refreshToken"),
                Arguments.of("/api/auth/logout", "{'refreshToken':'a','refreshToken':'b'}", null),
                Arguments.of("/api/auth/switch", "{'tenant':true}", "tenant"),
                Arguments.of(
                        "/api/auth/registrations", "{'company':true,'name':'a','email':'a@example.test'}", "company"),
                Arguments.of("/api/invitations", "{'email':'a@example.test','role':'STAFF','role':'ADMIN'}", null),
                Arguments.of("/api/invitations", "{'email':7,'role':'STAFF'}", "email"));
    }

    @ParameterizedTest
    @MethodSource("badBodies")
    void bodiesOfOtherHandlersAreReadAsStrictly(String path, String body, String named) {
        Answer answer = acme.post(path, body.replace('\'', '"'));
        refused(answer, 400);
        assertThat(answer.json().path("errors").findValuesAsString("field"))
                .isEqualTo(named == null ? List.of() : List.of(named));
    }

    static Stream<String> badEntryFields() {
        return Stream.of(
                "\"minutes\":0",
                "\"minutes\":1441",
                "\"minutes\":-1",
                "\"minutes\":null",
                "\"minutes\":1.5",
                "\"minutes\":99999999999",
                "\"minutes\":1e400",
                "\"minutes\":\"many\"",
                "\"minutes\":[1]",
                "\"date\":null",
                "\"date\":\"\"",
                "\"date\":\"2026-02-30\"",
                "\"date\":\"02.03.2026\"",
                "\"date\":\"+999999999-12-31\"",
                "\"date\":\"2026-03-02T10:00:00Z\"",
                "\"date\":20260302",
                "\"projectId\":null",
                "\"projectId\":\"x\"",
                "\"projectId\":\"" + UUID.randomUUID() + "\"",
                "\"projectId\":7",
                "\"billable\":null",
                "\"billable\":\"perhaps\"",
                "\"description\":{}",
                "\"description\":\"" + "a".repeat(1001) + "\"");
    }

    @ParameterizedTest
    @MethodSource("badEntryFields")
    void aFieldThatIsWrongIsNamed(String field) {
        String name = field.substring(1, field.indexOf('"', 1));
        Answer answer = acme.patch(ENTRIES + "/" + acme.id(ENTRIES), "{" + field + "}");
        refused(answer, 400);
        assertThat(answer.json().get("errors").findValuesAsString("field")).containsExactly(name);
    }

    @Test
    void allFieldsThatAreWrongAreNamedAtOnce() {
        Answer answer = acme.post(ENTRIES, "{\"minutes\":0}");
        assertThat(answer.json().get("errors").findValuesAsString("field"))
                .containsExactly("billable", "date", "minutes", "projectId");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "page=-1",
                "page=x",
                "page=",
                "page=1.0",
                "page=99999999999",
                "page=0&page=1",
                "size=0",
                "size=-5",
                "size=201",
                "size=all",
                "sort=",
                "sort=tenantId",
                "sort=tenant_id",
                "sort=version",
                "sort=name,sideways",
                "sort=name,asc,desc",
                "sort=(select%201)",
                "sort=email%27",
                "search=%00",
                "search=a&search=b",
                "nome=x",
                "tenantId=x",
                "email=",
                "email.gte=x",
                "email.in=",
                "name.contains=x",
                "total=perhaps",
                "after=x",
            })
    void aParameterThatIsNotUnderstoodIsRefused(String query) {
        refused(acme.get(CUSTOMERS + "?" + query), 400);
    }

    @Test
    void parametersThatAreUnderstoodAreAccepted() {
        assertThat(acme.get(CUSTOMERS + "?page=0&size=200&sort=name,DESC&sort=email&search=")
                        .status())
                .isEqualTo(200);
        assertThat(acme.get(CUSTOMERS + "?page=9999").json().get("content")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "1", "null", "0-0-0-0-0", "1-1-1-1-1", "..;", "%20", "'", "id"})
    void anIdThatIsNoneIsTheIdOfNoRow(String id) {
        Answer missing = acme.get(CUSTOMERS + "/" + UUID.randomUUID());
        for (Answer answer : List.of(acme.get(CUSTOMERS + "/" + id), acme.delete(CUSTOMERS + "/" + id))) {
            assertThat(answer.status()).isIn(400, 404);
            if (answer.status() == 404) {
                assertThat(answer.body()).isEqualTo(missing.body());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "null", "7", "\"x\"", "[{\"op\":\"remove\",\"path\":\"/name\"}]"})
    void aMergePatchIsAnObject(String patch) {
        refused(acme.patch(CUSTOMERS + "/" + acme.id(CUSTOMERS), patch), 400);
    }

    @Test
    void anEmptyMergePatchChangesNothing() {
        String path = CUSTOMERS + "/" + acme.id(CUSTOMERS);
        assertThat(acme.patch(path, "{}").body()).isEqualTo(acme.get(path).body());
    }

    @Test
    void whatIsNotThereOrNotOfferedIsSaidSo() {
        refused(acme.get("/api/nothing"), 404);
        refused(acme.get("/nothing"), 404);
        refused(acme.put(CUSTOMERS, Map.of()), 405);
        refused(acme.delete(CUSTOMERS), 405);
        refused(acme.withHeader("Content-Type", "text/plain").post(CUSTOMERS, "x"), 415);
        refused(acme.withHeader("Content-Type", "a/b/c").post(CUSTOMERS, "x"), 415);
        refused(acme.withHeader("Accept", "text/csv").get(CUSTOMERS), 406);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "null",
                "[]",
                "{\"email\":7,\"password\":[]}",
                "{\"email\":\"a\\u0000\",\"password\":\"x\"}"
            })
    void aLoginThatIsNoneIsRefused(String body) {
        assertThat(anonymous.post("/api/auth/login", body).status()).isIn(400, 401);
        refused(anonymous.post("/api/auth/refresh", body), 400);
        refused(acme.post("/api/auth/switch", body), 400);
    }

    @Test
    void nothingButJsonIsReadOrAnswered() {
        String login = "email: owner@acme.test\npassword: demo-password\n";
        for (String type : List.of("application/yaml", "application/x-yaml", "application/xml", "text/plain")) {
            refused(anonymous.withHeader("Content-Type", type).post("/api/auth/login", login), 415);
            refused(acme.withHeader("Content-Type", type).post(CUSTOMERS, "name: a"), 415);
        }
        for (String path : List.of(CUSTOMERS, CUSTOMERS + "/" + acme.id(CUSTOMERS), "/api/members", "/api/me")) {
            refused(acme.withHeader("Accept", "application/yaml").get(path), 406);
        }
        String large = "a: " + "b".repeat(1_000_000);
        refused(anonymous.withHeader("Content-Type", "application/yaml").post("/api/auth/login", large), 413);
        refused(anonymous.post("/api/auth/login", large), 413);
    }

    @Test
    void whatIsRefusedOutsideOfTheResourcesIsAProblem() {
        refused(acme.get("/error"), 404);
        refused(acme.get(CUSTOMERS + "/%25"), 400);
        refused(anonymous.withHeader("Content-Type", "multipart/form-data").post(CUSTOMERS, "x"), 400);
        String form = "application/x-www-form-urlencoded";
        for (String method : List.of("PUT", "PATCH", "DELETE")) {
            String path = CUSTOMERS + "/" + UUID.randomUUID();
            refused(anonymous.withHeader("Content-Type", form).send(method, path, "%"), 400);
            refused(anonymous.withHeader("Content-Type", form).send(method, path, "a=" + "b".repeat(1_000_000)), 413);
        }
    }

    @Test
    void aBrowserGetsAPage() {
        for (String path : List.of(CUSTOMERS + "/x", "/nothing", CUSTOMERS + "?size=0")) {
            Answer page = acme.withHeader("Accept", "text/html,*/*;q=0.8").get(path);
            assertThat(page.status()).isEqualTo(acme.get(path).status());
            assertThat(page.header("Content-Type")).startsWith("text/html");
        }
        assertThat(anonymous.withHeader("Accept", "text/html").get(CUSTOMERS).status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t"})
    void anEmptyTenantHeaderIsRefused(String value) {
        refused(acme.withHeader("X-Tenant-Id", value).get(CUSTOMERS), 400);
    }

    private static void refused(Answer answer, int status) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(answer.json().get("status").asInt()).isEqualTo(status);
        assertThat(answer.body())
                .doesNotContainIgnoringCase("exception")
                .doesNotContain("timesheets.", "dev.tenancy", "java.", "org.", "select ", "insert ", "tenant_id");
    }
}

package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A caller's mistake is the caller's, and a database that is down is nobody's: never a 500, and no word of the inside. */
class CrudErrorsTest extends CrudTest {

    // Servers refuse other names themselves.
    private static final Pattern PARAMETER = Pattern.compile("/items\\?([A-Za-z0-9_.]+)=");

    static Stream<Bad> badRequests() {
        List<Bad> bad = new ArrayList<>();
        for (String query : List.of(
                "page=-1",
                "page=x",
                "page=",
                "page=1.0",
                "page=99999999999",
                "page=0&page=1",
                "page=%D9%A1",
                "page=0x1",
                "size=0",
                "size=-5",
                "size=201",
                "size=all",
                "size=",
                "size=1&size=2",
                "size=2147483648",
                "total=",
                "total=no",
                "total=true&total=false",
                "sort=",
                "sort=,",
                "sort=,asc",
                "sort=tenantId",
                "sort=maker",
                "sort=version",
                "sort=name,sideways",
                "sort=name,asc,desc",
                "sort=(select%201)",
                "sort=code%27",
                "sort=name&sort=name",
                "sort=maker.tenantId",
                "sort=maker.secret",
                "sort=%00",
                "search=%00",
                "search=a&search=b",
                "search=" + "a".repeat(201),
                "nome=x",
                "tenantId=x",
                "tenant_id=x",
                "after=x",
                "maker.tenantId=x",
                "maker.version=1",
                "code=x",
                "name.gte=a",
                "name.like=a",
                "name.contains=",
                "name=",
                "name=a&name=b",
                "name=%00",
                "name=" + "a".repeat(201),
                "kind=",
                "kind=SOFA",
                "kind=bowl",
                "kind=0",
                "kind.gt=BOWL",
                "kind.in=",
                "kind.in=BOWL,",
                "kind.in=BOWL,SOFA",
                "kind.contains=B",
                "price=x",
                "price=",
                "price=1e3",
                "price=1e999999999",
                "price=NaN",
                "price=Infinity",
                "price=+1",
                "price=1,5",
                "price=0x1p3",
                "price=" + "9".repeat(60),
                "price.in=1,x",
                "price.gte=1&price.gte=2",
                "made=x",
                "made=2026-02-30",
                "made=20260302",
                "made=%2B999999999-12-31",
                "made=0000-01-01",
                "made=2026-03-02T10:00:00Z",
                "sold=2026-03-02",
                "sold=now",
                "sold=1700000000",
                "sold=-999999999-01-01T00:00:00Z",
                "used=1",
                "used=TRUE",
                "used=",
                "used.gt=true",
                "rating=1.5",
                "rating=99999999999",
                "rating=%20",
                "rating.isnull=",
                "rating.isnull=1",
                "rating.isnull=true&rating.isnull=true",
                "rating.in=" + "1,".repeat(150) + "1",
                "makerId=x",
                "makerId=1-1-1-1-1",
                "makerId=",
                "makerId.in=" + UUID.randomUUID() + ",",
                "makerId.gt=" + UUID.randomUUID(),
                "maker.name=",
                "maker=x",
                "=",
                "%00=1",
                "class.name=x",
                "page.x=1")) {
            bad.add(new Bad("GET", "/items?" + query, null, 400));
        }
        for (Object body : List.of(
                "",
                " ",
                "null",
                "[]",
                "{}",
                "7",
                "\"name\"",
                "true",
                "{",
                "{\"name\":",
                "{\"name\":null}",
                "{'name':'a'}",
                "{\"name\":\"\"}",
                "{\"name\":\"  \"}",
                "{\"name\":{}}",
                "{\"name\":[\"a\"]}",
                "{\"name\":7}",
                "{\"name\":true}",
                "{\"name\":\"a\\u0000b\"}",
                "{\"name\":\"a\\ud800b\"}",
                "{\"name\":\"" + "a".repeat(101) + "\"}",
                "{\"name\":\"a\",\"name\":\"b\"}",
                "{\"name\":\"a\"}}",
                "{\"name\":\"a\"} {}",
                "{\"name\":\"a\",}",
                "{name:\"a\"}",
                "// c\n{\"name\":\"a\"}",
                "{\"name\":NaN}",
                "{\"name\":" + "[".repeat(5000) + "]".repeat(5000) + "}",
                "{\"a\":".repeat(100_000 / 5),
                "{\"name\":\"a\",\"address\":" + "{\"city\":".repeat(40) + "1" + "}".repeat(40) + "}",
                "{\"name\":\"a\",\"address\":7}",
                "{\"name\":\"a\",\"address\":[]}",
                "{\"name\":\"a\",\"address\":{}}",
                "{\"name\":\"a\",\"address\":{\"city\":7}}",
                "{\"name\":\"a\",\"address\":{\"city\":\"x\",\"secret\":\"y\"}}",
                "{\"name\":\"a\",\"address\":{\"city\":\"x\",\"city\":\"y\"}}",
                "{\"name\":\"a\",\"colour\":1}",
                "{\"name\":\"a\",\"\":1}",
                "{\"name\":\"a\",\"tenant_id\":\"x\"}",
                "{\"name\":\"a\",\"class\":\"x\"}",
                "{\"name\":" + "9".repeat(2000) + "}",
                "\u0000",
                "name=a",
                "{\"name\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1),
                new byte[] {(byte) 0xff, (byte) 0xfe, 0})) {
            bad.add(new Bad("POST", "/makers", body, 400));
            bad.add(new Bad("PUT", "/makers/{maker}", body, 400));
        }
        for (String field : List.of(
                "\"kind\":\"SOFA\"",
                "\"kind\":0",
                "\"kind\":\"\"",
                "\"kind\":null",
                "\"price\":\"1\"",
                "\"price\":null",
                "\"price\":1e400",
                "\"price\":1e999999999",
                "\"price\":-1e999999999",
                "\"price\":1e-999999999",
                "\"made\":\"\"",
                "\"made\":7",
                "\"made\":[2026,1,1]",
                "\"made\":\"2026-02-30\"",
                "\"made\":\"+999999999-12-31\"",
                "\"made\":\"-0001-01-01\"",
                "\"sold\":\"2026-01-01\"",
                "\"sold\":1",
                "\"sold\":\"+1000000000-12-31T23:59:59Z\"",
                "\"used\":\"true\"",
                "\"used\":1",
                "\"used\":null",
                "\"rating\":0",
                "\"rating\":6",
                "\"rating\":1.5",
                "\"rating\":1e400",
                "\"rating\":99999999999",
                "\"rating\":\"3\"",
                "\"makerId\":null",
                "\"makerId\":\"\"",
                "\"makerId\":\"x\"",
                "\"makerId\":7",
                "\"makerId\":{}",
                "\"makerId\":\"00000000-0000-0000-0000-000000000000\"",
                "\"previousId\":\"x\"",
                "\"maker\":{\"id\":\"x\"}",
                "\"name\":\"" + "a".repeat(300) + "\"")) {
            bad.add(new Bad("PATCH", "/items/{item}", "{" + field + "}", 400));
            bad.add(new Bad("PATCH", "/items/bulk", "[{\"id\":\"{item}\"," + field + "}]", 400));
        }
        for (String body : List.of(
                "",
                "null",
                "{}",
                "[]",
                "7",
                "[7]",
                "[null]",
                "[[]]",
                "[{}]",
                "[{\"id\":null}]",
                "[{\"id\":{}}]",
                "[{\"id\":[]}]",
                "[{\"id\":true}]",
                "[{\"id\":\"x\"}]",
                "[{\"id\":7}]",
                "[{\"id\":\"\\u0000\"}]",
                "[{\"id\":\"{item}\"},{\"id\":\"{item}\"}]",
                "[" + "{\"id\":\"x\"},".repeat(70) + "{}]",
                "[{\"id\":\"{item}\"},]")) {
            bad.add(new Bad("PATCH", "/items/bulk", body, 400));
            bad.add(new Bad("DELETE", "/items/bulk", body, 400));
            bad.add(new Bad("POST", "/items/bulk", body, 400));
        }
        for (String path : List.of(
                "/items/x",
                "/items/1",
                "/items/null",
                "/items/1-1-1-1-1",
                "/items/%20",
                "/items/'",
                "/items/%F0%9F%98%80",
                "/items/" + "a".repeat(3000),
                "/items/" + UUID.randomUUID(),
                "/nothing",
                "/items/x/y",
                "/tickets/1e3",
                "/tickets/9223372036854775808",
                "/items/bulk",
                "/actuator/nothing")) {
            bad.add(new Bad("GET", path, null, 404));
        }
        bad.add(new Bad("DELETE", "/items/x", null, 404));
        bad.add(new Bad("PUT", "/items/" + UUID.randomUUID(), "{}", 404));
        bad.add(new Bad("PATCH", "/items/" + UUID.randomUUID(), "[]", 404));
        bad.add(new Bad("PUT", "/items", "{}", 405));
        bad.add(new Bad("DELETE", "/items", null, 405));
        bad.add(new Bad("PATCH", "/items", "{}", 405));
        bad.add(new Bad("POST", "/items/x", "{}", 405));
        return bad.stream();
    }

    record Bad(String method, String path, Object body, int status) {

        @Override
        public String toString() {
            String whole = method + " " + path + (body instanceof String text ? " " + text : "");
            return whole.substring(0, Math.min(whole.length(), 120));
        }
    }

    @ParameterizedTest
    @MethodSource("badRequests")
    void aBadRequestIsRefusedAndChangesNothing(Bad bad) {
        String item = ITEMS.computeIfAbsent(database, any -> alice.created("/items", item("Bowl", maker)));
        // What only reads changes nothing anyhow.
        boolean writes = !bad.method().equals("GET");
        String before = writes ? state(item) : "";
        String path = bad.path().replace("{item}", item).replace("{maker}", maker);
        Object body = bad.body() instanceof String text ? text.replace("{item}", item) : bad.body();
        Answer refused = alice.send(bad.method(), path, body).is(bad.status());
        Matcher parameter = PARAMETER.matcher(path);
        if (parameter.lookingAt()) {
            assertThat(refused.faults()).containsExactly(parameter.group(1));
        }
        if (writes) {
            assertThat(state(item)).isEqualTo(before);
        }
    }

    private String state(String item) {
        return alice.get("/items/" + item).body()
                + alice.get("/makers?size=1").json().at("/page/totalElements").asLong();
    }

    private static final Map<Database, String> ITEMS = new ConcurrentHashMap<>();

    @Test
    void whatIsNotOfferedIsAnsweredWithWhatIs() {
        Answer method = alice.put("/items", Map.of()).is(405);
        assertThat(method.header("Allow")).contains("GET", "POST");
        Answer patch =
                alice.patch("/items/x", "x", "Content-Type", "text/plain").is(415);
        assertThat(patch.header("Accept-Patch")).contains("application/merge-patch+json", "application/json");
        alice.post("/items", "x", "Content-Type", "text/plain").is(415);
        alice.post("/items", "x", "Content-Type", "a/b/c").is(415);
        alice.post("/items", "<a/>", "Content-Type", "application/xml").is(415);
        alice.put("/items/x", "{}", "Content-Type", "application/merge-patch+json")
                .is(415);
        for (String verb : List.of("POST", "PATCH", "DELETE")) {
            for (String type : List.of("text/plain", "application/merge-patch+json", "a/b/c")) {
                Answer refused = alice.send(verb, "/items/bulk", "[]", "Content-Type", type)
                        .is(415);
                assertThat(refused.header("Accept")).as(verb + " " + type).contains("application/json");
            }
        }
        alice.get("/items", "Accept", "text/csv").is(406);
        alice.get("/items", "Accept", "x").is(406);
    }

    @Test
    void whatAHandlerOfTheApplicationMissesIsNamedAsWell() {
        alice.get("/typed/1?from=2026-03-02").is(200);
        assertThat(alice.get("/typed/1").is(400).faults()).containsExactly("from");
        Answer refused = alice.get("/typed/1?from=yesterday").is(400);
        assertThat(refused.faults()).containsExactly("from");
        assertThat(refused.body()).contains("must be a date such as 2026-03-02").doesNotContain("yesterday");
        assertThat(alice.get("/typed/x?from=2026-03-02").is(400).faults()).containsExactly("number");
    }

    @Test
    void aBodyThatIsTooLargeIsNotRead() {
        String large = "{\"name\":\"" + "a".repeat(300_000) + "\"}";
        alice.post("/makers", large).is(413);
        alice.patch("/makers/" + maker, large).is(413);
        alice.post("/makers/bulk", "[" + large + "]").is(413);
        alice.post("/echo", large).is(413);
        alice.post("/makers", "{\"name\":\"" + "a".repeat(200_000) + "\"}").is(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"connection", "transaction", "pool", "timeout", "hibernate-timeout"})
    void aDatabaseThatIsDownOrSlowIsToldWithATimeToComeBack(String failure) {
        assertThat(alice.get("/fails/" + failure).is(503).header("Retry-After")).isEqualTo("5");
    }

    @Test
    void aDatabaseWithoutAFreeConnectionIsToldWithATimeToComeBack() throws Exception {
        List<Connection> held = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) {
                held.add(bean(DataSource.class).getConnection());
            }
            assertThat(alice.get("/items").is(503).header("Retry-After")).isEqualTo("5");
            alice.post("/makers", Map.of("name", unique("Maker"))).is(503);
        } finally {
            for (Connection one : held) {
                one.close();
            }
        }
        alice.get("/items").is(200);
    }

    @Test
    void aRefusalOfTheDatabaseAtCommitIsNoFailureOfOurs() {
        alice.get("/fails/integrity").is(409);
        alice.get("/fails/data").is(400);
    }
}

package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Attributes and entities that are mapped less often. */
class CrudTypesTest extends CrudTest {

    private static final String GADGET = """
            {"letter":"x","ratio":1.5,"tiny":3,"rank":"LOW","money":{"currency":"EUR","amount":5},"took":"PT1H",
             "zoned":"2026-03-02T10:00:00Z","year":2026,"big":12345678901234567890,"isOpen":true,"story":"once"}""";

    private String path;

    @BeforeEach
    void aGadget() {
        path = "/gadgets/" + alice.created("/gadgets", GADGET);
    }

    @Test
    void whatWasWrittenIsShownAndCanBeSentBack() {
        ObjectNode shown = (ObjectNode) alice.get(path).is(200).json();
        assertThat(alice.put(path, shown).is(200).json()).isEqualTo(shown);
        assertThat(alice.patch(path, Map.of("tiny", 4)).is(200).json()).isEqualTo(shown.put("tiny", 4));
        shown.remove("id");
        assertThat(shown).isEqualTo(((ObjectNode) JSON.readTree(GADGET)).put("tiny", 4));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "letter | \"xy\" | must be text of one character",
                "letter | \"\" | must be text of one character",
                "letter | 7 | must be text of one character",
                "ratio | 1e300 | is too large",
                "ratio | null | must not be null",
                "ratio | \"NaN\" | must be a number",
                "tiny | 300 | has the wrong type",
                "rank | 0 | must be one of",
                "money | \"EUR 5\" | must be a JSON object",
                "took | 5 | must be a duration such as PT1H30M",
                "took | \"x\" | must be a duration such as PT1H30M",
                "zoned | 1 | must be a time such as",
                "zoned | \"+999999999-12-31T23:59:59Z\" | must be in the years 1 to 9999",
                "year | \"x\" | must be a year such as 2026",
                "year | 99999 | must be in the years 1 to 9999",
                "year | 999999999999 | has the wrong type",
                "big | 1.5 | must be a whole number",
                "big | 1e999999999 | must be a whole number",
            })
    void whatATypeDoesNotTakeIsToldByItsField(String field, String value, String why) {
        Answer refused = alice.patch(path, "{\"" + field + "\": " + value + "}").is(400);
        assertThat(refused.faults()).containsExactly(field);
        assertThat(refused.body()).contains(why);
    }

    @Test
    void whatNoColumnHoldsIsRefused() {
        alice.patch(path, "{\"took\": \"PT999999999999999H\"}").is(400);
        alice.patch(path, "{\"big\": " + "9".repeat(60) + "}").is(400);
    }

    @Test
    void aRecordThatRefusesItsValuesIsNotAskedForItsWords() {
        Answer refused = alice.patch(path, Map.of("ratio", -1)).is(400);
        assertThat(refused.body()).contains("is not allowed").doesNotContain("secret");
    }

    // Left out of the answer, it is no null.
    @Test
    void anEmptyTextThatIsNotShownStaysEmpty() {
        assertThat(alice.patch(path, Map.of("story", "")).is(200).json().has("story"))
                .isFalse();
        alice.patch(path, Map.of("tiny", 5)).is(200);
        Workshop.Gadget stored = stored(Workshop.Gadget.class, UUID.fromString(path.substring("/gadgets/".length())));
        assertThat(stored.story).isEmpty();
        assertThat(stored.tiny).isEqualTo((byte) 5);
    }

    @Test
    void whatIsShownOtherwiseThanItIsStaysThroughAPatch() {
        JsonNode created = alice.post(
                        "/accounts", Map.of("name", "Cash", "iban", "AT61", "balance", 12.5, "currency", "EUR"))
                .is(201)
                .json();
        assertThat(created.get("iban").asString()).isEqualTo("****");
        assertThat(created.get("id").isString()).isTrue();
        assertThat(created.get("balance").isString()).isTrue();
        assertThat(created.get("empty").asBoolean()).isFalse();
        String account = "/accounts/" + created.get("id").asString();
        alice.patch(account, Map.of("name", "Till", "empty", true)).is(200);
        Workshop.Account stored =
                stored(Workshop.Account.class, created.get("id").asLong());
        assertThat(stored.iban).isEqualTo("AT61");
        assertThat(stored.balance).isEqualByComparingTo("12.5");
        assertThat(stored.name).isEqualTo("Till");
        alice.put(account, Map.of("id", created.get("id"), "name", "Safe", "currency", "EUR", "empty", false))
                .is(200);
        assertThat(stored(Workshop.Account.class, created.get("id").asLong()).iban)
                .isNull();
    }

    @Test
    void whatHibernateWouldNotUpdateIsRefusedOrReadOnly() {
        String account = "/accounts/"
                + alice.created("/accounts", Map.of("name", "Cash", "currency", "EUR", "label", "ignored"));
        assertThat(alice.patch(account, Map.of("currency", "USD")).is(400).faults())
                .containsExactly("currency");
        JsonNode patched = alice.patch(account, Map.of("currency", "EUR", "label", "mine"))
                .is(200)
                .json();
        assertThat(patched.get("name").asString()).isEqualTo("Cash");
        assertThat(patched.get("label").asString("null")).isNotEqualTo("mine");
    }

    @Test
    void onlyTheVersionOfTheRowIsItsVersion() {
        String account =
                "/accounts/" + alice.created("/accounts", Map.of("device", Map.of("model", "Reader", "version", "7")));
        assertThat(alice.get(account).json().at("/device/version").asString()).isEqualTo("7");
        assertThat(alice.patch(account, Map.of("device", Map.of("version", "8")))
                        .is(200)
                        .json()
                        .at("/device/version")
                        .asString())
                .isEqualTo("8");
    }

    @Test
    void anEmptyPageHasAContentWhateverIsLeftOut() {
        JsonMapper sparing = JsonMapper.builder()
                .changeDefaultPropertyInclusion(any ->
                        JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.NON_EMPTY))
                .build();
        JsonNode page = sparing.valueToTree(new PageOf<>(List.of(), new PageOf.Position(20, 0, 0L, 0L, true, null)));
        assertThat(page.toString())
                .isEqualTo("{\"content\":[],\"page\":{\"size\":20,\"number\":0,\"totalElements\":0,\"totalPages\":0,"
                        + "\"last\":true}}");
    }

    @Test
    void aResourceOfASubclassHasItsRowsAndOneOfTheSuperclassAll() {
        String name = unique("Blue");
        String cart = alice.created("/carts", Map.of("name", name, "wheels", 4));
        String sledge = alice.created("/sledges", Map.of("name", name));
        assertThat(alice.list("/vehicles?name=" + encoded(name), "id")).containsExactlyInAnyOrder(cart, sledge);
        assertThat(alice.list("/carts?name=" + encoded(name), "id")).containsExactly(cart);
        alice.get("/carts/" + sledge).is(404);
        alice.delete("/carts/" + sledge).is(404);
        alice.patch("/vehicles/" + cart, Map.of("name", "Red")).is(200);
        assertThat(alice.get("/carts/" + cart).json().get("wheels").asInt()).isEqualTo(4);
        alice.post("/vehicles", Map.of("name", name)).is(403);
        assertThat(carol.list("/vehicles?name=" + encoded(name), "id")).isEmpty();
    }
}

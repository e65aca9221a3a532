package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class CrudListTest extends CrudTest {

    private String other;

    @BeforeEach
    void threeItems() {
        other = alice.created("/makers", Map.of("name", unique("Other"), "address", Map.of("city", "Graz")));
        item("ash bowl", "BOWL", 10, "2026-01-10", "2026-01-20T10:00:00Z", false, 5, null);
        item("Birch_chair", "CHAIR", 99.5, "2026-02-10", null, true, null, other);
        item("cedar 100% table", "TABLE", 250, null, "2026-03-20T10:00:00Z", true, 3, null);
    }

    private void item(
            String name,
            String kind,
            Object price,
            String made,
            String sold,
            boolean used,
            Integer rating,
            String previous) {
        Map<String, Object> body = new HashMap<>(item(name, maker));
        body.put("kind", kind);
        body.put("price", price);
        body.put("made", made);
        body.put("sold", sold);
        body.put("used", used);
        body.put("rating", rating);
        body.put("previousId", previous);
        alice.created("/items", body);
    }

    private List<String> names(String query) {
        return alice.list("/items?makerId=" + maker + "&sort=name&" + query, "name").stream()
                .map(name -> name.substring(0, 1))
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kind=BOWL | a",
                "kind.in=BOWL,TABLE | a c",
                "kind.in=BOWL&kind.in=CHAIR | B a",
                "rating.in=1,3,5 | a c",
                "price.gte=10&price.lt=250 | B a",
                "price=10.00 | a",
                "price.gte=99.5 | B c",
                "price.gt=99.5 | c",
                "price.lte=99.5 | B a",
                "price.lt=99.5 | a",
                "price.in=10,250 | a c",
                "made=2026-01-10 | a",
                "made.gt=2026-01-10 | B",
                "made.lte=2026-02-10 | B a",
                "made.isnull=true | c",
                "made.isnull=false | B a",
                "sold.gte=2026-02-01T00:00:00Z | c",
                "sold.isnull=true | B",
                "used=true | B c",
                "rating.lt=5 | c",
                "rating.isnull=true | B",
                "name=ash%20bowl | a",
                "name.contains=BIRCH | B",
                "name.contains=_ | B",
                "name.contains=100%25 | c",
                "previousId.isnull=true | a c",
                "previous.name.contains=other | B",
                "previous.name.isnull=true | a c",
                "maker.address.city.isnull=true | B a c",
                "maker.name.contains=maker&used=true&price.gt=100 | c",
                "search=cedar | c",
                "search=nothing | ",
            })
    void aFilterShowsTheRowsThatItMeans(String query, String expected) {
        assertThat(String.join(" ", names(query))).isEqualTo(expected == null ? "" : expected);
    }

    @Test
    void aFilterThroughAnAssociationFindsItsRows() {
        String item = alice.list("/items?makerId=" + maker + "&sort=name", "id").get(0);
        String ticket = alice.created("/tickets", Map.of("subject", "Mend it", "itemId", item));
        alice.created("/tickets", Map.of("subject", "Nothing to mend"));
        assertThat(alice.list("/tickets?item.makerId=" + maker, "id")).containsExactly(ticket);
        assertThat(alice.list("/tickets?item.makerId=" + other, "id")).isEmpty();
    }

    @Test
    void anotherTenantsIdFiltersLikeOneThatDoesNotExist() {
        String item = alice.list("/items?makerId=" + maker, "id").get(0);
        alice.created("/tickets", Map.of("subject", "Mend it", "itemId", item));
        for (String filter : List.of("makerId", "previousId")) {
            assertThat(carol.get("/items?" + filter + "=" + maker).is(200).body())
                    .isEqualTo(carol.get("/items?" + filter + "=" + UUID.randomUUID())
                            .body());
        }
        assertThat(carol.get("/tickets?item.makerId=" + maker).is(200).body())
                .isEqualTo(
                        carol.get("/tickets?item.makerId=" + UUID.randomUUID()).body())
                .contains("\"content\":[]");
    }

    @Test
    void aSortThroughAnAssociationKeepsTheRowsThatHaveNone() {
        assertThat(alice.list("/items?makerId=" + maker + "&sort=previous.name", "previousId"))
                .containsExactly(other, "null", "null");
        assertThat(alice.list("/items?makerId=" + maker + "&sort=previous.name,desc", "previousId"))
                .containsExactly("null", "null", other);
    }

    @Test
    void nullIsTheGreatestValue() {
        assertThat(alice.list("/items?makerId=" + maker + "&sort=rating", "rating"))
                .containsExactly("3", "5", "null");
        assertThat(alice.list("/items?makerId=" + maker + "&sort=rating,desc", "rating"))
                .containsExactly("null", "5", "3");
    }

    @Test
    void rowsThatAreEqualComeInTheDirectionOfTheLastSort() {
        for (int i = 0; i < 3; i++) {
            alice.created("/items", item("Same", maker));
        }
        List<String> ascending = alice.list("/items?makerId=" + maker + "&name.contains=Same&sort=name", "id");

        assertThat(ascending).isSorted();
        assertThat(alice.list("/items?makerId=" + maker + "&name.contains=Same&sort=name,desc", "id"))
                .isSortedAccordingTo(Comparator.reverseOrder());
    }

    @Test
    void totalsAreCountedUnlessNobodyWantsThem() {
        JsonNode page = alice.get("/items?size=2&makerId=" + maker).json().get("page");
        assertThat(page.toString())
                .isEqualTo("{\"size\":2,\"number\":0,\"totalElements\":3,\"totalPages\":2,\"last\":false}");
        assertThat(alice.get("/items?size=2&total=false&makerId=" + maker)
                        .json()
                        .get("page")
                        .toString())
                .isEqualTo("{\"size\":2,\"number\":0,\"last\":false}");
        assertThat(alice.get("/items?size=2&page=1&total=false&makerId=" + maker)
                        .json()
                        .get("page")
                        .toString())
                .isEqualTo("{\"size\":2,\"number\":1,\"last\":true}");
        assertThat(statements(() -> alice.get("/items?size=2&total=false&makerId=" + maker)))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sort=maker.name&maker.name.contains=a",
                "previous.name.contains=o&maker.address.city.isnull=true&sort=previous.name",
                "search=a&sort=kind,desc"
            })
    void aListTakesTwoStatementsHoweverManyRowsItShows(String query) {
        for (int i = 0; i < 10; i++) {
            String previous = alice.created("/makers", Map.of("name", unique("Previous")));
            item("dogwood bowl", "BOWL", 1, null, null, false, null, previous);
        }
        assertThat(statements(() -> alice.get("/items?size=5&" + query).is(200)))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "name",
                "name,desc",
                "price",
                "price,desc",
                "made",
                "made,desc",
                "sold",
                "sold,desc",
                "used,desc",
                "kind",
                "rating",
                "rating,desc",
                "previous.name",
                "previous.name,desc",
                "previous.name&sort=price,desc&sort=used",
                "id,desc"
            })
    void keysLeadThroughAllRowsOnce(String sort) {
        item("ash bowl", "BOWL", 10, null, "2026-01-20T10:00:00.123456Z", false, 5, other);
        item("elm bowl", "BOWL", 10, "2026-01-10", null, true, null, other);
        String query = "makerId=" + maker + (sort.isEmpty() ? "" : "&sort=" + sort);
        List<String> all = alice.list("/items?size=100&" + query, "id");
        List<String> seen = new ArrayList<>();
        String after = "";
        do {
            JsonNode page =
                    alice.get("/scrolled?size=2&" + query + after).is(200).json();
            page.get("content").forEach(row -> seen.add(row.get("id").asString()));
            after = page.at("/page/last").asBoolean()
                    ? null
                    : "&after=" + page.at("/page/next").asString();
        } while (after != null);
        assertThat(seen).containsExactlyElementsOf(all).hasSize(5);
    }

    @Test
    void aPageByKeysIsOneStatement() {
        String next =
                alice.get("/scrolled?size=1&sort=price").json().at("/page/next").asString();
        assertThat(statements(() -> alice.get("/scrolled?size=1&sort=price&after=" + next)))
                .isEqualTo(1);
    }

    @Test
    void aCursorOfAnotherSortOrADamagedOneIsRefused() {
        String next =
                alice.get("/scrolled?size=1&sort=price").json().at("/page/next").asString();
        alice.get("/scrolled?size=1&sort=price,desc&after=" + next).is(400);
        for (int i = 0; i < next.length(); i += 3) {
            char damaged = next.charAt(i) == 'x' ? 'y' : 'x';
            alice.get("/scrolled?size=1&sort=price&after=" + next.substring(0, i) + damaged + next.substring(i + 1))
                    .is(400);
        }
        assertThat(alice.get("/scrolled?after=x").is(400).faults()).containsExactly("after");
        alice.get("/scrolled?size=1&sort=price&page=1").is(400);
        alice.get("/scrolled?size=1&sort=price&total=true").is(400);
    }

    @Test
    void anUnknownParameterIsAnsweredWithThoseThatThereAre() {
        assertThat(alice.get("/makers?colour=red").is(400).body())
                .contains("page", "size", "total", "sort", "name.contains", "address.city.in", "\"colour\"")
                .doesNotContain("name.gte");
        assertThat(alice.get("/items?kind=SOFA").is(400).body()).contains("BOWL, CHAIR, TABLE");
    }
}

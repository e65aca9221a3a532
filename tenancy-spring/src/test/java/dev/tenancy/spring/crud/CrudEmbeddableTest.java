package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Embeddables that are records and classes, with references in them, of rows whose id is an Integer. */
class CrudEmbeddableTest extends CrudTest {

    private String crate;
    private String path;

    @BeforeEach
    void aCrate() {
        crate = alice.created(
                "/crates",
                Map.of(
                        "size", Map.of("width", 40, "weight", 2.5),
                        "origin", Map.of("port", "mine", "makerId", maker),
                        "shipment", Map.of("carrier", "Post", "senderId", maker, "seal", "mine")));
        path = "/crates/" + crate;
    }

    @Test
    void allOfItIsStoredAndShown() {
        JsonNode shown = alice.get(path).is(200).json();
        assertThat(Integer.parseInt(crate)).isPositive();
        assertThat(shown.at("/size/width").asInt()).isEqualTo(40);
        assertThat(shown.at("/size/weight").decimalValue()).isEqualByComparingTo("2.5");
        assertThat(shown.get("origin").toString()).isEqualTo("{\"port\":\"Trieste\",\"makerId\":\"" + maker + "\"}");
        assertThat(shown.get("shipment").toString())
                .isEqualTo("{\"carrier\":\"Post\",\"senderId\":\"" + maker + "\",\"seal\":\"sealed\"}");
    }

    @Test
    void whatIsReadOnlyInItStaysWhateverClientsSay() {
        Answer before = alice.get(path);
        Map<String, Object> forged = Map.of(
                "origin", Map.of("port", "mine", "makerId", maker),
                "shipment", Map.of("carrier", "Post", "senderId", maker, "seal", List.of(7)));
        assertThat(alice.patch(path, forged).is(200).body()).isEqualTo(before.body());
        assertThat(alice.patch(path, "{\"shipment\": {\"seal\": null}, \"origin\": {\"port\": null}}")
                        .is(200)
                        .body())
                .isEqualTo(before.body());
        JsonNode replaced = alice.put(path, forged).is(200).json();
        assertThat(replaced.at("/shipment/seal").asString()).isEqualTo("sealed");
        assertThat(replaced.at("/origin/port").asString()).isEqualTo("Trieste");
    }

    @Test
    void aPatchChangesWhatItNamesAndNothingElse() {
        String other = alice.created("/makers", Map.of("name", unique("Other")));
        JsonNode patched = alice.patch(
                        path,
                        Map.of(
                                "size", Map.of("width", 41),
                                "origin", Map.of("makerId", other),
                                "shipment", Map.of("senderId", other)))
                .is(200)
                .json();
        assertThat(patched.at("/size/weight").decimalValue()).isEqualByComparingTo("2.5");
        assertThat(patched.at("/size/width").asInt()).isEqualTo(41);
        assertThat(patched.at("/origin/port").asString()).isEqualTo("Trieste");
        assertThat(patched.at("/origin/makerId").asString()).isEqualTo(other);
        assertThat(patched.at("/shipment/carrier").asString()).isEqualTo("Post");
        assertThat(patched.at("/shipment/senderId").asString()).isEqualTo(other);
        assertThat(alice.get(path).json()).isEqualTo(patched);
    }

    @Test
    void aForeignReferenceInItIsAnsweredLikeOneToNoRow() {
        String foreign = carol.created("/makers", Map.of("name", unique("Foreign")));
        String before = alice.get(path).body();
        for (String[] field : new String[][] {{"origin", "makerId"}, {"shipment", "senderId"}}) {
            Answer theirs = alice.patch(path, Map.of(field[0], Map.of(field[1], foreign)));
            Answer nobodys = alice.patch(path, Map.of(field[0], Map.of(field[1], UUID.randomUUID())));
            assertThat(theirs.is(400).faults()).containsExactly(field[0] + "." + field[1]);
            assertThat(theirs.body()).isEqualTo(nobodys.is(400).body());
        }
        assertThat(alice.get(path).body()).isEqualTo(before);
    }

    @Test
    void whatItsTypeDoesNotTakeIsToldByItsField() {
        assertThat(alice.patch(path, Map.of("size", Map.of("width", -1)))
                        .is(400)
                        .faults())
                .containsExactly("size");
        assertThat(alice.patch(path, "{\"size\": {\"width\": null}}").is(400).faults())
                .containsExactly("size.width");
        assertThat(alice.patch(path, "{\"size\": null, \"shipment\": null}")
                        .is(200)
                        .json()
                        .get("size")
                        .isNull())
                .isTrue();
    }

    @Test
    void listsFilterAndSortByItAndTakeTwoStatements() {
        String other = alice.created("/makers", Map.of("name", unique("Other")));
        String small = alice.created(
                "/crates",
                Map.of(
                        "size", Map.of("width", 10),
                        "origin", Map.of("makerId", other),
                        "shipment", Map.of("senderId", maker)));
        String both = "/crates?shipment.senderId=" + maker;
        assertThat(alice.list(both + "&sort=size.width", "id")).containsExactly(small, crate);
        assertThat(alice.list(both + "&size.width.gte=11", "id")).containsExactly(crate);
        assertThat(alice.list("/crates?origin.makerId.in=" + other + "," + UUID.randomUUID(), "id"))
                .containsExactly(small);
        assertThat(carol.list(both, "id")).isEmpty();
        assertThat(statements(() -> alice.get(both + "&size=1").is(200))).isEqualTo(2);
        assertThat(statements(() -> alice.get(both).is(200))).isEqualTo(1);
    }

    @Test
    void manyAreWrittenAtOnce() {
        JsonNode created = alice.post(
                        "/crates/bulk",
                        List.of(
                                Map.of("size", Map.of("width", 1), "origin", Map.of("makerId", maker)),
                                Map.of("size", Map.of("width", 2), "shipment", Map.of("senderId", maker))))
                .is(201)
                .json();
        assertThat(created.at("/1/shipment/senderId").asString()).isEqualTo(maker);
        assertThat(alice.patch(
                                "/crates/bulk",
                                List.of(
                                        Map.of("id", created.at("/0/id").asInt(), "origin", Map.of("makerId", maker)),
                                        Map.of("id", created.at("/1/id").asInt(), "size", Map.of("width", -2))))
                        .is(400)
                        .faults())
                .containsExactly("1:size");
    }
}

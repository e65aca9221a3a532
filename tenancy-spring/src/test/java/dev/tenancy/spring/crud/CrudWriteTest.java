package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.spring.TestApplication;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class CrudWriteTest extends CrudTest {

    @Test
    void whatWasReadCanBeSentBack() {
        String path = "/items/" + alice.created("/items", item("Bowl", maker));
        Answer read = alice.get(path).is(200);
        Answer replaced = alice.put(path, read.body()).is(200);
        assertThat(replaced.body()).isEqualTo(read.body());
        assertThat(read.json().get("code").asString()).isEqualTo("C-BOWL");
    }

    @Test
    void whatClientsMayNotSetIsIgnoredWhateverTheySay() {
        ObjectNode body = JSON.valueToTree(item("Bowl", maker));
        body.put("id", UUID.randomUUID().toString()).put("version", "x").put("code", "mine");
        Answer created = alice.post("/items", body).is(201);
        assertThat(created.json().get("id")).isNotEqualTo(body.get("id"));
        assertThat(created.json().get("code").asString()).isEqualTo("C-BOWL");
        String path = "/items/" + created.json().get("id").asString();
        assertThat(alice.patch(path, Map.of("version", 99, "code", "mine"))
                        .is(200)
                        .body())
                .isEqualTo(created.body());
    }

    @Test
    void theTenantOfABodyIsNeverTaken() {
        Map<String, Object> body = Map.of("name", unique("Smuggled"), "tenantId", TestApplication.GLOBEX);
        Answer created = alice.post("/makers", body).is(201);
        assertThat(created.json().get("tenantId").asString()).isEqualTo(TestApplication.ACME.toString());
        assertThat(alice.post("/labels", Map.of("id", "x", "tenantId", TestApplication.GLOBEX))
                        .is(400)
                        .faults())
                .containsExactly("tenantId");
        assertThat(alice.post("/labels", Map.of("id", "x", "version", 1))
                        .is(400)
                        .faults())
                .containsExactly("version");
    }

    @Test
    void unknownFieldsAreRefusedByName() {
        Map<String, Object> body = new HashMap<>(item("Bowl", maker));
        body.put("colour", "red");
        body.put("weight", 3);
        assertThat(alice.post("/items", body).is(400).faults()).containsExactlyInAnyOrder("colour", "weight");
        assertThat(alice.patch("/makers/" + maker, Map.of("address", Map.of("planet", "Earth")))
                        .is(400)
                        .faults())
                .containsExactly("address.planet");
        assertThat(alice.patch("/makers/" + maker, "{\"colour\": null}").is(400).faults())
                .containsExactly("colour");
    }

    @Test
    void allFieldsOfTheWrongTypeAreToldAtOnceWithWhatTheyMustBe() {
        Answer refused = alice.post(
                        "/items",
                        Map.of("name", 7, "kind", "SOFA", "price", "dear", "made", "today", "makerId", "x", "used", 1))
                .is(400);
        assertThat(refused.faults()).containsExactly("kind", "made", "makerId", "name", "price", "used");
        assertThat(refused.body())
                .contains("must be one of [BOWL, CHAIR, TABLE]", "must be a date such as 2026-03-02", "must be a UUID");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.001", "100000000", "1e30", "-123456789.5", "1e999999999", "0.1e-400"})
    void moneyIsNeverRounded(String price) {
        String path = "/items/" + alice.created("/items", item("Bowl", maker));
        assertThat(alice.patch(path, "{\"price\": " + price + "}").is(400).faults())
                .containsExactly("price");
    }

    @Test
    void moneyIsKeptToTheLastDigit() {
        String path = "/items/" + alice.created("/items", item("Bowl", maker));
        assertThat(alice.patch(path, "{\"price\": 12345678.91}").is(200).body()).contains("12345678.91");
        assertThat(alice.patch(path, "{\"price\": 10.1000}").is(200).status()).isEqualTo(200);
    }

    @Test
    void anEmbeddableIsWrittenShownPatchedAndKeptWhereItIsNotShown() {
        String path = "/makers/"
                + alice.created(
                        "/makers",
                        Map.of("name", unique("Maker"), "address", Map.of("city", "Graz", "street", "Ring 1")));
        assertThat(alice.patch(path, "{\"address\": {\"city\": \"Linz\"}}")
                        .is(200)
                        .json()
                        .get("address")
                        .toString())
                .isEqualTo("{\"city\":\"Linz\",\"street\":\"Ring 1\"}");
        assertThat(alice.patch(path, "{\"address\": {\"city\": null}}").is(400).faults())
                .containsExactly("address.city");
        assertThat(alice.patch(path, "{\"address\": {\"city\": \"" + "a".repeat(300) + "\"}}")
                        .is(400)
                        .faults())
                .containsExactly("address.city");
        assertThat(alice.patch(path, "{\"address\": null}")
                        .is(200)
                        .json()
                        .get("address")
                        .isNull())
                .isTrue();
    }

    @Test
    void anETagLetsNobodyOverwriteWhatTheyHaveNotSeen() {
        Answer created = alice.post("/items", item("Bowl", maker)).is(201);
        String path = "/items/" + created.json().get("id").asString();
        String tag = created.header("ETag");
        assertThat(tag).isEqualTo("\"0\"").isEqualTo(alice.get(path).header("ETag"));
        Answer changed =
                alice.patch(path, Map.of("name", "Dish"), "If-Match", tag).is(200);
        assertThat(changed.header("ETag")).isEqualTo("\"1\"");
        alice.patch(path, Map.of("name", "Plate"), "If-Match", tag).is(412);
        alice.put(path, item("Plate", maker), "If-Match", tag).is(412);
        alice.delete(path, "If-Match", tag).is(412);
        alice.get(path, "If-Match", tag).is(412);
        assertThat(alice.get(path).json().get("name").asString()).isEqualTo("Dish");
        alice.put(path, item("Plate", maker), "If-Match", "\"0\", \"1\"").is(200);
        alice.patch(path, Map.of(), "If-Match", "*").is(200);
        alice.delete(path, "If-Match", "\"2\"").is(204);
    }

    @Test
    void aWeakTagMatchesNoWriteAndAMalformedOneIsRefused() {
        String path = "/items/" + alice.created("/items", item("Bowl", maker));
        alice.patch(path, Map.of(), "If-Match", "W/\"0\"").is(412);
        alice.patch(path, Map.of(), "If-Match", "\"00\"").is(412);
        for (String malformed : List.of("0", "\"0", "\"0\" \"1\"", "\"0\",,", "*, \"0\"", "")) {
            alice.patch(path, Map.of(), "If-Match", malformed).is(400);
        }
        alice.put(path, item("Bowl", maker), "If-None-Match", "*").is(412);
    }

    @Test
    void aRowThatIsMissingIsMissingWhateverIfMatchSays() {
        String foreign = "/items/" + alice.created("/items", item("Bowl", maker));
        for (String path : List.of(foreign, "/items/" + UUID.randomUUID())) {
            carol.delete(path, "If-Match", "\"0\"").is(404);
            carol.patch(path, Map.of(), "If-Match", "\"7\"").is(404);
            carol.put(path, item("Bowl", maker), "If-Match", "*").is(404);
        }
    }

    @Test
    void whoHasTheVersionAlreadyGetsNoBody() {
        String path = "/items/" + alice.created("/items", item("Bowl", maker));
        Answer same = alice.get(path, "If-None-Match", "\"7\", W/\"0\"").is(304);
        assertThat(same.body()).isEmpty();
        assertThat(same.header("ETag")).isEqualTo("\"0\"");
        alice.get(path, "If-None-Match", "\"7\"").is(200);
        carol.get(path, "If-None-Match", "\"0\"").is(404);
    }

    @Test
    void aResourceMayInsistOnIfMatch() {
        String id = alice.created("/items", item("Bowl", maker));
        alice.patch("/scrolled/" + id, Map.of()).is(428);
        alice.put("/scrolled/" + id, item("Bowl", maker)).is(428);
        alice.delete("/scrolled/" + id).is(428);
        assertThat(alice.patch("/scrolled/bulk", List.of(Map.of("id", id)))
                        .is(409)
                        .faults())
                .containsExactly("0:version");
        alice.patch("/scrolled/" + id, Map.of(), "If-Match", "\"0\"").is(200);
    }

    @Test
    void answersTellTheirLengthAndComeInOnePacket() {
        Answer created = alice.post("/makers", Map.of("name", unique("Maker"))).is(201);
        String path = "/makers/" + created.json().get("id").asString();

        assertThat(List.of(
                        created,
                        alice.get(path).is(200),
                        alice.put(path, Map.of("name", unique("Maker"))).is(200),
                        alice.patch(path, Map.of("name", unique("Maker"))).is(200),
                        alice.get("/makers").is(200)))
                .allSatisfy(answer -> {
                    assertThat(answer.header("Content-Length"))
                            .isEqualTo(String.valueOf(answer.body().length()));
                    assertThat(answer.header("Transfer-Encoding")).isNull();
                });
    }

    @Test
    void ofManyWritersWithOneETagOneWins() throws Exception {
        String path = "/items/" + alice.created("/items", item("Bowl", maker));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String name = "Writer " + i;
                writers.add(() -> alice.patch(path, Map.of("name", name), "If-Match", "\"0\"")
                        .status());
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> status : threads.invokeAll(writers)) {
                statuses.add(status.get());
            }
            assertThat(statuses).containsOnlyOnce(200).containsOnly(200, 412);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void aForeignReferenceIsAnsweredLikeOneToNoRow() {
        String foreign = carol.created("/makers", Map.of("name", unique("Foreign")));
        String path = "/items/" + alice.created("/items", item("Bowl", maker));
        for (String field : List.of("makerId", "previousId")) {
            for (String[] call : new String[][] {{"POST", "/items"}, {"PUT", path}, {"PATCH", path}}) {
                String theirs = refused(call, field, foreign);
                assertThat(theirs)
                        .isEqualTo(refused(call, field, UUID.randomUUID().toString()));
                assertThat(theirs).contains("\"" + field + "\"", "does not exist");
            }
        }
    }

    private String refused(String[] call, String field, String id) {
        Map<String, Object> body = new HashMap<>(item("Bowl", maker));
        body.put(field, id);
        return alice.send(call[0], call[1], body).is(400).body();
    }

    @Test
    void uniqueValuesAreToldByTheirFieldAndNoOther() {
        String name = unique("Twin");
        alice.created("/makers", Map.of("name", name));
        carol.created("/makers", Map.of("name", name));
        Answer refused = alice.post("/makers", Map.of("name", name)).is(409);
        assertThat(refused.faults()).containsExactly("name");
        assertThat(refused.body()).doesNotContain("Twin", "tenant");
        assertThat(alice.patch("/makers/" + maker, Map.of("name", name)).is(409).faults())
                .containsExactly("name");
    }

    @Test
    void aRowThatIsReferredToStays() {
        alice.created("/items", item("Bowl", maker));
        alice.delete("/makers/" + maker).is(409);
        alice.get("/makers/" + maker).is(200);
    }

    @Test
    void aHookSeesWhatWasAndWhatWillBeAndMayRefuse() {
        alice.post("/makers", Map.of("name", unique("Forbidden"))).is(409);
        String path = "/makers/" + alice.created("/makers", Map.of("name", unique("Frozen")));
        alice.patch(path, Map.of("name", unique("Thawed"))).is(409);
        alice.patch(path, Map.of("address", Map.of("city", "Graz"))).is(200);
        alice.delete(path).is(409);
        assertThat(alice.get(path).json().get("name").asString()).startsWith("Frozen");
    }

    @Test
    void aMapperShowsAndTakesWhatNamesCannot() {
        Answer created = alice.post("/tickets", Map.of("shout", "HELLO")).is(201);
        assertThat(created.json().get("subject").asString()).isEqualTo("hello");
        assertThat(created.json().get("shout").asString()).isEqualTo("HELLO");
    }

    @Test
    void whatAMapperShowsOtherwiseThanItIsIsNotWrittenBack() {
        String id = "L" + UUID.randomUUID();
        Answer shown =
                alice.post("/labels", Map.of("id", id, "colour", "secret")).is(201);
        assertThat(shown.json().get("colour").asString()).isEqualTo("blurred");
        alice.put("/labels/" + id, shown.json()).is(200);
        alice.patch("/labels/" + id, Map.of()).is(200);
        assertThat(stored(Workshop.Label.class, id).colour).isEqualTo("secret");
        alice.patch("/labels/" + id, Map.of("colour", "red")).is(200);
        assertThat(stored(Workshop.Label.class, id).colour).isEqualTo("red");
    }

    @Test
    void idsAreLongsAndTextsToo() {
        String id = alice.created("/tickets", Map.of("subject", "Mend it"));
        assertThat(Long.parseLong(id)).isPositive();
        alice.get("/tickets/" + id).is(200);
        for (String none : List.of("x", "1.0", "99999999999999999999", "%20", "-1", "0x1", "%D9%A1")) {
            assertThat(alice.get("/tickets/" + none).is(404).body())
                    .isEqualTo(carol.get("/tickets/" + id).is(404).body());
        }
        String label = "L " + UUID.randomUUID();
        Answer labelled =
                alice.post("/labels", Map.of("id", label, "colour", "red")).is(201);
        assertThat(labelled.header("ETag")).isNull();
        assertThat(alice.get(java.net.URI.create(labelled.header("Location")).getRawPath())
                        .is(200)
                        .body())
                .contains("red");
        assertThat(alice.post("/labels", Map.of("id", label)).is(409).faults()).containsExactly("id");
        assertThat(alice.post("/labels", Map.of("colour", "red")).is(400).faults())
                .containsExactly("id");
        assertThat(alice.patch("/labels/" + label.replace(" ", "%20"), Map.of("id", "other"))
                        .is(200)
                        .json()
                        .get("id")
                        .asString())
                .isEqualTo(label);
    }

    @Test
    void whatIsOutsideOfTheScopeIsMissing() {
        String hidden = alice.created("/open-tickets", Map.of("subject", "secret"));
        String open = alice.created("/open-tickets", Map.of("subject", "open to all"));
        bob.get("/open-tickets/" + open).is(200);
        bob.get("/open-tickets/" + hidden).is(404);
        bob.patch("/open-tickets/" + hidden, Map.of()).is(404);
        bob.delete("/open-tickets/" + hidden).is(404);
        assertThat(bob.patch("/open-tickets/bulk", List.of(Map.of("id", hidden)))
                        .is(400)
                        .faults())
                .containsExactly("0:id");
        alice.get("/open-tickets/" + hidden).is(200);
        // Nor can it be referred to.
        Answer refused = bob.patch("/open-tickets/" + open, Map.of("parentId", Long.valueOf(hidden)))
                .is(400);
        assertThat(refused.faults()).containsExactly("parentId");
        assertThat(bob.patch("/open-tickets/" + open, Map.of("parentId", -1)).body())
                .isEqualTo(refused.body());
        alice.patch("/open-tickets/" + open, Map.of("parentId", Long.valueOf(hidden)))
                .is(200);
    }

    @Test
    void aRepositoryBesideItSeesTheSameRows() {
        String name = alice.get("/makers/" + maker).json().get("name").asString();
        assertThat(alice.get("/makers-by-repository").body()).contains(name);
        assertThat(carol.get("/makers-by-repository").body()).doesNotContain(name);
    }

    @Test
    void handlersThatTheApplicationAddsOrOverridesNeedARoleToo() {
        assertThat(bob.get("/items/1/shout").body()).isEqualTo("for STAFF");
        bob.post("/labels/extra", Map.of()).is(403);
        assertThat(alice.post("/labels/extra", Map.of()).body()).isEqualTo("for ADMIN");
        bob.delete("/labels/extra").is(403);
        assertThat(alice.delete("/labels/extra").body()).isEqualTo("for OWNER");
        assertThat(bob.patch("/labels/extra", Map.of()).body()).isEqualTo("for STAFF");
        bob.get("/labels").is(200);
        alice.get("/unread").is(403);
        alice.get("/unread/extra").is(403);
    }

    @Test
    void aHandlerThatCallsAnotherNeedsTheRoleOfThatAsWell() {
        bob.delete("/labels/extra/none").is(403);
        alice.delete("/labels/extra/none").is(404);
    }

    @Test
    void rolesAreThoseOfTheActionForManyRowsAsForOne() {
        bob.post("/labels/bulk", List.of(Map.of("id", "a"))).is(403);
        bob.patch("/labels/bulk", List.of(Map.of("id", "a"))).is(403);
        bob.send("DELETE", "/makers/bulk", List.of(Map.of("id", maker))).is(403);
        alice.send("DELETE", "/makers/bulk", List.of(Map.of("id", maker))).is(204);
    }

    @Test
    void manyAreCreatedPatchedAndDeletedInOneTransaction() {
        List<Map<String, Object>> bodies = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            bodies.add(item("Bowl " + i, maker));
        }
        JsonNode created = alice.post("/items/bulk", bodies).is(201).json();
        assertThat(created).hasSize(50);
        assertThat(created.get(7).get("name").asString()).isEqualTo("Bowl 7");
        assertThat(created.get(7).get("code").asString()).isEqualTo("C-BOWL");
        List<Map<String, Object>> patches = new ArrayList<>();
        created.forEach(row -> patches.add(Map.of(
                "id", row.get("id").asString(), "version", row.get("version").asLong(), "price", 2)));
        JsonNode patched = alice.patch("/items/bulk", patches).is(200).json();
        assertThat(patched.get(7).get("version").asLong()).isEqualTo(1);
        assertThat(alice.patch("/items/bulk", patches.subList(3, 5)).is(409).faults())
                .containsExactly("0:version", "1:version");
        List<Map<String, Object>> ids =
                patches.stream().map(row -> Map.of("id", row.get("id"))).toList();
        alice.send("DELETE", "/items/bulk", ids).is(204);
        assertThat(alice.list("/items?makerId=" + maker, "id")).isEmpty();
    }

    @Test
    void manyRowsTakeFewStatements() {
        List<Map<String, Object>> bodies = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Map<String, Object> body = new HashMap<>(item("Bowl " + i, maker));
            body.put("previousId", alice.created("/makers", Map.of("name", unique("Previous"))));
            bodies.add(body);
        }
        // The references of all rows, and the batch.
        assertThat(statements(() -> alice.post("/items/bulk", bodies).is(201))).isEqualTo(2);
    }

    @Test
    void oneBadRowKeepsAllOthersOut() {
        Map<String, Object> good = item("Bowl", maker);
        Map<String, Object> nameless = new HashMap<>(good);
        nameless.remove("name");
        Map<String, Object> foreign = item("Bowl", carol.created("/makers", Map.of("name", unique("Foreign"))));
        assertThat(alice.post("/items/bulk", List.of(good, nameless, good, Map.of("kind", 1), 7))
                        .is(400)
                        .faults())
                .containsExactly("1:name", "3:kind", "3:makerId", "3:name", "3:price", "3:used", "4:");
        assertThat(alice.post("/items/bulk", List.of(good, foreign)).is(400).faults())
                .containsExactly("1:makerId");
        assertThat(alice.list("/items?makerId=" + maker, "id")).isEmpty();
    }

    @Test
    void anIdThatIsChosenTwiceIsTaken() {
        String id = unique("L");
        alice.post("/labels/bulk", List.of(Map.of("id", id), Map.of("id", id))).is(409);
        alice.get("/labels/" + encoded(id).replace("+", "%20")).is(404);
    }

    @Test
    void theRowThatViolatesAConstraintIsTold() {
        String name = unique("Twin");
        alice.created("/makers", Map.of("name", name));
        String free = unique("Free");
        assertThat(alice.post("/makers/bulk", List.of(Map.of("name", free), Map.of("name", name)))
                        .is(409)
                        .faults())
                .containsExactly("1:name");
        assertThat(alice.post("/makers/bulk", List.of(Map.of("name", free), Map.of("name", free)))
                        .is(409)
                        .faults())
                .containsExactly("1:name");
        assertThat(alice.post("/makers/bulk", List.of(Map.of("name", free), Map.of("name", "Forbidden")))
                        .is(409)
                        .faults())
                .containsExactly("1:");
        assertThat(alice.list("/makers?name=" + encoded(free), "id")).isEmpty();
    }

    @Test
    void aForeignRowAmongManyIsAnsweredLikeOneThatDoesNotExist() {
        String foreign = carol.created("/makers", Map.of("name", unique("Foreign")));
        for (String method : List.of("PATCH", "DELETE")) {
            Answer theirs = alice.send(method, "/makers/bulk", List.of(Map.of("id", maker), Map.of("id", foreign)));
            Answer nobodys =
                    alice.send(method, "/makers/bulk", List.of(Map.of("id", maker), Map.of("id", UUID.randomUUID())));
            assertThat(theirs.is(400).body()).isEqualTo(nobodys.body());
            assertThat(theirs.faults()).containsExactly("1:id");
        }
        carol.get("/makers/" + foreign).is(200);
        alice.get("/makers/" + maker).is(200);
    }
}

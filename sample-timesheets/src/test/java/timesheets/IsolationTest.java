package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import timesheets.Api.Answer;
import tools.jackson.databind.JsonNode;

/** Globex attacks rows of acme, by their true ids; beside each attack, acme makes the same call and it succeeds. */
class IsolationTest extends TimesheetsTest {

    static final List<String> RESOURCES = List.of(CUSTOMERS, PROJECTS, ENTRIES);

    private Map<String, String> own;

    @BeforeEach
    void acmeOwnsARowOfEach() {
        String customer = acme.created(CUSTOMERS, customer(unique("Acme's customer")));
        String project = acme.created(PROJECTS, project(unique("Acme's project"), customer));
        own = Map.of(CUSTOMERS, customer, PROJECTS, project, ENTRIES, acme.created(ENTRIES, entry(project)));
    }

    @ParameterizedTest
    @FieldSource("RESOURCES")
    void getFindsARowForItsOwnerOnly(String resource) {
        attack("GET", resource, null, 200);
    }

    @ParameterizedTest
    @FieldSource("RESOURCES")
    void putChangesARowForItsOwnerOnly(String resource) {
        attack("PUT", resource, replacement(resource, acme, globex), 200);
    }

    @ParameterizedTest
    @FieldSource("RESOURCES")
    void patchChangesARowForItsOwnerOnly(String resource) {
        String field = resource.equals(ENTRIES) ? "description" : "name";
        attack("PATCH", resource, Bodies.same(Map.of(field, unique("patched"))), 200);
    }

    @ParameterizedTest
    @FieldSource("RESOURCES")
    void deleteRemovesARowForItsOwnerOnly(String resource) {
        if (!resource.equals(ENTRIES)) {
            assertThat(acme.delete(path(ENTRIES)).status()).isEqualTo(204);
        }
        if (resource.equals(CUSTOMERS)) {
            assertThat(acme.delete(path(PROJECTS)).status()).isEqualTo(204);
        }
        attack("DELETE", resource, null, 204);
    }

    // What the attacker sends must be good in the attacker's own company, so that only the row is foreign.
    private void attack(String method, String resource, Bodies bodies, int successForOwner) {
        String before = acme.get(path(resource)).body();
        long total = globex.total(resource);
        Answer foreign = globex.send(method, path(resource), bodies == null ? null : bodies.attackers());
        Answer missing =
                globex.send(method, resource + "/" + UUID.randomUUID(), bodies == null ? null : bodies.attackers());
        assertThat(foreign.status()).isEqualTo(404);
        assertThat(foreign.body()).isEqualTo(missing.body());
        assertThat(headers(foreign)).isEqualTo(headers(missing));
        assertThat(acme.get(path(resource)).body()).isEqualTo(before);
        assertThat(globex.total(resource)).isEqualTo(total);
        assertThat(acme.send(method, path(resource), bodies == null ? null : bodies.owners())
                        .status())
                .isEqualTo(successForOwner);
    }

    private record Bodies(Object attackers, Object owners) {

        static Bodies same(Object body) {
            return new Bodies(body, body);
        }
    }

    private Bodies replacement(String resource, Api owner, Api attacker) {
        return switch (resource) {
            case CUSTOMERS -> Bodies.same(customer(unique("replaced")));
            case PROJECTS ->
                new Bodies(
                        project(unique("replaced"), attacker.id(CUSTOMERS)),
                        project(unique("replaced"), owner.id(CUSTOMERS)));
            default -> new Bodies(entry(attacker.id(PROJECTS)), entry(owner.id(PROJECTS)));
        };
    }

    private static Map<String, List<String>> headers(Answer answer) {
        Map<String, List<String>> headers =
                new HashMap<>(answer.response().headers().map());
        headers.keySet().removeAll(Set.of("date", "connection", "keep-alive"));
        return headers;
    }

    private String path(String resource) {
        return resource + "/" + own.get(resource);
    }

    @ParameterizedTest
    @FieldSource("RESOURCES")
    void listsOfTwoCompaniesShareNoRow(String resource) {
        List<String> ofAcme = ids(acme.all(resource));
        List<String> ofGlobex = ids(globex.all(resource));
        assertThat(ofAcme).contains(own.get(resource)).doesNotHaveDuplicates();
        assertThat(ofGlobex).isNotEmpty().doesNotHaveDuplicates().doesNotContainAnyElementsOf(ofAcme);
    }

    @ParameterizedTest
    @FieldSource("RESOURCES")
    void theTotalOfACompanyDoesNotMoveWithAnothersRows(String resource) {
        long before = globex.total(resource);
        long ofAcme = acme.total(resource);
        acmeOwnsARowOfEach();
        assertThat(globex.total(resource)).isEqualTo(before);
        assertThat(acme.total(resource)).isEqualTo(ofAcme + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"name,asc", "name,desc", "email,desc", "id,asc"})
    void sortingShowsNothingOfAnotherCompany(String sort) {
        assertThat(ids(globex.all(CUSTOMERS + "?sort=" + sort)))
                .containsExactlyInAnyOrderElementsOf(ids(globex.all(CUSTOMERS)))
                .doesNotContain(own.get(CUSTOMERS));
    }

    @Test
    void searchFindsARowForItsOwnerOnly() {
        String name = acme.get(path(CUSTOMERS)).text("name");
        String search = CUSTOMERS + "?search=" + name.substring(name.indexOf(' ') + 10);
        assertThat(ids(acme.all(search))).containsExactly(own.get(CUSTOMERS));
        assertThat(globex.all(search)).isEmpty();
        assertThat(globex.get(search).body())
                .isEqualTo(globex.get(CUSTOMERS + "?search=no-such-name").body());
    }

    @Test
    void wildcardsOfSqlAreSearchedForAsTheyAre() {
        String id = acme.created(CUSTOMERS, customer(unique("100%_sure\\")));
        assertThat(ids(acme.all(CUSTOMERS + "?search=100%25_sure%5C"))).containsExactly(id);
        assertThat(acme.all(CUSTOMERS + "?search=%25sure%25")).isEmpty();
        assertThat(acme.all(CUSTOMERS + "?search=0__sure")).isEmpty();
    }

    static final List<List<String>> REFERENCES = List.of(List.of(PROJECTS, CUSTOMERS), List.of(ENTRIES, PROJECTS));

    @ParameterizedTest
    @FieldSource("REFERENCES")
    void aReferenceToAForeignRowIsAnsweredLikeOneToNone(List<String> reference) {
        String resource = reference.get(0);
        String foreignId = own.get(reference.get(1));
        String ownId = globex.id(reference.get(1));
        String missingId = UUID.randomUUID().toString();
        String row = globex.created(resource, referring(resource, ownId));
        long total = globex.total(resource);
        for (String method : List.of("POST", "PUT", "PATCH")) {
            String path = method.equals("POST") ? resource : resource + "/" + row;
            Answer foreign = globex.send(method, path, referring(resource, foreignId));
            Answer missing = globex.send(method, path, referring(resource, missingId));
            assertThat(foreign.status()).isEqualTo(400);
            assertThat(foreign.body()).isEqualTo(missing.body()).contains("does not exist");
            assertThat(headers(foreign)).isEqualTo(headers(missing));
            assertThat(globex.send(method, path, referring(resource, ownId)).status())
                    .isBetween(200, 201);
        }
        String field = resource.equals(PROJECTS) ? "customerId" : "projectId";
        assertThat(globex.patch(resource + "/" + row, Map.of(field, foreignId)).status())
                .isEqualTo(400);
        assertThat(globex.get(resource + "/" + row).text(field)).isEqualTo(ownId);
        assertThat(globex.total(resource)).isEqualTo(total + 1);
    }

    private static Map<String, Object> referring(String resource, String id) {
        return resource.equals(PROJECTS) ? project(unique("referring"), id) : entry(id);
    }

    @Test
    void aNameIsUniqueWithinACompanyOnly() {
        String name = unique("Twins");
        acme.created(CUSTOMERS, customer(name));
        globex.created(CUSTOMERS, customer(name));
        assertThat(acme.post(CUSTOMERS, customer(name)).status()).isEqualTo(409);
        assertThat(globex.post(CUSTOMERS, customer(name)).status()).isEqualTo(409);
    }

    @Test
    void aProjectsNameIsUniqueWithinACustomerOnly() {
        String name = unique("Relaunch");
        String other = acme.created(CUSTOMERS, customer(unique("Other")));
        acme.created(PROJECTS, project(name, own.get(CUSTOMERS)));
        acme.created(PROJECTS, project(name, other));
        assertThat(acme.post(PROJECTS, project(name, other)).status()).isEqualTo(409);
    }

    @Test
    void aRowThatIsReferredToIsNotDeletedButStays() {
        assertThat(acme.delete(path(CUSTOMERS)).status()).isEqualTo(409);
        assertThat(acme.delete(path(PROJECTS)).status()).isEqualTo(409);
        assertThat(acme.get(path(CUSTOMERS)).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tenantId", "tenant_id", "tenant", "companyId", "company", "version"})
    void aTenantOrVersionInTheBodyIsRefusedByName(String field) {
        String company = globex.get("/api/me").json().at("/tenant/id").asString();
        Map<String, Object> body = new HashMap<>(customer(unique("Smuggled")));
        String row = CUSTOMERS + "/" + acme.created(CUSTOMERS, body);
        body.put("name", unique("Smuggled"));
        body.put(field, company);
        for (Answer answer :
                List.of(acme.post(CUSTOMERS, body), acme.put(row, body), acme.patch(row, Map.of(field, company)))) {
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().at("/errors/0/field").asString()).isEqualTo(field);
            assertThat(answer.json().at("/errors/0/message").asString()).isEqualTo("is unknown");
        }
        assertThat(acme.total(CUSTOMERS + "?name=" + encoded(body.get("name")))).isZero();
        assertThat(globex.total(CUSTOMERS + "?name=" + encoded(body.get("name"))))
                .isZero();
    }

    @Test
    void anIdOrUserInTheBodyIsNeverTaken() {
        Map<String, Object> body = new HashMap<>(entry(own.get(PROJECTS)));
        body.put("id", globex.id(ENTRIES));
        body.put("userId", globex.get("/api/me").json().at("/user/id").asString());
        Answer created = acme.post(ENTRIES, body);
        assertThat(created.text("id")).isNotEqualTo(body.get("id"));
        assertThat(created.text("userId"))
                .isEqualTo(acme.get("/api/me").json().at("/user/id").asString());
        assertThat(acme.put(ENTRIES + "/" + created.text("id"), body).text("userId"))
                .isEqualTo(created.text("userId"));
    }

    private static String encoded(Object text) {
        return URLEncoder.encode(text.toString(), StandardCharsets.UTF_8);
    }

    @Test
    void idsAreUuidsOrderedByTime() {
        List<String> ids = Stream.generate(() -> acme.created(CUSTOMERS, customer(unique("Ordered"))))
                .limit(5)
                .toList();
        assertThat(ids).isSorted().allMatch(id -> UUID.fromString(id).version() == 7);
    }

    private static List<String> ids(List<JsonNode> rows) {
        return rows.stream().map(row -> row.get("id").asString()).toList();
    }
}

package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenancy.CurrentTenant;
import dev.tenancy.spring.TestApplication;
import jakarta.persistence.EntityManagerFactory;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrudExportTest extends CrudTest {

    @Test
    void itHasAllRowsThatItsFiltersFindInTheirOrder() {
        for (String name : new String[] {"ash", "=birch", "cedar, or \"pine\""}) {
            Map<String, Object> body = new HashMap<>(item(name, maker));
            body.put("price", name.length());
            alice.created("/items", body);
        }
        String query = "?makerId=" + maker + "&price.gt=3&sort=price,desc";
        Answer csv = alice.get("/items/export" + query).is(200);
        assertThat(csv.header("Content-Type")).startsWith("text/csv;").contains("charset=utf-8", "header=present");
        assertThat(csv.header("Content-Disposition")).isEqualTo("attachment; filename=export.csv");
        assertThat(csv.body().lines().map(line -> line.replaceAll("^[0-9a-f-]{36},", "")))
                .containsExactly(
                        "id,name,kind,price,made,sold,used,rating,makerId,previousId,code,version",
                        "\"cedar, or \"\"pine\"\"\",BOWL,16.00,,,false,," + maker + ",,C-BOWL,0",
                        "'=birch,BOWL,6.00,,,false,," + maker + ",,C-BOWL,0");
        Answer json = alice.get("/items/export" + query, "Accept", "application/x-ndjson")
                .is(200);
        assertThat(json.header("Content-Type")).isEqualTo("application/x-ndjson");
        assertThat(json.body()
                        .lines()
                        .map(line -> JSON.readTree(line).get("name").asString()))
                .containsExactly("cedar, or \"pine\"", "=birch");
        assertThat(alice.get("/items/export?format=ndjson&makerId=" + maker)
                        .body()
                        .lines())
                .hasSize(3);
        assertThat(carol.get("/items/export?format=ndjson&makerId=" + maker).body())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"format=xls", "size=5", "page=0", "price=x", "format=csv&format=csv", "nonsense=1"})
    void aParameterThatIsUnknownOrMalformedIsNamed(String query) {
        assertThat(alice.get("/items/export?" + query).is(400).faults())
                .containsExactly(query.substring(0, query.indexOf('=')));
    }

    @Test
    void oneThatFailsOnItsWayIsBrokenOffAndOneThatFailsBeforeIsAnswered() {
        String first = unique("A");
        alice.created("/makers", Map.of("name", "Broken " + first));
        alice.get("/brittle/export?name.contains=" + encoded(first)).is(500);
        String many = unique("A");
        CurrentTenant.runAs(
                TestApplication.ACME,
                () -> bean(EntityManagerFactory.class).runInTransaction(session -> {
                    for (int i = 0; i < 2000; i++) {
                        Workshop.Maker one = new Workshop.Maker();
                        one.name = many + " " + i;
                        session.persist(one);
                    }
                }));
        String export = "/brittle/export?sort=name&name.contains=" + encoded(many);
        assertThat(alice.get(export).is(200).body().lines()).hasSize(2001);
        alice.created("/makers", Map.of("name", "Broken " + many));
        // Comes last: by then the answer is on its way, and whoever reads it must not take it for all.
        assertThatThrownBy(() -> alice.get(export)).hasRootCauseInstanceOf(IOException.class);
    }
}

package compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class SpringDataRestTest extends Compatibility {

    @Autowired
    private Notes notes;

    @Autowired
    private Folders folders;

    @Test
    void listsShowTheCallersRowsAndWhatBelongsToNobody() {
        assertThat(get("alice", "/rest/notes").body())
                .contains("acme one", "acme two")
                .doesNotContain("globex");
        assertThat(get("carol", "/rest/notes").body()).contains("globex one").doesNotContain("acme");
        assertThat(get("alice", "/rest/notes/search/findByTextContaining?part=one")
                        .body())
                .contains("acme one")
                .doesNotContain("globex");
        assertThat(send("alice", "PUT", "/rest/countries/FR", "{\"name\": \"France\"}")
                        .statusCode())
                .isBetween(200, 204);
        assertThat(get("carol", "/rest/countries/FR").body()).contains("France");
    }

    @Test
    void aForeignRowIsMissing() {
        UUID id = acme(() -> notes.findAll().get(0).getId());
        assertThat(get("alice", "/rest/notes/" + id).statusCode()).isEqualTo(200);
        assertThat(send("alice", "PATCH", "/rest/notes/" + id, "{\"text\": \"mine\"}")
                        .statusCode())
                .isBetween(200, 204);
        assertThat(get("carol", "/rest/notes/" + id).statusCode()).isEqualTo(404);
        assertThat(send("carol", "PATCH", "/rest/notes/" + id, "{\"text\": \"mine\"}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(send("carol", "DELETE", "/rest/notes/" + id, "").statusCode())
                .isEqualTo(404);
        assertThat(acme(() -> notes.findById(id)))
                .hasValueSatisfying(note -> assertThat(note.getText()).isEqualTo("mine"));
    }

    @Test
    void aReferenceToAForeignRowIsRefusedAsOneToAMissingRowIs() {
        UUID foreign = acme(() -> folders.findAll().get(0).getId());
        UUID own = globex(() -> folders.findAll().get(0).getId());
        assertThat(refer(own).statusCode()).isEqualTo(201);
        HttpResponse<String> refused = refer(foreign);
        HttpResponse<String> missing = refer(UUID.randomUUID());
        assertThat(refused.statusCode()).isEqualTo(missing.statusCode());
        assertThat(globex(() -> notes.findAll())).hasSize(2 + (missing.statusCode() < 300 ? 2 : 0));
    }

    private HttpResponse<String> refer(UUID folder) {
        return send(
                "carol", "POST", "/rest/notes", "{\"text\": \"new\", \"folder\": \"/rest/folders/" + folder + "\"}");
    }
}

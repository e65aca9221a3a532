package compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class SpringGraphQlTest extends Compatibility {

    @Autowired
    private Notes notes;

    @Autowired
    private Countries countries;

    @Test
    void queriesShowTheCallersRowsAndWhatBelongsToNobody() {
        countries.save(new Country("DE", "Germany"));
        assertThat(query("alice", "{ notes { text folder { name } } }"))
                .contains("acme one", "acme two", "inbox")
                .doesNotContain("globex", "errors");
        assertThat(query("carol", "{ notes { text folder { name } } }"))
                .contains("globex one", "inbox")
                .doesNotContain("acme", "errors");
        assertThat(query("carol", "{ countries { code } }")).contains("DE").doesNotContain("errors");
    }

    @Test
    void aForeignRowIsMissing() {
        String id = acme(() -> notes.findAll().get(0).getId()).toString();
        assertThat(query("alice", "{ note(id: \\\"" + id + "\\\") { id } }")).contains(id);
        assertThat(query("carol", "{ note(id: \\\"" + id + "\\\") { id } }")).contains("{\"note\":null}");
    }

    private String query(String user, String text) {
        return send(user, "POST", "/graphql", "{\"query\": \"" + text + "\"}").body();
    }
}

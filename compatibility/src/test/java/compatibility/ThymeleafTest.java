package compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ThymeleafTest extends Compatibility {

    @Test
    void aPageShowsTheCallersRows() {
        assertThat(get("alice", "/notes").body())
                .contains("acme one in inbox", "acme two in inbox")
                .doesNotContain("globex");
        assertThat(get("carol", "/notes").body())
                .contains("globex one in inbox")
                .doesNotContain("acme");
    }
}

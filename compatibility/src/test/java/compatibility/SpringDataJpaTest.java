package compatibility;

import static compatibility.CompatibilityApplication.ACME;
import static compatibility.CompatibilityApplication.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.NoTenantException;
import dev.tenancy.UnprovenStatementException;
import java.util.List;
import org.hibernate.Hibernate;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.domain.Example;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.PageRequest;
import org.springframework.data.jpa.domain.Specification;

class SpringDataJpaTest extends Compatibility {

    @Autowired
    private Notes notes;

    @Autowired
    private Countries countries;

    @Test
    void globalRowsAreEverybodys() {
        countries.save(new Country("CH", "Switzerland"));
        assertThat(countries.matching("^switz")).hasSize(1);
        assertThat(acme(() -> countries.matching("^switz"))).hasSize(1);
    }

    @Test
    void specificationsExamplesAndProjectionsShowTheOwnersRows() {
        Specification<Note> inInbox =
                (note, query, is) -> is.equal(note.get("folder").get("name"), "inbox");
        assertThat(acme(() -> notes.findAll(inInbox))).hasSize(2);
        assertThat(globex(() -> notes.findAll(inInbox))).hasSize(1);
        Example<Note> one = Example.of(new Note("acme one", null));
        assertThat(acme(() -> notes.count(one))).isEqualTo(1);
        assertThat(globex(() -> notes.count(one))).isZero();
        assertThat(acme(() -> notes.findShownByTextStartingWith("")))
                .extracting(Notes.Shown::getText)
                .containsExactlyInAnyOrder("acme one", "acme two");
        assertThat(globex(() -> notes.findTitledByFolderName("inbox"))).containsExactly(new Notes.Titled("globex one"));
        Page<Note> page = acme(() -> notes.findByFolderName("inbox", PageRequest.of(0, 1)));
        assertThat(page).hasSize(1);
        assertThat(page.getTotalElements()).isEqualTo(2);
        assertThatExceptionOfType(NoTenantException.class).isThrownBy(() -> notes.findAll(inInbox));
    }

    @Test
    void anEntityGraphFetchesTheOwnersRows() {
        List<Note> fetched = acme(() -> notes.findByTextContaining("one"));
        assertThat(fetched).hasSize(1).allMatch(note -> Hibernate.isInitialized(note.getFolder()));
    }

    @Test
    void nativeQueriesHaveToNameTheTenant() {
        assertThat(acme(() -> notes.nativeOf(ACME, "%ONE"))).hasSize(1);
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> acme(() -> notes.nativeOf(GLOBEX, "%ONE")));
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> acme(() -> notes.nativeOfAll("%ONE")));
    }
}

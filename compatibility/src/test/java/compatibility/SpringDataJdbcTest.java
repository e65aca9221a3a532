package compatibility;

import static compatibility.CompatibilityApplication.ACME;
import static compatibility.CompatibilityApplication.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.NoTenantException;
import dev.tenancy.UnprovenStatementException;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class SpringDataJdbcTest extends Compatibility {

    @Autowired
    private NoteRows notes;

    @Autowired
    private CountryRows rows;

    @Autowired
    private Countries countries;

    @Test
    void globalRowsAreEverybodys() {
        countries.save(new Country("ES", "Spain"));
        assertThat(rows.findById("ES")).isPresent();
        assertThat(acme(() -> rows.findById("ES"))).isPresent();
        assertThat(acme(() -> rows.findAll())).isNotEmpty();
    }

    @Test
    void statementsReachTheTenantThatTheyName() {
        assertThat(acme(() -> notes.findByTenantIdOrderByText(ACME)))
                .extracting(NoteRows.NoteRow::text)
                .containsExactly("acme one", "acme two");
        assertThat(globex(() -> notes.named(GLOBEX, "globex one"))).hasSize(1);
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> acme(() -> notes.findByTenantIdOrderByText(GLOBEX)));
        assertThatExceptionOfType(UnprovenStatementException.class).isThrownBy(() -> acme(notes::findAll));
        assertThatExceptionOfType(NoTenantException.class).isThrownBy(() -> notes.findByTenantIdOrderByText(ACME));
    }
}

package compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.EntityManager;
import java.util.List;
import org.hibernate.envers.AuditReaderFactory;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionOperations;

class EnversTest extends Compatibility {

    @Autowired
    private Countries countries;

    @Autowired
    private EntityManager entityManager;

    @Autowired
    private TransactionOperations transactions;

    @Test
    void revisionsOfAGlobalRowAreWrittenAndReadWhoeverIsCurrent() {
        acme(() -> countries.save(new Country("IT", "Italien")));
        countries.save(new Country("IT", "Italia"));
        acme(() -> countries.save(new Country("IT", "Italie")));
        countries.save(new Country("IT", "Italy"));
        assertThat(names()).containsExactly("Italien", "Italia", "Italie", "Italy");
        assertThat(globex(this::names)).containsExactly("Italien", "Italia", "Italie", "Italy");
    }

    private List<String> names() {
        return transactions.execute(status -> {
            var reader = AuditReaderFactory.get(entityManager);
            return reader.getRevisions(Country.class, "IT").stream()
                    .map(revision -> reader.find(Country.class, "IT", revision).getName())
                    .toList();
        });
    }
}

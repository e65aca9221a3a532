package compatibility;

import static compatibility.CompatibilityApplication.ACME;
import static compatibility.CompatibilityApplication.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.CurrentTenant;
import dev.tenancy.NoTenantException;
import dev.tenancy.TenantPrincipal;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.UUID;
import org.hibernate.search.mapper.orm.Search;
import org.hibernate.search.mapper.orm.massindexing.MassIndexer;
import org.hibernate.search.mapper.orm.session.SearchSession;
import org.hibernate.search.mapper.pojo.massindexing.MassIndexingEnvironment;
import org.hibernate.search.util.common.SearchException;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionOperations;

class HibernateSearchTest extends Compatibility {

    @Autowired
    private EntityManager entityManager;

    @Autowired
    private TransactionOperations transactions;

    @Autowired
    private Countries countries;

    @Test
    void aSearchFindsTheRowsOfTheCurrentTenant() {
        assertThat(acme(() -> found("one"))).containsExactly("acme one");
        assertThat(globex(() -> found("one"))).containsExactly("globex one");
        assertThat(globex(() -> found("acme"))).isEmpty();
        // No row is read: what nobody wrote is not in the index.
        assertThat(found("one")).isEmpty();
    }

    // Its index knows no rows of nobody: each session has a tenant there, one without a tenant among them.
    @Test
    void globalRowsAreFoundByWhoeverWroteThem() {
        acme(() -> countries.save(new Country("SE", "Sweden")));
        countries.save(new Country("NO", "Norway"));
        assertThat(acme(() -> countries("sweden"))).containsExactly("SE");
        assertThat(globex(() -> countries("sweden"))).isEmpty();
        assertThat(countries("norway")).containsExactly("NO");
        assertThat(acme(() -> countries("norway"))).isEmpty();
    }

    @Test
    void massIndexingReadsTheRowsOfTheTenantThatItsThreadsEnter() throws InterruptedException {
        for (UUID tenant : List.of(ACME, GLOBEX)) {
            Search.mapping(entityManager.getEntityManagerFactory())
                    .scope(Note.class)
                    .massIndexer(tenant)
                    .environment(new Within(tenant))
                    .startAndWait();
        }
        assertThat(acme(() -> found("one"))).containsExactly("acme one");
        assertThat(globex(() -> found("one"))).containsExactly("globex one");
    }

    @Test
    void massIndexingWhoseThreadsEnterNoTenantIsRefused() {
        MassIndexer indexer = Search.mapping(entityManager.getEntityManagerFactory())
                .scope(Note.class)
                .massIndexer(ACME);
        assertThatExceptionOfType(SearchException.class)
                .isThrownBy(() -> CurrentTenant.runAs(ACME, indexer::startAndWait))
                .withRootCauseInstanceOf(NoTenantException.class);
    }

    /** Threads of Hibernate Search's own work for the tenant. */
    private static final class Within implements MassIndexingEnvironment {

        private final UUID tenant;
        private final ThreadLocal<CurrentTenant.Scope> entered = new ThreadLocal<>();

        Within(UUID tenant) {
            this.tenant = tenant;
        }

        @Override
        public void beforeExecution(Context context) {
            entered.set(CurrentTenant.enter(TenantPrincipal.system(tenant)));
        }

        @Override
        public void afterExecution(Context context) {
            entered.get().close();
            entered.remove();
        }
    }

    private SearchSession session() {
        return Search.session(entityManager);
    }

    private List<String> countries(String name) {
        return transactions.execute(status ->
                session()
                        .search(Country.class)
                        .where(is -> is.match().field("name").matching(name))
                        .fetchHits(10)
                        .stream()
                        .map(Country::getCode)
                        .toList());
    }

    private List<String> found(String word) {
        return transactions.execute(status ->
                session()
                        .search(Note.class)
                        .where(is -> is.match().field("text").matching(word))
                        .fetchHits(10)
                        .stream()
                        .map(Note::getText)
                        .toList());
    }
}

package compatibility;

import static compatibility.CompatibilityApplication.ACME;
import static compatibility.CompatibilityApplication.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import java.util.UUID;
import org.hibernate.search.mapper.orm.Search;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Hibernate Search where nobody has set a converter of tenants' ids. */
class HibernateSearchWithoutConverterTest {

    @Test
    void rowsAreIndexedAndFoundForTheirTenant() {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(OnH2Test.Application.class)
                .web(WebApplicationType.NONE)
                .run(
                        "--spring.config.name=none",
                        "--spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID(),
                        "--spring.jpa.hibernate.ddl-auto=update",
                        "--spring.jpa.properties.hibernate.search.backend.directory.type=local-heap")) {
            EntityManagerFactory factory = context.getBean(EntityManagerFactory.class);
            CurrentTenant.runAs(
                    ACME, () -> factory.runInTransaction(session -> session.persist(new Note("ours", null))));
            assertThat(CurrentTenant.<List<Note>, RuntimeException>callAs(ACME, () -> found(factory)))
                    .hasSize(1);
            assertThat(CurrentTenant.<List<Note>, RuntimeException>callAs(GLOBEX, () -> found(factory)))
                    .isEmpty();
        }
    }

    private static List<Note> found(EntityManagerFactory factory) {
        return factory.callInTransaction(session -> Search.session(session)
                .search(Note.class)
                .where(is -> is.match().field("text").matching("ours"))
                .fetchHits(10));
    }
}

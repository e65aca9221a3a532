package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.TenantId;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.ConstraintViolationException.ConstraintKind;
import org.junit.jupiter.api.Test;

/** What a tenant gets to read when it asks for an id that another tenant's row has. */
class FailureTextsTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    @Entity(name = "Invoice")
    static class Invoice {

        @Id
        Long id = 5L;

        @TenantId
        UUID tenantId;

        String text;

        Invoice() {}

        Invoice(String text) {
            this.text = text;
        }
    }

    @Test
    void postgresTellsNothingOfTheRow() throws IOException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            String url = postgres.getJdbcUrl("postgres", "postgres");
            assertThat(texts(failure(url))).doesNotContain(Model.SECRET).doesNotContain(ACME.toString());
        }
    }

    @Test
    void h2TellsNothingOfTheRow() {
        assertThat(texts(failure("jdbc:h2:mem:" + UUID.randomUUID())))
                .contains("INVOICE")
                .doesNotContain(Model.SECRET)
                .doesNotContain(ACME.toString());
    }

    @Test
    void hibernateStillTellsWhichKindOfConstraintItWas() throws IOException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            for (String url :
                    List.of(postgres.getJdbcUrl("postgres", "postgres"), "jdbc:h2:mem:" + UUID.randomUUID())) {
                assertThat(failure(url))
                        .isInstanceOfSatisfying(
                                ConstraintViolationException.class,
                                violation -> assertThat(violation.getKind()).isEqualTo(ConstraintKind.UNIQUE));
            }
        }
    }

    private static Throwable failure(String url) {
        try (SessionFactory factory = Model.factory(url, TwoTenants.settings(url), Invoice.class)) {
            persist(factory, ACME, Model.SECRET);
            return catchThrowable(() -> persist(factory, GLOBEX, "plain"));
        }
    }

    private static String texts(Throwable failure) {
        return Stream.iterate(failure, one -> one != null, Throwable::getCause)
                .map(Throwable::getMessage)
                .collect(Collectors.joining("\n"));
    }

    private static void persist(SessionFactory factory, UUID tenant, String text) {
        CurrentTenant.runAs(tenant, () -> factory.inTransaction(session -> session.persist(new Invoice(text))));
    }
}

package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.io.IOException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.TenantId;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.ConstraintViolationException.ConstraintKind;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import testserver.NotOnCluster;
import testserver.TestServer;

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
        try (TestServer postgres = TestServer.start()) {
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
    @NotOnCluster("a unique key over all tenants")
    void hibernateStillTellsWhichKindOfConstraintItWas() throws IOException {
        try (TestServer postgres = TestServer.start()) {
            for (String url :
                    List.of(postgres.getJdbcUrl("postgres", "postgres"), "jdbc:h2:mem:" + UUID.randomUUID())) {
                assertThat(failure(url))
                        .isInstanceOfSatisfying(
                                ConstraintViolationException.class,
                                violation -> assertThat(violation.getKind()).isEqualTo(ConstraintKind.UNIQUE));
            }
        }
    }

    // What PostgreSQL sends when it has used up its transaction ids cannot be brought about in a test.
    @Test
    void aDatabaseThatIsOutOfTransactionIdsIsNoFaultOfAValue() {
        SQLException told = Objects.requireNonNull(FailureText.ofOutage(tooLarge("GetNewTransactionId")));
        assertThat(told.getSQLState()).isEqualTo("53400");
        assertThat(told.getMessage()).contains("wraparound");
        BatchUpdateException batch = new BatchUpdateException(
                "Batch entry 0 insert into dog values ('secret') was aborted",
                "54000",
                0,
                new int[0],
                tooLarge("GetNewMultiXactId"));
        Throwable ofBatch = FailureText.ofOutage(batch);
        assertThat(ofBatch).message().contains("wraparound").doesNotContain("secret");
        assertThat(ofBatch).cause().message().doesNotContain("secret");
        Throwable ofValue = FailureText.ofOutage(tooLarge("_bt_check_third_page"));
        assertThat(ofValue).isNull();
        Throwable ofAnother = FailureText.ofOutage(new SQLException("text", "54000"));
        assertThat(ofAnother).isNull();
    }

    // What Citus sends, as it was seen on a cluster.
    @Test
    void aWorkerThatIsLostWithinATransactionIsALostConnection() {
        String text = "failure on connection marked as essential: worker-1.internal:5432";
        for (String routine : List.of("MarkRemoteTransactionFailed", "CheckRemoteTransactionsHealth")) {
            SQLException told = Objects.requireNonNull(FailureText.ofOutage(sent("XX000", text, routine)));
            assertThat(told.getMessage()).contains(text);
            assertThat(told.getSQLState()).isEqualTo("08006");
        }
        Throwable ofAnother = FailureText.ofOutage(sent("XX000", text, "elog_finish"));
        assertThat(ofAnother).isNull();
    }

    private static SQLException tooLarge(String routine) {
        return sent("54000", "database is not accepting commands to avoid wraparound", routine);
    }

    private static SQLException sent(String state, String text, String routine) {
        return new PSQLException(new ServerErrorMessage("SERROR\0C" + state + "\0M" + text + "\0R" + routine + "\0\0"));
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

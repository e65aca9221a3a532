package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tenancy.Model.CardPayment;
import dev.tenancy.Model.Payment;
import jakarta.persistence.ConstraintMode;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.ForeignKey;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.BatchSettings;
import org.hibernate.cfg.JdbcSettings;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import testserver.NotOnCluster;
import testserver.TestServer;

/** A reference that a foreign key with the tenant holds costs no question; one that none holds does. */
class EnforcedReferencesTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    private static TestServer postgres;

    enum Database {
        H2,
        POSTGRES;

        private final List<String> statements = new ArrayList<>();
        private SessionFactory factory;
        private UUID shelfOfAcme;

        void start(String url) {
            Map<String, Object> settings = new HashMap<>(TwoTenants.settings(url));
            settings.put(BatchSettings.STATEMENT_BATCH_SIZE, 10);
            settings.put(JdbcSettings.STATEMENT_INSPECTOR, (StatementInspector) sql -> {
                statements.add(sql);
                return sql;
            });
            factory = Model.factory(url, settings, Shelf.class, Book.class);
            shelfOfAcme = CurrentTenant.callAs(
                    ACME,
                    () -> factory.fromTransaction(session -> {
                        Shelf shelf = new Shelf();
                        session.persist(shelf);
                        return shelf.getId();
                    }));
        }

        List<String> statementsOf(UUID tenant, BiConsumer<Session, Shelf> work) {
            statements.clear();
            CurrentTenant.runAs(
                    tenant,
                    () -> factory.inTransaction(
                            session -> work.accept(session, session.getReference(Shelf.class, shelfOfAcme))));
            return List.copyOf(statements);
        }
    }

    @Entity(name = "Shelf")
    static class Shelf extends TenantOwned {}

    @Entity(name = "Book")
    static class Book extends TenantOwned {

        @ManyToOne(fetch = FetchType.LAZY)
        Shelf held;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(foreignKey = @ForeignKey(ConstraintMode.NO_CONSTRAINT))
        Shelf loose;
    }

    @Entity(name = "Receipt")
    static class Receipt extends TenantOwned {

        @ManyToOne(fetch = FetchType.LAZY)
        Payment payment;
    }

    @BeforeAll
    static void start() throws Exception {
        postgres = TestServer.start();
        Database.H2.start("jdbc:h2:mem:" + UUID.randomUUID());
        Database.POSTGRES.start(postgres.getJdbcUrl("postgres", "postgres"));
    }

    @AfterAll
    static void close() throws Exception {
        Database.H2.factory.close();
        Database.POSTGRES.factory.close();
        postgres.close();
    }

    private static void persist(Session session, Shelf held, Shelf loose) {
        Book book = new Book();
        book.held = held;
        book.loose = loose;
        session.persist(book);
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void aReferenceThatAKeyHoldsIsWrittenWithoutAQuestion(Database database) {
        assertThat(database.statementsOf(ACME, (session, shelf) -> persist(session, shelf, null)))
                .hasSize(1)
                .allMatch(sql -> sql.startsWith("insert into Book"));
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void aReferenceThatNoKeyHoldsIsAskedForFirst(Database database) {
        assertThat(database.statementsOf(ACME, (session, shelf) -> persist(session, null, shelf)))
                .hasSize(2)
                .anyMatch(sql -> sql.startsWith("select"));
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void aForeignReferenceIsRefusedByNameEitherWay(Database database) {
        refused(database, "Book.held", (session, shelf) -> persist(session, shelf, null));
        refused(database, "Book.loose", (session, shelf) -> persist(session, null, shelf));
        assertThat(database.statements).noneMatch(sql -> sql.startsWith("insert"));
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void aForeignReferenceInABatchIsRefusedByName(Database database) {
        refused(database, "Book.held", (session, shelf) -> {
            persist(session, null, null);
            persist(session, shelf, null);
            persist(session, null, null);
        });
    }

    @Test
    @NotOnCluster("it gives the constraint the name that a shard would")
    void aForeignReferenceThatAShardTellsOfByItsOwnNameIsRefusedByName() throws Exception {
        try (Connection connection = DriverManager.getConnection(postgres.getJdbcUrl("postgres", "postgres"));
                Statement statement = connection.createStatement()) {
            String key = foreignKeyOfBooks(statement);
            statement.execute("alter table book rename constraint " + key + " to " + key + "_102015");
            try {
                refused(Database.POSTGRES, "Book.held", (session, shelf) -> persist(session, shelf, null));
            } finally {
                statement.execute("alter table book rename constraint " + key + "_102015 to " + key);
            }
        }
    }

    private static String foreignKeyOfBooks(Statement statement) throws SQLException {
        try (ResultSet key = statement.executeQuery(
                "select conname from pg_constraint where contype = 'f' and conrelid = 'book'::regclass")) {
            key.next();
            return key.getString(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void aReferenceThatIsChangedInBulkIsRefusedByName(Database database) {
        database.statementsOf(GLOBEX, (session, shelf) -> persist(session, null, null));
        refused(
                database,
                "Book.held",
                (session, shelf) -> session.createMutationQuery("update Book set held = :shelf")
                        .setParameter("shelf", shelf)
                        .executeUpdate());
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void aRowThatOthersReferToIsNotAForeignReferenceWhenItIsDeleted(Database database) {
        database.statementsOf(ACME, (session, shelf) -> persist(session, shelf, null));
        assertThatExceptionOfType(ConstraintViolationException.class)
                .isThrownBy(() -> database.statementsOf(ACME, Session::remove));
    }

    @Test
    void aReferenceToARowOfASubclassWithATableOfItsOwnIsTheTenantsOrNot() {
        try (SessionFactory payments = Model.factory(
                "jdbc:h2:mem:" + UUID.randomUUID(), Map.of(), Payment.class, CardPayment.class, Receipt.class)) {
            CardPayment card = new CardPayment();
            CurrentTenant.runAs(ACME, () -> payments.inTransaction(session -> session.persist(card)));
            Runnable receipt = () -> payments.inTransaction(session -> {
                Receipt made = new Receipt();
                made.payment = session.getReference(Payment.class, card.getId());
                session.persist(made);
            });
            CurrentTenant.runAs(ACME, receipt::run);
            assertThatExceptionOfType(ForeignReferenceException.class)
                    .isThrownBy(() -> CurrentTenant.runAs(GLOBEX, receipt::run))
                    .withMessageContaining("Receipt.payment");
        }
    }

    @Test
    void aReferenceThatNoKeyHoldsIsNamedAtStart() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(Doctor.class);
        log.start();
        logger.setLevel(Level.WARN);
        logger.addAppender(log);
        Model.factory("jdbc:h2:mem:" + UUID.randomUUID(), Map.of(), Shelf.class, Book.class)
                .close();
        logger.detachAppender(log);
        logger.setLevel(null);
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .singleElement()
                .asString()
                .contains("Book.loose");
    }

    private static void refused(Database database, String reference, BiConsumer<Session, Shelf> work) {
        assertThatExceptionOfType(ForeignReferenceException.class)
                .isThrownBy(() -> database.statementsOf(GLOBEX, work))
                .withMessageContaining(reference);
    }
}

package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.Model.Animal;
import dev.tenancy.Model.CardPayment;
import dev.tenancy.Model.Circle;
import dev.tenancy.Model.Dog;
import dev.tenancy.Model.Payment;
import dev.tenancy.Model.Shape;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;
import org.hibernate.JDBCException;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import testserver.TestServer;

/** A row is missing if the database said so, and not if it could not be asked. */
class FailedFindTest {

    private static final UUID ACME = UUID.randomUUID();

    private static TestServer postgres;
    private static SessionFactory factory;

    @BeforeAll
    static void start() throws Exception {
        postgres = TestServer.start();
        factory = Model.factory(
                postgres.getJdbcUrl("postgres", "postgres"),
                Map.of(),
                Animal.class,
                Dog.class,
                Shape.class,
                Circle.class,
                Payment.class,
                CardPayment.class,
                Account.class);
    }

    @AfterAll
    static void stop() throws Exception {
        factory.close();
        postgres.close();
    }

    @ParameterizedTest
    @ValueSource(classes = {Dog.class, Circle.class, CardPayment.class, Account.class})
    void aFindInALostTransactionThatIsToBeRolledBackFails(Class<?> entity) {
        CurrentTenant.runAs(ACME, () -> {
            try (Session session = factory.openSession()) {
                session.beginTransaction().setRollbackOnly();
                session.doWork(FailedFindTest::lose);
                assertThatExceptionOfType(PersistenceException.class)
                        .isThrownBy(() -> session.find(entity, UUID.randomUUID()))
                        .withCauseInstanceOf(JDBCException.class);
            }
        });
    }

    // Hibernate marks the transaction itself here.
    @Test
    void aFindWithALockOfAnEntityThatNobodyOwnsFails() {
        try (Session session = factory.openSession()) {
            session.beginTransaction();
            session.doWork(FailedFindTest::lose);
            assertThatExceptionOfType(PersistenceException.class)
                    .isThrownBy(() -> session.find(Account.class, UUID.randomUUID(), LockModeType.PESSIMISTIC_WRITE));
        }
    }

    @Test
    void aLockOfARowThatTheSessionHasFails() {
        Account account = new Account();
        account.id = UUID.randomUUID();
        factory.inTransaction(session -> session.persist(account));
        try (Session session = factory.openSession()) {
            session.beginTransaction();
            session.find(Account.class, account.id);
            session.doWork(FailedFindTest::lose);
            assertThatExceptionOfType(PersistenceException.class)
                    .isThrownBy(() -> session.find(Account.class, account.id, LockModeType.PESSIMISTIC_WRITE));
        }
    }

    @GlobalEntity(reason = "who logs in has no tenant yet")
    @Entity(name = "Account")
    static class Account {

        @Id
        private UUID id;
    }

    private static void lose(Connection connection) throws SQLException {
        try (Statement own = connection.createStatement();
                ResultSet session = own.executeQuery("select pg_backend_pid()");
                Connection superuser = postgres.getPostgresDatabase().getConnection();
                Statement kill = superuser.createStatement()) {
            session.next();
            kill.execute("select pg_terminate_backend(" + session.getInt(1) + ", 5000)");
        }
    }
}

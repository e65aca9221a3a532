package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tenancy.Model.Child;
import dev.tenancy.Model.Dog;
import dev.tenancy.Model.Parent;
import dev.tenancy.Model.Tag;
import jakarta.persistence.LockModeType;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class AcrossTenantsTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    private static JdbcConnectionPool pool;
    private static DataSource dataSource;
    private static SessionFactory factory;
    private static UUID parentOfAcme;

    @BeforeAll
    static void eachTenantHasRows() {
        pool = JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID(), "sa", "");
        dataSource = TenantIsolation.guard(pool);
        factory = Model.factory(Map.of("hibernate.connection.datasource", dataSource));
        for (UUID tenant : List.of(ACME, GLOBEX)) {
            CurrentTenant.runAs(
                    tenant,
                    () -> factory.inTransaction(
                            session -> Model.rows(tenant.toString()).forEach(session::persist)));
        }
        parentOfAcme = CurrentTenant.callAs(
                ACME,
                () -> factory.fromSession(
                        session -> session.createQuery("select id from Parent where boss is null", UUID.class)
                                .getSingleResult()));
    }

    @AfterAll
    static void close() {
        factory.close();
        pool.dispose();
    }

    @FunctionalInterface
    private interface Work<T> {
        T on(Session session);
    }

    private static <T> T across(Work<T> work) {
        return CurrentTenant.acrossTenants("a test", () -> factory.fromTransaction(work::on));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select count(*) from Tag",
                "select count(*) from Child c join c.parent",
                "select count(*) from Child c left join c.parent p where p.text = 'SECRET'",
                "select count(*) from Parent p join p.tags",
                "select count(*) from Parent p join p.notes",
                "select count(*) from Dog",
                "select count(*) from Split where more = 'SECRET'",
                "select count(*) from Parent p where exists (from Child c where c.parent = p)",
            })
    void aQueryFindsTheRowsOfAllTenants(String query) {
        long found = across(session -> session.createQuery(query, Long.class).getSingleResult());
        assertThat(found).isEqualTo(2);
    }

    @Test
    void aRowIsFoundByItsIdAndWhatItRefersToIsLoaded() {
        String found = across(session -> {
            Parent parent = session.find(Parent.class, parentOfAcme);
            Child child = parent.children.iterator().next();
            return child.text + parent.tags.size() + parent.notes.size() + child.parent.getTenantId();
        });
        assertThat(found).isEqualTo("SECRET11" + ACME);
    }

    @Test
    void aRowOfSeveralTablesIsLocked() {
        Dog dog = across(session -> {
            Dog found =
                    session.createQuery("from Dog", Dog.class).getResultList().get(0);
            session.lock(found, LockModeType.PESSIMISTIC_WRITE);
            session.refresh(found, LockModeType.PESSIMISTIC_READ);
            return found;
        });
        assertThat(dog.bark).isEqualTo(Model.SECRET);
    }

    @Test
    void plainSqlReadsTheRowsOfAllTenants() throws SQLException {
        long tags = CurrentTenant.<Long, SQLException>acrossTenants("a test", () -> {
            try (Connection connection = dataSource.getConnection();
                    ResultSet rows = connection.createStatement().executeQuery("select count(*) from tag")) {
                rows.next();
                return rows.getLong(1);
            }
        });
        assertThat(tags).isEqualTo(2);
    }

    @Test
    void nothingIsWritten() {
        List<Work<?>> writes = List.of(
                session -> {
                    session.persist(new Tag());
                    return null;
                },
                session -> {
                    session.find(Parent.class, parentOfAcme).text = "changed";
                    return null;
                },
                session -> {
                    session.remove(session.createQuery("from Child", Child.class)
                            .getResultList()
                            .get(0));
                    return null;
                },
                session -> {
                    session.find(Parent.class, parentOfAcme).notes.add("more");
                    return null;
                },
                session -> session.createMutationQuery("update Tag set text = 'changed'")
                        .executeUpdate(),
                session -> session.createMutationQuery("delete Hidden").executeUpdate(),
                session -> session.createNativeMutationQuery("delete from tag").executeUpdate());
        for (Work<?> write : writes) {
            assertThatExceptionOfType(WriteAcrossTenantsException.class)
                    .isThrownBy(() -> across(write))
                    .withMessageContaining("dev.tenancy.Model$")
                    .withMessageContaining("CurrentTenant.runAs");
        }
    }

    @Test
    void aTenantIsEnteredInsideAndLeftAgain() {
        CurrentTenant.acrossTenants("a test", () -> {
            CurrentTenant.runAs(
                    GLOBEX,
                    () -> assertThat(factory.<Parent>fromSession(session -> session.find(Parent.class, parentOfAcme)))
                            .isNull());
            assertThat(CurrentTenant.find()).isEmpty();
            assertThat(factory.<Parent>fromSession(session -> session.find(Parent.class, parentOfAcme)))
                    .isNotNull();
        });
    }

    @Test
    void theRowsOfOneTenantOnlyAreInReachAgainBehindTheBlock() {
        CurrentTenant.runAs(GLOBEX, () -> {
            across(session -> session.find(Parent.class, parentOfAcme));
            assertThat(factory.<Parent>fromSession(session -> session.find(Parent.class, parentOfAcme)))
                    .isNull();
        });
    }

    @Test
    void aSessionFromOutsideOfTheBlockIsRefusedInIt() {
        CurrentTenant.runAs(GLOBEX, () -> {
            try (Session session = factory.openSession()) {
                CurrentTenant.acrossTenants(
                        "a test",
                        () -> assertThatExceptionOfType(ForeignSessionException.class)
                                .isThrownBy(() -> session.find(Parent.class, parentOfAcme)));
            }
        });
    }

    @Test
    void aSessionFromInsideOfTheBlockIsRefusedBehindIt() {
        try (Session session = CurrentTenant.acrossTenants("a test", () -> factory.openSession())) {
            assertThatExceptionOfType(NoTenantException.class)
                    .isThrownBy(() -> session.find(Parent.class, parentOfAcme));
            CurrentTenant.runAs(
                    ACME,
                    () -> assertThatExceptionOfType(ForeignSessionException.class)
                            .isThrownBy(() -> session.find(Parent.class, parentOfAcme)));
        }
    }

    @Test
    void noTenantHasTheIdThatASessionAcrossTenantsOrOfNobodyHas() {
        try (Session across = CurrentTenant.acrossTenants("a test", () -> factory.openSession());
                Session ofNobody = factory.openSession()) {
            for (Session session : List.of(across, ofNobody)) {
                CurrentTenant.runAs(
                        session.getTenantIdentifierValue(),
                        () -> assertThatIllegalStateException()
                                .isThrownBy(() -> factory.openSession())
                                .withMessageContaining("stands for no tenant"));
            }
        }
    }

    @Test
    void whoHasNoReasonIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CurrentTenant.acrossTenants(" ", () -> {}))
                .withMessageContaining("reason");
    }

    @Test
    void theReasonIsLoggedAndToldToListenersBeforeAnythingIsRead() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(CurrentTenant.class);
        log.start();
        logger.setLevel(Level.WARN);
        logger.addAppender(log);
        List<CurrentTenant.Crossing> told = new ArrayList<>();
        Runnable end = CurrentTenant.onCrossing(told::add);
        CurrentTenant.runAs(
                ACME,
                () -> CurrentTenant.acrossTenants(
                        "nightly roll-up",
                        () -> assertThat(told)
                                .containsExactly(
                                        new CurrentTenant.Crossing("nightly roll-up", TenantPrincipal.system(ACME)))));
        end.run();
        CurrentTenant.acrossTenants("unheard", () -> {});
        logger.detachAppender(log);
        logger.setLevel(null);
        assertThat(told).hasSize(1);
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).anyMatch(line -> line.contains("nightly"));
    }

    @Test
    void aListenerThatThrowsKeepsTheBlockFromRunning() {
        Runnable end = CurrentTenant.onCrossing(crossing -> {
            throw new IllegalStateException("the audit trail is down");
        });
        List<String> ran = new ArrayList<>();
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> CurrentTenant.acrossTenants("a test", () -> {
                    ran.add("ran");
                }));
        end.run();
        assertThat(ran).isEmpty();
        assertThat(CurrentTenant.isCrossing()).isFalse();
    }
}

package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tenancy.Relations.Book;
import dev.tenancy.Relations.Poster;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions that are handed on: to another thread, to a child, to the next tenant. */
class SessionsBesideTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    private SessionFactory factory;
    private Session acmes;
    private UUID id;

    @BeforeEach
    void acmeHasABookAndASession() {
        factory = Model.factory("jdbc:h2:mem:" + UUID.randomUUID(), Map.of(), Relations.ENTITIES);
        acmes = CurrentTenant.callAs(ACME, () -> {
            Book book = new Book();
            factory.inTransaction(session -> session.persist(book));
            id = book.getId();
            return factory.openSession();
        });
    }

    @AfterEach
    void close() {
        acmes.close();
        factory.close();
    }

    @Test
    void anotherThreadThatActsForNobodyFindsNothingInTheSession() {
        CurrentTenant.runAs(ACME, () -> {
            assertThat(acmes.find(Book.class, id)).isNotNull();
            acmes.clear();
            assertThat(elsewhere(() -> acmes.find(Book.class, id))).isInstanceOf(NoTenantException.class);
        });
    }

    @Test
    void anotherThreadThatActsForNobodyOpensNoSessionOfTheTenants() {
        CurrentTenant.runAs(
                ACME,
                () -> assertThat(elsewhere(() -> factory.fromSession(session -> session.find(Book.class, id))))
                        .isInstanceOf(NoTenantException.class));
    }

    @Test
    void anotherThreadThatActsForAnotherTenantIsRefused() {
        assertThat(elsewhere(() -> CurrentTenant.callAs(GLOBEX, () -> acmes.find(Book.class, id))))
                .isInstanceOf(ForeignSessionException.class);
    }

    @Test
    void aChildIsOfItsParentsTenantAndRefusedUnderAnother() {
        CurrentTenant.runAs(GLOBEX, () -> {
            try (Session child = acmes.sessionWithOptions().connection().open()) {
                assertThatExceptionOfType(TenancyException.class).isThrownBy(() -> child.find(Book.class, id));
            }
        });
    }

    @Test
    void aStatelessChildIsRefusedUnderAnotherTenant() {
        CurrentTenant.runAs(GLOBEX, () -> {
            try (StatelessSession child =
                    acmes.statelessWithOptions().connection().open()) {
                assertThatExceptionOfType(TenancyException.class).isThrownBy(() -> child.get(Book.class, id));
                assertThatExceptionOfType(TenancyException.class).isThrownBy(() -> child.insert(new Poster()));
            }
        });
    }

    @Test
    void anInstanceOfOneTenantsSessionIsNotMergedIntoAnothers() {
        Book book = CurrentTenant.callAs(ACME, () -> acmes.find(Book.class, id));
        Throwable refusal = catchThrowable(
                () -> CurrentTenant.runAs(GLOBEX, () -> factory.inTransaction(session -> session.merge(book))));
        assertThat(refusal).isNotNull();
        CurrentTenant.runAs(
                GLOBEX,
                () -> factory.inSession(session -> assertThat(session.createSelectionQuery("from Book", Book.class)
                                .getResultList())
                        .isEmpty()));
    }

    private static Throwable elsewhere(java.util.concurrent.Callable<?> work) {
        return CompletableFuture.supplyAsync(() -> catchThrowable(work::call)).join();
    }
}

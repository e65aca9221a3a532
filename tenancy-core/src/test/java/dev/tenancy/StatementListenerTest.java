package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tenancy.Relations.Book;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatementListenerTest {

    private static final UUID ACME = UUID.randomUUID();

    private final List<String> heard = new ArrayList<>();
    private SessionFactory factory;
    private Runnable end;

    @BeforeEach
    void listen() {
        factory = Model.factory("jdbc:h2:mem:" + UUID.randomUUID(), Map.of(), Relations.ENTITIES);
        Thread test = Thread.currentThread();
        end = TenantIsolation.onOwnedStatement(entity -> {
            if (Thread.currentThread() == test) {
                heard.add(entity
                        + CurrentTenant.find().map(principal -> " for acme").orElse(""));
            }
        });
    }

    @AfterEach
    void close() {
        end.run();
        factory.close();
    }

    @Test
    void eachStatementOnOwnedRowsIsHeardOfAlsoWhenItsTextIsKnown() {
        CurrentTenant.runAs(ACME, () -> {
            factory.inSession(session -> session.find(Book.class, UUID.randomUUID()));
            factory.inSession(session -> session.find(Book.class, UUID.randomUUID()));
        });

        assertThat(heard).containsExactly(Book.class.getName() + " for acme", Book.class.getName() + " for acme");
    }

    @Test
    void whatIsRefusedIsHeardOfToo() {
        Throwable refused = catchThrowable(() -> CurrentTenant.runAs(
                ACME,
                () -> factory.inSession(session -> session.createNativeQuery("select count(*) from book", Long.class)
                        .getSingleResult())));

        assertThat(refused).isInstanceOf(UnprovenStatementException.class);
        assertThat(heard).containsExactly(Book.class.getName() + " for acme");
    }

    @Test
    void whatIsNotAboutOwnedRowsIsNotHeardOf() {
        factory.inSession(
                session -> session.createNativeQuery("select 1", Integer.class).getSingleResult());

        assertThat(heard).isEmpty();
    }

    @Test
    void theListeningEnds() {
        end.run();
        CurrentTenant.runAs(ACME, () -> factory.inSession(session -> session.find(Book.class, UUID.randomUUID())));

        assertThat(heard).isEmpty();
    }
}

package dev.tenancy.test;

import static dev.tenancy.test.TenantAssertions.assertThatTenant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.CurrentTenant;
import dev.tenancy.test.SpringTestsTest.Book;
import dev.tenancy.test.SpringTestsTest.Books;
import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.transaction.TestTransaction;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** In the transaction of a Spring test, which is rolled back at its end, and without one. */
@DataJpaTest(properties = "spring.jpa.hibernate.ddl-auto=create-drop")
@ContextConfiguration(classes = SpringTestsTest.Application.class)
@WithTenant(WithTenantTest.ACME)
class TenantAssertInSpringTest {

    private static final String GLOBEX = "00000000-0000-0002-0000-000000000002";

    @Autowired
    private Books books;

    @Autowired
    private EntityManager entities;

    @Test
    void whatIsNotCommittedIsJudged() {
        Book book = books.save(new Book("of Acme"));

        assertThatTenant(WithTenantTest.ACME).sees(book);
        assertThatTenant(GLOBEX).cannotSee(book).cannotChange(book);
    }

    @Test
    void theTransactionGoesOnAsItWas() {
        Book book = books.save(new Book("of Acme"));

        assertThatTenant(GLOBEX).cannotChange(book);

        assertThat(TestTransaction.isActive()).isTrue();
        entities.clear();
        assertThat(books.findAll()).extracting(Book::title).containsExactly("of Acme");
        assertThat(books.findAll()).extracting(Book::getVersion).containsExactly(0L);
        TestTransaction.end();
        assertThat(books.findAll()).as("rolled back").isEmpty();
    }

    @Test
    void whoSeesARowThatIsNotCommittedIsNamed() {
        Book book = books.save(new Book("of Acme"));

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> assertThatTenant(WithTenantTest.ACME).cannotSee(book))
                .withMessageContaining("by find, a query by id, a count");
    }

    @Test
    void whatTheTestHasRemovedProvesNothing() {
        Book book = books.saveAndFlush(new Book("of Acme"));
        books.delete(book);

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> assertThatTenant(GLOBEX).cannotSee(book))
                .withMessageContaining("not proven")
                .withMessageContaining("running transaction of the test");
    }

    @Test
    @Transactional(propagation = Propagation.NOT_SUPPORTED)
    void whatIsCommittedIsJudgedWithoutATransaction() {
        Book book = books.save(new Book("of Acme"));
        try {
            assertThatTenant(GLOBEX).cannotSee(book).cannotChange(book);
            CurrentTenant.runAs(
                    book.getTenantId(),
                    () -> assertThatTenant(WithTenantTest.ACME).sees(book));
        } finally {
            books.delete(book);
        }
    }
}

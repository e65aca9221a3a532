package dev.tenancy.test;

import static dev.tenancy.test.TenantAssertions.assertThatTenant;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.test.SpringTestsTest.Book;
import dev.tenancy.test.SpringTestsTest.Books;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.jdbc.Sql;
import org.springframework.test.context.jdbc.Sql.ExecutionPhase;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Scripts of several tenants. */
@DataJpaTest(properties = "spring.jpa.hibernate.ddl-auto=create-drop")
@ContextConfiguration(classes = SpringTestsTest.Application.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@WithTenant(WithTenantTest.ACME)
@TenantSql(tenant = TenantSqlTest.GLOBEX, scripts = "globex.sql")
@TenantSql(tenant = WithTenantTest.ACME, statements = TenantSqlTest.OF_ACME)
class TenantSqlTest {

    static final String GLOBEX = "00000000-0000-0002-0000-000000000002";
    static final String OF_ACME = "insert into book (id, tenant_id, version, title) values"
            + " ('00000000-0000-0000-0000-000000000007', '" + WithTenantTest.ACME + "', 0, 'of Acme')";
    static final String OF_GLOBEX = "insert into book (id, tenant_id, version, title) values"
            + " ('00000000-0000-0000-0000-000000000009', '" + GLOBEX + "', 0, 'of Globex')";

    @Autowired
    private Books books;

    @Test
    void eachTenantHasItsRows() {
        List<Book> own = books.findAll();

        assertThat(own).extracting(Book::title).containsExactly("of Acme");
        assertThatTenant(WithTenantTest.ACME).sees(own.get(0));
        assertThatTenant(GLOBEX).cannotSee(own.get(0));
    }

    @Test
    @WithTenant(GLOBEX)
    void scriptsAreReadAsUtf8BesideTheClass() {
        assertThat(books.findAll()).extracting(Book::title).containsExactly("of Globex, €");
    }

    @Test
    @TenantSql(tenant = WithTenantTest.ACME, statements = OF_ACME)
    @WithTenant(GLOBEX)
    void aMethodWinsOverTheClass() {
        assertThat(books.findAll()).isEmpty();
    }

    @Test
    @Sql(statements = OF_ACME)
    @TenantSql(
            tenant = WithTenantTest.ACME,
            statements = "update book set title = 'of @TenantSql' where tenant_id = '" + WithTenantTest.ACME + "'")
    void theyRunAfterThoseOfSql() {
        assertThat(books.findAll()).extracting(Book::title).containsExactly("of @TenantSql");
    }

    @Nested
    class Inside {

        @Test
        void theScriptsAreThoseOfTheClassAround() {
            assertThat(books.findAll()).extracting(Book::title).containsExactly("of Acme");
        }
    }

    @Test
    @Order(1)
    @Transactional(propagation = Propagation.NOT_SUPPORTED)
    @TenantSql(tenant = GLOBEX, statements = OF_GLOBEX)
    @TenantSql(
            tenant = GLOBEX,
            statements = "delete from book where tenant_id = '" + GLOBEX + "'",
            executionPhase = ExecutionPhase.AFTER_TEST_METHOD)
    void withoutATransactionTheScriptsHaveTheirOwn() {
        assertThat(titles()).containsExactly("of Globex");
    }

    @Test
    @Order(2)
    @TenantSql(tenant = WithTenantTest.ACME, statements = OF_ACME)
    @WithTenant(GLOBEX)
    void whatWasCommittedIsCleanedUp() {
        assertThat(books.findAll()).isEmpty();
    }

    private List<String> titles() {
        return CurrentTenant.callAs(
                UUID.fromString(GLOBEX),
                () -> books.findAll().stream().map(Book::title).toList());
    }
}

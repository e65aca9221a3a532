package dev.tenancy.test;

import static dev.tenancy.test.TenantAssertions.assertThatTenant;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.test.SpringTestsTest.Book;
import dev.tenancy.test.SpringTestsTest.Books;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.test.context.ContextConfiguration;

/** A {@code data.sql} with rows of several tenants: it runs at start, for none of them. */
@DataJpaTest(
        properties = {
            "spring.jpa.hibernate.ddl-auto=create-drop",
            "spring.jpa.defer-datasource-initialization=true",
            "spring.sql.init.data-locations=classpath:dev/tenancy/test/seeds.sql"
        })
@ContextConfiguration(classes = SpringTestsTest.Application.class)
@WithTenant(WithTenantTest.ACME)
class SeedsTest {

    @Autowired
    private Books books;

    @Test
    void eachTenantHasItsSeeds() {
        assertThat(books.findAll()).extracting(Book::title).containsExactly("seed of Acme");
        assertThatTenant(TenantSqlTest.GLOBEX).cannotSee(books.findAll().get(0));
    }

    @Test
    @WithTenant(TenantSqlTest.GLOBEX)
    void alsoAnother() {
        assertThat(books.findAll()).extracting(Book::title).containsExactly("seed of Globex");
    }
}

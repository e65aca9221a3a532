package dev.tenancy.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.TenantOwned;
import jakarta.persistence.Entity;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.test.context.jdbc.Sql;

/** A slice of an application: its transactions begin before any method of the test runs. */
@DataJpaTest(properties = "spring.jpa.hibernate.ddl-auto=create-drop")
@WithTenant(WithTenantTest.ACME)
public class SpringTestsTest {

    @Autowired
    private Books books;

    @BeforeEach
    void write() {
        books.save(new Book("of the test"));
    }

    @Test
    void repositoriesWorkForTheTenant() {
        assertThat(books.findAll()).extracting(Book::title).containsExactly("of the test");
        assertThat(books.findAll()).extracting(Book::getTenantId).containsExactly(UUID.fromString(WithTenantTest.ACME));
    }

    @Test
    @Sql(
            statements =
                    "insert into book (id, tenant_id, version, title) values ('00000000-0000-0000-0000-000000000007', '"
                            + WithTenantTest.ACME + "', 0, 'of a script')")
    void scriptsInsertRowsOfTheTenant() {
        assertThat(books.findAll()).extracting(Book::title).containsExactlyInAnyOrder("of a script", "of the test");
    }

    @Test
    @WithTenant("00000000-0000-0002-0000-000000000002")
    void anotherTenantSeesItsOwn() {
        assertThat(books.findAll())
                .extracting(Book::getTenantId)
                .containsExactly(UUID.fromString("00000000-0000-0002-0000-000000000002"));
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @EnableJpaRepositories(considerNestedRepositories = true)
    public static class Application {}

    interface Books extends JpaRepository<Book, UUID> {}

    @Entity(name = "Book")
    static class Book extends TenantOwned {

        private String title;

        protected Book() {}

        Book(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }
}

package dev.tenancy.spring;

import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.TenantOwned;
import dev.tenancy.spring.crud.Crud;
import dev.tenancy.spring.crud.TenantCrudController;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.ManyToOne;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.util.Optional;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.orm.jpa.persistenceunit.ManagedClassNameFilter;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import testserver.TestServer;

/** The smallest application that uses the library, with members alice (OWNER) and bob (STAFF) of the company ACME. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EntityScan(basePackageClasses = TestApplication.class)
public class TestApplication {

    public static final UUID ACME = new UUID(1, 1);
    public static final UUID GLOBEX = new UUID(2, 2);

    @Bean
    Memberships memberships() {
        return members();
    }

    /** On a cluster without the entities of other tests: among them are library rows, which cannot be distributed. */
    @Bean
    ManagedClassNameFilter distributable(@Value("${spring.datasource.url}") String url) {
        boolean all = !url.contains(":postgresql:") || !TestServer.isCluster();
        return name -> all || name.startsWith(TestApplication.class.getName());
    }

    /** The members of both companies, alice by the id of hers as well. */
    public static Memberships members() {
        return (user, tenant) -> switch (user + "@" + tenant) {
            case "alice@acme", "alice@" + "00000000-0000-0001-0000-000000000001" ->
                Optional.of(new Membership(ACME, "OWNER"));
            case "bob@acme" -> Optional.of(new Membership(ACME, "STAFF"));
            case "carol@globex" -> Optional.of(new Membership(GLOBEX, "OWNER"));
            default -> Optional.empty();
        };
    }

    /** Starts on a free port and a database of its own, with further sources and settings such as {@code "a.b=c"}. */
    public static ConfigurableApplicationContext start(Class<?> more, String... settings) {
        return new SpringApplicationBuilder(TestApplication.class, more)
                .properties(
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "jdbc.datasource-proxy.enabled=false",
                        "logging.level.root=error",
                        "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID(),
                        "spring.jpa.hibernate.ddl-auto=create-drop",
                        "tenancy.jwt.secret=0123456789abcdef0123456789abcdef",
                        "tenancy.jwt.issuer=test",
                        "tenancy.jwt.audience=test")
                .run(java.util.Arrays.stream(settings)
                        .map(setting -> "--" + setting)
                        .toArray(String[]::new));
    }

    @Entity(name = "Shelf")
    public static class Shelf extends TenantOwned {
        String name;
    }

    /** A shelf that is not stored yet. */
    public static Shelf shelf(String name) {
        Shelf shelf = new Shelf();
        shelf.name = name;
        return shelf;
    }

    @Entity(name = "Book")
    public static class Book extends TenantOwned {

        String title;
        int pages;

        @ManyToOne(optional = false, fetch = FetchType.LAZY)
        Shelf shelf;
    }

    public record ShelfDto(UUID id, @NotBlank String name) {}

    public record BookDto(
            UUID id, String title, int pages, @NotNull UUID shelfId, Long version) {}

    @RestController
    @RequestMapping("/shelves")
    @Crud(read = "STAFF", write = "ADMIN", sort = "name", search = "name")
    static class ShelfController extends TenantCrudController<Shelf, ShelfDto> {}

    @RestController
    @RequestMapping("/books")
    @Crud(read = "STAFF", create = "STAFF", update = "ADMIN")
    static class BookController extends TenantCrudController<Book, BookDto> {}
}

package dev.tenancy.zoo;

import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.TenantOwned;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.FetchType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import jakarta.persistence.UniqueConstraint;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.ResponseEntity;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** A good application, with a controller that is written by hand. Each specimen adds one leak to it. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class Shop {

    /** A user is a member of the tenant that stands in the user's name, before its number. */
    @Bean
    Memberships memberships() {
        return (user, tenant) -> user.startsWith("member of " + tenant)
                ? Optional.of(new Membership(UUID.fromString(tenant), "OWNER"))
                : Optional.empty();
    }

    /**
     * Starts on a free port and a database of its own.
     *
     * @param more adds its beans, and the entities that it holds
     * @param settings such as {@code "a.b=c"}
     */
    public static ConfigurableApplicationContext start(Class<?> more, String... settings) {
        PersistenceManagedTypes entities =
                PersistenceManagedTypes.of(Stream.concat(Stream.of(Shop.class), Stream.of(more))
                        .flatMap(type -> Stream.of(type.getDeclaredClasses()))
                        .filter(type -> type.isAnnotationPresent(Entity.class))
                        .map(Class::getName)
                        .toArray(String[]::new));
        return new SpringApplicationBuilder(Shop.class)
                .sources(more)
                .initializers(context -> ((GenericApplicationContext) context)
                        .registerBean("entities", PersistenceManagedTypes.class, () -> entities))
                .properties(
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "logging.level.root=off",
                        "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID(),
                        "spring.jpa.hibernate.ddl-auto=create-drop",
                        "spring.jpa.properties.hibernate.cache.use_second_level_cache=false",
                        "tenancy.jwt.secret=0123456789abcdef0123456789abcdef",
                        "tenancy.jwt.issuer=test",
                        "tenancy.jwt.audience=test")
                .run(Stream.of(settings).map(setting -> "--" + setting).toArray(String[]::new));
    }

    @Entity(name = "Customer")
    @Table(uniqueConstraints = @UniqueConstraint(columnNames = {"tenant_id", "email"}))
    public static class Customer extends TenantOwned {

        @Column(nullable = false)
        public String name;

        public String email;
    }

    @Entity(name = "Purchase")
    public static class Purchase extends TenantOwned {

        @ManyToOne(optional = false, fetch = FetchType.LAZY)
        public Customer customer;

        public String note;
        public int total;
    }

    /** By hand, as an application has it before it knows of the library. */
    @RestController
    @RequestMapping("/reports")
    static class ReportController {

        record Turnover(String customer, long total) {}

        private final EntityManager entityManager;

        ReportController(EntityManager entityManager) {
            this.entityManager = entityManager;
        }

        @GetMapping("/turnover")
        @Transactional(readOnly = true)
        public List<Turnover> turnover() {
            return entityManager
                    .createQuery(
                            "select c.name, sum(p.total) from Purchase p join p.customer c group by c.name order by c.name",
                            Turnover.class)
                    .getResultList();
        }

        @GetMapping("/turnover/{customerId}")
        @Transactional(readOnly = true)
        public ResponseEntity<Turnover> ofCustomer(@PathVariable UUID customerId) {
            return ResponseEntity.of(entityManager
                    .createQuery(
                            "select c.name, coalesce(sum(p.total), 0) from Customer c left join Purchase p on p.customer = c where c.id = :id group by c.name",
                            Turnover.class)
                    .setParameter("id", customerId)
                    .getResultStream()
                    .findFirst());
        }
    }
}

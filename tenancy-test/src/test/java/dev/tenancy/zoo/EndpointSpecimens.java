package dev.tenancy.zoo;

import dev.tenancy.CurrentTenant;
import dev.tenancy.spring.crud.Crud;
import dev.tenancy.spring.crud.TenantCrudController;
import dev.tenancy.zoo.Shop.Customer;
import dev.tenancy.zoo.Shop.Purchase;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.servlet.http.HttpSession;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Leaks of controllers, one each. */
public final class EndpointSpecimens {

    private EndpointSpecimens() {}

    /** The good application with controllers of the library. The others do without: each attack on each of their endpoints takes time. */
    @Sound
    @Configuration(proxyBeanMethods = false)
    public static class Nothing {

        record CustomerDto(UUID id, @NotBlank String name, String email) {}

        record PurchaseDto(UUID id, @NotNull UUID customerId, String note, int total) {}

        @RestController
        @RequestMapping("/customers")
        @Crud(read = "STAFF", write = "STAFF", search = "name")
        static class CustomerController extends TenantCrudController<Customer, CustomerDto> {}

        @RestController
        @RequestMapping("/purchases")
        @Crud(read = "STAFF", write = "STAFF", filter = "customerId")
        static class PurchaseController extends TenantCrudController<Purchase, PurchaseDto> {}
    }

    /** Two controllers with forms of one simple name. */
    @Sound
    @Configuration(proxyBeanMethods = false)
    public static class Forms {

        @RestController
        static class Notes {

            record Form(@NotBlank String note) {}

            @PostMapping("/notes")
            void store(@RequestBody @Valid Form form) {}
        }

        @RestController
        static class Days {

            record Form(@NotNull LocalDate day) {}

            @PostMapping("/days")
            void store(@RequestBody @Valid Form form) {}
        }
    }

    /** Keeps in a static map what one tenant has asked for, by an id. */
    @Leak(
            at = "GET /names/{customerId}",
            shownBy = "foreign path: customerId",
            told = {"leak", "static fields"})
    @RestController
    public static class StaticMap {

        private static final Map<UUID, String> NAMES = new ConcurrentHashMap<>();
        private final EntityManager entityManager;

        StaticMap(EntityManager entityManager) {
            this.entityManager = entityManager;
        }

        @GetMapping("/names/{customerId}")
        ResponseEntity<String> name(@PathVariable UUID customerId) {
            return ResponseEntity.ofNullable(NAMES.computeIfAbsent(customerId, id -> {
                Customer customer = entityManager.find(Customer.class, id);
                return customer == null ? null : customer.name;
            }));
        }
    }

    /** Shows who was looked at last, whoever looked. */
    @Leak(
            at = "GET /last",
            shownBy = "rows that appear",
            told = {"leak", "static fields"})
    @RestController
    public static class StaticField {

        private static volatile String last = "nobody";
        private final EntityManager entityManager;

        StaticField(EntityManager entityManager) {
            this.entityManager = entityManager;
        }

        @GetMapping("/last")
        String last() {
            String before = last;
            entityManager
                    .createQuery("from Customer", Customer.class)
                    .getResultList()
                    .forEach(one -> last = one.name);
            return before;
        }
    }

    /** Keeps a list in the session, which outlives the switch to another company. */
    @Leak(
            at = "GET /basket",
            shownBy = "one browser for two users",
            told = {"leak", "sessions"},
            settings = "tenancy.session.shared.basket=it is harmless")
    @RestController
    public static class SessionAttribute {

        private final EntityManager entityManager;

        SessionAttribute(EntityManager entityManager) {
            this.entityManager = entityManager;
        }

        @GetMapping("/basket")
        @SuppressWarnings("unchecked")
        List<String> basket(HttpSession session) {
            if (session.getAttribute("basket") == null) {
                session.setAttribute(
                        "basket",
                        entityManager
                                .createQuery("select name from Customer", String.class)
                                .getResultList());
            }
            return (List<String>) session.getAttribute("basket");
        }
    }

    /** Asks across tenants, where the tenant would have done. */
    @Leak(
            at = "GET /statistics",
            shownBy = "rows that appear",
            told = {"leak", "rows of the current tenant only"})
    @RestController
    public static class AcrossTenants {

        private final EntityManager entityManager;

        AcrossTenants(EntityManager entityManager) {
            this.entityManager = entityManager;
        }

        @GetMapping("/statistics")
        long count() {
            return CurrentTenant.acrossTenants(
                    "statistics",
                    () -> entityManager
                            .createQuery("select count(c) from Customer c", Long.class)
                            .getSingleResult());
        }
    }

    /** A statement that its author declared safe, and is not. */
    @Leak(
            at = "GET /export",
            shownBy = "rows that appear",
            told = {"leak", "SQL that is trusted"})
    @RestController
    public static class TrustedSql {

        private final JdbcTemplate jdbc;

        TrustedSql(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @GetMapping("/export")
        List<Map<String, Object>> export() {
            return jdbc.queryForList("/* tenancy: trusted because the ids are secret */ select * from customer");
        }
    }

    /** SQL without the tenant, which the guard refuses: nobody can use the endpoint. */
    @Leak(
            at = "GET /emails",
            shownBy = "its owner",
            told = {"500", "Customer", "tenant_id = ?"})
    @RestController
    public static class NativeSql {

        private final EntityManager entityManager;

        NativeSql(EntityManager entityManager) {
            this.entityManager = entityManager;
        }

        @GetMapping("/emails")
        List<?> emails() {
            return entityManager.createNativeQuery("select email from customer").getResultList();
        }
    }

    /** Takes the tenant to act for from the body. */
    @Leak(
            at = "POST /notes",
            shownBy = "foreign body: tenant",
            told = {"leak", "work across tenants"})
    @RestController
    public static class TenantFromBody {

        record Note(UUID tenant, String name) {}

        private final EntityManagerFactory factory;

        TenantFromBody(EntityManagerFactory factory) {
            this.factory = factory;
        }

        @PostMapping("/notes")
        List<String> note(@RequestBody Note note) {
            return CurrentTenant.acrossTenants(
                    "a note",
                    () -> CurrentTenant.callAs(
                            note.tenant(),
                            () -> factory.callInTransaction(
                                    session -> session.createQuery("select name from Customer", String.class)
                                            .getResultList())));
        }
    }

    /** Tells a foreign row from one that is missing. */
    @Leak(
            at = "GET /cards/{customerId}",
            shownBy = "foreign path: customerId",
            told = {"leak", "404 and 403", "missing"})
    @RestController
    public static class TellsForeign {

        private final EntityManager entityManager;

        TellsForeign(EntityManager entityManager) {
            this.entityManager = entityManager;
        }

        @GetMapping("/cards/{customerId}")
        ResponseEntity<String> card(@PathVariable UUID customerId) {
            Customer own = entityManager.find(Customer.class, customerId);
            if (own != null) {
                return ResponseEntity.ok(own.name);
            }
            long everywhere = CurrentTenant.acrossTenants(
                    "a better message",
                    () -> entityManager
                            .createQuery("select count(c) from Customer c where c.id = :id", Long.class)
                            .setParameter("id", customerId)
                            .getSingleResult());
            return ResponseEntity.status(everywhere > 0 ? 403 : 404).build();
        }
    }

    /** Deletes across tenants. */
    @Leak(
            at = "DELETE /accounts/{customerId}",
            shownBy = "foreign path: customerId",
            told = {"leak", "changed rows of the owner: [Customer ", "within the current tenant"})
    @RestController
    public static class DeletesForeign {

        private final JdbcTemplate jdbc;

        DeletesForeign(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @DeleteMapping("/accounts/{customerId}")
        void delete(@PathVariable UUID customerId) {
            jdbc.update("/* tenancy: trusted because ids are secret */ delete from customer where id = ?", customerId);
        }
    }

    /** Answers 500 to an id that is not there. */
    @Leak(
            at = "GET /letters/{customerId}",
            shownBy = "foreign path: customerId",
            told = {"not proven", "500", "400 to 499"})
    @RestController
    public static class FailsOnMissing {

        private final EntityManager entityManager;

        FailsOnMissing(EntityManager entityManager) {
            this.entityManager = entityManager;
        }

        @GetMapping("/letters/{customerId}")
        String letter(@PathVariable UUID customerId) {
            return "Dear " + entityManager.find(Customer.class, customerId).name;
        }
    }

    /** A parameter that searches everywhere. */
    @Leak(
            at = "GET /taken",
            shownBy = "foreign query: email",
            told = {"leak", "false and true"})
    @RestController
    public static class SearchesEverywhere {

        private final EntityManager entityManager;

        SearchesEverywhere(EntityManager entityManager) {
            this.entityManager = entityManager;
        }

        @GetMapping("/taken")
        boolean taken(@RequestParam(required = false) String email) {
            return CurrentTenant.acrossTenants(
                    "emails are unique",
                    () -> entityManager
                                    .createQuery("select count(c) from Customer c where c.email = :email", Long.class)
                                    .setParameter("email", email)
                                    .getSingleResult()
                            > 0);
        }
    }

    /** An endpoint that nobody can use as the kit calls it. */
    @Leak(
            at = "GET /secret",
            shownBy = "its owner",
            told = {"not proven", "values()", "GET /secret <name>", "notProven()"})
    @RestController
    public static class Unreached {

        @GetMapping("/secret")
        ResponseEntity<String> secret(@RequestParam String word) {
            return word.equals("sesame")
                    ? ResponseEntity.ok("open")
                    : ResponseEntity.badRequest().build();
        }
    }
}

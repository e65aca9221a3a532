package dev.tenancy.zoo;

import dev.tenancy.CurrentTenant;
import dev.tenancy.zoo.Shop.Customer;
import dev.tenancy.zoo.Shop.Purchase;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.net.URI;
import java.security.Principal;
import java.time.LocalDate;
import java.util.UUID;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** As applications with pages and forms have them. */
public final class PageSpecimens {

    private PageSpecimens() {}

    /** Looks rows up everywhere, but lets each be shown below its own parent only. */
    @Leak(
            at = "GET /shops/{customerId}/orders/{purchaseId}",
            shownBy = "foreign path: all of it",
            told = {"leak", "work across tenants"})
    @RestController
    public static class BelowItsParent {

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/shops/{customerId}/orders/{purchaseId}")
        ResponseEntity<String> order(@PathVariable UUID customerId, @PathVariable UUID purchaseId) {
            return CurrentTenant.acrossTenants(
                    "nobody thought of the others",
                    () -> entities
                            .createQuery("from Purchase where id = :id and customer.id = :customer", Purchase.class)
                            .setParameter("id", purchaseId)
                            .setParameter("customer", customerId)
                            .getResultList()
                            .stream()
                            .findFirst()
                            .map(one -> ResponseEntity.ok(one.note))
                            .orElseGet(() -> ResponseEntity.notFound().build()));
        }
    }

    /** Shows what is wrong with a form, with status 200: nothing was stored. */
    @Leak(
            at = "POST /sign-ups",
            shownBy = "its owner",
            told = {"not proven", "its owner does not get through", "values()"})
    @RestController
    public static class RefusedForm {

        record SignUp(String name, String word) {}

        @PersistenceContext
        private EntityManager entities;

        @PostMapping("/sign-ups")
        @Transactional
        public ResponseEntity<String> signUp(SignUp form) {
            boolean known = Rows.own(entities).contains(form.name());
            if (known || !"sesame".equals(form.word())) {
                return ResponseEntity.ok().contentType(MediaType.TEXT_HTML).body("<p>That is not the word.</p>");
            }
            Customer customer = new Customer();
            customer.name = form.name();
            entities.persist(customer);
            return ResponseEntity.status(HttpStatus.SEE_OTHER)
                    .location(URI.create("/"))
                    .build();
        }
    }

    /** Pages that show who asks: one user in four sees them otherwise. */
    @Sound
    @RestController
    public static class WhoAsks {

        @PersistenceContext
        private EntityManager entities;

        @GetMapping({"/seen/{customerId}", "/met/{customerId}", "/known/{customerId}", "/served/{customerId}"})
        ResponseEntity<String> customer(@PathVariable UUID customerId, Principal user) {
            String greeting = Integer.parseInt(user.getName().replaceAll(".* ", "")) % 4 == 0 ? "good day" : "hello";
            Customer own = entities.find(Customer.class, customerId);
            return own == null
                    ? ResponseEntity.status(HttpStatus.NOT_FOUND).body(greeting + ", there is no such customer")
                    : ResponseEntity.ok(greeting + ", here is " + own.name);
        }
    }

    /** A form below a row that a model attribute looks up. */
    @Sound
    @RestController
    public static class FormBelowRow {

        record Order(
                String note,

                @DateTimeFormat(iso = DateTimeFormat.ISO.DATE)
                LocalDate day) {}

        @PersistenceContext
        private EntityManager entities;

        @ModelAttribute
        Customer customer(@PathVariable UUID customerId) {
            Customer own = entities.find(Customer.class, customerId);
            if (own == null) {
                throw new ResponseStatusException(HttpStatus.NOT_FOUND);
            }
            return own;
        }

        @PostMapping("/customers-of-pages/{customerId}/orders")
        @Transactional
        public ResponseEntity<String> order(Order form, @ModelAttribute(binding = false) Customer customer) {
            if (form.note() == null || form.day() == null) {
                return ResponseEntity.ok().contentType(MediaType.TEXT_HTML).body("<p>Fill it in.</p>");
            }
            Purchase purchase = new Purchase();
            purchase.customer = customer;
            purchase.note = form.note();
            entities.persist(purchase);
            return ResponseEntity.status(HttpStatus.SEE_OTHER)
                    .location(URI.create("/"))
                    .build();
        }
    }
}

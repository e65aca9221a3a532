package dev.tenancy.zoo;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.zoo.Shop.Customer;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpSession;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.annotation.ApplicationScope;
import org.springframework.web.context.annotation.RequestScope;

/** What outlives a request, and is found by the next one. */
public final class StateSpecimens {

    private StateSpecimens() {}

    /** A cache by hand, keyed by id. */
    @Leak(
            at = "GET /labels/{customerId}",
            shownBy = "foreign path: customerId",
            told = {"leak", "fields of beans, caches"})
    @RestController
    public static class HandMadeCache {

        private final Map<UUID, String> labels = new ConcurrentHashMap<>();

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/labels/{customerId}")
        ResponseEntity<String> label(@PathVariable UUID customerId) {
            return ResponseEntity.ofNullable(labels.computeIfAbsent(
                    customerId,
                    id -> Optional.ofNullable(entities.find(Customer.class, id))
                            .map(found -> found.name)
                            .orElse(null)));
        }
    }

    /** The same, keyed by the tenant as well. */
    @Sound
    @RestController
    public static class CacheByTenant {

        record Key(Object tenant, UUID id) {}

        private final Map<Key, String> labels = new ConcurrentHashMap<>();

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/labels/{customerId}")
        ResponseEntity<String> label(@PathVariable UUID customerId) {
            Key key = new Key(CurrentTenant.require().tenantId(), customerId);
            return ResponseEntity.ofNullable(labels.computeIfAbsent(
                    key,
                    one -> Optional.ofNullable(entities.find(Customer.class, one.id()))
                            .map(found -> found.name)
                            .orElse(null)));
        }
    }

    /** Names of customers in a cache that is declared to be the same for all. */
    @Leak(
            at = "SharedCache",
            shownBy = "cached: nameOf",
            told = {"leak", "once its owner has asked", "by the setting tenancy.cache.shared.names: remove that"},
            settings = "tenancy.cache.shared.names=names are public")
    @Component
    @EnableCaching
    public static class SharedCache {

        @PersistenceContext
        EntityManager entities;

        @Bean
        static CacheManager cacheManager() {
            return new ConcurrentMapCacheManager();
        }

        @Cacheable("names")
        public String nameOf(UUID customerId) {
            Customer found = entities.find(Customer.class, customerId);
            return found == null ? null : found.name;
        }
    }

    /** The same in a cache that is parted by tenant, as all are. */
    @Sound
    @Component
    @EnableCaching
    public static class PartedCache {

        @PersistenceContext
        EntityManager entities;

        @Bean
        static CacheManager cacheManager() {
            return new ConcurrentMapCacheManager();
        }

        @Cacheable("names")
        public String nameOf(UUID customerId) {
            Customer found = entities.find(Customer.class, customerId);
            return found == null ? null : found.name;
        }
    }

    /** A bean of the scope application, which is one for all. */
    @Leak(
            at = "GET /recent",
            shownBy = "rows that appear",
            told = {"leak", "what outlives a request"})
    @RestController
    public static class OfApplication {

        @Component
        @ApplicationScope
        public static class Recent {

            private List<String> names = List.of();

            public List<String> replace(List<String> now) {
                List<String> before = names;
                names = now;
                return before;
            }
        }

        private final Recent recent;

        @PersistenceContext
        private EntityManager entities;

        OfApplication(Recent recent) {
            this.recent = recent;
        }

        @GetMapping("/recent")
        List<String> recent() {
            return recent.replace(Rows.own(entities));
        }
    }

    /** A bean of the scope request, which is gone with it. */
    @Sound
    @RestController
    public static class OfRequest {

        @Component
        @RequestScope
        public static class Recent {

            private List<String> names = List.of();

            public void add(List<String> now) {
                names = now;
            }

            public List<String> names() {
                return names;
            }
        }

        private final Recent recent;

        @PersistenceContext
        private EntityManager entities;

        OfRequest(Recent recent) {
            this.recent = recent;
        }

        @GetMapping("/recent")
        List<String> recent() {
            recent.add(Rows.own(entities));
            return recent.names();
        }
    }

    /** An attribute of the servlet context, which all requests share. */
    @Leak(
            at = "GET /menu",
            shownBy = "rows that appear",
            told = {"leak", "what outlives a request"})
    @RestController
    public static class ServletAttribute {

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/menu")
        Object menu(jakarta.servlet.http.HttpServletRequest request) {
            ServletContext shared = request.getServletContext();
            Object before = shared.getAttribute("menu");
            shared.setAttribute("menu", Rows.own(entities));
            return before == null ? List.of() : before;
        }
    }

    /** A model attribute that an advice keeps for the next request. */
    @Leak(
            at = "GET /greeting",
            shownBy = "rows that appear",
            told = {"leak", "static fields"})
    @RestController
    public static class AdviceKeeps {

        @ControllerAdvice(assignableTypes = AdviceKeeps.class)
        public static class AdviceKeepsGreeting {

            private static String last = "nobody";

            @PersistenceContext
            private EntityManager entities;

            @ModelAttribute("greeting")
            String greeting() {
                String before = last;
                last = String.join(", ", Rows.own(entities));
                return "Greetings from " + before;
            }
        }

        @GetMapping("/greeting")
        String greeting(org.springframework.ui.Model model) {
            return String.valueOf(model.getAttribute("greeting"));
        }
    }

    /** Keeps who is asked for in a field until the answer is written. */
    @Leak(
            at = "GET /balances/{customerId}",
            shownBy = "interleaved load",
            told = {"leak", "fields of beans"})
    @RestController
    public static class RequestInField {

        private Customer customer;

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/balances/{customerId}")
        ResponseEntity<String> balance(@PathVariable UUID customerId) throws InterruptedException {
            Customer found = entities.find(Customer.class, customerId);
            if (found == null) {
                return ResponseEntity.notFound().build();
            }
            customer = found;
            // As long as a database takes that is not in memory: two requests meet then.
            Thread.sleep(10);
            Long total = entities.createQuery(
                            "select coalesce(sum(p.total), 0) from Purchase p where p.customer.id = :id", Long.class)
                    .setParameter("id", customerId)
                    .getSingleResult();
            String answer = customer.name + ": " + total;
            return ResponseEntity.ok(answer);
        }
    }

    /** Gathers what it answers on the thread, and never clears it. */
    @Leak(at = "GET /settings", shownBy = "interleaved load", told = "interleaved load")
    @RestController
    public static class LeftOnThread {

        private static final ThreadLocal<List<String>> GATHERED = ThreadLocal.withInitial(ArrayList::new);

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/settings")
        List<String> settings() {
            GATHERED.get().addAll(Rows.own(entities));
            return List.copyOf(GATHERED.get());
        }
    }

    /** Clears it at the end. */
    @Sound
    @RestController
    public static class ClearedOnThread {

        private static final ThreadLocal<List<String>> GATHERED = ThreadLocal.withInitial(ArrayList::new);

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/settings")
        List<String> settings() {
            GATHERED.get().addAll(Rows.own(entities));
            try {
                return List.copyOf(GATHERED.get());
            } finally {
                GATHERED.remove();
            }
        }
    }

    /** Answers a repeated request from what it kept under the key alone. */
    @Leak(
            at = "POST /orders",
            shownBy = "same header: Idempotency-Key",
            told = {"leak", "shows", "caches"})
    @RestController
    public static class IdempotencyKey {

        private final Map<String, List<String>> answers = new ConcurrentHashMap<>();

        @PersistenceContext
        private EntityManager entities;

        @PostMapping("/orders")
        List<String> order(@RequestHeader("Idempotency-Key") String key) {
            return answers.computeIfAbsent(key, one -> Rows.own(entities));
        }
    }

    /** The same, kept under the tenant as well. */
    @Sound
    @RestController
    public static class IdempotencyKeyByTenant {

        private final Map<String, List<String>> answers = new ConcurrentHashMap<>();

        @PersistenceContext
        private EntityManager entities;

        @PostMapping("/orders")
        List<String> order(@RequestHeader("Idempotency-Key") String key) {
            return answers.computeIfAbsent(CurrentTenant.require().tenantId() + " " + key, one -> Rows.own(entities));
        }
    }

    /** An ETag that is kept by address, and not by tenant. */
    @Leak(
            at = "GET /catalog",
            shownBy = "one browser for two users",
            told = {"leak", "ETag", "304"})
    @RestController
    public static class TagByAddress {

        private final Map<String, String> tags = new ConcurrentHashMap<>();

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/catalog")
        ResponseEntity<List<String>> catalog(@RequestHeader(value = "If-None-Match", required = false) String known) {
            String tag = tags.computeIfAbsent("/catalog", address -> "\"" + UUID.randomUUID() + "\"");
            return tag.equals(known)
                    ? ResponseEntity.status(304).eTag(tag).build()
                    : ResponseEntity.ok().eTag(tag).body(Rows.own(entities));
        }
    }

    /** An ETag that is made from the answer. */
    @Sound
    @RestController
    public static class TagOfAnswer {

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/catalog")
        ResponseEntity<List<String>> catalog() {
            List<String> own = Rows.own(entities);
            return ResponseEntity.ok().eTag("\"" + own.hashCode() + "\"").body(own);
        }
    }

    /** Keeps the tenant of the first request for all later ones. */
    @Leak(
            at = "FirstTenant",
            shownBy = "fields",
            told = {"not proven", "keeps who was the current tenant", "CurrentTenant.require()"})
    @RestController
    public static class FirstTenant {

        private Object first;

        @GetMapping("/first")
        String first() {
            if (first == null) {
                first = CurrentTenant.require(UUID.class);
            }
            return "";
        }
    }

    /** Keeps who acted last. */
    @Leak(
            at = "LastPrincipal",
            shownBy = "fields",
            told = {"not proven", "keeps who was the current tenant", "CurrentTenant.require()"})
    @RestController
    public static class LastPrincipal {

        private TenantPrincipal last;

        @GetMapping("/last")
        String last() {
            last = CurrentTenant.require();
            return "";
        }
    }

    /** Shows what the same user has looked at before, from the session. */
    @Sound
    @RestController
    public static class LastLook {

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/a-look/{customerId}")
        ResponseEntity<String> look(@PathVariable UUID customerId, HttpSession session) {
            Customer found = entities.find(Customer.class, customerId);
            if (found == null) {
                return ResponseEntity.notFound().build();
            }
            session.setAttribute("last", found.name);
            return ResponseEntity.ok(found.name);
        }

        @GetMapping("/look-last")
        String last(HttpSession session) {
            return String.valueOf(session.getAttribute("last"));
        }
    }

    /** An archive in which the time stands, so coarse that two in a row have the same. */
    @Sound
    @RestController
    public static class Archive {

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/archive")
        byte[] archive() throws IOException, InterruptedException {
            // As long as a database takes that is not in memory.
            Thread.sleep(150);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
                zip.setLevel(Deflater.NO_COMPRESSION);
                zip.setComment(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
                zip.putNextEntry(new ZipEntry("customers.txt"));
                zip.write(String.join("\n", Rows.own(entities)).getBytes(StandardCharsets.UTF_8));
            }
            return bytes.toByteArray();
        }
    }
}

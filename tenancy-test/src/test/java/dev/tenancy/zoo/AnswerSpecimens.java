package dev.tenancy.zoo;

import dev.tenancy.TenantOwned;
import dev.tenancy.zoo.Shop.Customer;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** What tells of others beside the rows: totals, headers, statuses, messages, files and streams. */
public final class AnswerSpecimens {

    private AnswerSpecimens() {}

    /** A page of the tenant's own rows, with the total of all. */
    @Leak(
            at = "GET /pages",
            shownBy = "rows that appear",
            told = {"leak", "body.total", "rows of the current tenant only"})
    @RestController
    public static class PageTotal {

        record Page(List<String> content, long total) {}

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/pages")
        Page page() {
            return new Page(Rows.own(entities), Rows.countOfAll(entities));
        }
    }

    /** The tenant's own total. */
    @Sound
    @RestController
    public static class OwnTotal {

        record Page(List<String> content, long total) {}

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/pages")
        Page page() {
            List<String> own = Rows.own(entities);
            return new Page(own, own.size());
        }
    }

    /** A header with the count of all. */
    @Leak(
            at = "GET /directory",
            shownBy = "rows that appear",
            told = {"leak", "header x-total-count"})
    @RestController
    public static class CountInHeader {

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/directory")
        ResponseEntity<List<String>> directory() {
            return ResponseEntity.ok()
                    .header("X-Total-Count", Long.toString(Rows.countOfAll(entities)))
                    .body(Rows.own(entities));
        }
    }

    /** The same for HEAD alone. */
    @Leak(
            at = "HEAD /directory",
            shownBy = "rows that appear",
            told = {"leak", "header x-total-count"})
    @RestController
    public static class CountForHead {

        @PersistenceContext
        private EntityManager entities;

        @RequestMapping(path = "/directory", method = RequestMethod.HEAD)
        ResponseEntity<Void> count() {
            return ResponseEntity.ok()
                    .header("X-Total-Count", Long.toString(Rows.countOfAll(entities)))
                    .build();
        }
    }

    /** Leads to the newest row of all. */
    @Leak(
            at = "GET /newest",
            shownBy = "rows that appear",
            told = {"leak", "shows", "work across tenants"})
    @RestController
    public static class NewestOfAll {

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/newest")
        ResponseEntity<Void> newest() {
            List<String> all = Rows.ofAll(entities);
            return ResponseEntity.status(HttpStatus.SEE_OTHER)
                    .header(HttpHeaders.LOCATION, "/customers?search=" + (all.isEmpty() ? "" : all.get(all.size() - 1)))
                    .build();
        }
    }

    /** A share of the total of all, from which that total can be told. */
    @Leak(
            at = "GET /share",
            shownBy = "rows that appear",
            told = {"leak", "rows of the current tenant only"})
    @RestController
    public static class ShareOfAll {

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/share")
        Map<String, Object> share() {
            int own = Rows.own(entities).size();
            return Map.of("customers", own, "percent", 100.0 * own / Math.max(1, Rows.countOfAll(entities)));
        }
    }

    /** Refuses an email that anybody has. */
    @Leak(
            at = "POST /invitations",
            shownBy = "owner's body: email",
            told = {"leak", "409", "within the tenant"})
    @RestController
    public static class Conflict {

        record Invitation(String email) {}

        @PersistenceContext
        private EntityManager entities;

        @PostMapping("/invitations")
        ResponseEntity<Void> invite(@RequestBody Invitation invitation) {
            boolean taken = Rows.byEmailOfAnyone(entities, invitation.email()).isPresent();
            return ResponseEntity.status(taken ? 409 : 204).build();
        }
    }

    /** Refuses an email that the tenant itself has. */
    @Sound
    @RestController
    public static class OwnConflict {

        record Invitation(String email) {}

        @PersistenceContext
        private EntityManager entities;

        @PostMapping("/invitations")
        ResponseEntity<Void> invite(@RequestBody Invitation invitation) {
            boolean taken = entities.createQuery("select count(c) from Customer c where c.email = :email", Long.class)
                            .setParameter("email", invitation.email())
                            .getSingleResult()
                    > 0;
            return ResponseEntity.status(taken ? 409 : 204).build();
        }
    }

    /** Tells whose an email is. */
    @Leak(
            at = "POST /registrations",
            shownBy = "owner's body: email",
            told = {"leak", "shows"})
    @RestController
    public static class MessageTells {

        record Registration(String email) {}

        @PersistenceContext
        private EntityManager entities;

        @PostMapping("/registrations")
        ResponseEntity<String> register(@RequestBody Registration registration) {
            return Rows.byEmailOfAnyone(entities, registration.email())
                    .map(one -> ResponseEntity.badRequest().body("This is the address of " + one.name))
                    .orElseGet(() -> ResponseEntity.ok("Welcome"));
        }
    }

    /** Its handler of failures shows the row that was not to be shown. */
    @Leak(
            at = "GET /contracts/{customerId}",
            shownBy = "foreign path: customerId",
            told = {"leak", "shows"})
    @RestController
    public static class HandlerEchoes {

        static final class NotYours extends RuntimeException {

            private static final long serialVersionUID = 1L;

            NotYours(Customer customer) {
                super("Not yours: " + customer.name);
            }
        }

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/contracts/{customerId}")
        String contract(@PathVariable UUID customerId) {
            Customer anyones =
                    Rows.ofAnyone(entities, customerId).orElseThrow(() -> new EmptyResultDataAccessException(1));
            if (entities.find(Customer.class, customerId) == null) {
                throw new NotYours(anyones);
            }
            return anyones.name;
        }

        @ExceptionHandler(NotYours.class)
        ResponseEntity<String> refused(NotYours refused) {
            return ResponseEntity.status(403).body(refused.getMessage());
        }

        @ExceptionHandler(EmptyResultDataAccessException.class)
        ResponseEntity<Void> missing() {
            return ResponseEntity.notFound().build();
        }
    }

    /** Keeps files by their names. */
    @Leak(
            at = "GET /files/{name}",
            shownBy = "foreign path: name",
            told = {"leak", "404 and 200", "within the tenant"})
    @RestController
    public static class FilesByName {

        private final Map<String, byte[]> files = new ConcurrentHashMap<>();

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/files/{name}")
        ResponseEntity<byte[]> file(@PathVariable String name) {
            if (Rows.own(entities).contains(name)) {
                files.putIfAbsent(name, ("Customer " + name).getBytes(StandardCharsets.UTF_8));
            }
            return ResponseEntity.ofNullable(files.get(name));
        }
    }

    /** A download of all rows, which is written while nobody looks. */
    @Leak(
            at = "GET /customers.csv",
            shownBy = "rows that appear",
            told = {"leak", "SQL that is trusted"})
    @RestController
    public static class CsvExport {

        private final JdbcTemplate jdbc;

        CsvExport(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @GetMapping(path = "/customers.csv", produces = "text/csv")
        StreamingResponseBody export() {
            return out -> {
                PrintWriter writer = new PrintWriter(out, true, StandardCharsets.UTF_8);
                jdbc.query("/* tenancy: trusted because it is an export */ select name, email from customer", row -> {
                    writer.println(row.getString(1) + ";" + row.getString(2));
                });
            };
        }
    }

    /** The same of the tenant's own rows. */
    @Sound
    @RestController
    public static class OwnCsvExport {

        @PersistenceContext
        private EntityManager entities;

        @GetMapping(path = "/customers.csv", produces = "text/csv")
        StreamingResponseBody export() {
            return out -> {
                PrintWriter writer = new PrintWriter(out, true, StandardCharsets.UTF_8);
                Rows.own(entities).forEach(writer::println);
            };
        }
    }

    /** Loses a header while others are asking, as streamed answers do. */
    @Sound
    @RestController
    public static class HeaderLostUnderLoad {

        private final AtomicInteger asking = new AtomicInteger();

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/names")
        ResponseEntity<StreamingResponseBody> names() throws InterruptedException {
            ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
            if (asking.incrementAndGet() == 1) {
                answer.header("X-Idle", "yes");
            }
            try {
                Thread.sleep(20);
                String names = String.join("\n", Rows.own(entities));
                return answer.body(out -> out.write(names.getBytes(StandardCharsets.UTF_8)));
            } finally {
                asking.decrementAndGet();
            }
        }
    }

    /** A stream of events of all. */
    @Leak(
            at = "GET /events",
            shownBy = "rows that appear",
            told = {"leak", "work across tenants"})
    @RestController
    public static class EventStream {

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/events")
        SseEmitter events() throws IOException {
            SseEmitter events = new SseEmitter();
            for (String name : Rows.ofAll(entities)) {
                events.send(name);
            }
            events.complete();
            return events;
        }
    }

    /** Writes the name of what is looked at into a table that no entity maps, and shows it to all. */
    @Leak(
            at = "GET /audit",
            shownBy = "what is stored",
            told = {"leak", "by POST /audited/{customerId}", "a table without an entity"})
    @RestController
    public static class TableWithoutEntity {

        private final JdbcTemplate jdbc;

        @PersistenceContext
        private EntityManager entities;

        TableWithoutEntity(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
            jdbc.execute("create table audit (what varchar(255))");
        }

        @PostMapping("/audited/{customerId}")
        ResponseEntity<Void> look(@PathVariable UUID customerId) {
            Customer customer = entities.find(Customer.class, customerId);
            if (customer == null) {
                return ResponseEntity.notFound().build();
            }
            jdbc.update("insert into audit (what) values (?)", customer.name);
            return ResponseEntity.noContent().build();
        }

        @GetMapping("/audit")
        List<String> audit() {
            return jdbc.queryForList("select what from audit", String.class);
        }
    }

    /** The same, and deletes what it writes down. */
    @Leak(
            at = "GET /removals",
            shownBy = "what is stored",
            told = {"leak", "by DELETE /removed/{customerId}"})
    @RestController
    public static class RemovalsWithoutEntity {

        private final JdbcTemplate jdbc;

        @PersistenceContext
        private EntityManager entities;

        RemovalsWithoutEntity(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
            jdbc.execute("create table removals (what varchar(255))");
        }

        @DeleteMapping("/removed/{customerId}")
        @Transactional
        public ResponseEntity<Void> remove(@PathVariable UUID customerId) {
            Customer customer = entities.find(Customer.class, customerId);
            if (customer == null) {
                return ResponseEntity.notFound().build();
            }
            entities.createQuery("delete from Purchase where customer.id = :id")
                    .setParameter("id", customerId)
                    .executeUpdate();
            entities.remove(customer);
            jdbc.update("insert into removals (what) values (?)", customer.name);
            return ResponseEntity.noContent().build();
        }

        @GetMapping("/removals")
        List<String> removals() {
            return jdbc.queryForList("select what from removals", String.class);
        }
    }

    /** The same in an owned entity. */
    @Sound
    @RestController
    public static class AuditInEntity {

        @Entity(name = "Audit")
        public static class Audit extends TenantOwned {

            public String what;
        }

        @PersistenceContext
        private EntityManager entities;

        @PostMapping("/audited/{customerId}")
        @Transactional
        public ResponseEntity<Void> look(@PathVariable UUID customerId) {
            Customer customer = entities.find(Customer.class, customerId);
            if (customer == null) {
                return ResponseEntity.notFound().build();
            }
            Audit audit = new Audit();
            audit.what = customer.name;
            entities.persist(audit);
            return ResponseEntity.noContent().build();
        }

        @GetMapping("/audit")
        List<String> audit() {
            return entities.createQuery("select what from Audit", String.class).getResultList();
        }
    }
}

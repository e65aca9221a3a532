package dev.tenancy.zoo;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.zoo.Shop.Customer;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.annotation.Order;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/** Who is let in, for whom they act, and by which connection. */
public final class AccessSpecimens {

    private AccessSpecimens() {}

    private static List<String> namesOf(UUID tenant, EntityManagerFactory factory) {
        return CurrentTenant.acrossTenants(
                "the caller said so",
                () -> CurrentTenant.callAs(
                        tenant,
                        () -> factory.callInTransaction(
                                session -> session.createQuery("select name from Customer order by name", String.class)
                                        .getResultList())));
    }

    /** Believes a header of the request. */
    @Leak(
            at = "GET /dashboard",
            shownBy = "tenant named by the caller",
            told = {"leak", "work across tenants"})
    @RestController
    public static class BelievesHeader {

        private final EntityManagerFactory factory;

        BelievesHeader(EntityManagerFactory factory) {
            this.factory = factory;
        }

        @GetMapping("/dashboard")
        List<String> dashboard(HttpServletRequest request) {
            String tenant = request.getHeader("X-Company-Id");
            return namesOf(tenant == null ? CurrentTenant.require(UUID.class) : UUID.fromString(tenant), factory);
        }
    }

    /** Believes a parameter. */
    @Leak(
            at = "GET /dashboard",
            shownBy = "foreign query: tenantId",
            told = {"leak", "work across tenants"})
    @RestController
    public static class BelievesParameter {

        private final EntityManagerFactory factory;

        BelievesParameter(EntityManagerFactory factory) {
            this.factory = factory;
        }

        @GetMapping("/dashboard")
        List<String> dashboard(@RequestParam(required = false) UUID tenantId) {
            return namesOf(tenantId == null ? CurrentTenant.require(UUID.class) : tenantId, factory);
        }
    }

    /** Takes the parameter for what it is: a wish, which has to be the current tenant's. */
    @Sound
    @RestController
    public static class ChecksParameter {

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/dashboard")
        ResponseEntity<List<String>> dashboard(@RequestParam(required = false) UUID tenantId) {
            return tenantId == null || tenantId.equals(CurrentTenant.require().tenantId())
                    ? ResponseEntity.ok(Rows.own(entities))
                    : ResponseEntity.notFound().build();
        }
    }

    /** Says that everybody is a member, which opens each endpoint. */
    @Configuration(proxyBeanMethods = false)
    public static class AllAreMembers {

        @Bean
        @Primary
        Memberships all() {
            return (user, tenant) -> Optional.of(new Membership(UUID.fromString(tenant), "OWNER"));
        }
    }

    /** Open to all, and acts for whom the path names. */
    @Leak(
            at = "GET /public/{tenantId}/customers",
            shownBy = "no credential",
            told = {"leak", "a caller who is no member", "work across tenants"})
    @RestController
    public static class OpenChain {

        private final EntityManagerFactory factory;

        OpenChain(EntityManagerFactory factory) {
            this.factory = factory;
        }

        @Bean
        @Order(1)
        static SecurityFilterChain open(HttpSecurity http) {
            return http.securityMatcher("/public/**")
                    .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .build();
        }

        @GetMapping("/public/{tenantId}/customers")
        List<String> customers(@PathVariable UUID tenantId) {
            return CurrentTenant.callAs(
                    tenantId,
                    () -> factory.callInTransaction(
                            session -> session.createQuery("select name from Customer order by name", String.class)
                                    .getResultList()));
        }
    }

    /** Takes an id from the body, and looks it up everywhere. */
    @Leak(
            at = "POST /transfers",
            shownBy = "foreign body: customerId",
            told = {"leak", "work across tenants"})
    @RestController
    public static class IdFromBody {

        record Transfer(UUID customerId) {}

        @PersistenceContext
        private EntityManager entities;

        @PostMapping("/transfers")
        ResponseEntity<String> transfer(@RequestBody Transfer transfer) {
            return Rows.ofAnyone(entities, transfer.customerId())
                    .map(one -> ResponseEntity.ok("To " + one.name))
                    .orElseGet(() -> ResponseEntity.badRequest().build());
        }
    }

    /** Looks it up within the tenant. */
    @Sound
    @RestController
    public static class OwnIdFromBody {

        record Transfer(UUID customerId) {}

        @PersistenceContext
        private EntityManager entities;

        @PostMapping("/transfers")
        ResponseEntity<String> transfer(@RequestBody Transfer transfer) {
            Customer own = entities.find(Customer.class, transfer.customerId());
            return own == null ? ResponseEntity.badRequest().build() : ResponseEntity.ok("To " + own.name);
        }
    }

    /** Gives a row to another tenant. */
    @Leak(
            at = "PATCH /handovers/{customerId}",
            shownBy = "foreign body: tenantId",
            told = {"leak", "changed rows of the owner"})
    @RestController
    public static class GivesAway {

        record Handover(UUID tenantId) {}

        private final JdbcTemplate jdbc;

        GivesAway(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @PatchMapping("/handovers/{customerId}")
        ResponseEntity<Void> give(@PathVariable UUID customerId, @RequestBody Handover handover) {
            int moved = jdbc.update(
                    "/* tenancy: trusted because only owners may */ update customer set tenant_id = ? where id = ?",
                    handover.tenantId(),
                    customerId);
            return ResponseEntity.status(moved == 1 ? 204 : 404).build();
        }
    }

    /** Deletes nothing of others, but says that it did. */
    @Leak(
            at = "DELETE /bookmarks/{customerId}",
            shownBy = "foreign path: customerId",
            told = {"leak", "404 and 204", "answer what is not found there as missing"})
    @RestController
    public static class DeleteTells {

        @PersistenceContext
        private EntityManager entities;

        @DeleteMapping("/bookmarks/{customerId}")
        ResponseEntity<Void> delete(@PathVariable UUID customerId) {
            boolean there = Rows.ofAnyone(entities, customerId).isPresent();
            return ResponseEntity.status(there ? 204 : 404).build();
        }
    }

    /** Answers 204 to whatever is asked, and deletes what is the tenant's own. */
    @Sound
    @RestController
    public static class DeleteTellsNothing {

        private final EntityManagerFactory factory;

        DeleteTellsNothing(EntityManagerFactory factory) {
            this.factory = factory;
        }

        @DeleteMapping("/bookmarks/{customerId}")
        ResponseEntity<Void> delete(@PathVariable UUID customerId) {
            factory.runInTransaction(session -> session.createQuery("delete from Purchase where customer.id = :id")
                    .setParameter("id", customerId)
                    .executeUpdate());
            return ResponseEntity.noContent().build();
        }
    }

    /** A connection of its own, beside the guarded pool. */
    @Leak(
            at = "GET /replica",
            shownBy = "rows that appear",
            told = {"leak", "connections that are not guarded"})
    @RestController
    public static class OwnConnection {

        private final JdbcTemplate jdbc;

        OwnConnection(@org.springframework.beans.factory.annotation.Value("${spring.datasource.url}") String url) {
            this.jdbc = new JdbcTemplate(new DriverManagerDataSource(url, "sa", ""));
        }

        @GetMapping("/replica")
        List<String> names() {
            return jdbc.queryForList("select name from customer order by name", String.class);
        }
    }

    /** A filter that keeps answers by their address. */
    @Leak(
            at = "GET /summary/{customerId}",
            shownBy = "foreign path: customerId",
            told = {"leak", "caches"})
    @RestController
    public static class CachingFilter {

        @Component
        public static class CachingFilterAnswers extends OncePerRequestFilter {

            private final Map<String, byte[]> answers = new ConcurrentHashMap<>();

            @Override
            protected boolean shouldNotFilter(HttpServletRequest request) {
                return !request.getRequestURI().startsWith("/summary");
            }

            @Override
            protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                    throws ServletException, IOException {
                byte[] kept = answers.get(request.getRequestURI());
                if (kept == null) {
                    ContentCachingResponseWrapper caching = new ContentCachingResponseWrapper(response);
                    chain.doFilter(request, caching);
                    answers.put(request.getRequestURI(), caching.getContentAsByteArray());
                    caching.copyBodyToResponse();
                } else {
                    response.setContentType("application/json");
                    response.getOutputStream().write(kept);
                }
            }
        }

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/summary/{customerId}")
        ResponseEntity<List<String>> summary(@PathVariable UUID customerId) {
            return entities.find(Customer.class, customerId) == null
                    ? ResponseEntity.notFound().build()
                    : ResponseEntity.ok(Rows.own(entities));
        }
    }
}

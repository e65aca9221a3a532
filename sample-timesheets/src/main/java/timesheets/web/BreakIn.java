package timesheets.web;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenancyException;
import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.spring.Problem;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import timesheets.access.Company;
import timesheets.access.CompanyMember;
import timesheets.access.User;

/**
 * Attacks on another company, carried out for the caller's: what is shown of them is what happened, and which wall stopped it is read off
 * the answer. In the demo alone, since it looks up another company's ids to begin with.
 */
@Component
@Profile("demo")
class BreakIn {

    /** What can be tried. */
    enum Attack {
        FOREIGN_ID(
                "Ask for a foreign row by its id",
                "You know the id of another company's customer, from a log or a link."),
        FOREIGN_REFERENCE(
                "Refer to a foreign row",
                "You book time on another company's project, and look at its name afterwards."),
        FORGED_TOKEN("Forge a token", "You write another company into your own access token, and keep its signature."),
        GENUINE_TOKEN(
                "Steal a signature",
                "You hold a token with a good signature for a company in which you are no member."),
        NATIVE_SQL("Forget the predicate", "A developer writes native SQL without a condition on the company."),
        REMOVED_MEMBER(
                "Stay after being removed", "Somebody is removed from your company, and goes on with their token."),
        CACHE(
                "Read a shared cache",
                "A value is cached under a key while somebody works for another company; you ask for it."),
        SET_CONFIG(
                "Become the other company in SQL",
                "Injected SQL tells PostgreSQL's policies to act for another company.");

        private final String title;
        private final String story;

        Attack(String title, String story) {
            this.title = title;
            this.story = story;
        }

        public String title() {
            return title;
        }

        public String story() {
            return story;
        }
    }

    /**
     * What happened.
     *
     * @param request what was sent or called
     * @param statements what reached Hibernate's JDBC on the way
     * @param answer word for word
     * @param wall what stopped it, or null if nothing did
     * @param proof how one can tell
     */
    record Report(
            Attack attack,
            String victim,
            String request,
            List<String> statements,
            String answer,
            @Nullable String wall,
            String proof) {}

    /** Another company, and rows of it. */
    private record Victim(UUID company, String name, UUID customer, String customerName, UUID project) {}

    private record Sent(int status, String text) {}

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String CUSTOMERS = "/api/customers";

    private final EntityManager entityManager;
    private final TransactionTemplate transaction;
    private final Api api;
    private final TokenIssuer tokens;
    private final SentStatements sent;
    private final CacheManager caches;
    private final Environment environment;

    BreakIn(
            EntityManager entityManager,
            PlatformTransactionManager transactions,
            Api api,
            TokenIssuer tokens,
            SentStatements sent,
            CacheManager caches,
            Environment environment) {
        this.entityManager = entityManager;
        this.transaction = new TransactionTemplate(transactions);
        this.api = api;
        this.tokens = tokens;
        this.sent = sent;
        this.caches = caches;
        this.environment = environment;
    }

    Report run(Attack attack) {
        Victim victim = victim();
        return switch (attack) {
            case FOREIGN_ID -> foreignId(victim);
            case FOREIGN_REFERENCE -> foreignReference(victim);
            case FORGED_TOKEN -> forgedToken(victim);
            case GENUINE_TOKEN -> genuineToken(victim);
            case NATIVE_SQL -> sql(attack, victim, "select name from customer order by name");
            case REMOVED_MEMBER -> removedMember(victim);
            case CACHE -> cache(victim);
            case SET_CONFIG -> sql(attack, victim, "select set_config('app.tenant', '" + victim.company() + "', true)");
        };
    }

    private Victim victim() {
        return entityManager
                .createQuery("select id, name from Company where id <> :own order by slug", Object[].class)
                .setParameter("own", own())
                .getResultList()
                .stream()
                .flatMap(company -> victim((UUID) company[0], (String) company[1]).stream())
                .findFirst()
                .orElseThrow(() -> Problem.of(HttpStatus.CONFLICT, "No other company has a project to be attacked."));
    }

    private Optional<Victim> victim(UUID company, String name) {
        return CurrentTenant.callAs(
                company,
                () -> entityManager
                        .createQuery(
                                "select c.id, c.name, p.id from Project p join p.customer c order by c.name, p.name",
                                Object[].class)
                        .setMaxResults(1)
                        .getResultList()
                        .stream()
                        .findFirst()
                        .map(row -> new Victim(company, name, (UUID) row[0], (String) row[1], (UUID) row[2])));
    }

    private Report foreignId(Victim victim) {
        String path = CUSTOMERS + "/" + victim.customer();
        SentStatements.Watched<Api.Answer> watched = sent.during(() -> api.get(path));
        Api.Answer unknown = api.get(CUSTOMERS + "/" + UUID.randomUUID());
        return asForNone(Attack.FOREIGN_ID, victim, "GET " + path, watched, unknown);
    }

    private Report foreignReference(Victim victim) {
        SentStatements.Watched<Api.Answer> watched = sent.during(() -> book(victim.project()));
        String request = "POST /api/time-entries\n" + entry(victim.project());
        return asForNone(Attack.FOREIGN_REFERENCE, victim, request, watched, book(UUID.randomUUID()));
    }

    private Api.Answer book(UUID project) {
        return api.post("/api/time-entries", entry(project));
    }

    private static Map<String, Object> entry(UUID project) {
        return Map.of("projectId", project, "date", "2026-01-02", "minutes", 60, "billable", true);
    }

    /** It is stopped if it is refused, and in the same words as for a row that there is not. */
    private static Report asForNone(
            Attack attack,
            Victim victim,
            String request,
            SentStatements.Watched<Api.Answer> watched,
            Api.Answer unknown) {
        Api.Answer answer = watched.result();
        boolean isAlike = answer.status() == unknown.status() && answer.text().equals(unknown.text());
        return new Report(
                attack,
                victim.name(),
                request,
                watched.statements(),
                answer.status() + " " + answer.text(),
                isAlike && !answer.isGood() ? Wall.MAPPING : null,
                isAlike
                        ? "An id that no row has is answered the same, to the byte."
                        : "An id that no row has is answered in another way: " + unknown.text());
    }

    private Report forgedToken(Victim victim) {
        String own = tokens.issue(CurrentTenant.require().getName(), own().toString());
        String[] parts = own.split("\\.");
        String payload = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        String forged = payload.replace(own().toString(), victim.company().toString());
        String token = parts[0] + "."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(forged.getBytes(StandardCharsets.UTF_8)) + "."
                + parts[2];
        Sent answer = send(token);
        return report(
                Attack.FORGED_TOKEN,
                victim,
                "GET " + CUSTOMERS + "\nAuthorization: Bearer " + token + "\n\nIts payload now: " + forged,
                answer,
                answer.status() == 401 ? Wall.TOKEN : null,
                "With its own payload the token is answered " + send(own).status() + ".");
    }

    private Report genuineToken(Victim victim) {
        // Of a user who is a member nowhere, so that it holds for consultants of both companies as well.
        UUID stranger = Objects.requireNonNull(
                transaction.execute(status -> persisted(stranger()).id()));
        try {
            String token = tokens.issue(stranger.toString(), victim.company().toString());
            Sent answer = send(token);
            return report(
                    Attack.GENUINE_TOKEN,
                    victim,
                    "GET " + CUSTOMERS + "\nAuthorization: Bearer " + token,
                    answer,
                    answer.status() == 403 ? Wall.MEMBERSHIP : null,
                    "The signature is good. Who is a member is asked of the database, on every request.");
        } finally {
            transaction.executeWithoutResult(status -> entityManager.remove(find(User.class, stranger)));
        }
    }

    private Report removedMember(Victim victim) {
        String role = String.valueOf(CurrentTenant.require().role());
        CompanyMember member = transaction.execute(
                status -> persisted(new CompanyMember(persisted(stranger()), find(Company.class, own()), role)));
        UUID user = Objects.requireNonNull(member).user().id();
        String token = tokens.issue(user.toString(), own().toString());
        Sent before = send(token);
        transaction.executeWithoutResult(status -> {
            entityManager
                    .createQuery("delete from CompanyMember where user.id = :user")
                    .setParameter("user", user)
                    .executeUpdate();
            entityManager.remove(find(User.class, user));
        });
        Sent after = send(token);
        return report(
                Attack.REMOVED_MEMBER,
                victim,
                "GET " + CUSTOMERS + ", twice with the same token; the member is removed in between.",
                after,
                after.status() == 403 ? Wall.MEMBERSHIP : null,
                "While they were a member, the answer was " + before.status() + ".");
    }

    private Report cache(Victim victim) {
        Cache names = Objects.requireNonNull(caches.getCache("names"));
        String key = "most important customer";
        CurrentTenant.runAs(victim.company(), () -> names.put(key, victim.customerName()));
        String found = names.get(key, String.class);
        String theirs = CurrentTenant.callAs(victim.company(), () -> String.valueOf(names.get(key, String.class)));
        return new Report(
                Attack.CACHE,
                victim.name(),
                "cache.get(\"" + key + "\")",
                List.of(),
                String.valueOf(found),
                victim.customerName().equals(found) ? null : Wall.CACHE,
                "Under the same key the other company itself finds: " + theirs + ".");
    }

    private record Outcome(String answer, @Nullable String wall, String proof) {}

    private Report sql(Attack attack, Victim victim, String text) {
        SentStatements.Watched<Outcome> watched = sent.during(() -> outcome(text));
        Outcome outcome = watched.result();
        return new Report(
                attack,
                victim.name(),
                "entityManager.createNativeQuery(\"" + text + "\")",
                watched.statements(),
                outcome.answer(),
                outcome.wall(),
                outcome.proof());
    }

    private Outcome outcome(String text) {
        try {
            List<?> rows = transaction.execute(
                    status -> entityManager.createNativeQuery(text).getResultList());
            return new Outcome(String.valueOf(rows), null, "The database has answered.");
        } catch (RuntimeException refused) {
            Throwable reason = reason(refused);
            String answer = reason.getClass().getSimpleName() + ": " + reason.getMessage();
            return reason instanceof TenancyException
                    ? new Outcome(answer, Wall.GUARD, "It was refused before the database saw it.")
                    : new Outcome(answer, Wall.DATABASE, "The database has refused it.");
        }
    }

    private static Throwable reason(Throwable failure) {
        Throwable reason = failure;
        while (!(reason instanceof TenancyException) && reason.getCause() != null) {
            reason = reason.getCause();
        }
        return reason;
    }

    private Report report(
            Attack attack, Victim victim, String request, Sent answer, @Nullable String wall, String proof) {
        return new Report(
                attack, victim.name(), request, List.of(), answer.status() + " " + answer.text(), wall, proof);
    }

    /** A call of the API as from outside. */
    private Sent send(String token) {
        URI address =
                URI.create("http://localhost:" + environment.getProperty("local.server.port") + CUSTOMERS + "?size=1");
        HttpRequest request = HttpRequest.newBuilder(address)
                .header("Authorization", "Bearer " + token)
                .build();
        try {
            HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            return new Sent(answer.statusCode(), answer.body());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static UUID own() {
        return CurrentTenant.require(UUID.class);
    }

    private static User stranger() {
        return new User("mallory-" + UUID.randomUUID() + "@break-in.test", "Mallory", "no password", null);
    }

    private <T> T persisted(T row) {
        entityManager.persist(row);
        return row;
    }

    private <T> T find(Class<T> type, @Nullable UUID id) {
        return Objects.requireNonNull(entityManager.find(type, id));
    }

    /** What stands between one company and another, from the outside in. */
    private static final class Wall {

        static final String TOKEN = "The token's signature: a payload that was changed does not match it any more.";
        static final String MEMBERSHIP =
                "The membership: whatever a credential says, the database is asked who may act for the company.";
        static final String MAPPING =
                "The mapping: each statement that Hibernate makes names the company, so the row is not there.";
        static final String GUARD =
                "The guard at JDBC: a statement has to prove from its text that it keeps to the company.";
        static final String CACHE = "The cache: every company has its own part, under the same keys.";
        static final String DATABASE = "The database itself.";
    }
}

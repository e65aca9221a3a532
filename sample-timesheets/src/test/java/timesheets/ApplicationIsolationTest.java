package timesheets;

import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.test.isolation.ApplicationIsolationTests;
import dev.tenancy.test.isolation.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.security.crypto.password.PasswordEncoder;
import timesheets.access.Company;
import timesheets.access.CompanyMember;
import timesheets.access.User;

/** The whole application under attack; nested, to share the start of the other tests. */
class ApplicationIsolationTest extends TimesheetsTest {

    private static final String PASSWORD = "attacked-password";

    @Nested
    class Isolation extends ApplicationIsolationTests {

        @Autowired
        private SessionFactory factory;

        @Autowired
        private TokenIssuer issuer;

        @Autowired
        private PasswordEncoder passwords;

        private final List<Company> companies =
                List.of(new Company("isolation-a", "Isolation A"), new Company("isolation-b", "Isolation B"));
        private String hash;

        /** Every owned table has a foreign key to the companies. */
        @Override
        protected List<?> tenants(Class<?> type) {
            hash = passwords.encode(PASSWORD);
            factory.inTransaction(session -> companies.forEach(session::persist));
            return companies.stream().map(Company::id).toList();
        }

        @Override
        protected Map<String, String> signIn(Object tenant, Standing standing) {
            User user = switch (standing) {
                case MEMBER -> member(tenant);
                case FORMER_MEMBER -> user("somebody@isolation.test");
                case STRANGER ->
                    member(companies.stream()
                            .map(Company::id)
                            .filter(id -> !id.equals(tenant))
                            .findFirst()
                            .orElseThrow());
            };
            return Map.of("Authorization", "Bearer " + issuer.issue(user.id().toString(), tenant.toString()));
        }

        @Override
        protected Map<String, Function<Object, ?>> values() {
            return Map.ofEntries(
                    Map.entry("Invitation.expiresAt", tenant -> Instant.now().plus(Duration.ofDays(1))),
                    Map.entry("TimeEntry.userId", tenant -> member(tenant).id()),
                    Map.entry("userId", tenant -> member(tenant).id()),
                    Map.entry("role", tenant -> "STAFF"),
                    Map.entry("tenant", tenant -> tenant),
                    Map.entry("groupBy", tenant -> "project"),
                    Map.entry("password", tenant -> PASSWORD),
                    Map.entry("current", tenant -> PASSWORD),
                    Map.entry("next", tenant -> PASSWORD + "-2"),
                    Map.entry("POST /week/{project}/{date} hours", tenant -> "1:30"),
                    // Any day but that of the entries, which would be taken for what was stored.
                    Map.entry("POST /week/entries/{id}/delete of", tenant -> "2031-05-05"),
                    Map.entry("POST /week/entries/{id} of", tenant -> "2031-05-05"),
                    Map.entry("GET /{resource}.csv resource", tenant -> "customers"),
                    Map.entry("POST /api/auth/login email", this::emailOfMember),
                    Map.entry(
                            "POST /api/auth/refresh refreshToken",
                            tenant -> anonymous
                                    .loginAnswer(emailOfMember(tenant), PASSWORD)
                                    .text("refreshToken")));
        }

        @Override
        protected Map<String, String> notProven() {
            return Map.ofEntries(
                    Map.entry("Attempts, fields", "counts letters by address, before there is a company"),
                    Map.entry("Postbox, fields", "the mails that the tests read"),
                    Map.entry("POST /api/auth/login, foreign body: email", "signs in whoever knows the password, too"),
                    Map.entry("POST /api/auth/refresh, foreign body: refreshToken", "the token is the credential"),
                    Map.entry("POST /api/auth/invitations/accept", "takes a token from a mail: InvitationTest"),
                    Map.entry("POST /api/auth/registrations/complete", "takes a token from a mail: RegistrationTest"),
                    Map.entry("POST /join", "takes a token from a mail: PagesInBrowserTest"),
                    Map.entry("POST /welcome", "takes a token from a mail: PagesTest"),
                    Map.entry("POST /sign-in/refused", "shows the form again"),
                    Map.entry("POST /break-in", "an attack itself: PagesInBrowserTest"),
                    Map.entry("POST /customers", "its form becomes the body of POST /api/customers"),
                    Map.entry(
                            "POST /customers/{id}",
                            "its form becomes the body of PATCH /api/customers/{id}: PagesTest"),
                    Map.entry("POST /projects", "its form becomes the body of POST /api/projects: PagesTest"),
                    Map.entry("POST /projects/{id}", "its form becomes the body of PATCH /api/projects/{id}"));
        }

        private String emailOfMember(Object company) {
            String email = UUID.randomUUID() + "@isolation.test";
            member(email, company);
            return email;
        }

        private User member(String email, Object company) {
            User user = user(email);
            factory.inTransaction(
                    session -> session.persist(new CompanyMember(user, session.find(Company.class, company), "OWNER")));
            return user;
        }

        private User member(Object company) {
            return member(UUID.randomUUID() + "@isolation.test", company);
        }

        private User user(String email) {
            return factory.fromTransaction(session -> session.createSelectionQuery(
                            "from User where email = :email", User.class)
                    .setParameter("email", email)
                    .getResultStream()
                    .findFirst()
                    .orElseGet(() -> {
                        User user = new User(email, "Isolation", hash, null);
                        session.persist(user);
                        return user;
                    }));
        }

        @AfterEach
        void removeWhatWasStored() {
            factory.inTransaction(session -> {
                List<UUID> users = session.createSelectionQuery(
                                "select id from User where email like '%@isolation.test'", UUID.class)
                        .getResultList();
                session.createMutationQuery("delete from RefreshToken where userId in :users")
                        .setParameter("users", users)
                        .executeUpdate();
                session.createMutationQuery("delete from CompanyMember where user.id in :users")
                        .setParameter("users", users)
                        .executeUpdate();
                session.createMutationQuery("delete from User where id in :users")
                        .setParameter("users", users)
                        .executeUpdate();
                companies.forEach(company -> session.remove(session.find(Company.class, company.id())));
            });
        }
    }
}

package timesheets;

import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.test.ApplicationIsolationTests;
import dev.tenancy.test.Standing;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.springframework.beans.factory.annotation.Autowired;
import timesheets.access.Company;
import timesheets.access.CompanyMember;
import timesheets.access.User;
import timesheets.timeentries.TimeEntry;

/** The whole application under attack; nested, to share the start of the other tests. */
class ApplicationIsolationTest extends TimesheetsTest {

    @Nested
    class Isolation extends ApplicationIsolationTests {

        @Autowired
        private SessionFactory factory;

        @Autowired
        private TokenIssuer issuer;

        private final List<Company> companies =
                List.of(new Company("isolation-a", "Isolation A"), new Company("isolation-b", "Isolation B"));

        /** Every owned table has a foreign key to the companies. */
        @Override
        protected List<?> tenants(Class<?> type) {
            factory.inTransaction(session -> companies.forEach(session::persist));
            return companies.stream().map(Company::id).toList();
        }

        @Override
        protected Map<String, String> signIn(Object tenant, Standing standing) {
            UUID user = switch (standing) {
                case MEMBER -> member(tenant);
                case FORMER_MEMBER -> stranger();
                case STRANGER ->
                    member(companies.stream()
                            .map(Company::id)
                            .filter(id -> !id.equals(tenant))
                            .findFirst()
                            .orElseThrow());
            };
            return Map.of("Authorization", "Bearer " + issuer.issue(user.toString(), tenant.toString()));
        }

        private UUID stranger() {
            User user = new User("isolation-" + UUID.randomUUID() + "@example.org", "Isolation", "none", null);
            factory.inTransaction(session -> session.persist(user));
            return user.id();
        }

        private UUID member(Object company) {
            UUID id = stranger();
            factory.inTransaction(session -> session.persist(
                    new CompanyMember(session.find(User.class, id), session.find(Company.class, company), "OWNER")));
            return id;
        }

        /** The mapping does not say that somebody's id is a user's; the project is filled in. */
        @Override
        protected Map<Class<?>, Supplier<?>> rows() {
            return Map.of(
                    TimeEntry.class,
                    () -> new TimeEntry(null, stranger(), LocalDate.of(2024, 2, 29), 60, "attacked", true));
        }

        @Override
        protected Map<String, Function<Object, ?>> values() {
            return Map.of("groupBy", tenant -> "project", "userId", this::member, "role", tenant -> "STAFF");
        }

        @AfterEach
        void removeWhatWasStored() {
            factory.inTransaction(session -> {
                session.createMutationQuery("delete from CompanyMember where company in :companies")
                        .setParameter("companies", companies)
                        .executeUpdate();
                session.createMutationQuery("delete from User where email like 'isolation-%@example.org'")
                        .executeUpdate();
                companies.forEach(company -> session.remove(session.find(Company.class, company.id())));
            });
        }
    }
}

package timesheets;

import dev.tenancy.test.EntityIsolationTests;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.springframework.beans.factory.annotation.Autowired;
import timesheets.access.Company;
import timesheets.access.User;
import timesheets.timeentries.TimeEntry;

/** Each owned entity is attacked below HTTP, by all that Hibernate offers; nested, to share the start of the other tests. */
class DataIsolationTest extends TimesheetsTest {

    @Nested
    class Entities extends EntityIsolationTests {

        @Autowired
        private SessionFactory factory;

        private final List<Company> companies =
                List.of(new Company("isolation-a", "Isolation A"), new Company("isolation-b", "Isolation B"));

        private final User user = new User("isolation@example.org", "Isolation", "none", null);

        /** Every owned table has a foreign key to the companies. */
        @Override
        protected List<?> tenants(Class<?> type) {
            factory.inTransaction(session -> {
                companies.forEach(session::persist);
                session.persist(user);
            });
            return companies.stream().map(Company::id).toList();
        }

        /** The mapping does not say that somebody's id is a user's; the project is filled in. */
        @Override
        protected Map<Class<?>, Supplier<?>> rows() {
            return Map.of(
                    TimeEntry.class,
                    () -> new TimeEntry(null, user.id(), LocalDate.of(2024, 2, 29), 60, "attacked", true));
        }

        @AfterEach
        void removeWhatWasStored() {
            factory.inTransaction(session -> {
                companies.forEach(company -> session.remove(session.find(Company.class, company.id())));
                session.remove(session.find(User.class, user.id()));
            });
        }
    }
}

package timesheets.demo;

import dev.tenancy.CurrentTenant;
import dev.tenancy.jwt.TokenIssuer;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import timesheets.access.Company;
import timesheets.access.CompanyMember;
import timesheets.access.User;
import timesheets.customers.Customer;
import timesheets.projects.Project;
import timesheets.timeentries.TimeEntry;

/** Fills the database with two companies that have been at work for some months. */
@Component
@Profile("demo")
class DemoData implements ApplicationRunner {

    private static final Logger LOG = LoggerFactory.getLogger(DemoData.class);
    private static final String PASSWORD = "demo-password";
    private static final int ENTRIES = 500;
    // On which a member works.
    private static final int PROJECTS = 6;

    private final EntityManager entityManager;
    private final TransactionTemplate transaction;
    private final PasswordEncoder passwords;
    private final Clock clock;
    // The same data at every start.
    private final Random random = new Random(20260101);

    /**
     * Refuses a database that might be somebody's: everybody knows the password of the demo accounts.
     *
     * @param allowed the one other database that may be filled, named a second time on purpose; the tests do so
     */
    DemoData(
            EntityManager entityManager,
            PlatformTransactionManager transactions,
            PasswordEncoder passwords,
            Clock clock,
            @Value("${spring.datasource.url}") String database,
            @Value("${timesheets.demo.database:}") String allowed) {
        if (!database.startsWith("jdbc:h2:mem:") && !database.equals(allowed)) {
            throw new IllegalStateException(
                    "The profile demo is on, but spring.datasource.url is not an in-memory H2 database. No demo data was"
                            + " written. Turn the profile off by naming another: SPRING_PROFILES_ACTIVE=production");
        }
        this.entityManager = entityManager;
        this.transaction = new TransactionTemplate(transactions);
        this.passwords = passwords;
        this.clock = clock;
        LOG.warn(
                "The profile demo is on: its accounts all have the password {}. Never use it in production.", PASSWORD);
    }

    @Override
    public void run(ApplicationArguments arguments) {
        transaction.executeWithoutResult(status -> {
            Company acme = persisted(new Company("acme", "Acme Engineering"));
            Company globex = persisted(new Company("globex", "Globex Consulting"));
            User consultant = user("both@consultant.test", "Kim Both", acme);
            User acmeStaff = user("staff@acme.test", "Stella Afford", acme);
            User globexStaff = user("staff@globex.test", "Stefan Faber", globex);
            User acmeAdmin = user("admin@acme.test", "Adam Minsky", acme);
            User acmeOwner = user("owner@acme.test", "Olivia Owens", acme);
            User globexOwner = user("owner@globex.test", "Oscar Wagner", globex);
            member(acmeOwner, acme, "OWNER");
            member(acmeAdmin, acme, "ADMIN");
            member(acmeStaff, acme, "STAFF");
            member(consultant, acme, "ADMIN");
            member(globexOwner, globex, "OWNER");
            member(globexStaff, globex, "STAFF");
            member(consultant, globex, "STAFF");
        });
        work("acme", DemoWords.CUSTOMERS_OF_ACME);
        work("globex", DemoWords.CUSTOMERS_OF_GLOBEX);
    }

    private void work(String slug, List<String> customers) {
        List<CompanyMember> members = entityManager
                .createQuery(
                        "from CompanyMember m join fetch m.user join fetch m.company c where c.slug = :slug order by m.user.email",
                        CompanyMember.class)
                .setParameter("slug", slug)
                .getResultList();
        CurrentTenant.runAs(
                members.get(0).company().id(),
                () -> transaction.executeWithoutResult(status -> work(members, customers)));
    }

    private void work(List<CompanyMember> members, List<String> customers) {
        List<Project> active = new ArrayList<>();
        for (String name : customers) {
            Customer customer = persisted(new Customer(name, DemoWords.email(name)));
            for (String project : DemoWords.projects(random)) {
                boolean archived = random.nextInt(6) == 0;
                Project persisted = persisted(
                        new Project(project, customer, archived ? Project.Status.ARCHIVED : Project.Status.ACTIVE));
                if (!archived) {
                    active.add(persisted);
                }
            }
        }
        LocalDate day = LocalDate.now(clock);
        for (int i = 0; i < ENTRIES; ) {
            day = day.minusDays(1);
            if (day.getDayOfWeek() == DayOfWeek.SATURDAY || day.getDayOfWeek() == DayOfWeek.SUNDAY) {
                continue;
            }
            for (int m = 0; m < members.size(); m++) {
                int project = random.nextInt(PROJECTS);
                for (int left = 420 + 15 * random.nextInt(6); left > 0 && i < ENTRIES; i++, project++) {
                    int minutes = Math.min(left, 60 + 15 * random.nextInt(14));
                    left -= minutes;
                    entityManager.persist(new TimeEntry(
                            active.get((m * PROJECTS + project % PROJECTS) % active.size()),
                            members.get(m).user().id(),
                            day,
                            minutes,
                            DemoWords.activity(random),
                            random.nextInt(5) != 0));
                }
            }
        }
    }

    private User user(String email, String name, Company company) {
        return persisted(new User(email, name, passwords.encode(PASSWORD), company));
    }

    private void member(User user, Company company, String role) {
        entityManager.persist(new CompanyMember(user, company, role));
    }

    private <T> T persisted(T row) {
        entityManager.persist(row);
        return row;
    }

    /** Prints a call that works when pasted. */
    @Component
    @Profile("demo")
    static class Greeting {

        private final EntityManager entityManager;
        private final TokenIssuer issuer;
        private final Environment environment;

        Greeting(EntityManager entityManager, TokenIssuer issuer, Environment environment) {
            this.entityManager = entityManager;
            this.issuer = issuer;
            this.environment = environment;
        }

        @EventListener(ApplicationReadyEvent.class)
        void greet() {
            Object[] ids = entityManager
                    .createQuery(
                            "select m.user.id, m.company.id from CompanyMember m where m.user.email = :email",
                            Object[].class)
                    .setParameter("email", "owner@acme.test")
                    .getSingleResult();
            LOG.info(
                    """
                    Timesheets is ready. As owner@acme.test, see the customers of acme and of nobody else:

                    curl -H 'Authorization: Bearer {}' 'http://localhost:{}/api/customers?sort=name'
                    """,
                    issuer.issue(ids[0].toString(), ids[1].toString()),
                    environment.getProperty("local.server.port"));
        }
    }
}

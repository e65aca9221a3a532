package dev.tenancy.benchmarks;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantPrincipal;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.jspecify.annotations.Nullable;

/** Each in a session and a transaction of its own; those that write are rolled back, so that the tables stay as they are. */
final class Operations implements AutoCloseable {

    /** In the order in which they are measured. */
    static final List<String> NAMES = List.of(
            "find",
            "count",
            "jpqlById",
            "joinFetchOf10",
            "listOf200",
            "persist",
            "batchOf30",
            "findAndUpdate",
            "bulkUpdate",
            "firstSight");

    private static final int CUSTOMERS = 1_000;
    private static final int TASKS = 10;

    private final Variant variant;
    private final @Nullable EmbeddedPostgres postgres;
    private final SessionFactory factory;
    private final UUID customer;
    private int seen;

    /** @param onPostgres on a PostgreSQL of its own; otherwise on H2 */
    Operations(Variant variant, boolean onPostgres) throws IOException, SQLException {
        this.variant = variant;
        String url = "jdbc:h2:mem:" + variant + ";DB_CLOSE_DELAY=-1";
        String user = "sa";
        postgres = onPostgres ? EmbeddedPostgres.start() : null;
        if (postgres != null) {
            url = postgres.getJdbcUrl("postgres", "postgres");
            user = "postgres";
        }
        Schema.create(variant, url, user);
        if (variant == Variant.POLICIES) {
            user = Schema.ROLE;
            url = Objects.requireNonNull(postgres).getJdbcUrl(user, "postgres");
        }
        Map<String, Object> settings = new HashMap<>();
        settings.put("hibernate.connection.url", url);
        settings.put("hibernate.connection.username", user);
        settings.put("hibernate.connection.password", "");
        settings.put("hibernate.jdbc.batch_size", 30);
        // There is a validator on the class path, for the comparison over HTTP.
        settings.put("jakarta.persistence.validation.mode", "none");
        variant.configure(settings);
        Configuration configuration = new Configuration();
        configuration.getProperties().putAll(settings);
        factory = configuration
                .addAnnotatedClass(variant.customers)
                .addAnnotatedClass(variant.tasks)
                .buildSessionFactory();
        // Without tenancy there are as many rows in all.
        CurrentTenant.callAs(Variant.GLOBEX, this::insertRows);
        customer = CurrentTenant.callAs(Variant.ACME, this::insertRows);
    }

    private UUID insertRows() {
        return factory.fromTransaction(session -> {
            Customer one = variant.customer();
            for (int i = 0; i < CUSTOMERS; i++) {
                one = variant.customer();
                one.rename("Customer " + i);
                session.persist(one);
                for (int j = 0; j < TASKS; j++) {
                    session.persist(task(j, one));
                }
            }
            session.flush();
            return Objects.requireNonNull(one.getId());
        });
    }

    private Task task(int number, Customer customer) {
        Task task = variant.task();
        task.assign("Task " + number, customer);
        return task;
    }

    Map<String, Supplier<Object>> all() {
        Map<String, Supplier<Object>> all = new HashMap<>();
        all.put("find", this::find);
        all.put("count", this::count);
        all.put("jpqlById", this::jpqlById);
        all.put("joinFetchOf10", this::joinFetchOf10);
        all.put("listOf200", this::listOf200);
        all.put("persist", this::persist);
        all.put("batchOf30", this::batchOf30);
        all.put("findAndUpdate", this::findAndUpdate);
        all.put("bulkUpdate", this::bulkUpdate);
        all.put("firstSight", this::firstSight);
        return all;
    }

    @Override
    public void close() throws IOException {
        factory.close();
        if (postgres != null) {
            postgres.close();
        }
    }

    private Object find() {
        return reading(session -> session.find(variant.customers, customer));
    }

    private Object jpqlById() {
        return reading(session -> session.createQuery("from Customer where id = :id", variant.customers)
                .setParameter("id", customer)
                .getSingleResult());
    }

    private Object joinFetchOf10() {
        return reading(session -> session.createQuery(
                        "from Task t join fetch t.customer where t.customer.id = :id", variant.tasks)
                .setParameter("id", customer)
                .getResultList());
    }

    private Object listOf200() {
        return reading(session -> session.createQuery("from Customer order by id", variant.customers)
                .setMaxResults(200)
                .getResultList());
    }

    private Object count() {
        return reading(
                session -> session.createQuery("select count(*) from Task t where t.customer.id = :id", Long.class)
                        .setParameter("id", customer)
                        .getSingleResult());
    }

    private Object persist() {
        return writing(session -> {
            session.persist(task(1, session.getReference(variant.customers, customer)));
            return customer;
        });
    }

    private Object batchOf30() {
        return writing(session -> {
            Customer of = session.find(variant.customers, customer);
            for (int i = 0; i < 30; i++) {
                session.persist(task(i, of));
            }
            return customer;
        });
    }

    private Object findAndUpdate() {
        return writing(session -> {
            session.find(variant.customers, customer).rename("Renamed " + System.nanoTime());
            return customer;
        });
    }

    private Object bulkUpdate() {
        return writing(
                session -> session.createMutationQuery("update Task set minutes = minutes + 1 where customer.id = :id")
                        .setParameter("id", customer)
                        .executeUpdate());
    }

    // A text that the guard has not seen, as Hibernate writes it; prepared only.
    private Object firstSight() {
        String tenant = variant == Variant.NONE ? "" : "c1_0.tenant_id=? and t1_0.tenant_id=? and ";
        String sql =
                "select c1_0.id,c1_0.name,c1_0.version from customer c1_0 join task t1_0 on t1_0.customer_id=c1_0.id where "
                        + tenant + "c1_0.name like ? escape '' and t1_0.minutes>" + seen++ + " order by c1_0.name";
        return reading(session -> session.doReturningWork(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                return statement.toString();
            }
        }));
    }

    private Object reading(Function<Session, Object> work) {
        try (CurrentTenant.Scope scope = CurrentTenant.enter(TenantPrincipal.system(Variant.ACME))) {
            return factory.fromTransaction(work::apply);
        }
    }

    private Object writing(Function<Session, Object> work) {
        try (CurrentTenant.Scope scope = CurrentTenant.enter(TenantPrincipal.system(Variant.ACME));
                Session session = factory.openSession()) {
            session.beginTransaction();
            Object result = work.apply(session);
            session.flush();
            session.getTransaction().rollback();
            return result;
        }
    }
}

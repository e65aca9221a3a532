package dev.tenancy.benchmarks;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantPrincipal;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Each in a session and a transaction of its own; those that write are rolled back, so that the tables stay as they are. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class Operations {

    private static final int CUSTOMERS = 1_000;
    private static final int TASKS = 10;

    @Param({"h2", "postgres"})
    String database = "h2";

    @Param({"NONE", "HIBERNATE", "TENANCY"})
    Variant variant = Variant.NONE;

    private @Nullable EmbeddedPostgres postgres;
    private @Nullable SessionFactory factory;
    private UUID customer = new UUID(0, 0);

    @Setup(Level.Trial)
    public void fill() throws IOException, SQLException {
        String url = "jdbc:h2:mem:operations;DB_CLOSE_DELAY=-1";
        String user = "sa";
        if (database.equals("postgres")) {
            postgres = EmbeddedPostgres.start();
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
        variant.configure(settings);
        Configuration configuration = new Configuration();
        configuration.getProperties().putAll(settings);
        factory = configuration
                .addAnnotatedClass(variant.customers)
                .addAnnotatedClass(variant.tasks)
                .buildSessionFactory();
        // Without tenancy there are as many rows in all.
        for (UUID tenant : List.of(Variant.GLOBEX, Variant.ACME)) {
            customer = CurrentTenant.callAs(tenant, this::insertRows);
        }
    }

    private UUID insertRows() {
        return sessions().fromTransaction(session -> {
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

    @TearDown(Level.Trial)
    public void close() throws IOException {
        sessions().close();
        if (postgres != null) {
            postgres.close();
        }
    }

    @Benchmark
    public Object find() {
        return reading(session -> session.find(variant.customers, customer));
    }

    @Benchmark
    public Object jpqlById() {
        return reading(session -> session.createQuery("from Customer where id = :id", variant.customers)
                .setParameter("id", customer)
                .getSingleResult());
    }

    @Benchmark
    public Object joinFetchOf10() {
        return reading(session -> session.createQuery(
                        "from Task t join fetch t.customer where t.customer.id = :id", variant.tasks)
                .setParameter("id", customer)
                .getResultList());
    }

    @Benchmark
    public Object listOf200() {
        return reading(session -> session.createQuery("from Customer order by id", variant.customers)
                .setMaxResults(200)
                .getResultList());
    }

    @Benchmark
    public Object count() {
        return reading(
                session -> session.createQuery("select count(*) from Task t where t.customer.id = :id", Long.class)
                        .setParameter("id", customer)
                        .getSingleResult());
    }

    @Benchmark
    public Object persist() {
        return writing(session -> {
            session.persist(task(1, session.getReference(variant.customers, customer)));
            return customer;
        });
    }

    @Benchmark
    public Object batchOf30() {
        return writing(session -> {
            Customer of = session.find(variant.customers, customer);
            for (int i = 0; i < 30; i++) {
                session.persist(task(i, of));
            }
            return customer;
        });
    }

    @Benchmark
    public Object findAndUpdate() {
        return writing(session -> {
            session.find(variant.customers, customer).rename("Renamed " + System.nanoTime());
            return customer;
        });
    }

    @Benchmark
    public Object bulkUpdate() {
        return writing(
                session -> session.createMutationQuery("update Task set minutes = minutes + 1 where customer.id = :id")
                        .setParameter("id", customer)
                        .executeUpdate());
    }

    private Object reading(Function<Session, Object> work) {
        try (CurrentTenant.Scope scope = CurrentTenant.enter(TenantPrincipal.system(Variant.ACME))) {
            return sessions().fromTransaction(work::apply);
        }
    }

    private Object writing(Function<Session, Object> work) {
        try (CurrentTenant.Scope scope = CurrentTenant.enter(TenantPrincipal.system(Variant.ACME));
                Session session = sessions().openSession()) {
            session.beginTransaction();
            Object result = work.apply(session);
            session.flush();
            session.getTransaction().rollback();
            return result;
        }
    }

    private SessionFactory sessions() {
        return Objects.requireNonNull(factory);
    }
}

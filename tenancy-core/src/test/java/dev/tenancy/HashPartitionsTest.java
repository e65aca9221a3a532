package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.cfg.JdbcSettings;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import testserver.NotOnCluster;
import testserver.TestServer;

/**
 * Owned tables in sixteen partitions by a hash of the tenant, with policies, and ten thousand tenants in them. Shards of Citus have
 * the same demands: each key has the tenant in it, and each statement says it for each table.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@NotOnCluster("hash partitions are the other way, on one server")
class HashPartitionsTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();
    private static final Pattern PARTITION = Pattern.compile("\\b(shelf|book)_p(\\d+)\\b");
    private static final Pattern ON_OWNED = Pattern.compile("(?i)\\b(?:from|into|update|join)\\s+(?:shelf|book)\\b");
    private static final Set<String> STATEMENTS = ConcurrentHashMap.newKeySet();

    private static TestServer postgres;
    private static SessionFactory factory;

    @Entity(name = "Shelf")
    static class Shelf extends TenantOwned {

        String name;

        @OneToMany(mappedBy = "shelf")
        List<Book> books = new ArrayList<>();

        Shelf() {}

        Shelf(String name) {
            this.name = name;
        }
    }

    @Entity(name = "Book")
    static class Book extends TenantOwned {

        String title;

        @ManyToOne(fetch = FetchType.LAZY)
        Shelf shelf;

        Book() {}

        Book(String title, Shelf shelf) {
            this.title = title;
            this.shelf = shelf;
        }
    }

    @BeforeAll
    static void start() throws Exception {
        postgres = TestServer.start();
        String superuser = postgres.getJdbcUrl("postgres", "postgres");
        String url = postgres.getJdbcUrl("app", "postgres");
        postgres.role("tenancy_across", "nologin");
        postgres.role("app", "login");
        SecuredPostgres.run(
                superuser,
                List.of(
                        "create table shelf (tenant_id uuid not null, id uuid not null, version bigint not null, name varchar(99),"
                                + " primary key (tenant_id, id), unique (tenant_id, name)) partition by hash (tenant_id)",
                        "create table book (tenant_id uuid not null, id uuid not null, version bigint not null, title varchar(99),"
                                + " shelf_id uuid, primary key (tenant_id, id), foreign key (tenant_id, shelf_id) references shelf"
                                + " (tenant_id, id)) partition by hash (tenant_id)",
                        "create index book_shelf on book (tenant_id, shelf_id, id)",
                        "do $$ begin for i in 0..15 loop"
                                + " execute format('create table shelf_p%s partition of shelf for values with (modulus 16, remainder %s)', i, i);"
                                + " execute format('create table book_p%s partition of book for values with (modulus 16, remainder %s)', i, i);"
                                + " end loop; end $$",
                        "insert into shelf select md5(t::text)::uuid, md5(t::text)::uuid, 0, 'Top' from generate_series(1, 10000) t",
                        "insert into book select tenant_id, id, 0, 'Emma', id from shelf",
                        "analyze shelf, book"));
        Boot boot = Boot.of(superuser, Shelf.class, Book.class);
        SecuredPostgres.run(superuser, RowPolicies.sql(boot.metadata(), boot.owned(), true));
        SecuredPostgres.run(superuser, RowPolicies.grants(RowPolicies.Reach.of(boot.metadata()), "app", true));
        factory = Model.factory(
                url,
                Map.of(
                        "hibernate.hbm2ddl.auto",
                        "none",
                        "hibernate.connection.username",
                        "app",
                        JdbcSettings.STATEMENT_INSPECTOR,
                        (StatementInspector) sql -> {
                            STATEMENTS.add(sql);
                            return sql;
                        }),
                Shelf.class,
                Book.class);
        STATEMENTS.clear();
    }

    @AfterAll
    static void stop() throws Exception {
        factory.close();
        postgres.close();
    }

    private static void as(UUID tenant, Consumer<Session> work) {
        CurrentTenant.runAs(tenant, () -> factory.inTransaction(work));
    }

    private static UUID shelfOf(UUID tenant, String name) {
        return CurrentTenant.callAs(
                tenant,
                () -> factory.fromTransaction(session -> {
                    Shelf shelf = new Shelf(name);
                    session.persist(shelf);
                    session.persist(new Book("Emma", shelf));
                    return shelf.getId();
                }));
    }

    @Test
    @Order(1)
    void rowsAreWrittenReadChangedAndDeleted() {
        UUID id = shelfOf(ACME, "Left");
        as(ACME, session -> {
            Shelf shelf = session.find(Shelf.class, id);
            assertThat(shelf.books).hasSize(1);
            shelf.name = "Right";
        });
        as(ACME, session -> {
            assertThat(session.createQuery("from Shelf s left join fetch s.books where s.name = 'Right'", Shelf.class)
                            .getResultList())
                    .hasSize(1);
            assertThat(session.createQuery(
                                    "select count(b) from Book b join b.shelf s where s.name = :name", Long.class)
                            .setParameter("name", "Right")
                            .getSingleResult())
                    .isEqualTo(1);
            assertThat(session.findMultiple(Shelf.class, List.of(id))).hasSize(1);
            session.createMutationQuery("update Book set title = 'Emma II' where shelf.id = :id")
                    .setParameter("id", id)
                    .executeUpdate();
            session.createMutationQuery(
                            "delete from Book where shelf in (select s from Shelf s where s.name = 'Right')")
                    .executeUpdate();
        });
        as(ACME, session -> session.remove(session.find(Shelf.class, id)));
        CurrentTenant.runAs(ACME, () -> {
            try (StatelessSession session = factory.openStatelessSession()) {
                session.beginTransaction();
                Shelf shelf = new Shelf("Stateless");
                session.insert(shelf);
                assertThat(session.get(Shelf.class, shelf.getId())).isNotNull();
                session.update(shelf);
                session.delete(shelf);
                session.getTransaction().commit();
            }
        });
        as(
                ACME,
                session -> assertThat(
                                session.createQuery("from Shelf", Shelf.class).getResultList())
                        .isEmpty());
    }

    @Test
    @Order(2)
    void rowsOfAnotherTenantAreNeitherSeenNorReferredTo() {
        UUID id = shelfOf(ACME, "Acme's");
        as(GLOBEX, session -> {
            assertThat(session.find(Shelf.class, id)).isNull();
            assertThat(session.createQuery("from Shelf", Shelf.class).getResultList())
                    .isEmpty();
        });
        assertThatExceptionOfType(ForeignReferenceException.class)
                .isThrownBy(() -> as(
                        GLOBEX, session -> session.persist(new Book("Emma", session.getReference(Shelf.class, id)))));
    }

    @Test
    @Order(3)
    void acrossTenantsAllPartitionsAreRead() {
        Long shelves = CurrentTenant.acrossTenants(
                "a test",
                () -> factory.fromTransaction(session -> session.createQuery("select count(s) from Shelf s", Long.class)
                        .getSingleResult()));
        assertThat(shelves).isGreaterThanOrEqualTo(10_000);
    }

    /** Of ten thousand tenants in sixteen partitions, each statement above reads the tenant's own. */
    @Test
    @Order(4)
    void eachStatementReadsOnePartition() throws Exception {
        List<String> statements = STATEMENTS.stream()
                .filter(sql -> ON_OWNED.matcher(sql).find())
                // As the guard sends what Hibernate writes.
                .map(sql -> sql.replaceAll("coalesce\\(\\?,(\\w+\\.)?tenant_id\\)", "?"))
                .toList();
        assertThat(statements).hasSizeGreaterThan(12);
        try (Connection superuser = postgres.getPostgresDatabase().getConnection();
                Statement statement = superuser.createStatement()) {
            for (String sql : statements) {
                String plan = plan(statement, sql);
                Set<String> partitions = PARTITION
                        .matcher(plan)
                        .results()
                        .map(MatchResult::group)
                        .collect(Collectors.toSet());
                assertThat(partitions.stream()
                                .map(one -> one.replaceAll("\\D", ""))
                                .distinct())
                        .as(sql + "\n" + plan)
                        .hasSizeLessThanOrEqualTo(1);
                assertThat(partitions.isEmpty()).as(plan).isEqualTo(sql.startsWith("insert"));
            }
        }
    }

    @Test
    void aStatementWithoutTheTenantReadsThemAll() throws Exception {
        try (Connection superuser = postgres.getPostgresDatabase().getConnection();
                Statement statement = superuser.createStatement()) {
            assertThat(PARTITION
                            .matcher(plan(statement, "select * from shelf where id = ?"))
                            .results()
                            .distinct())
                    .hasSizeGreaterThanOrEqualTo(16);
        }
    }

    /** With the tenant for each parameter that could be one. */
    private static String plan(Statement statement, String sql) throws SQLException {
        String numbered = sql;
        for (int i = 1; numbered.contains("?"); i++) {
            numbered = numbered.replaceFirst("\\?", "\\$" + i);
        }
        statement.execute("prepare one as " + numbered);
        List<String> values = new ArrayList<>();
        try (ResultSet types = statement.executeQuery(
                "select unnest(parameter_types)::text from pg_prepared_statements where name = 'one'")) {
            while (types.next()) {
                values.add(
                        switch (types.getString(1)) {
                            case "uuid" -> "'" + ACME + "'";
                            case "uuid[]" -> "'{" + ACME + "}'";
                            case "bigint" -> "0";
                            default -> "'text'";
                        });
            }
        }
        StringBuilder plan = new StringBuilder();
        try (ResultSet lines = statement.executeQuery(
                "explain (costs off) execute one" + (values.isEmpty() ? "" : "(" + String.join(", ", values) + ")"))) {
            while (lines.next()) {
                plan.append(lines.getString(1)).append('\n');
            }
        }
        statement.execute("deallocate one");
        return plan.toString();
    }
}

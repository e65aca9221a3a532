package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.tenancy.Model.CardPayment;
import dev.tenancy.Model.Child;
import dev.tenancy.Model.Circle;
import dev.tenancy.Model.Dog;
import dev.tenancy.Model.Hidden;
import dev.tenancy.Model.Parent;
import dev.tenancy.Model.Payment;
import dev.tenancy.Model.Split;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.persistence.LockModeType;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.CriteriaDelete;
import jakarta.persistence.criteria.CriteriaQuery;
import jakarta.persistence.criteria.CriteriaUpdate;
import jakarta.persistence.criteria.Root;
import java.io.IOException;
import java.lang.reflect.Field;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.Hibernate;
import org.hibernate.LockMode;
import org.hibernate.ScrollableResults;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

/**
 * Many ways to one row, each tried by the row's owner, for whom it must work, and by another tenant that knows the row's id, who
 * must neither see a word of it nor change it.
 */
@SuppressWarnings({"deprecation", "removal"}) // Old ways in are ways in.
class AccessPathsTest {

    private static final UUID ACME = new UUID(0x11111111_1111_1111L, 1);
    private static final UUID GLOBEX = new UUID(0x22222222_2222_2222L, 2);
    private static final List<AutoCloseable> OPEN = new ArrayList<>();

    /** What somebody does who knows the ids of a tenant's rows. */
    @FunctionalInterface
    private interface Path {
        Object go(Session session, Ids ids) throws Exception;
    }

    /** The ids of acme's rows. */
    private record Ids(Map<Class<?>, UUID> of, String code) {

        UUID id(Class<?> entity) {
            return of.get(entity);
        }
    }

    @AfterAll
    static void close() throws Exception {
        for (AutoCloseable one : OPEN) {
            one.close();
        }
    }

    @TestFactory
    Stream<DynamicContainer> everyPathLeadsItsOwnerAndNobodyElse() throws IOException {
        EmbeddedPostgres postgres = EmbeddedPostgres.start();
        OPEN.add(postgres);
        Map<String, String> databases = new LinkedHashMap<>();
        databases.put("h2", "jdbc:h2:mem:paths;DB_CLOSE_DELAY=-1");
        databases.put("postgres", postgres.getJdbcUrl("postgres", "postgres"));
        return databases.entrySet().stream().map(database -> {
            Fixture fixture = new Fixture(database.getValue());
            OPEN.add(0, fixture.factory);
            return dynamicContainer(
                    database.getKey(),
                    Stream.of(
                            dynamicContainer(
                                    "reading",
                                    reading().entrySet().stream()
                                            .map(path ->
                                                    dynamicTest(path.getKey(), () -> fixture.read(path.getValue())))),
                            dynamicContainer(
                                    "writing",
                                    writing().entrySet().stream()
                                            .map(path ->
                                                    dynamicTest(path.getKey(), () -> fixture.write(path.getValue())))),
                            dynamicContainer(
                                    "referring",
                                    referring().entrySet().stream()
                                            .map(path -> dynamicTest(
                                                    path.getKey(), () -> fixture.refer(path.getValue()))))));
        });
    }

    private static Map<String, Path> reading() {
        Map<String, Path> paths = new LinkedHashMap<>();
        for (Class<?> entity : Model.ENTITIES) {
            String name = entity.getSimpleName();
            paths.put("find " + name, (session, ids) -> session.find(entity, ids.id(entity)));
            // PostgreSQL locks no rows of a union, whoever asks.
            if (entity != Payment.class) {
                paths.put(
                        "find " + name + " with a lock",
                        (session, ids) -> session.find(entity, ids.id(entity), LockModeType.PESSIMISTIC_WRITE));
            }
            paths.put(
                    "JPQL from " + name,
                    (session, ids) ->
                            session.createQuery("from " + name, entity).getResultList());
            paths.put(
                    "JPQL " + name + " by id",
                    (session, ids) -> session.createQuery("from " + name + " where id = :id", entity)
                            .setParameter("id", ids.id(entity))
                            .getResultList());
            paths.put(
                    "JPQL attribute of " + name,
                    (session, ids) -> session.createQuery("select e.text from " + name + " e", String.class)
                            .getResultList());
            paths.put(
                    "getReference " + name,
                    (session, ids) ->
                            session.getReference(entity, ids.id(entity)).toString());
            paths.put(
                    "stateless get " + name, (session, ids) -> stateless(session, s -> s.get(entity, ids.id(entity))));
            paths.put(
                    "stateless query " + name,
                    (session, ids) -> stateless(
                            session, s -> s.createQuery("from " + name, entity).getResultList()));
            paths.put(
                    "multiple ids of " + name, (session, ids) -> session.findMultiple(entity, List.of(ids.id(entity))));
            paths.put("Criteria " + name, (session, ids) -> {
                CriteriaQuery<?> query = session.getCriteriaBuilder().createQuery(entity);
                query.from(entity);
                return session.createQuery(query).getResultList();
            });
        }
        paths.put(
                "find by natural id",
                (session, ids) -> session.bySimpleNaturalId(Parent.class).load(ids.code()));
        paths.put(
                "reference by natural id",
                (session, ids) -> Optional.ofNullable(
                                session.bySimpleNaturalId(Parent.class).getReference(ids.code()))
                        .map(Object::toString)
                        .orElse(null));
        paths.put(
                "natural ids",
                (session, ids) -> session.byMultipleNaturalId(Parent.class).multiLoad(ids.code()));
        paths.put("entity graph", (session, ids) -> {
            var graph = session.createEntityGraph(Parent.class);
            graph.addAttributeNodes("children", "tags");
            return session.find(graph, ids.id(Parent.class));
        });
        paths.put(
                "lock mode of Hibernate",
                (session, ids) -> session.find(Parent.class, ids.id(Parent.class), LockMode.PESSIMISTIC_READ));
        for (String query : List.of(
                "from Child where parent.id = :id",
                "from Child where parent.text = 'SECRET' and parent.id = :id",
                "select c.parent from Child c where c.parent.id = :id",
                "select c.parent.text from Child c where c.parent.id = :id",
                "from Child c join fetch c.parent where c.parent.id = :id",
                "from Child c left join fetch c.parent p where p.id = :id",
                "from Parent p join fetch p.children where p.id = :id",
                "from Parent p left join fetch p.children where p.id = :id",
                "from Parent p left join fetch p.tags where p.id = :id",
                "from Parent p left join fetch p.notes where p.id = :id",
                "select n from Parent p join p.notes n where p.id = :id",
                "select t from Parent p join p.tags t where p.id = :id",
                "select t.text from Parent p join p.tags t where p.id = :id",
                "select p from Tag t join t.parents p where p.id = :id",
                "select c from Parent p join p.children c where p.id = :id",
                "select p.address from Parent p where p.id = :id",
                "select p.address.street from Parent p where p.id = :id",
                "select max(p.text) from Parent p where p.id = :id",
                "select upper(p.text) from Parent p where p.id = :id",
                "select p.text from Parent p where p.id in (select c.parent.id from Child c) and p.id = :id",
                "select (select p.text from Parent p where p.id = :id)",
                "select p.text from Parent p where exists (from Child c where c.parent = p) and p.id = :id",
                "select p.text from Parent p where p.id = :id union select t.text from Tag t",
                "with x as (select p.text as t from Parent p where p.id = :id) select y.t from x y",
                "select x.t from (select p.text as t from Parent p where p.id = :id) x",
                "select p.boss.text from Parent p where p.boss.id = :id",
                "select b from Parent p join p.boss b where b.id = :id",
                "select p from Parent p join Child c on c.parent = p where p.id = :id",
                "select p.text from Parent p cross join Tag t where p.id = :id",
                "select new list(p.text, p.amount) from Parent p where p.id = :id",
                "select p.text from Parent p group by p.text, p.id having p.id = :id",
                "select first_value(p.text) over (order by p.amount) from Parent p where p.id = :id",
                "select index(p.children), p.text from Parent p where 1 = 2 or p.id = :id",
                "from Parent p where p.id = :id or 1 = 1",
                "from Parent p where not (p.id <> :id)",
                "select element(p.notes) from Parent p where p.id = :id",
                "from Parent p where 'SECRET' member of p.notes and p.id = :id",
                "from Parent p where size(p.children) > 0 and p.id = :id",
                "from Parent p where p.children is not empty and p.id = :id")) {
            if (!query.contains("index(")) {
                paths.put(
                        "JPQL " + query,
                        (session, ids) -> session.createSelectionQuery(query, Object.class)
                                .setParameter("id", ids.id(Parent.class))
                                .getResultList());
            }
        }
        paths.put(
                "stream",
                (session, ids) -> session.createQuery("from Parent", Parent.class)
                        .getResultStream()
                        .toList());
        paths.put("scroll", (session, ids) -> {
            try (ScrollableResults<Parent> rows =
                    session.createQuery("from Parent", Parent.class).scroll()) {
                return rows.next() ? rows.get() : null;
            }
        });
        paths.put(
                "page",
                (session, ids) -> session.createQuery("from Parent order by id", Parent.class)
                        .setMaxResults(5)
                        .getResultList());
        paths.put("Criteria projection", (session, ids) -> {
            CriteriaBuilder criteria = session.getCriteriaBuilder();
            CriteriaQuery<String> query = criteria.createQuery(String.class);
            Root<Parent> row = query.from(Parent.class);
            query.select(row.get("text")).where(criteria.equal(row.get("id"), ids.id(Parent.class)));
            return session.createQuery(query).getResultList();
        });
        paths.put(
                "native SQL into the entity",
                (session, ids) -> session.createNativeQuery("select * from parent where id = :id", Parent.class)
                        .setParameter("id", ids.id(Parent.class))
                        .getResultList());
        paths.put("lazy collection", (session, ids) -> {
            Parent parent = session.find(Parent.class, ids.id(Parent.class));
            return parent == null ? null : List.copyOf(parent.children);
        });
        paths.put("lazy many-to-many", (session, ids) -> {
            Parent parent = session.find(Parent.class, ids.id(Parent.class));
            return parent == null ? null : List.copyOf(parent.tags);
        });
        paths.put("collection of a reference", (session, ids) -> List.copyOf(unproxied(session, ids).children));
        paths.put("lazy reference", (session, ids) -> {
            Child child = session.find(Child.class, ids.id(Child.class));
            return child == null ? null : child.parent.toString();
        });
        paths.put("refresh of an own instance with a foreign id", (session, ids) -> {
            Parent known = session.getReference(Parent.class, ids.id(Parent.class));
            session.refresh(known);
            return known.toString();
        });
        return paths;
    }

    private static Map<String, Path> writing() {
        Map<String, Path> paths = new LinkedHashMap<>();
        for (Class<?> entity : List.of(
                Parent.class, Child.class, Dog.class, Circle.class, CardPayment.class, Split.class, Hidden.class)) {
            String name = entity.getSimpleName();
            paths.put(
                    "update " + name,
                    (session, ids) -> session.createMutationQuery("update " + name + " set text = 'changed'")
                            .executeUpdate());
            paths.put(
                    "update " + name + " by id",
                    (session, ids) -> session.createMutationQuery(
                                    "update " + name + " set text = 'changed' where id = :id")
                            .setParameter("id", ids.id(entity))
                            .executeUpdate());
            paths.put("Criteria update " + name, (session, ids) -> criteriaUpdate(session, entity));
        }
        paths.put(
                "versioned update",
                (session, ids) -> session.createMutationQuery("update versioned Parent set text = 'changed'")
                        .executeUpdate());
        paths.put(
                "update in a sub-query",
                (session, ids) -> session.createMutationQuery(
                                "update Parent p set text = 'changed' where p.id in (select c.parent.id from Child c)")
                        .executeUpdate());
        for (Class<?> entity :
                List.of(Child.class, Dog.class, Circle.class, CardPayment.class, Split.class, Hidden.class)) {
            String name = entity.getSimpleName();
            paths.put(
                    "delete " + name,
                    (session, ids) ->
                            session.createMutationQuery("delete " + name).executeUpdate());
            paths.put(
                    "delete " + name + " by id",
                    (session, ids) -> session.createMutationQuery("delete " + name + " where id = :id")
                            .setParameter("id", ids.id(entity))
                            .executeUpdate());
            paths.put("Criteria delete " + name, (session, ids) -> criteriaDelete(session, entity));
            paths.put("remove reference " + name, (session, ids) -> {
                session.remove(session.getReference(entity, ids.id(entity)));
                return null;
            });
        }
        paths.put(
                "insert a copy",
                (session, ids) -> session.createMutationQuery(
                                "insert into Tag (id, version, text, tenantId) select c.parent.id, 0, c.text, c.tenantId from Child c where c.id = :id")
                        .setParameter("id", ids.id(Child.class))
                        .executeUpdate());
        paths.put("merge of a detached instance", (session, ids) -> {
            Child detached = instance(Child.class, ids.id(Child.class));
            detached.text = "changed";
            session.merge(detached);
            return null;
        });
        paths.put(
                "stateless update",
                (session, ids) -> stateless(session, s -> {
                    Child detached = instance(Child.class, ids.id(Child.class));
                    detached.text = "changed";
                    s.update(detached);
                    return null;
                }));
        paths.put(
                "stateless delete",
                (session, ids) -> stateless(session, s -> {
                    s.delete(instance(Child.class, ids.id(Child.class)));
                    return null;
                }));
        paths.put(
                "stateless upsert",
                (session, ids) -> stateless(session, s -> {
                    Child detached = instance(Child.class, ids.id(Child.class));
                    detached.text = "changed";
                    s.upsert(detached);
                    return null;
                }));
        paths.put("collection of a reference cleared", (session, ids) -> {
            unproxied(session, ids).notes.clear();
            return null;
        });
        paths.put("many-to-many of a reference cleared", (session, ids) -> {
            unproxied(session, ids).tags.clear();
            return null;
        });
        return paths;
    }

    /** A row of the caller's own that refers to the row of the id. */
    private static Map<String, Path> referring() {
        Map<String, Path> paths = new LinkedHashMap<>();
        paths.put("persist with getReference", (session, ids) -> {
            Child child = new Child();
            child.parent = session.getReference(Parent.class, ids.id(Parent.class));
            session.persist(child);
            return null;
        });
        paths.put("persist with a made-up instance", (session, ids) -> {
            Child child = new Child();
            child.parent = instance(Parent.class, ids.id(Parent.class));
            session.persist(child);
            return null;
        });
        paths.put("change of a managed row", (session, ids) -> {
            Child child = new Child();
            session.persist(child);
            session.flush();
            child.parent = session.getReference(Parent.class, ids.id(Parent.class));
            return null;
        });
        paths.put("merge with a detached reference", (session, ids) -> {
            Child child = new Child();
            child.parent = instance(Parent.class, ids.id(Parent.class));
            session.merge(child);
            return null;
        });
        paths.put(
                "stateless insert",
                (session, ids) -> stateless(session, s -> {
                    Child child = new Child();
                    child.parent = instance(Parent.class, ids.id(Parent.class));
                    s.insert(child);
                    return null;
                }));
        return paths;
    }

    private static Parent unproxied(Session session, Ids ids) {
        return (Parent) Hibernate.unproxy(session.getReference(Parent.class, ids.id(Parent.class)));
    }

    private static Object criteriaUpdate(Session session, Class<?> entity) {
        return typedUpdate(session, entity);
    }

    private static <E> Object typedUpdate(Session session, Class<E> entity) {
        CriteriaUpdate<E> update = session.getCriteriaBuilder().createCriteriaUpdate(entity);
        Root<E> row = update.from(entity);
        update.set(row.<String>get("text"), "changed");
        return session.createMutationQuery(update).executeUpdate();
    }

    private static <E> Object criteriaDelete(Session session, Class<E> entity) {
        CriteriaDelete<E> delete = session.getCriteriaBuilder().createCriteriaDelete(entity);
        delete.from(entity);
        return session.createMutationQuery(delete).executeUpdate();
    }

    @FunctionalInterface
    private interface Stateless {
        Object go(StatelessSession session);
    }

    private static Object stateless(Session session, Stateless work) {
        return session.getSessionFactory().fromStatelessTransaction(work::go);
    }

    // An instance that its session never saw, as a request's body would make it: of the caller's own tenant, if you
    // believe it.
    private static <E extends TenantOwned> E instance(Class<E> entity, UUID id) {
        try {
            E made = entity.getDeclaredConstructor().newInstance();
            set(made, "id", id);
            set(made, "tenantId", CurrentTenant.require(UUID.class));
            return made;
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void set(TenantOwned row, String attribute, Object value) throws ReflectiveOperationException {
        Field field = TenantOwned.class.getDeclaredField(attribute);
        field.setAccessible(true);
        field.set(row, value);
    }

    private static final class Fixture {

        private final String url;
        private final SessionFactory factory;

        Fixture(String url) {
            this.url = url;
            factory = Model.factory(
                    url,
                    Map.of(
                            "hibernate.connection.username",
                            url.contains("postgres") ? "postgres" : "sa",
                            "hibernate.connection.password",
                            ""));
        }

        void read(Path path) throws SQLException {
            Ids ids = rowsOfAcme();
            assertThat(seen(GLOBEX, path, ids)).doesNotContain(Model.SECRET);
            assertThat(seen(ACME, path, ids)).contains(Model.SECRET);
        }

        void write(Path path) throws SQLException {
            Ids ids = rowsOfAcme();
            String before = rows("tenant_id = '" + ACME + "'");
            assertThat(seen(GLOBEX, path, ids)).doesNotContain(Model.SECRET);
            assertThat(rows("tenant_id = '" + ACME + "'")).isEqualTo(before);
            assertThat(rows("tenant_id = '" + GLOBEX + "'")).doesNotContain(Model.SECRET);
            String answer = seen(ACME, path, ids);
            assertThat(rows("tenant_id = '" + ACME + "'")).as(answer).isNotEqualTo(before);
        }

        void refer(Path path) throws SQLException {
            Ids ids = rowsOfAcme();
            String where = "parent_id = '" + ids.id(Parent.class) + "'";
            int before = count("child", where);
            String foreign = seen(GLOBEX, path, ids);
            assertThat(count("child", where)).as(foreign).isEqualTo(before);
            String missing = seen(GLOBEX, path, new Ids(Map.of(Parent.class, new UUID(9, 9)), "none"));
            assertThat(foreign).isEqualTo(missing);
            String answer = seen(ACME, path, ids);
            assertThat(count("child", where)).as(answer).isEqualTo(before + 1);
        }

        private Ids rowsOfAcme() throws SQLException {
            clear();
            String code = "code-" + UUID.randomUUID();
            Map<Class<?>, UUID> ids = new HashMap<>();
            CurrentTenant.runAs(
                    ACME,
                    () -> factory.inTransaction(session -> {
                        for (TenantOwned row : Model.rows(code)) {
                            session.persist(row);
                            for (Class<?> type = row.getClass();
                                    type != TenantOwned.class;
                                    type = type.getSuperclass()) {
                                ids.putIfAbsent(type, row.getId());
                            }
                        }
                    }));
            return new Ids(ids, code);
        }

        /** What a tenant gets to see of a path: its result, or the text of its failure. */
        private String seen(UUID tenant, Path path, Ids ids) {
            try {
                return CurrentTenant.callAs(
                        tenant,
                        () -> factory.fromTransaction(session -> {
                            try {
                                return text(path.go(session, ids));
                            } catch (RuntimeException failure) {
                                throw failure;
                            } catch (Exception failure) {
                                throw new IllegalStateException(failure);
                            }
                        }));
            } catch (RuntimeException failure) {
                return Stream.iterate((Throwable) failure, one -> one != null, Throwable::getCause)
                        .map(one -> one.getClass().getSimpleName() + " " + one.getMessage())
                        .collect(Collectors.joining("; "))
                        .replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "<id>");
            }
        }

        private static String text(Object result) {
            if (result instanceof Collection<?> rows) {
                return rows.stream().map(Fixture::text).collect(Collectors.joining(", "));
            }
            if (result instanceof Object[] columns) {
                return text(Arrays.asList(columns));
            }
            if (result instanceof Model.Address address) {
                return address.street;
            }
            if (result instanceof Parent parent) {
                return parent
                        + (Hibernate.isInitialized(parent.children) ? text(parent.children) : "")
                        + (Hibernate.isInitialized(parent.tags) ? text(parent.tags) : "");
            }
            return String.valueOf(result);
        }

        private static final List<String> TABLES = List.of(
                "parent",
                "child",
                "tag",
                "animal",
                "dog",
                "shape",
                "payment",
                "cardpayment",
                "split",
                "split_more",
                "hidden",
                "parent_notes",
                "parent_tag");

        /** All rows of all tables, read past Hibernate; tables without a tenant of their own go by the owner's. */
        private String rows(String where) throws SQLException {
            StringBuilder all = new StringBuilder();
            try (Connection connection = connect()) {
                for (String table : TABLES) {
                    String condition = switch (table) {
                        case "dog" -> "id in (select id from animal where " + where + ")";
                        case "split_more" -> "id in (select id from split where " + where + ")";
                        case "parent_notes" -> "parent_id in (select id from parent where " + where + ")";
                        case "parent_tag" -> "parents_id in (select id from parent where " + where + ")";
                        default -> where;
                    };
                    String order = table.startsWith("parent_") ? "1, 2" : "id";
                    try (ResultSet rows = connection
                            .createStatement()
                            .executeQuery("select * from " + table + " where " + condition + " order by " + order)) {
                        while (rows.next()) {
                            all.append(table);
                            for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                                all.append(' ').append(rows.getString(column));
                            }
                            all.append('\n');
                        }
                    }
                }
            }
            return all.toString();
        }

        private int count(String table, String where) throws SQLException {
            try (Connection connection = connect();
                    ResultSet count = connection
                            .createStatement()
                            .executeQuery("select count(*) from " + table + " where " + where)) {
                count.next();
                return count.getInt(1);
            }
        }

        private void clear() throws SQLException {
            try (Connection connection = connect()) {
                connection.createStatement().executeUpdate("update parent set boss_id = null");
                List<String> tables = new ArrayList<>(
                        List.of("parent_notes", "parent_tag", "child", "dog", "animal", "split_more", "split"));
                tables.addAll(List.of("tag", "parent", "shape", "payment", "cardpayment", "hidden"));
                for (String table : tables) {
                    connection.createStatement().executeUpdate("delete from " + table);
                }
            }
        }

        private Connection connect() throws SQLException {
            return DriverManager.getConnection(url, url.contains("postgres") ? "postgres" : "sa", "");
        }
    }
}

package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.tenancy.TwoTenants.Path;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.OneToMany;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Version;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.hibernate.Hibernate;
import org.hibernate.KeyType;
import org.hibernate.LockMode;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.TenantId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import testserver.NotOnCluster;
import testserver.TestServer;

/** The core of the access paths for tenants with numbers and names, whose rows have ids that anybody can guess. */
@SuppressWarnings({"deprecation", "removal"}) // Old ways in are ways in.
@NotOnCluster("identity columns and sequences that are set anew")
class OtherIdsTest {

    private static final List<AutoCloseable> OPEN = new ArrayList<>();

    /** What a row of any of these models has. */
    interface Row {
        void text(String text);

        void refer(Object target);
    }

    @MappedSuperclass
    abstract static class Numbered {

        @TenantId
        Long company;

        @Version
        long version;
    }

    @MappedSuperclass
    abstract static class Named {

        @TenantId
        String company;

        @Version
        long version;
    }

    @Entity(name = "Folder")
    static class NumberedFolder extends Numbered {

        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        Long id;

        String text = "plain";

        @NaturalId
        String code;

        @OneToMany(mappedBy = "folder")
        Set<NumberedPage> pages = new HashSet<>();

        @ManyToMany
        Set<NumberedPage> copies = new HashSet<>();

        @ElementCollection
        Set<String> notes = new HashSet<>();

        @Override
        public String toString() {
            return "Folder:" + text;
        }
    }

    @Entity(name = "Sheet")
    static class NumberedPage extends Numbered implements Row {

        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        Long id;

        String text = "plain";

        @ManyToOne(fetch = FetchType.LAZY)
        NumberedFolder folder;

        @Override
        public void text(String text) {
            this.text = text;
        }

        @Override
        public void refer(Object target) {
            folder = (NumberedFolder) target;
        }

        @Override
        public String toString() {
            return "Sheet:" + text;
        }
    }

    @Entity(name = "Folder")
    static class NamedFolder extends Named {

        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        @SequenceGenerator(name = "folders", sequenceName = "folders", initialValue = 70_000)
        Long id;

        String text = "plain";

        @NaturalId
        String code;

        @OneToMany(mappedBy = "folder")
        Set<NamedPage> pages = new HashSet<>();

        @ManyToMany
        Set<NamedPage> copies = new HashSet<>();

        @ElementCollection
        Set<String> notes = new HashSet<>();

        @Override
        public String toString() {
            return "Folder:" + text;
        }
    }

    @Entity(name = "Sheet")
    static class NamedPage extends Named implements Row {

        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        @SequenceGenerator(name = "sheets", sequenceName = "sheets", initialValue = 900_000)
        Long id;

        String text = "plain";

        @ManyToOne(fetch = FetchType.LAZY)
        NamedFolder folder;

        @Override
        public void text(String text) {
            this.text = text;
        }

        @Override
        public void refer(Object target) {
            folder = (NamedFolder) target;
        }

        @Override
        public String toString() {
            return "Sheet:" + text;
        }
    }

    @AfterAll
    static void close() throws Exception {
        for (AutoCloseable one : OPEN) {
            one.close();
        }
    }

    @TestFactory
    Stream<DynamicContainer> everyPathLeadsItsOwnerAndNobodyElse() throws IOException, SQLException {
        TestServer postgres = TestServer.start();
        OPEN.add(postgres);
        postgres.create("names");
        SecuredPostgres secured = new SecuredPostgres();
        OPEN.add(secured);
        secured.make("numbered", NumberedFolder.class, NumberedPage.class);
        secured.make("named", NamedFolder.class, NamedPage.class);
        return Stream.of(
                numbered(
                        "h2, tenants with numbers, ids of an identity column",
                        "jdbc:h2:mem:numbered;DB_CLOSE_DELAY=-1"),
                named("h2, tenants with names, ids of a sequence", "jdbc:h2:mem:named;DB_CLOSE_DELAY=-1"),
                numbered(
                        "postgres, tenants with numbers, ids of an identity column",
                        postgres.getJdbcUrl("postgres", "postgres")),
                named("postgres, tenants with names, ids of a sequence", postgres.getJdbcUrl("postgres", "names")),
                numbered(
                        "postgres with policies, tenants with numbers, ids of an identity column",
                        secured.factory("numbered", Map.of(), NumberedFolder.class, NumberedPage.class),
                        secured.superuser("numbered")),
                named(
                        "postgres with policies, tenants with names, ids of a sequence",
                        secured.factory("named", Map.of(), NamedFolder.class, NamedPage.class),
                        secured.superuser("named")));
    }

    private static DynamicContainer numbered(String name, String url) throws SQLException {
        return numbered(
                name, Model.factory(url, TwoTenants.settings(url), NumberedFolder.class, NumberedPage.class), url);
    }

    private static DynamicContainer numbered(String name, SessionFactory factory, String url) throws SQLException {
        TwoTenants tenants = new TwoTenants(factory, url, 5_550_001L, 5_550_002L, OtherIdsTest::numberedRows);
        // So that no id of one table is one of the other's, nor a version.
        tenants.execute("alter table folder alter column id restart with 70000;"
                + "alter table sheet alter column id restart with 900000");
        return paths(name, tenants, NumberedFolder.class, NumberedPage.class, 5_550_001L);
    }

    private static DynamicContainer named(String name, String url) {
        return named(name, Model.factory(url, TwoTenants.settings(url), NamedFolder.class, NamedPage.class), url);
    }

    private static DynamicContainer named(String name, SessionFactory factory, String url) {
        return paths(
                name,
                new TwoTenants(factory, url, "acme", "globex", OtherIdsTest::namedRows),
                NamedFolder.class,
                NamedPage.class,
                "acme");
    }

    private static List<?> numberedRows(String code) {
        NumberedPage page = new NumberedPage();
        page.text = Model.SECRET;
        NumberedFolder folder = new NumberedFolder();
        folder.text = Model.SECRET;
        folder.code = code;
        folder.copies.add(page);
        folder.notes.add(Model.SECRET);
        page.folder = folder;
        return List.of(folder, page);
    }

    private static List<?> namedRows(String code) {
        NamedPage page = new NamedPage();
        page.text = Model.SECRET;
        NamedFolder folder = new NamedFolder();
        folder.text = Model.SECRET;
        folder.code = code;
        folder.copies.add(page);
        folder.notes.add(Model.SECRET);
        page.folder = folder;
        return List.of(folder, page);
    }

    private static <F, S extends Row> DynamicContainer paths(
            String name, TwoTenants tenants, Class<F> folder, Class<S> sheet, Object owner) {
        OPEN.add(0, tenants);
        Paths reading = new Paths();
        reading(reading, folder, sheet, owner);
        Paths writing = new Paths();
        writing(writing, folder, sheet, owner);
        Paths referring = new Paths();
        referring(referring, folder, sheet);
        return dynamicContainer(
                name,
                Stream.of(
                        tests("reading", reading.all(), tenants::read),
                        tests("writing", writing.all(), tenants::write),
                        tests("referring", referring.all(), tenants::refer)));
    }

    @FunctionalInterface
    private interface Check {
        String leakOf(Path path) throws Exception;
    }

    private static DynamicContainer tests(String name, Map<String, Path> paths, Check check) {
        return dynamicContainer(
                name,
                paths.entrySet().stream()
                        .map(path -> dynamicTest(
                                path.getKey(),
                                () -> assertThat(check.leakOf(path.getValue()))
                                        .as("leak")
                                        .isEmpty())));
    }

    private static void reading(Paths paths, Class<?> folder, Class<?> sheet, Object owner) {
        for (Class<?> entity : List.of(folder, sheet)) {
            String name = entity == folder ? "Folder" : "Sheet";
            paths.add("find " + name, (session, ids) -> session.find(entity, ids.id(entity)));
            paths.add(
                    "find " + name + " with a lock",
                    (session, ids) -> session.find(entity, ids.id(entity), LockModeType.PESSIMISTIC_WRITE));
            paths.add("findMultiple " + name, (session, ids) -> session.findMultiple(entity, List.of(ids.id(entity))));
            paths.add(
                    "getReference " + name,
                    (session, ids) ->
                            session.getReference(entity, ids.id(entity)).toString());
            paths.add("byId " + name, (session, ids) -> session.byId(entity).load(ids.id(entity)));
            paths.addStateless("get " + name, (session, ids) -> session.get(entity, ids.id(entity)));
            paths.addStateless(
                    "getMultiple " + name, (session, ids) -> session.getMultiple(entity, List.of(ids.id(entity))));
            paths.addQuery(entity, "from " + name);
            paths.addQuery(entity, "from " + name + " where id = :id");
            paths.addQuery(entity, "from " + name + " where id > 0");
            paths.addQuery(entity, "from " + name + " where id between :id and :id");
            paths.addQuery(entity, "select text from " + name + " where id = :id");
            paths.addQuery(entity, "select count(*) from " + name + " where id = :id");
        }
        for (String query : List.of(
                "from Folder f join fetch f.pages where f.id = :id",
                "from Folder f left join fetch f.copies where f.id = :id",
                "from Folder f join fetch f.notes where f.id = :id",
                "select n from Folder f join f.notes n where f.id = :id",
                "select p.text from Folder f join f.pages p where f.id = :id",
                "select c.text from Folder f join f.copies c where f.id = :id",
                "select s.folder.text from Sheet s where s.folder.id = :id",
                "select f.text from Folder f where f.id in (select s.folder.id from Sheet s) and f.id = :id",
                "select f.text from Folder f where f.id = :id union select s.text from Sheet s",
                "with x as (select f.text as t from Folder f where f.id = :id) select y.t from x y",
                "select max(f.id), max(f.text) from Folder f where f.id = :id group by f.code")) {
            paths.addQuery(folder, query);
        }
        if (RunningHibernate.FINDS_BY_NATURAL_ID) {
            paths.add("natural id", (session, ids) -> session.find(folder, ids.code(), KeyType.NATURAL));
        }
        paths.add(
                "by natural id",
                (session, ids) -> session.bySimpleNaturalId(folder).load(ids.code()));
        paths.add("session of the owner's tenant", (session, ids) -> {
            try (var own = session.getSessionFactory()
                    .withOptions()
                    .tenantIdentifier(owner)
                    .openSession()) {
                return own.find(sheet, ids.id(sheet));
            }
        });
        paths.add(
                "query by the owner's tenant id",
                (session, ids) -> session.createSelectionQuery("from Sheet where company = :company or 1 = 1", sheet)
                        .setParameter("company", owner)
                        .getResultList());
    }

    private static <S extends Row> void writing(Paths paths, Class<?> folder, Class<S> sheet, Object owner) {
        for (String statement : List.of(
                "update Sheet set text = 'changed'",
                "update Sheet set text = 'changed' where id = :id",
                "update Sheet set folder = null where id = :id",
                "update Sheet s set s.text = 'changed' where s.folder.text = 'SECRET' and s.id = :id",
                "update versioned Sheet set text = 'changed' where id = :id")) {
            paths.addMutation(sheet, statement);
        }
        paths.add("Criteria update", (session, ids) -> Paths.criteriaUpdate(session, sheet));
        paths.addWork("change of a row found", (session, ids) -> {
            Row row = session.find(sheet, ids.id(sheet));
            if (row != null) {
                row.text("changed");
            }
        });
        paths.addWork("change through a reference", (session, ids) -> {
            Row row = sheet.cast(Hibernate.unproxy(session.getReference(sheet, ids.id(sheet))));
            row.text("changed");
        });
        paths.addWork("merge", (session, ids) -> session.merge(changed(forged(sheet, ids))));
        paths.addWork("merge of an instance that names its owner", (session, ids) -> {
            S row = changed(forged(sheet, ids));
            Paths.set(row, "company", owner);
            session.merge(row);
        });
        paths.addWork(
                "find, version forced",
                (session, ids) -> session.find(sheet, ids.id(sheet), LockMode.PESSIMISTIC_FORCE_INCREMENT));
        paths.addStateless("update", (session, ids) -> {
            session.update(changed(forged(sheet, ids)));
            return null;
        });
        paths.addStateless("update of an instance that names its owner", (session, ids) -> {
            S row = changed(forged(sheet, ids));
            Paths.set(row, "company", owner);
            session.update(row);
            return null;
        });
        paths.addWork("collection of a reference cleared", (session, ids) -> {
            Object row = Hibernate.unproxy(session.getReference(folder, ids.id(folder)));
            notes(row).clear();
        });
        paths.addWork("collection of a row found", (session, ids) -> {
            Object row = session.find(folder, ids.id(folder));
            if (row != null) {
                notes(row).add("changed");
            }
        });
    }

    private static Set<String> notes(Object folder) {
        return folder instanceof NumberedFolder numbered ? numbered.notes : ((NamedFolder) folder).notes;
    }

    private static <S extends Row> S changed(S row) {
        row.text("changed");
        return row;
    }

    private static <E> E forged(Class<E> entity, TwoTenants.Ids ids) {
        E row = made(entity);
        Paths.set(row, "id", ids.id(entity));
        Paths.set(row, "company", CurrentTenant.require().tenantId());
        return row;
    }

    private static <E> E made(Class<E> entity) {
        try {
            return entity.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static <F, S extends Row> void referring(Paths paths, Class<F> folder, Class<S> sheet) {
        paths.addWork("persist with a reference", (session, ids) -> {
            S row = made(sheet);
            row.refer(session.getReference(folder, ids.id(folder)));
            session.persist(row);
        });
        paths.addWork("persist with a forged instance", (session, ids) -> {
            S row = made(sheet);
            row.refer(forged(folder, ids));
            session.persist(row);
        });
        paths.addWork("change of a managed row", (session, ids) -> {
            S row = made(sheet);
            session.persist(row);
            session.flush();
            row.refer(session.getReference(folder, ids.id(folder)));
        });
        paths.addWork("merge with a forged instance", (session, ids) -> {
            S row = made(sheet);
            row.refer(forged(folder, ids));
            session.merge(row);
        });
        paths.addStateless("insert", (session, ids) -> {
            S row = made(sheet);
            row.refer(forged(folder, ids));
            return session.insert(row) == null;
        });
        paths.addStateless("update", (session, ids) -> {
            S row = made(sheet);
            session.insert(row);
            row.refer(forged(folder, ids));
            session.update(row);
            return null;
        });
        paths.addWork("many-to-many", (session, ids) -> {
            F row = made(folder);
            Paths.set(row, "code", String.valueOf(System.nanoTime()));
            session.persist(row);
            session.flush();
            S copy = session.getReference(sheet, ids.id(sheet));
            if (row instanceof NumberedFolder numbered) {
                numbered.copies.add((NumberedPage) copy);
            } else {
                ((NamedFolder) row).copies.add((NamedPage) copy);
            }
        });
    }
}

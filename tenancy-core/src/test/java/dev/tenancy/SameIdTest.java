package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.OneToMany;
import jakarta.persistence.SecondaryTable;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.TenantId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import testserver.NotOnCluster;
import testserver.TestServer;

/** Two tenants' rows with one id, in a schema whose primary keys begin with the tenant. */
@NotOnCluster("a secondary table where a row may be missing (TENANCY-607)")
class SameIdTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();
    private static final UUID ID = UUID.randomUUID();
    private static final Class<?>[] ENTITIES = {Asset.class, Car.class, Van.class, Doc.class, Holder.class, Line.class};

    private static TestServer postgres;

    enum Database {
        H2,
        POSTGRES;

        private String url;
        private SessionFactory factory;

        void start(String where) throws SQLException {
            url = where;
            Map<String, Object> settings = new HashMap<>(TwoTenants.settings(where));
            settings.put("hibernate.hbm2ddl.auto", "create-only");
            Model.factory(where, settings, ENTITIES).close();
            for (String table : List.of("Asset", "Car", "Van", "Doc", "doc_more", "Holder", "Line")) {
                widen(table, "id");
            }
            widen("Holder_links", "Holder_id, links_id");
            settings.put("hibernate.hbm2ddl.auto", "none");
            factory = Model.factory(where, settings, ENTITIES);
        }

        private void widen(String table, String key) throws SQLException {
            run("alter table " + table + " drop constraint " + primaryKey(table));
            run("alter table " + table + " add primary key (tenant_id, " + key + ")");
        }

        private String primaryKey(String table) throws SQLException {
            return text("select constraint_name from information_schema.table_constraints where lower(table_name) = '"
                            + table.toLowerCase() + "' and constraint_type = 'PRIMARY KEY'")
                    .get(0);
        }

        void run(String sql) throws SQLException {
            try (Connection connection = connection();
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        List<String> text(String sql) {
            List<String> found = new ArrayList<>();
            try (Connection connection = connection();
                    ResultSet rows = connection.createStatement().executeQuery(sql)) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            } catch (SQLException impossible) {
                throw new IllegalStateException(impossible);
            }
            return found;
        }

        private Connection connection() throws SQLException {
            return DriverManager.getConnection(
                    url, TwoTenants.settings(url).get("hibernate.connection.username") + "", "");
        }

        <T> T as(UUID tenant, Function<Session, T> work) {
            return CurrentTenant.callAs(tenant, () -> factory.fromTransaction(work::apply));
        }
    }

    @MappedSuperclass
    abstract static class Owned {

        @Id
        UUID id = ID;

        @TenantId
        @Column(name = "tenant_id", nullable = false, updatable = false)
        UUID tenantId;
    }

    @Entity(name = "Asset")
    @Inheritance(strategy = InheritanceType.JOINED)
    static class Asset extends Owned {
        String label;
    }

    @Entity(name = "Car")
    static class Car extends Asset {
        String plate;
    }

    @Entity(name = "Van")
    static class Van extends Asset {
        String load;
    }

    @Entity(name = "Doc")
    @SecondaryTable(name = "doc_more")
    static class Doc extends Owned {

        String title;

        @Column(table = "doc_more")
        String body;
    }

    @Entity(name = "Holder")
    static class Holder extends Owned {

        String name;

        @ElementCollection
        Set<String> notes = new HashSet<>();

        @ManyToMany
        @JoinTable(name = "holder_links")
        Set<Asset> links = new HashSet<>();

        @OneToMany(mappedBy = "holder")
        Set<Line> lines = new HashSet<>();
    }

    @Entity(name = "Line")
    static class Line extends Owned {

        String text;

        @ManyToOne(fetch = FetchType.LAZY)
        Holder holder;

        @ManyToOne(fetch = FetchType.LAZY)
        Asset asset;
    }

    @BeforeAll
    static void start() throws Exception {
        postgres = TestServer.start();
        Database.H2.start("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        Database.POSTGRES.start(postgres.getJdbcUrl("postgres", "postgres"));
    }

    @AfterAll
    static void close() throws Exception {
        Database.H2.factory.close();
        Database.POSTGRES.factory.close();
        postgres.close();
    }

    @BeforeEach
    void bothHaveOneId() throws SQLException {
        for (Database database : Database.values()) {
            for (String table : List.of(
                    "Line", "Holder_links", "Holder_notes", "Holder", "Car", "Van", "Asset", "doc_more", "Doc")) {
                database.run("delete from " + table);
            }
            rows(database, ACME, Model.SECRET);
            rows(database, GLOBEX, "own");
        }
    }

    private static void rows(Database database, UUID tenant, String text) {
        database.as(tenant, session -> {
            Car car = new Car();
            car.label = text;
            car.plate = text;
            Doc doc = new Doc();
            doc.title = text;
            doc.body = text;
            Holder holder = new Holder();
            holder.name = text;
            holder.notes.add(text);
            holder.links.add(car);
            Line line = new Line();
            line.text = text;
            line.holder = holder;
            line.asset = car;
            List.of(car, doc, holder, line).forEach(session::persist);
            return null;
        });
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void ownRowsAreFoundById(Database database) {
        assertThat(database.<String>as(GLOBEX, session -> session.find(Car.class, ID).plate))
                .isEqualTo("own");
        assertThat(database.<String>as(GLOBEX, session -> session.find(Asset.class, ID).label))
                .isEqualTo("own");
        assertThat(database.<String>as(GLOBEX, session -> session.find(Doc.class, ID).body))
                .isEqualTo("own");
        assertThat(database.<String>as(GLOBEX, session -> {
                    Holder holder = session.find(Holder.class, ID);
                    return holder.notes + " " + holder.links.iterator().next().label + " "
                            + holder.lines.iterator().next().text;
                }))
                .isEqualTo("[own] own own");
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void queriesSeeOwnValuesOnce(Database database) {
        for (String query : List.of(
                "select c.plate from Car c where c.id = ?1",
                "select c.label from Car c where c.id = ?1",
                "select treat(a as Car).plate from Asset a where a.id = ?1",
                "select a.label from Asset a where a.id = ?1 and type(a) = Car",
                "select d.body from Doc d where d.id = ?1",
                "select n from Holder h join h.notes n where h.id = ?1",
                "select l.label from Holder h join h.links l where h.id = ?1",
                "select treat(l as Car).plate from Holder h join h.links l where h.id = ?1",
                "select l.text from Holder h join h.lines l where h.id = ?1",
                "select l.asset.label from Line l where l.id = ?1",
                "select treat(l.asset as Car).plate from Line l where l.id = ?1",
                "select l.holder.name from Line l where l.holder.id = ?1",
                "select h.name from Holder h where h.id = ?1 and 'own' member of h.notes",
                "select h.name from Holder h where h.id = ?1 and exists (from Line l where l.holder = h)",
                "select h.name from Holder h where h.id = ?1 and size(h.notes) = 1 and size(h.links) = 1")) {
            assertThat(database.<List<String>>as(
                            GLOBEX,
                            session -> session.createSelectionQuery(query, String.class)
                                    .setParameter(1, ID)
                                    .getResultList()))
                    .as(query)
                    .containsExactly("own");
        }
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void entitiesAreQueriedWithWhatBelongsToThem(Database database) {
        assertThat(database.<String>as(
                        GLOBEX,
                        session -> session
                                .createSelectionQuery(
                                        "from Holder h join fetch h.links join fetch h.notes", Holder.class)
                                .getResultList()
                                .stream()
                                .map(one -> one.notes + one.links.iterator().next().label)
                                .toList()
                                .toString()))
                .isEqualTo("[[own]own]");
        assertThat(database.<List<Asset>>as(
                        GLOBEX,
                        session -> session.createSelectionQuery("from Asset", Asset.class)
                                .getResultList()))
                .hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void bulkChangesOfOneTableStayWithOwnRows(Database database) {
        for (String change : List.of(
                "update Holder set name = 'changed' where id = ?1",
                "update Line set text = 'changed' where id = ?1",
                "delete from Line where id = ?1 and text = 'changed'")) {
            assertThat(database.<Integer>as(
                            GLOBEX,
                            session -> session.createMutationQuery(change)
                                    .setParameter(1, ID)
                                    .executeUpdate()))
                    .as(change)
                    .isEqualTo(1);
            acmesAreUnchanged(database, change);
        }
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void flushedChangesStayWithOwnRows(Database database) {
        database.as(GLOBEX, session -> {
            session.find(Car.class, ID).plate = "changed";
            session.find(Doc.class, ID).body = "changed";
            session.find(Holder.class, ID).notes.add("more");
            return null;
        });
        acmesAreUnchanged(database, "flush");
        database.as(GLOBEX, session -> {
            session.remove(session.find(Line.class, ID));
            session.remove(session.find(Holder.class, ID));
            session.remove(session.find(Car.class, ID));
            session.remove(session.find(Doc.class, ID));
            return null;
        });
        acmesAreUnchanged(database, "remove");
    }

    private static void acmesAreUnchanged(Database database, String change) {
        for (String values : List.of(
                "select label from asset where tenant_id = 'T'",
                "select plate from car where tenant_id = 'T'",
                "select title from doc where tenant_id = 'T'",
                "select body from doc_more where tenant_id = 'T'",
                "select name from holder where tenant_id = 'T'",
                "select notes from holder_notes where tenant_id = 'T'",
                "select 'SECRET' from holder_links where tenant_id = 'T'",
                "select text from line where tenant_id = 'T'")) {
            assertThat(database.text(values.replace("'T'", "'" + ACME + "'")))
                    .as(change + ": " + values)
                    .containsExactly(Model.SECRET);
        }
    }
}

package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKeyColumn;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Version;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.StaleStateException;
import org.hibernate.StatelessSession;
import org.hibernate.annotations.CollectionId;
import org.hibernate.annotations.CollectionIdJavaType;
import org.hibernate.annotations.SecondaryRow;
import org.hibernate.annotations.SoftDelete;
import org.hibernate.annotations.TenantId;
import org.hibernate.type.descriptor.java.LongJavaType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import testserver.NotOnCluster;
import testserver.TestServer;

/** What a session writes to rows that were taken from it meanwhile. */
@NotOnCluster("a secondary table where a row may be missing (TENANCY-607)")
class LostWritesTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();
    private static final UUID ID = UUID.randomUUID();
    private static final UUID LOOSE = UUID.randomUUID();
    private static final Class<?>[] ENTITIES = {
        Plain.class, Counted.class, Machine.class, Crane.class, CountedMachine.class, CountedCrane.class, Figure.class,
        Disc.class, Paper.class, Deed.class, Archived.class, Crate.class, Part.class, Line.class
    };

    private static TestServer postgres;

    enum Database {
        H2,
        POSTGRES,
        /** The driver makes one insert of a batch of them, and does not know how many rows each one made. */
        REWRITING;

        private String url;
        private SessionFactory factory;

        void start(String where) {
            url = where;
            factory = Model.factory(where, TwoTenants.settings(where), ENTITIES);
        }

        /** Past the session. */
        void run(String statements) {
            try (Connection connection = connection()) {
                connection.createStatement().execute(statements);
            } catch (SQLException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        String text(String query) {
            List<String> found = new ArrayList<>();
            try (Connection connection = connection();
                    ResultSet rows = connection.createStatement().executeQuery(query)) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            } catch (SQLException impossible) {
                throw new IllegalStateException(impossible);
            }
            return String.join(", ", found);
        }

        private Connection connection() throws SQLException {
            return DriverManager.getConnection(
                    url, TwoTenants.settings(url).get("hibernate.connection.username") + "", "");
        }
    }

    @FunctionalInterface
    interface Change {
        void in(Session session);
    }

    @FunctionalInterface
    interface StatelessChange {
        void in(StatelessSession session);
    }

    /** What is done past the session between its reading and its flush, and what the session then writes. */
    record Write(String name, String meanwhile, Change change, StatelessChange stateless) {

        static Write of(String name, String meanwhile, Change change) {
            return new Write(name, meanwhile, change, null);
        }

        static Write stateless(String name, String meanwhile, StatelessChange change) {
            return new Write(name, meanwhile, null, change);
        }

        void on(Database database, int batchSize) {
            CurrentTenant.runAs(ACME, () -> {
                if (stateless != null) {
                    database.run(meanwhile);
                    database.factory.inStatelessTransaction(session -> {
                        session.setJdbcBatchSize(batchSize);
                        stateless.in(session);
                    });
                } else {
                    database.factory.inTransaction(session -> {
                        session.setJdbcBatchSize(batchSize);
                        ALL.forEach(type -> session.find(type, ID));
                        session.find(Part.class, LOOSE);
                        crate(session).load();
                        database.run(meanwhile);
                        change.in(session);
                    });
                }
            });
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Class<?>> ALL = List.of(
            Plain.class,
            Counted.class,
            Crane.class,
            CountedCrane.class,
            Disc.class,
            Paper.class,
            Deed.class,
            Archived.class,
            Part.class,
            Line.class);

    @MappedSuperclass
    abstract static class Row {

        @Id
        UUID id = ID;

        @TenantId
        @Column(name = "tenant_id", nullable = false, updatable = false)
        UUID tenantId;

        String text = "old";
    }

    @Entity(name = "Plain")
    static class Plain extends Row {}

    @Entity(name = "Counted")
    static class Counted extends Row {
        @Version
        long version;
    }

    @Entity(name = "Machine")
    @Inheritance(strategy = InheritanceType.JOINED)
    static class Machine extends Row {}

    @Entity(name = "Crane")
    static class Crane extends Machine {
        String more = "old";
    }

    @Entity(name = "CountedMachine")
    @Inheritance(strategy = InheritanceType.JOINED)
    static class CountedMachine extends Row {
        @Version
        long version;
    }

    @Entity(name = "CountedCrane")
    static class CountedCrane extends CountedMachine {
        String more = "old";
    }

    @Entity(name = "Figure")
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    static class Figure extends Row {}

    @Entity(name = "Disc")
    static class Disc extends Figure {
        String more = "old";
    }

    @Entity(name = "Paper")
    @SecondaryTable(name = "paper_more")
    static class Paper extends Row {
        @Column(table = "paper_more")
        String more = "old";
    }

    @Entity(name = "Deed")
    @SecondaryTable(name = "deed_more")
    @SecondaryRow(table = "deed_more", optional = false)
    static class Deed extends Row {
        @Column(table = "deed_more")
        String more = "old";
    }

    @Entity(name = "Archived")
    @SoftDelete
    static class Archived extends Row {}

    @Entity(name = "Part")
    static class Part extends Row {}

    @Entity(name = "Line")
    static class Line extends Row {
        @ManyToOne(fetch = FetchType.LAZY)
        Crate crate;
    }

    @Entity(name = "Crate")
    static class Crate extends Row {

        @OneToMany
        @JoinColumn(name = "crate_id")
        Set<Part> parts = new HashSet<>();

        @OneToMany
        @JoinColumn(name = "ranked_in")
        @OrderColumn(name = "place")
        List<Part> ranked = new ArrayList<>();

        @OneToMany
        @JoinColumn(name = "keyed_in")
        @MapKeyColumn(name = "word")
        Map<String, Part> keyed = new HashMap<>();

        @OneToMany
        @JoinColumn(name = "crate_id")
        Set<Figure> figures = new HashSet<>();

        @OneToMany
        @JoinColumn(name = "crate_id")
        Set<Machine> machines = new HashSet<>();

        @OneToMany(mappedBy = "crate")
        @OrderColumn(name = "place")
        List<Line> lines = new ArrayList<>();

        @OneToMany
        @JoinTable(name = "crate_shown")
        @OrderColumn(name = "place")
        List<Part> shown = new ArrayList<>();

        @ManyToMany
        @JoinTable(name = "crate_lent")
        @MapKeyColumn(name = "word")
        Map<String, Part> lent = new HashMap<>();

        @ManyToMany
        @JoinTable(name = "crate_seen")
        Set<Part> seen = new HashSet<>();

        @ElementCollection
        @OrderColumn(name = "place")
        List<String> notes = new ArrayList<>();

        @ElementCollection
        @MapKeyColumn(name = "word")
        Map<String, String> remarks = new HashMap<>();

        @ElementCollection
        Set<String> tags = new HashSet<>();

        @ElementCollection
        @SoftDelete
        Set<String> marks = new HashSet<>();

        @ElementCollection
        @CollectionId(column = @Column(name = "hint_id"), generator = "sequence")
        @CollectionIdJavaType(LongJavaType.class)
        List<String> hints = new ArrayList<>();

        void load() {
            List.of(parts, ranked, figures, machines, lines, shown, seen, notes, tags, marks, hints)
                    .forEach(java.util.Collection::size);
            List.of(keyed, lent, remarks).forEach(Map::size);
        }
    }

    private static Crate crate(Session session) {
        return Hibernate.unproxy(session.find(Crate.class, ID), Crate.class);
    }

    private static Part loose(Session session) {
        return session.find(Part.class, LOOSE);
    }

    private static <R extends Row> R acmes(R row) {
        row.tenantId = ACME;
        return row;
    }

    private static String foreign(String table) {
        return "update " + table + " set tenant_id = '" + GLOBEX + "' where id = '" + ID + "'";
    }

    private static final String LOOSE_PART_GONE = "delete from Part where id = '" + LOOSE + "'";
    private static final String LOOSE_PART_FOREIGN =
            "update Part set tenant_id = '" + GLOBEX + "' where id = '" + LOOSE + "'";

    private static List<Write> lost() {
        List<Write> writes = new ArrayList<>();
        for (String table : List.of("Plain", "Counted", "Disc", "Archived")) {
            Class<?> type = ALL.stream()
                    .filter(one -> one.getSimpleName().equals(table))
                    .findAny()
                    .orElseThrow();
            for (String meanwhile : List.of("delete from " + table, foreign(table))) {
                String how = (meanwhile.startsWith("delete") ? "gone " : "foreign ") + table;
                writes.add(Write.of("update of a " + how, meanwhile, session -> {
                    ((Row) session.find(type, ID)).text = "new";
                }));
                writes.add(
                        Write.of("delete of a " + how, meanwhile, session -> session.remove(session.find(type, ID))));
            }
        }
        String noCrane = "delete from Crane; delete from Machine";
        String noCountedCrane = "delete from CountedCrane; delete from CountedMachine";
        String noPaper = "delete from paper_more; delete from Paper";
        String noDeed = "delete from deed_more; delete from Deed";
        writes.addAll(List.of(
                Write.of("update of a root that is gone", noCrane, session -> {
                    session.find(Crane.class, ID).text = "new";
                }),
                Write.of("update of a subclass that is gone", noCrane, session -> {
                    session.find(Crane.class, ID).more = "new";
                }),
                Write.of("update of a subclass that is gone without its root", "delete from Crane", session -> {
                    session.find(Crane.class, ID).more = "new";
                }),
                Write.of("update of both where the subclass is gone", "delete from Crane", session -> {
                    session.find(Crane.class, ID).text = "new";
                    session.find(Crane.class, ID).more = "new";
                }),
                Write.of("delete of a joined row", noCrane, session -> {
                    session.remove(session.find(Crane.class, ID));
                }),
                Write.of("update of a versioned subclass", noCountedCrane, session -> {
                    session.find(CountedCrane.class, ID).more = "new";
                }),
                Write.of("update of a versioned subclass without its root", "delete from CountedCrane", session -> {
                    session.find(CountedCrane.class, ID).more = "new";
                }),
                Write.of("delete of a versioned joined row", noCountedCrane, session -> {
                    session.remove(session.find(CountedCrane.class, ID));
                }),
                Write.of("update of a primary table", noPaper, session -> {
                    session.find(Paper.class, ID).text = "new";
                }),
                Write.of("update of a secondary table", noPaper, session -> {
                    session.find(Paper.class, ID).more = "new";
                }),
                Write.of("update of a secondary table that every row has", noDeed, session -> {
                    session.find(Deed.class, ID).more = "new";
                }),
                Write.of("update of a row in a secondary table that is gone", "delete from deed_more", session -> {
                    session.find(Deed.class, ID).more = "new";
                }),
                Write.of("delete of a row with a secondary table", noPaper, session -> {
                    session.remove(session.find(Paper.class, ID));
                })));
        for (String meanwhile : List.of(LOOSE_PART_GONE, LOOSE_PART_FOREIGN)) {
            String how = meanwhile == LOOSE_PART_GONE ? "gone " : "foreign ";
            writes.addAll(List.of(
                    Write.of(how + "into a set with a join column", meanwhile, session -> {
                        crate(session).parts.add(loose(session));
                    }),
                    Write.of(how + "into a list with a join column", meanwhile, session -> {
                        crate(session).ranked.add(loose(session));
                    }),
                    Write.of(how + "in place of another in a list with a join column", meanwhile, session -> {
                        crate(session).ranked.set(0, loose(session));
                    }),
                    Write.of(how + "into a map with a join column", meanwhile, session -> {
                        crate(session).keyed.put("other", loose(session));
                    }),
                    Write.of(how + "into a new set with a join column", meanwhile, session -> {
                        crate(session).parts = new HashSet<>(Set.of(loose(session)));
                    }),
                    Write.of(how + "into a new owner", meanwhile, session -> {
                        Crate other = new Crate();
                        other.id = UUID.randomUUID();
                        other.parts.add(loose(session));
                        session.persist(other);
                    })));
        }
        writes.addAll(List.of(
                Write.of(
                        "another order of rows with a join column",
                        "update Part set ranked_in = null, place = null; delete from crate_shown; delete from crate_lent;"
                                + " delete from crate_seen; delete from Part",
                        session -> Collections.reverse(crate(session).ranked)),
                Write.of("a row of a hierarchy with a table for each class", "delete from Disc", session -> {
                    crate(session).figures.add(session.find(Disc.class, ID));
                }),
                Write.of("a row of a joined hierarchy", noCrane, session -> {
                    crate(session).machines.add(session.find(Crane.class, ID));
                }),
                Write.of("another order of rows that refer to their owner", "delete from Line", session -> {
                    Collections.reverse(crate(session).lines);
                }),
                Write.of("another element in a join table", "delete from crate_shown", session -> {
                    crate(session).shown.set(0, loose(session));
                }),
                Write.of("another element in a join table of a map", "delete from crate_lent", session -> {
                    crate(session).lent.put("word", loose(session));
                }),
                Write.of("another element in a list of values", "delete from Crate_notes", session -> {
                    crate(session).notes.set(0, "new");
                }),
                Write.of("another element in a map of values", "delete from Crate_remarks", session -> {
                    crate(session).remarks.put("word", "new");
                }),
                Write.of("another element in a bag of values with ids", "delete from Crate_hints", session -> {
                    crate(session).hints.set(0, "new");
                }),
                Write.stateless("stateless update", "delete from Plain", session -> {
                    Plain plain = acmes(new Plain());
                    plain.text = "new";
                    session.update(plain);
                }),
                Write.stateless("stateless update of another tenant's row", foreign("Plain"), session -> {
                    Plain plain = acmes(new Plain());
                    plain.text = "new";
                    session.update(plain);
                }),
                Write.stateless("stateless delete", "delete from Plain", session -> session.delete(acmes(new Plain()))),
                Write.stateless("stateless update of a subclass", "delete from Crane", session -> {
                    Crane crane = acmes(new Crane());
                    crane.more = "new";
                    session.update(crane);
                }),
                Write.stateless("stateless update of several", "delete from Plain", session -> {
                    session.updateMultiple(List.of(acmes(new Plain())));
                }),
                Write.stateless("stateless update of several subclasses", "delete from Crane", session -> {
                    session.updateMultiple(List.of(acmes(new Crane())));
                }),
                Write.stateless("stateless delete of several", "delete from Plain", session -> {
                    session.deleteMultiple(List.of(acmes(new Plain())));
                })));
        return writes;
    }

    /** What the session wants to be gone is gone, or is there again. */
    private static List<Write> honest() {
        return List.of(
                Write.of("a link that is gone out of a join table", "delete from crate_seen", session -> {
                    crate(session).seen.clear();
                }),
                Write.of("one of the links in a join table", "delete from crate_seen", session -> {
                    crate(session).seen.remove(session.find(Part.class, ID));
                }),
                Write.of("the end of a list in a join table", "delete from crate_shown", session -> {
                    crate(session).shown.remove(1);
                }),
                Write.of("a row with a join column out of its set", "update Part set crate_id = null", session -> {
                    crate(session).parts.remove(session.find(Part.class, ID));
                }),
                Write.of("all rows with a join column", "update Part set crate_id = null", session -> {
                    crate(session).parts.clear();
                }),
                Write.of("a value out of a set", "delete from Crate_tags", session -> {
                    crate(session).tags.remove("old");
                }),
                Write.of("a value out of a set whose rows are marked", "delete from Crate_marks", session -> {
                    crate(session).marks.remove("old");
                }),
                Write.of("a value out of a map", "delete from Crate_remarks", session -> {
                    crate(session).remarks.remove("word");
                }),
                Write.of("a row in a secondary table that may be missing", "delete from paper_more", session -> {
                    session.find(Paper.class, ID).more = "new";
                }),
                Write.of("nothing in a secondary table that may be missing", "delete from paper_more", session -> {
                    session.find(Paper.class, ID).more = null;
                }),
                Write.of("no meanwhile", "delete from Plain where 1 = 0", session -> {
                    Crate crate = crate(session);
                    crate.parts.add(loose(session));
                    crate.ranked.add(loose(session));
                    crate.keyed.put("other", loose(session));
                    Collections.reverse(crate.lines);
                    crate.shown.set(0, loose(session));
                    crate.lent.put("word", loose(session));
                    crate.notes.set(0, "new");
                    crate.remarks.put("word", "new");
                    crate.hints.set(0, "new");
                    crate.figures.add(session.find(Disc.class, ID));
                    crate.machines.add(session.find(Crane.class, ID));
                    session.find(Crane.class, ID).more = "new";
                    session.find(Deed.class, ID).more = "new";
                }));
    }

    @BeforeAll
    static void start() throws Exception {
        postgres = TestServer.start();
        Database.H2.start("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        Database.POSTGRES.start(postgres.getJdbcUrl("postgres", "postgres"));
        postgres.create("rewriting");
        Database.REWRITING.start(postgres.getJdbcUrl("postgres", "rewriting") + "&reWriteBatchedInserts=true");
    }

    @AfterAll
    static void close() throws Exception {
        for (Database database : Database.values()) {
            database.factory.close();
        }
        postgres.close();
    }

    private static void rowsOf(Database database) {
        for (String table : List.of(
                "crate_shown",
                "crate_lent",
                "crate_seen",
                "Crate_notes",
                "Crate_remarks",
                "Crate_tags",
                "Crate_hints",
                "Crate_marks",
                "Line",
                "Part",
                "Crane",
                "Machine",
                "CountedCrane",
                "CountedMachine",
                "Disc",
                "Crate",
                "paper_more",
                "Paper",
                "deed_more",
                "Deed",
                "Archived",
                "Plain",
                "Counted")) {
            database.run("delete from " + table);
        }
        CurrentTenant.runAs(
                ACME,
                () -> database.factory.inTransaction(session -> {
                    List.of(
                                    new Plain(),
                                    new Counted(),
                                    new Crane(),
                                    new CountedCrane(),
                                    new Disc(),
                                    new Paper(),
                                    new Deed(),
                                    new Archived())
                            .forEach(session::persist);
                    Part part = new Part();
                    Part second = new Part();
                    second.id = UUID.randomUUID();
                    Part loose = new Part();
                    loose.id = LOOSE;
                    Crate crate = new Crate();
                    Line line = new Line();
                    line.crate = crate;
                    Line next = new Line();
                    next.id = UUID.randomUUID();
                    next.crate = crate;
                    crate.parts.add(part);
                    crate.ranked.addAll(List.of(part, second));
                    crate.keyed.put("word", part);
                    crate.lines.addAll(List.of(line, next));
                    crate.shown.addAll(List.of(part, second));
                    crate.lent.put("word", part);
                    crate.seen.addAll(List.of(part, second));
                    crate.notes.addAll(List.of("old", "old too"));
                    crate.remarks.put("word", "old");
                    crate.tags.add("old");
                    crate.marks.add("old");
                    crate.hints.add("old");
                    List.of(part, second, loose, crate, line, next).forEach(session::persist);
                }));
    }

    private static Stream<Arguments> lostOnEach() {
        return onEach(lost());
    }

    private static Stream<Arguments> honestOnEach() {
        return onEach(honest());
    }

    private static Stream<Arguments> onEach(List<Write> writes) {
        return Stream.of(Database.values())
                .flatMap(database -> Stream.of(0, 20)
                        .flatMap(batchSize -> writes.stream().map(write -> Arguments.of(database, batchSize, write))));
    }

    @ParameterizedTest(name = "{0}, batches of {1}: {2}")
    @MethodSource("lostOnEach")
    void aWriteOfARowThatIsNotThereFails(Database database, int batchSize, Write write) {
        rowsOf(database);
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> write.on(database, batchSize))
                .satisfies(failure ->
                        assertThat(failure).isInstanceOfAny(OptimisticLockException.class, StaleStateException.class));
    }

    @ParameterizedTest(name = "{0}, batches of {1}: {2}")
    @MethodSource("honestOnEach")
    void whatIsGoneMayBeTakenAway(Database database, int batchSize, Write write) {
        rowsOf(database);
        assertThatCode(() -> write.on(database, batchSize)).doesNotThrowAnyException();
    }

    @Test
    void aBatchThatTheDriverMakesOneInsertOfIsTheTenants() {
        rowsOf(Database.REWRITING);
        CurrentTenant.runAs(
                GLOBEX,
                () -> Database.REWRITING.factory.inTransaction(session -> {
                    session.setJdbcBatchSize(20);
                    for (int i = 0; i < 45; i++) {
                        Part part = new Part();
                        part.id = new UUID(7, i);
                        session.persist(part);
                    }
                }));
        assertThat(Database.REWRITING.text(
                        "select count(*) from part where tenant_id = '" + GLOBEX + "' and text = 'old'"))
                .isEqualTo("45");
    }

    @Test
    void suchABatchOfTheApplicationsTellsWhatTheDriverKnows() {
        rowsOf(Database.REWRITING);
        int[] counts = CurrentTenant.callAs(
                GLOBEX,
                () -> Database.REWRITING.factory.fromTransaction(session -> session.doReturningWork(connection -> {
                    try (PreparedStatement insert = connection.prepareStatement(
                            "insert into part (id, tenant_id, text) values (?, ?, 'plain')")) {
                        for (int i = 0; i < 4; i++) {
                            insert.setObject(1, new UUID(8, i));
                            insert.setObject(2, GLOBEX);
                            insert.addBatch();
                        }
                        return insert.executeBatch();
                    }
                })));
        assertThat(counts).hasSize(4).containsOnly(Statement.SUCCESS_NO_INFO);
    }

    @Test
    void aForeignRowInSuchABatchRefusesAllOfIt() {
        rowsOf(Database.REWRITING);
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> CurrentTenant.runAs(
                        GLOBEX,
                        () -> Database.REWRITING.factory.inTransaction(session -> session.doWork(connection -> {
                            try (PreparedStatement insert = connection.prepareStatement(
                                    "insert into part (id, tenant_id, text) values (?, ?, 'plain')")) {
                                for (int i = 0; i < 4; i++) {
                                    insert.setObject(1, new UUID(9, i));
                                    insert.setObject(2, i == 2 ? ACME : GLOBEX);
                                    insert.addBatch();
                                }
                                insert.executeBatch();
                            }
                        }))));
        assertThat(Database.REWRITING.text("select count(*) from part where text = 'plain'"))
                .isEqualTo("0");
    }
}

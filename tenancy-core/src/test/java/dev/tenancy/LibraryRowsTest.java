package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import jakarta.persistence.DiscriminatorValue;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.LockModeType;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKeyJoinColumn;
import jakarta.persistence.OneToMany;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.SecondaryTable;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.SoftDelete;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import testserver.NotOnCluster;
import testserver.TestServer;

/** Rows that every tenant reads and none writes, on each wall. */
@SuppressWarnings("deprecation") // Hibernate's way to natural ids as applications have it
@NotOnCluster("@LibraryRows cannot be distributed (TENANCY-607)")
class LibraryRowsTest {

    static final String LIBRARY = "00000000-0000-0000-0000-00000000000a";
    private static final UUID LIB = UUID.fromString(LIBRARY);
    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    private static TestServer postgres;
    private static SecuredPostgres secured;

    @Entity(name = "Account")
    @LibraryRows(tenant = LIBRARY)
    static class Account extends TenantOwned {

        @NaturalId(mutable = true)
        String code;

        String title = "as it was";

        @ManyToOne(fetch = FetchType.LAZY)
        Account parent;

        @ManyToOne(fetch = FetchType.LAZY)
        Project project;

        @ElementCollection
        Set<String> tags = new HashSet<>(Set.of("tag"));

        @OneToMany(mappedBy = "account")
        List<Entry> entries = new ArrayList<>();

        @OneToMany(mappedBy = "parent")
        List<Account> children = new ArrayList<>();

        @OneToMany
        @JoinColumn(name = "listed_by")
        List<Entry> listed = new ArrayList<>();
    }

    @Entity(name = "Project")
    static class Project extends TenantOwned {
        String name;

        @ManyToMany
        Set<Account> accounts = new HashSet<>();

        @ElementCollection
        @MapKeyJoinColumn
        Map<Account, String> notes = new HashMap<>();
    }

    @Entity(name = "Entry")
    static class Entry extends TenantOwned {
        String text;

        @ManyToOne(fetch = FetchType.LAZY)
        Account account;

        @ManyToOne
        Account counter;
    }

    @Entity(name = "Form")
    @LibraryRows(tenant = LIBRARY)
    @Inheritance(strategy = InheritanceType.JOINED)
    @SecondaryTable(name = "form_more")
    static class Form extends TenantOwned {
        String code;

        @jakarta.persistence.Column(table = "form_more")
        String more = "more";
    }

    @Entity(name = "Letter")
    static class Letter extends Form {
        String letter = "letter";
    }

    @Entity(name = "Style")
    @LibraryRows(tenant = LIBRARY)
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    static class Style extends TenantOwned {
        String code;
    }

    @Entity(name = "Dark")
    static class Dark extends Style {
        String dark = "dark";
    }

    @Entity(name = "Rate")
    @LibraryRows(tenant = LIBRARY)
    @Inheritance(strategy = InheritanceType.SINGLE_TABLE)
    @SoftDelete
    static class Rate extends TenantOwned {
        String code;
    }

    @Entity(name = "Dear")
    @DiscriminatorValue("dear")
    static class Dear extends Rate {
        String dear = "dear";
    }

    @Entity(name = "Sheet")
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    static class Sheet extends TenantOwned {
        @ManyToOne
        Account account;
    }

    @Entity(name = "Ledger")
    static class Ledger extends Sheet {}

    private static final Class<?>[] ENTITIES = {
        Sheet.class,
        Ledger.class,
        Account.class,
        Project.class,
        Entry.class,
        Form.class,
        Letter.class,
        Style.class,
        Dark.class,
        Rate.class,
        Dear.class
    };

    enum Database {
        H2,
        POSTGRES,
        POLICIES;

        private String url;
        private String user;
        SessionFactory factory;

        void start(String url, String user, SessionFactory factory) {
            this.url = url;
            this.user = user;
            this.factory = factory;
        }

        /** What is really there, whoever may see it. */
        String stored(String sql) throws SQLException {
            try (Connection connection = DriverManager.getConnection(url, user, "");
                    ResultSet rows = connection.createStatement().executeQuery(sql)) {
                StringBuilder all = new StringBuilder();
                while (rows.next()) {
                    all.append(rows.getString(1)).append(';');
                }
                return all.toString();
            }
        }

        <T> T as(UUID tenant, Function<Session, T> work) {
            return CurrentTenant.callAs(tenant, () -> factory.fromTransaction(work::apply));
        }

        void run(UUID tenant, Consumer<Session> work) {
            as(tenant, session -> {
                work.accept(session);
                return null;
            });
        }

        void maintain(Consumer<Session> work) {
            CurrentTenant.acrossTenants("a test", () -> run(LIB, work));
        }
    }

    /** One row of each kind for the library, Acme and Globex, whose codes begin alike. */
    private record Rows(String code, UUID lib, UUID acme, UUID globex) {

        static Rows in(Database database) {
            String code = UUID.randomUUID().toString();
            return new Rows(
                    code,
                    CurrentTenant.acrossTenants("a test", () -> made(database, LIB, code + "-lib")),
                    made(database, ACME, code + "-acme"),
                    made(database, GLOBEX, code + "-globex"));
        }

        private static UUID made(Database database, UUID tenant, String code) {
            return database.as(tenant, session -> {
                Account account = account(code);
                session.persist(account);
                Account child = account(code + "-child");
                child.parent = account;
                session.persist(child);
                Letter letter = new Letter();
                letter.code = code;
                session.persist(letter);
                Dark dark = new Dark();
                dark.code = code;
                session.persist(dark);
                Dear dear = new Dear();
                dear.code = code;
                session.persist(dear);
                Project project = new Project();
                project.name = code;
                session.persist(project);
                return account.getId();
            });
        }

        String of(String who) {
            return code + "-" + who;
        }

        String title(Database database, String who) throws SQLException {
            return database.stored("select title from account where code = '" + of(who) + "'");
        }
    }

    private static Account account(String code) {
        Account account = new Account();
        account.code = code;
        return account;
    }

    @BeforeAll
    static void start() throws Exception {
        String h2 = "jdbc:h2:mem:library;DB_CLOSE_DELAY=-1";
        Database.H2.start(h2, "sa", Model.factory(h2, TwoTenants.settings(h2), ENTITIES));
        postgres = TestServer.start();
        String url = postgres.getJdbcUrl("postgres", "postgres");
        Database.POSTGRES.start(url, "postgres", Model.factory(url, TwoTenants.settings(url), ENTITIES));
        secured = new SecuredPostgres();
        secured.make("library", ENTITIES);
        Database.POLICIES.start(
                secured.superuser("library"), "postgres", secured.factory("library", Map.of(), ENTITIES));
    }

    @AfterAll
    static void close() throws Exception {
        for (Database one : Database.values()) {
            one.factory.close();
        }
        postgres.close();
        secured.close();
    }

    // ---- reading

    private interface Reading {
        List<String> codes(Session session, Rows rows) throws Exception;
    }

    private static final Map<String, Reading> READINGS = Map.ofEntries(
            Map.entry(
                    "find",
                    (session, rows) -> Stream.of(rows.lib, rows.acme, rows.globex)
                            .map(id -> session.find(Account.class, id))
                            .filter(found -> found != null)
                            .map(found -> found.code)
                            .toList()),
            Map.entry(
                    "findMultiple",
                    (session, rows) ->
                            session.findMultiple(Account.class, List.of(rows.lib, rows.acme, rows.globex)).stream()
                                    .filter(found -> found != null)
                                    .map(found -> found.code)
                                    .toList()),
            Map.entry(
                    "natural id",
                    (session, rows) -> Stream.of("lib", "acme", "globex")
                            .map(who -> session.bySimpleNaturalId(Account.class).load(rows.of(who)))
                            .filter(found -> found != null)
                            .map(found -> found.code)
                            .toList()),
            Map.entry(
                    "HQL",
                    (session, rows) -> session.createSelectionQuery(
                                    "select code from Account where code like :code and code not like '%child'",
                                    String.class)
                            .setParameter("code", rows.code + "%")
                            .getResultList()),
            Map.entry(
                    "HQL with the tenant",
                    (session, rows) -> session.createSelectionQuery(
                                    "select code from Account where code like :code and code not like '%child' and tenantId in"
                                            + " (:lib, :acme, :globex)",
                                    String.class)
                            .setParameter("code", rows.code + "%")
                            .setParameter("lib", LIB)
                            .setParameter("acme", ACME)
                            .setParameter("globex", GLOBEX)
                            .getResultList()),
            Map.entry("criteria", (session, rows) -> {
                var builder = session.getCriteriaBuilder();
                var query = builder.createQuery(Account.class);
                var root = query.from(Account.class);
                query.where(
                        builder.like(root.get("code"), rows.code + "%"), builder.notLike(root.get("code"), "%child"));
                return session.createQuery(query).getResultList().stream()
                        .map(found -> found.code)
                        .toList();
            }),
            Map.entry(
                    "join",
                    (session, rows) -> session.createSelectionQuery(
                                    "select p.code from Account a join a.parent p where a.code like :code",
                                    String.class)
                            .setParameter("code", rows.code + "%")
                            .getResultList()),
            Map.entry(
                    "collection",
                    (session, rows) -> session.createSelectionQuery(
                                    "select a.code from Account a join a.tags t where t = 'tag' and a.code like :code and a.code"
                                            + " not like '%child'",
                                    String.class)
                            .setParameter("code", rows.code + "%")
                            .getResultList()),
            Map.entry(
                    "one-to-many",
                    (session, rows) -> session.createSelectionQuery(
                                    "select a.code from Account a where size(a.children) = 1 and a.code like :code",
                                    String.class)
                            .setParameter("code", rows.code + "%")
                            .getResultList()),
            Map.entry(
                    "sub-query",
                    (session, rows) -> session.createSelectionQuery(
                                    "select b.code from Account b where exists (select 1 from Account a where a.parent = b and"
                                            + " a.code like :code)",
                                    String.class)
                            .setParameter("code", rows.code + "%")
                            .getResultList()),
            Map.entry(
                    "joined inheritance",
                    (session, rows) -> session
                            .createSelectionQuery("from Form where code like :code", Form.class)
                            .setParameter("code", rows.code + "%")
                            .getResultList()
                            .stream()
                            .filter(form -> "letter".equals(((Letter) form).letter) && "more".equals(form.more))
                            .map(form -> form.code)
                            .toList()),
            Map.entry(
                    "table per class",
                    (session, rows) -> session
                            .createSelectionQuery("from Style where code like :code", Style.class)
                            .setParameter("code", rows.code + "%")
                            .getResultList()
                            .stream()
                            .map(style -> style.code)
                            .toList()),
            Map.entry(
                    "single table",
                    (session, rows) -> session.createSelectionQuery(
                                    "select code from Dear where code like :code", String.class)
                            .setParameter("code", rows.code + "%")
                            .getResultList()),
            Map.entry(
                    "native SQL",
                    (session, rows) -> session.createNativeQuery(
                                    "select code from account where (tenant_id = :tenant or tenant_id = :library) and code like"
                                            + " :code and code not like '%child'",
                                    String.class)
                            .setParameter("tenant", CurrentTenant.require().tenantId())
                            .setParameter("library", LIB)
                            .setParameter("code", rows.code + "%")
                            .getResultList()),
            Map.entry(
                    "native SQL with a literal",
                    (session, rows) -> session.createNativeQuery(
                                    "select code from account where tenant_id in (:tenant, '" + LIBRARY
                                            + "') and code like :code and code not like '%child'",
                                    String.class)
                            .setParameter("tenant", CurrentTenant.require().tenantId())
                            .setParameter("code", rows.code + "%")
                            .getResultList()),
            Map.entry(
                    "native SQL into the entity",
                    (session, rows) -> session
                            .createNativeQuery(
                                    "select * from account where tenant_id in (:tenant, :library) and code like :code and code"
                                            + " not like '%child'",
                                    Account.class)
                            .setParameter("tenant", CurrentTenant.require().tenantId())
                            .setParameter("library", LIB)
                            .setParameter("code", rows.code + "%")
                            .getResultList()
                            .stream()
                            .map(found -> found.code)
                            .toList()),
            Map.entry(
                    "JDBC",
                    (session, rows) -> session.doReturningWork(connection -> {
                        try (PreparedStatement statement = connection.prepareStatement(
                                "select code from account where tenant_id in (?, ?) and code like ? and code not like '%child'")) {
                            statement.setObject(1, CurrentTenant.require().tenantId());
                            statement.setObject(2, LIB);
                            statement.setString(3, rows.code + "%");
                            List<String> codes = new ArrayList<>();
                            try (ResultSet found = statement.executeQuery()) {
                                while (found.next()) {
                                    codes.add(found.getString(1));
                                }
                            }
                            return codes;
                        }
                    })),
            Map.entry("stateless", (session, rows) -> {
                try (StatelessSession stateless = session.getFactory().openStatelessSession()) {
                    return Stream.of(rows.lib, rows.acme, rows.globex)
                            .map(id -> stateless.get(Account.class, id))
                            .filter(found -> found != null)
                            .map(found -> found.code)
                            .toList();
                }
            }),
            Map.entry(
                    "reference",
                    (session, rows) -> Stream.of(rows.lib, rows.acme)
                            .map(id -> Hibernate.unproxy(session.getReference(Account.class, id), Account.class).code)
                            .toList()));

    static Stream<Arguments> readings() {
        return Stream.of(Database.values())
                .flatMap(database -> READINGS.keySet().stream().sorted().map(name -> Arguments.of(database, name)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("readings")
    void everyTenantReadsTheLibraryAndItsOwnRows(Database database, String name) {
        Rows rows = Rows.in(database);
        List<String> codes =
                database.as(ACME, session -> unchecked(() -> READINGS.get(name).codes(session, rows)));
        assertThat(codes).containsExactlyInAnyOrder(rows.of("lib"), rows.of("acme"));
        if (!name.equals("reference")) {
            assertThat(CurrentTenant.<List<String>, RuntimeException>acrossTenants(
                            "a test",
                            () -> database.as(
                                    LIB,
                                    session ->
                                            unchecked(() -> READINGS.get(name).codes(session, rows)))))
                    .containsExactly(rows.of("lib"));
        }
    }

    private static <T> T unchecked(Callable<T> call) {
        try {
            return call.call();
        } catch (RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void rowsOfOtherEntitiesStayTheirTenantsEvenIfItIsTheLibrary(Database database) {
        Rows rows = Rows.in(database);
        assertThat(database.<List<String>>as(
                        ACME,
                        session -> session.createSelectionQuery(
                                        "select name from Project where name like :code", String.class)
                                .setParameter("code", rows.code + "%")
                                .getResultList()))
                .containsExactly(rows.of("acme"));
        assertThat(database.<List<String>>as(
                        ACME,
                        session -> session.createSelectionQuery(
                                        "select p.name from Account a join Project p on p.tenantId = a.tenantId where a.code ="
                                                + " :code",
                                        String.class)
                                .setParameter("code", rows.of("lib"))
                                .getResultList()))
                .isEmpty();
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> database.run(
                        ACME,
                        session -> session.createNativeQuery(
                                        "select name from project where tenant_id in (:tenant, :library) and name like '%'",
                                        String.class)
                                .setParameter("tenant", ACME)
                                .setParameter("library", LIB)
                                .getResultList()));
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void theValuesHaveToBeTheTenantAndTheLibrary(Database database) {
        for (List<UUID> values : List.of(List.of(ACME, GLOBEX), List.of(GLOBEX, LIB), List.of(LIB, GLOBEX))) {
            assertThatExceptionOfType(UnprovenStatementException.class)
                    .isThrownBy(() -> database.run(
                            ACME,
                            session -> session.createNativeQuery(
                                            "select code from account where tenant_id in (:one, :other)", String.class)
                                    .setParameter("one", values.get(0))
                                    .setParameter("other", values.get(1))
                                    .getResultList()))
                    .withMessageContaining("Account");
        }
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void withoutATenantTheLibraryIsNotReadEither(Database database) {
        assertThatExceptionOfType(NoTenantException.class)
                .isThrownBy(() -> database.factory.inTransaction(
                        session -> session.createSelectionQuery("from Account", Account.class)
                                .getResultList()));
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void acrossTenantsAllRowsAreRead(Database database) {
        Rows rows = Rows.in(database);
        List<String> codes = CurrentTenant.acrossTenants(
                "a test",
                () -> database.factory.fromTransaction(session -> session.createSelectionQuery(
                                "select code from Account where code like :code and code not like '%child'",
                                String.class)
                        .setParameter("code", rows.code + "%")
                        .getResultList()));
        assertThat(codes).containsExactlyInAnyOrder(rows.of("lib"), rows.of("acme"), rows.of("globex"));
    }

    // ---- referring

    @ParameterizedTest
    @EnumSource(Database.class)
    void ownRowsReferToTheLibraryAndToOwnOnes(Database database) {
        Rows rows = Rows.in(database);
        UUID entry = database.as(ACME, session -> {
            Entry made = new Entry();
            made.account = session.getReference(Account.class, rows.lib);
            made.counter = session.getReference(Account.class, rows.acme);
            session.persist(made);
            Project project = new Project();
            project.accounts.add(session.find(Account.class, rows.lib));
            project.accounts.add(session.getReference(Account.class, rows.acme));
            project.notes.put(session.getReference(Account.class, rows.lib), "note");
            session.persist(project);
            return made.getId();
        });
        database.run(ACME, session -> {
            Entry found = session.find(Entry.class, entry);
            assertThat(found.account.code).isNull();
            assertThat(Hibernate.unproxy(found.account, Account.class).code).isEqualTo(rows.of("lib"));
            assertThat(session.createSelectionQuery(
                                    "select count(*) from Project p join p.accounts a where a.code like :code",
                                    Long.class)
                            .setParameter("code", rows.code + "%")
                            .getSingleResult())
                    .isEqualTo(2);
            assertThat(session.createSelectionQuery(
                                    "select count(*) from Project p join p.notes n where key(n).code = :code",
                                    Long.class)
                            .setParameter("code", rows.of("lib"))
                            .getSingleResult())
                    .isEqualTo(1);
            Account library = Hibernate.unproxy(session.find(Account.class, rows.lib), Account.class);
            assertThat(library.entries).extracting(one -> one.getId()).containsExactly(entry);
            assertThat(library.children).hasSize(1);
            assertThat(library.tags).containsExactly("tag");
        });
        assertThat((int) database.as(
                        GLOBEX,
                        session -> session.find(Account.class, rows.lib).entries.size()))
                .isZero();
        int changed = database.as(
                ACME,
                session -> session.createMutationQuery("update Entry set counter.id = :library where id = :id")
                        .setParameter("library", rows.lib)
                        .setParameter("id", entry)
                        .executeUpdate());
        assertThat(changed).isEqualTo(1);
        Entry eager = database.as(ACME, session -> session.find(Entry.class, entry));
        assertThat(eager.counter.code).isEqualTo(rows.of("lib"));
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void rowsOfEachClassReferToTheLibrary(Database database) {
        Rows rows = Rows.in(database);
        UUID ledger = database.as(ACME, session -> {
            Ledger made = new Ledger();
            made.account = session.getReference(Account.class, rows.lib);
            session.persist(made);
            return made.getId();
        });
        assertThat(database.as(ACME, session -> session.find(Sheet.class, ledger)).account.code)
                .isEqualTo(rows.of("lib"));
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void anOwnRowIsLockedWithWhatItRefersToInReach(Database database) {
        Rows rows = Rows.in(database);
        UUID entry = database.as(ACME, session -> {
            Entry made = new Entry();
            made.counter = session.getReference(Account.class, rows.lib);
            session.persist(made);
            return made.getId();
        });
        database.run(ACME, session -> {
            Entry locked = session.find(Entry.class, entry, LockModeType.PESSIMISTIC_WRITE);
            assertThat(locked.counter.code).isEqualTo(rows.of("lib"));
            locked.text = "changed";
        });
        database.run(ACME, session -> {
            Entry locked = session.find(Entry.class, entry);
            session.lock(locked, LockModeType.PESSIMISTIC_WRITE);
            session.lock(locked.counter, LockModeType.OPTIMISTIC);
            session.refresh(locked.counter);
        });
    }

    private static final Map<String, Referring> REFERRING = Map.of(
            "persist",
                    (session, id) -> {
                        Entry made = new Entry();
                        made.account = session.getReference(Account.class, id);
                        session.persist(made);
                        session.flush();
                    },
            "collection",
                    (session, id) -> {
                        Project made = new Project();
                        made.accounts.add(session.getReference(Account.class, id));
                        session.persist(made);
                        session.flush();
                    },
            "key",
                    (session, id) -> {
                        Project made = new Project();
                        made.notes.put(session.getReference(Account.class, id), "note");
                        session.persist(made);
                        session.flush();
                    },
            "HQL",
                    (session, id) -> {
                        Entry made = new Entry();
                        session.persist(made);
                        session.flush();
                        session.createMutationQuery("update Entry set account.id = :to where id = :id")
                                .setParameter("to", id)
                                .setParameter("id", made.getId())
                                .executeUpdate();
                    },
            "native SQL",
                    (session, id) -> {
                        Entry made = new Entry();
                        session.persist(made);
                        session.flush();
                        session.createNativeMutationQuery(
                                        "update entry set account_id = :to where tenant_id = :tenant and id = :id")
                                .setParameter("to", id)
                                .setParameter("tenant", CurrentTenant.require().tenantId())
                                .setParameter("id", made.getId())
                                .executeUpdate();
                    });

    private interface Referring {
        void to(Session session, UUID id);
    }

    static Stream<Arguments> referring() {
        return Stream.of(Database.values())
                .flatMap(database -> REFERRING.keySet().stream().sorted().map(name -> Arguments.of(database, name)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("referring")
    void aForeignRowIsReferredToAsLittleAsOneThatIsMissing(Database database, String name) {
        Rows rows = Rows.in(database);
        database.run(ACME, session -> REFERRING.get(name).to(session, rows.lib));
        database.run(ACME, session -> REFERRING.get(name).to(session, rows.acme));
        Throwable foreign = catchThrowable(
                () -> database.run(ACME, session -> REFERRING.get(name).to(session, rows.globex)));
        Throwable missing = catchThrowable(() ->
                database.run(ACME, session -> REFERRING.get(name).to(session, UUID.randomUUID())));
        assertThat(foreign).isInstanceOf(ForeignReferenceException.class);
        assertThat(missing).isInstanceOf(ForeignReferenceException.class).hasMessage(foreign.getMessage());
    }

    // ---- writing

    private interface Writing {
        void to(Session session, Rows rows, String who);
    }

    private static UUID id(Rows rows, String who) {
        return who.equals("lib") ? rows.lib : rows.acme;
    }

    private static Account found(Session session, Rows rows, String who) {
        return session.find(Account.class, id(rows, who));
    }

    /** Each changes or locks one row, and is refused in words where that is the library's. */
    private static final Map<String, Writing> REFUSED = Map.ofEntries(
            Map.entry("dirty", (session, rows, who) -> {
                found(session, rows, who).title = "changed";
                session.flush();
            }),
            Map.entry("remove", (session, rows, who) -> {
                Account account = found(session, rows, who);
                account.children.forEach(session::remove);
                session.remove(account);
                session.flush();
            }),
            Map.entry("merge", (session, rows, who) -> {
                Account account = found(session, rows, who);
                session.detach(account);
                account.title = "changed";
                session.merge(account);
                session.flush();
            }),
            Map.entry("element collection", (session, rows, who) -> {
                found(session, rows, who).tags.add("changed");
                session.flush();
            }),
            Map.entry("element collection cleared", (session, rows, who) -> {
                found(session, rows, who).tags.clear();
                session.flush();
            }),
            Map.entry("element collection replaced", (session, rows, who) -> {
                found(session, rows, who).tags = new HashSet<>(Set.of("changed"));
                session.flush();
            }),
            Map.entry("one-to-many with a column", (session, rows, who) -> {
                Entry entry = new Entry();
                session.persist(entry);
                found(session, rows, who).listed.add(entry);
                session.flush();
            }),
            Map.entry(
                    "lock",
                    (session, rows, who) -> session.lock(found(session, rows, who), LockModeType.PESSIMISTIC_WRITE)),
            Map.entry(
                    "force increment",
                    (session, rows, who) ->
                            session.lock(found(session, rows, who), LockModeType.OPTIMISTIC_FORCE_INCREMENT)),
            Map.entry("joined inheritance", (session, rows, who) -> {
                one(session, Form.class, rows, who).more = "changed";
                session.flush();
            }),
            Map.entry("joined inheritance removed", (session, rows, who) -> {
                session.remove(one(session, Form.class, rows, who));
                session.flush();
            }),
            Map.entry("table per class", (session, rows, who) -> {
                ((Dark) one(session, Style.class, rows, who)).dark = "changed";
                session.flush();
            }),
            Map.entry("soft delete", (session, rows, who) -> {
                session.remove(one(session, Rate.class, rows, who));
                session.flush();
            }),
            Map.entry("single table", (session, rows, who) -> {
                ((Dear) one(session, Rate.class, rows, who)).dear = "changed";
                session.flush();
            }));

    private static <T> T one(Session session, Class<T> type, Rows rows, String who) {
        return session.createSelectionQuery("from " + type.getSimpleName() + " where code = :code", type)
                .setParameter("code", rows.of(who))
                .getSingleResult();
    }

    static Stream<Arguments> refused() {
        return Stream.of(Database.values())
                .flatMap(database -> REFUSED.keySet().stream().sorted().map(name -> Arguments.of(database, name)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("refused")
    void aChangeOfARowOfTheLibraryIsRefusedInWords(Database database, String name) throws SQLException {
        Rows rows = Rows.in(database);
        String before = everything(database);
        assertThatExceptionOfType(LibraryRowException.class)
                .isThrownBy(
                        () -> database.run(ACME, session -> REFUSED.get(name).to(session, rows, "lib")))
                .withMessageContaining("library")
                .withMessageContaining("runAs");
        assertThat(everything(database)).isEqualTo(before);
        database.run(ACME, session -> REFUSED.get(name).to(session, rows, "acme"));
    }

    private static String everything(Database database) throws SQLException {
        StringBuilder all = new StringBuilder();
        String lib = " where tenant_id = '" + LIBRARY + "'";
        for (String sql : List.of(
                "select concat(id, code, title, version) from account",
                "select concat(account_id, tags) from account_tags",
                "select concat(id, code, version) from form",
                "select concat(id, more) from form_more",
                "select concat(id, letter) from letter",
                "select concat(id, dark, version) from dark",
                "select concat(id, dear, version, deleted) from rate")) {
            all.append(database.stored(sql + lib + " order by 1"));
        }
        return all.toString();
    }

    private interface Bulk {
        int of(Session session, Rows rows);
    }

    /** Each reaches all rows that the tenant may change. */
    private static final Map<String, Bulk> BULK = Map.ofEntries(
            Map.entry(
                    "HQL update",
                    (session, rows) -> session.createMutationQuery(
                                    "update Account set title = 'changed' where code like :code and code not like '%child'")
                            .setParameter("code", rows.code + "%")
                            .executeUpdate()),
            Map.entry(
                    "HQL update with the tenant",
                    (session, rows) -> session.createMutationQuery(
                                    "update Account set title = 'changed' where code like :code and code not like '%child' and"
                                            + " tenantId in (:one, :other)")
                            .setParameter("code", rows.code + "%")
                            .setParameter("one", LIB)
                            .setParameter("other", ACME)
                            .executeUpdate()),
            Map.entry(
                    "HQL update by a sub-query",
                    (session, rows) -> session.createMutationQuery(
                                    "update Account set title = 'changed' where id in (select a.parent.id from Account a where"
                                            + " a.code like :code)")
                            .setParameter("code", rows.code + "%")
                            .executeUpdate()),
            Map.entry(
                    "HQL versioned update",
                    (session, rows) -> session.createMutationQuery(
                                    "update versioned Account set title = 'changed' where code like :code and code not like"
                                            + " '%child'")
                            .setParameter("code", rows.code + "%")
                            .executeUpdate()),
            Map.entry(
                    "HQL delete",
                    (session, rows) -> session.createMutationQuery(
                                    "delete Account where code like :code and code like '%child'")
                            .setParameter("code", rows.code + "%")
                            .executeUpdate()),
            Map.entry("criteria update", (session, rows) -> {
                var builder = session.getCriteriaBuilder();
                var update = builder.createCriteriaUpdate(Account.class);
                var root = update.from(Account.class);
                update.set("title", "changed")
                        .where(
                                builder.like(root.get("code"), rows.code + "%"),
                                builder.notLike(root.get("code"), "%child"));
                return session.createMutationQuery(update).executeUpdate();
            }),
            Map.entry(
                    "HQL update of joined inheritance",
                    (session, rows) -> session.createMutationQuery(
                                    "update Letter set letter = 'changed', code = concat(code, '-changed') where code like"
                                            + " :code")
                            .setParameter("code", rows.code + "%")
                            .executeUpdate()),
            Map.entry(
                    "HQL delete of joined inheritance",
                    (session, rows) -> session.createMutationQuery("delete Form where code like :code")
                            .setParameter("code", rows.code + "%")
                            .executeUpdate()),
            Map.entry(
                    "HQL update of table per class",
                    (session, rows) -> session.createMutationQuery(
                                    "update Style set code = concat(code, '-changed') where code like :code")
                            .setParameter("code", rows.code + "%")
                            .executeUpdate()),
            Map.entry(
                    "HQL delete of table per class",
                    (session, rows) -> session.createMutationQuery("delete Style where code like :code")
                            .setParameter("code", rows.code + "%")
                            .executeUpdate()),
            Map.entry(
                    "HQL soft delete",
                    (session, rows) -> session.createMutationQuery("delete Rate where code like :code")
                            .setParameter("code", rows.code + "%")
                            .executeUpdate()),
            Map.entry(
                    "native update",
                    (session, rows) -> session.createNativeMutationQuery(
                                    "update account set title = 'changed' where code like :code and code not like '%child' and"
                                            + " tenant_id = :tenant")
                            .setParameter("code", rows.code + "%")
                            .setParameter("tenant", ACME)
                            .executeUpdate()),
            Map.entry(
                    "native delete of tags",
                    (session, rows) -> session.createNativeMutationQuery(
                                    "delete from account_tags where tenant_id in (:one, :other) and account_id in (:lib,"
                                            + " :acme)")
                            .setParameter("one", LIB)
                            .setParameter("other", ACME)
                            .setParameter("lib", rows.lib)
                            .setParameter("acme", rows.acme)
                            .executeUpdate()),
            Map.entry(
                    "locking query",
                    (session, rows) -> session.createSelectionQuery(
                                    "from Account where code like :code and code not like '%child'", Account.class)
                            .setParameter("code", rows.code + "%")
                            .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                            .getResultList()
                            .size()),
            Map.entry("find and lock", (session, rows) -> (int) Stream.of(rows.lib, rows.acme, rows.globex)
                    .filter(id -> session.find(Account.class, id, LockModeType.PESSIMISTIC_WRITE) != null)
                    .count()));

    static Stream<Arguments> bulk() {
        return Stream.of(Database.values())
                .flatMap(database -> BULK.keySet().stream().sorted().map(name -> Arguments.of(database, name)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("bulk")
    void whatReachesManyRowsReachesTheTenantsOwnOnes(Database database, String name) throws SQLException {
        Rows rows = Rows.in(database);
        String before = everything(database);
        int reached = database.as(ACME, session -> BULK.get(name).of(session, rows));
        assertThat(reached).isEqualTo(1);
        assertThat(everything(database)).isEqualTo(before);
        assertThat(rows.title(database, "globex")).isEqualTo("as it was;");
    }

    private static final Map<String, Writing> FORGED = Map.ofEntries(
            Map.entry(
                    "stateless update",
                    (session, rows, who) -> stateless(session, stateless -> {
                        Account account = stateless.get(Account.class, rows.lib);
                        account.title = "changed";
                        stateless.update(account);
                    })),
            Map.entry(
                    "stateless delete",
                    (session, rows, who) -> stateless(
                            session,
                            stateless -> stateless.delete(stateless.get(
                                    Form.class,
                                    one(session, Form.class, rows, who).getId())))),
            Map.entry(
                    "stateless upsert",
                    (session, rows, who) -> stateless(session, stateless -> {
                        Account account = stateless.get(Account.class, rows.lib);
                        account.title = "changed";
                        stateless.upsert(account);
                    })),
            Map.entry(
                    "native update of both",
                    (session, rows, who) -> session.createNativeMutationQuery(
                                    "update account set title = 'changed' where tenant_id = :tenant or tenant_id = :library")
                            .setParameter("tenant", ACME)
                            .setParameter("library", LIB)
                            .executeUpdate()),
            Map.entry(
                    "native update of the library",
                    (session, rows, who) -> session.createNativeMutationQuery(
                                    "update account set title = 'changed' where tenant_id = :library")
                            .setParameter("library", LIB)
                            .executeUpdate()),
            Map.entry(
                    "native delete of the library",
                    (session, rows, who) -> session.createNativeMutationQuery(
                                    "delete from account where tenant_id = '" + LIBRARY + "'")
                            .executeUpdate()),
            Map.entry(
                    "native insert into the library",
                    (session, rows, who) -> session.createNativeMutationQuery(
                                    "insert into account (id, tenant_id, version, code) values (:id, :library, 0, :code)")
                            .setParameter("id", UUID.randomUUID())
                            .setParameter("library", LIB)
                            .setParameter("code", rows.code)
                            .executeUpdate()),
            Map.entry(
                    "row handed over to the library",
                    (session, rows, who) -> session.createNativeMutationQuery(
                                    "update account set tenant_id = :library where tenant_id = :tenant")
                            .setParameter("tenant", ACME)
                            .setParameter("library", LIB)
                            .executeUpdate()),
            Map.entry(
                    "native lock of both",
                    (session, rows, who) -> session.createNativeQuery(
                                    "select code from account where code like '%' and tenant_id in (:tenant, :library ) for update",
                                    String.class)
                            .setParameter("tenant", ACME)
                            .setParameter("library", LIB)
                            .getResultList()));

    private static void stateless(Session session, Consumer<StatelessSession> work) {
        session.getFactory().inStatelessTransaction(work);
    }

    static Stream<Arguments> forged() {
        return Stream.of(Database.values())
                .flatMap(database -> FORGED.keySet().stream().sorted().map(name -> Arguments.of(database, name)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("forged")
    void nothingElseWritesTheLibraryEither(Database database, String name) throws SQLException {
        Rows rows = Rows.in(database);
        String before = everything(database);
        assertThat(catchThrowable(
                        () -> database.run(ACME, session -> FORGED.get(name).to(session, rows, "lib"))))
                .isInstanceOfAny(TenancyException.class, PersistenceException.class);
        assertThat(everything(database)).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void theLibraryIsMaintainedInsideACrossingOnly(Database database) throws SQLException {
        Rows rows = Rows.in(database);
        Consumer<Session> maintenance = session -> {
            Account account = session.find(Account.class, rows.lib);
            account.title = "maintained";
            account.tags.add("maintained");
            session.flush();
            session.createMutationQuery("update Account set title = concat(title, '!') where code = :code")
                    .setParameter("code", rows.of("lib"))
                    .executeUpdate();
        };
        assertThatExceptionOfType(LibraryRowException.class)
                .isThrownBy(() -> database.run(LIB, maintenance))
                .withMessageContaining("acrossTenants");
        assertThat(rows.title(database, "lib")).isEqualTo("as it was;");
        database.maintain(maintenance);
        assertThat(rows.title(database, "lib")).isEqualTo("maintained!;");
        // What the library's tenant has otherwise is written as any tenant's.
        database.run(LIB, session -> session.persist(new Project()));
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void theLibraryRefersToNothingThatOthersCannotRead(Database database) {
        assertThatExceptionOfType(LibraryRowException.class)
                .isThrownBy(() -> database.maintain(session -> {
                    Project project = new Project();
                    session.persist(project);
                    Account account = account(UUID.randomUUID().toString());
                    account.project = project;
                    session.persist(account);
                    session.flush();
                }))
                .withMessageContaining("Account.project");
        database.run(ACME, session -> {
            Project project = new Project();
            session.persist(project);
            Account account = account(UUID.randomUUID().toString());
            account.project = project;
            session.persist(account);
        });
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void whatIsUniqueIsUniqueForEachTenantAndForTheLibrary(Database database) {
        Rows rows = Rows.in(database);
        database.run(ACME, session -> session.persist(account(rows.of("lib"))));
        assertThat(catchThrowable(() -> database.run(ACME, session -> session.persist(account(rows.of("lib"))))))
                .isInstanceOf(PersistenceException.class);
        assertThat(catchThrowable(() -> database.maintain(session -> session.persist(account(rows.of("lib"))))))
                .isInstanceOf(PersistenceException.class);
        // Neither is the one that is meant.
        assertThat(catchThrowable(() -> database.as(
                        ACME,
                        session -> session.bySimpleNaturalId(Account.class).load(rows.of("lib")))))
                .isNotNull();
    }
}

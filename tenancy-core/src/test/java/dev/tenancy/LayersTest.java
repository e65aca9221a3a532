package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.tenancy.Model.Tag;
import dev.tenancy.TwoTenants.Path;
import dev.tenancy.sql.Proof;
import dev.tenancy.sql.SessionEffects;
import dev.tenancy.sql.StatementProver;
import jakarta.persistence.ConstraintMode;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.ForeignKey;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.boot.model.relational.internal.SqlStringGenerationContextImpl;
import org.hibernate.cfg.Configuration;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.internal.DefaultFlushEntityEventListener;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.EventType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import testserver.NotOnCluster;

/**
 * Each wall with the others standing: what it holds, and that nothing else does when it is gone. No setting takes a wall away, so
 * the tests take them apart from inside.
 */
@NotOnCluster("foreign keys in a circle, and a secondary table where a row may be missing")
class LayersTest {

    private static final List<AutoCloseable> OPEN = new ArrayList<>();
    private static final String TRUSTED = "/* tenancy: trusted because a test looks at what is behind */ ";

    private static TwoTenants whole;
    private static TwoTenants withEvents;
    private static TwoTenants withoutEvents;

    /** Its reference is one that no foreign key holds. */
    @Entity(name = "Pointer")
    static class Pointer extends TenantOwned {

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(foreignKey = @ForeignKey(ConstraintMode.NO_CONSTRAINT))
        Tag tag;
    }

    @BeforeAll
    static void build() {
        whole = opened(AccessPathsTest.tenants(url("whole")));
        withEvents = pointing("events");
        withoutEvents = pointing("no-events");
        EventListenerRegistry listeners =
                withoutEvents.factory().unwrap(SessionFactoryImplementor.class).getEventListenerRegistry();
        for (EventType<?> type : List.of(
                EventType.PRE_LOAD,
                EventType.PRE_INSERT,
                EventType.PRE_UPDATE,
                EventType.PRE_UPSERT,
                EventType.PRE_DELETE)) {
            listeners.getEventListenerGroup(type).clearListeners();
        }
        listeners.setListeners(EventType.FLUSH_ENTITY, new DefaultFlushEntityEventListener());
    }

    private static TwoTenants pointing(String database) {
        List<Class<?>> entities = new ArrayList<>(List.of(Model.ENTITIES));
        entities.add(Pointer.class);
        SessionFactory factory =
                Model.factory(url(database), TwoTenants.settings(url(database)), entities.toArray(Class<?>[]::new));
        return opened(
                new TwoTenants(factory, url(database), AccessPathsTest.ACME, AccessPathsTest.GLOBEX, Model::rows));
    }

    @AfterAll
    static void close() throws Exception {
        for (AutoCloseable one : OPEN) {
            one.close();
        }
    }

    private static <T extends AutoCloseable> T opened(T one) {
        OPEN.add(0, one);
        return one;
    }

    private static String url(String database) {
        return "jdbc:h2:mem:layers-" + database + ";DB_CLOSE_DELAY=-1";
    }

    @FunctionalInterface
    private interface Check {
        String leakOf(Path path) throws Exception;
    }

    @TestFactory
    Stream<DynamicContainer> noOtherWallHoldsWhatOneHolds() throws Exception {
        return Stream.of(mapping(), binding(), guard(), events(), constraints(), policies());
    }

    // ---- mapping: without it, the other walls refuse what it would have restricted, to the row's owner as well

    private static DynamicContainer mapping() throws SQLException {
        TwoTenants without = opened(AccessPathsTest.tenants(withoutMapping(), url("mapping")));
        Map<String, Path> reading = ReadingPaths.all();
        Map<String, Path> writing = WritingPaths.all();
        return dynamicContainer(
                "mapping",
                Stream.of(
                                refusesTheOwner("JPQL from Book", reading, whole::read, without::read),
                                refusesTheOwner(
                                        "JPQL select n from Parent p join p.notes n where p.id = :id",
                                        reading,
                                        whole::read,
                                        without::read),
                                refusesTheOwner("Criteria Shelf", reading, whole::read, without::read),
                                refusesTheOwner("stateless bulk update", writing, whole::write, without::write))
                        .flatMap(tests -> tests));
    }

    private static SessionFactory withoutMapping() {
        Map<String, Object> settings = new HashMap<>(TwoTenants.settings(url("mapping")));
        settings.put("hibernate.connection.url", url("mapping"));
        TenantIsolation.applyTo(settings);
        settings.remove("hibernate.persister.factory");
        Configuration configuration = new Configuration();
        configuration.getProperties().putAll(settings);
        Arrays.stream(SecuredPostgres.everyEntity()).forEach(configuration::addAnnotatedClass);
        SessionFactory factory = configuration.buildSessionFactory();
        // The tables come later, or the doctor would have tried them and refused the factory.
        factory.getSchemaManager().create(false);
        return factory;
    }

    private static Stream<DynamicTest> refusesTheOwner(
            String name, Map<String, Path> paths, Check with, Check without) {
        Path path = Objects.requireNonNull(paths.get(name), name);
        return Stream.of(
                dynamicTest(
                        name + " is held", () -> assertThat(with.leakOf(path)).isEmpty()),
                dynamicTest(
                        name + " is refused without",
                        () -> assertThatExceptionOfType(AssertionError.class)
                                .isThrownBy(() -> without.leakOf(path))
                                .withMessageContaining("for the owner")
                                .withMessageContaining(UnprovenStatementException.class.getSimpleName())));
    }

    // ---- binding: the text names the tenant's column, but the value is another's

    private static DynamicContainer binding() {
        Boot boot = Boot.of(url("whole"), TwoTenants.settings(url("whole")), SecuredPostgres.everyEntity());
        MappedTables tables = new MappedTables(
                boot.metadata(),
                boot.owned(),
                SqlStringGenerationContextImpl.forTests(
                        boot.metadata().getDatabase().getJdbcEnvironment()));
        return dynamicContainer(
                "binding",
                Stream.of(
                                leaks(
                                        "native SQL that names the owner",
                                        (session, ids) -> session.createNativeQuery(
                                                        "select text from tag where id = :id and tenant_id = :tenant",
                                                        String.class)
                                                .setParameter("id", ids.id(Tag.class))
                                                .setParameter("tenant", AccessPathsTest.ACME)
                                                .getResultList(),
                                        whole::read,
                                        path -> whole.read(over(connection -> unbound(connection, tables), path))),
                                leaks(
                                        "native update that names the owner",
                                        (session, ids) -> session.createNativeMutationQuery(
                                                        "update tag set text = 'changed' where id = :id and tenant_id = :tenant")
                                                .setParameter("id", ids.id(Tag.class))
                                                .setParameter("tenant", AccessPathsTest.ACME)
                                                .executeUpdate(),
                                        whole::write,
                                        path -> whole.write(over(connection -> unbound(connection, tables), path))),
                                leaks(
                                        "native insert for the owner",
                                        (session, ids) -> session.createNativeMutationQuery(
                                                        "insert into tag (id, version, text, tenant_id) values (:id, 0, 'x', :tenant)")
                                                .setParameter("id", UUID.randomUUID())
                                                .setParameter("tenant", AccessPathsTest.ACME)
                                                .executeUpdate(),
                                        whole::write,
                                        path -> whole.write(over(connection -> unbound(connection, tables), path))))
                        .flatMap(tests -> tests));
    }

    /** A connection that proves texts, and compares no values. */
    private static Connection unbound(Connection bare, MappedTables tables) {
        StatementGuard guard = new StatementGuard();
        guard.learn(tables, MembershipTables.NONE, TableClaims.NONE, new EnforcedReferences());
        GuardedConnection guarded = (GuardedConnection) GuardedJdbc.connection(bare, guard);
        return (Connection) Proxy.newProxyInstance(
                LayersTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    try {
                        if (!method.getName().equals("prepareStatement")) {
                            return method.invoke(guarded, arguments);
                        }
                        String sql = (String) arguments[0];
                        Database database = Database.of(bare);
                        Proof proof = new StatementProver(
                                        database.dialect(),
                                        new DatabaseCatalog(tables, List.of(), new Functions(), bare, database, false))
                                .prove(sql);
                        Proof undemanding = new Proof(
                                proof.text(),
                                proof.ownParameters(),
                                proof.owner(),
                                List.of(),
                                List.of(),
                                proof.refusal(),
                                proof.reads(),
                                proof.effects(),
                                proof.written(),
                                proof.deleted());
                        return GuardedJdbc.prepared(
                                (PreparedStatement) method.invoke(bare, arguments),
                                guarded,
                                StatementCheck.of(
                                        undemanding,
                                        SessionEffects.NONE,
                                        proof.text().sql(),
                                        "",
                                        false,
                                        null));
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    // ---- guard: SQL that does not name the tenant

    private static DynamicContainer guard() {
        Check refused = path -> {
            whole.refuse(path);
            return "";
        };
        return dynamicContainer(
                "guard",
                Stream.of(
                                leaks(
                                        "native SQL to a scalar",
                                        ReadingPaths.all().get("native SQL to a scalar"),
                                        refused,
                                        path -> whole.read(over(LayersTest::letThrough, path))),
                                leaks(
                                        "JDBC statement",
                                        ReadingPaths.all().get("JDBC statement"),
                                        refused,
                                        path -> whole.read(over(LayersTest::letThrough, path))),
                                leaks(
                                        "native update",
                                        WritingPaths.all().get("native update"),
                                        refused,
                                        path -> whole.write(over(LayersTest::letThrough, path))),
                                leaks(
                                        "reference without a foreign key, where no event tells",
                                        TO_A_TAG,
                                        withoutEvents::refer,
                                        path -> withoutEvents.refer(over("no-events", LayersTest::letThrough, path))))
                        .flatMap(tests -> tests));
    }

    @Test
    void aSessionOverAConnectionThatIsNotGuardedIsRefused() throws Exception {
        Path find = over(bare -> bare, ReadingPaths.all().get("find Book"));
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> whole.read(find))
                .withMessageContaining("for the owner")
                .withMessageContaining(TenancySetupException.class.getSimpleName())
                .withMessageContaining("TenantIsolation.guard(dataSource)");
    }

    /** By a guard that knows no table. */
    private static Connection letThrough(Connection bare) {
        return GuardedJdbc.connection(bare, new StatementGuard());
    }

    @FunctionalInterface
    private interface Wrapping {
        Connection around(Connection bare);
    }

    /** The same path over a connection of the application's own. */
    private static Path over(Wrapping wrapping, Path path) {
        return over("whole", wrapping, path);
    }

    private static Path over(String database, Wrapping wrapping, Path path) {
        return (session, ids) -> {
            try (Connection bare = DriverManager.getConnection(url(database), "sa", "");
                    Session own = session.getSessionFactory()
                            .withOptions()
                            .connection(wrapping.around(bare))
                            .openSession()) {
                own.beginTransaction();
                Object result = path.go(own, ids);
                own.getTransaction().commit();
                return result;
            }
        };
    }

    // ---- events: what neither a statement nor a key can tell

    private static final Path TO_A_TAG = (session, ids) ->
            point(session, pointer -> pointer.tag = session.getReference(Tag.class, ids.id(Tag.class)));
    private static final Path TO_A_FORGED_TAG =
            (session, ids) -> point(session, pointer -> pointer.tag = Paths.forged(Tag.class, ids));

    private static DynamicContainer events() {
        Check held = path -> withEvents.refer(over("events", LayersTest::letThrough, path));
        Check without = path -> withoutEvents.refer(over("no-events", LayersTest::letThrough, path));
        return dynamicContainer(
                "events",
                Stream.of(
                                leaks("reference without a foreign key", TO_A_TAG, held, without),
                                leaks("reference without a foreign key, forged", TO_A_FORGED_TAG, held, without))
                        .flatMap(tests -> tests));
    }

    private static Object point(Session session, Consumer<Pointer> where) {
        Pointer pointer = new Pointer();
        where.accept(pointer);
        session.persist(pointer);
        return null;
    }

    @Test
    void aTenantThatWasWrittenOverIsNoticedByTheEventsAlone() {
        assertThatExceptionOfType(TenantChangedException.class).isThrownBy(() -> moveATag(withEvents));
        assertThat(moveATag(withoutEvents)).isEqualTo("nobody minded");
    }

    private static String moveATag(TwoTenants tenants) {
        return CurrentTenant.callAs(
                AccessPathsTest.GLOBEX,
                () -> tenants.factory().fromTransaction(session -> {
                    Tag tag = new Tag();
                    session.persist(tag);
                    session.flush();
                    Paths.set(tag, "tenantId", AccessPathsTest.ACME);
                    tag.text = "changed";
                    session.flush();
                    return "nobody minded";
                }));
    }

    @Test
    void aTrustedStatementLoadsNoRowOfAnotherTenantBecauseOfTheEventsAlone() throws SQLException {
        assertThatExceptionOfType(ForeignRowException.class).isThrownBy(() -> foreignTags(withEvents));
        assertThat(foreignTags(withoutEvents)).isNotEmpty();
    }

    private static List<Tag> foreignTags(TwoTenants tenants) throws SQLException {
        tenants.ownWork((session, ids) -> null);
        return CurrentTenant.callAs(
                AccessPathsTest.GLOBEX,
                () -> tenants.factory()
                        .fromTransaction(session -> session.createNativeQuery(
                                        TRUSTED + "select * from tag where tenant_id = '" + AccessPathsTest.ACME + "'",
                                        Tag.class)
                                .getResultList()));
    }

    // ---- constraints: statements that write a reference by its id

    private static DynamicContainer constraints() throws SQLException {
        TwoTenants without = opened(AccessPathsTest.tenants(url("constraints")));
        for (String drop : foreignKeys()) {
            without.execute(drop);
        }
        Map<String, Path> referring = ReferringPaths.all();
        return dynamicContainer(
                "constraints",
                Stream.of(
                                "HQL update Label set shelf = :shelf where id = :own",
                                "HQL update of the id of a reference",
                                "native insert",
                                "JDBC update")
                        .flatMap(name -> leaks(name, referring.get(name), whole::refer, without::refer)));
    }

    private static List<String> foreignKeys() throws SQLException {
        List<String> drops = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url("constraints"), "sa", "");
                Statement statement = connection.createStatement();
                ResultSet keys = statement.executeQuery("select table_name, constraint_name from"
                        + " information_schema.table_constraints where constraint_type = 'FOREIGN KEY'")) {
            while (keys.next()) {
                drops.add("alter table " + keys.getString(1) + " drop constraint " + keys.getString(2));
            }
        }
        return drops;
    }

    // ---- policies: statements that the guard was told to trust

    private static DynamicContainer policies() throws Exception {
        SecuredPostgres postgres = new SecuredPostgres();
        OPEN.add(postgres);
        TwoTenants with = under(postgres, "held");
        TwoTenants without = under(postgres, "lax");
        without.execute("do 'declare one record; begin for one in select tablename from pg_policies"
                + " where policyname = ''tenancy_isolation'' loop execute format("
                + "''alter policy tenancy_isolation on %I using (true) with check (true)'', one.tablename);"
                + " end loop; end'");
        return dynamicContainer(
                "policies",
                Stream.of(
                                leaks(
                                        "trusted query",
                                        (session, ids) -> session.createNativeQuery(
                                                        TRUSTED + "select text from tag where id = :id", String.class)
                                                .setParameter("id", ids.id(Tag.class))
                                                .getResultList(),
                                        with::read,
                                        without::read),
                                leaks(
                                        "trusted update",
                                        (session, ids) -> session.createNativeMutationQuery(
                                                        TRUSTED + "update tag set text = 'changed' where id = :id")
                                                .setParameter("id", ids.id(Tag.class))
                                                .executeUpdate(),
                                        with::write,
                                        without::write),
                                leaks(
                                        "trusted delete",
                                        (session, ids) -> session.createNativeMutationQuery(
                                                        TRUSTED + "delete from stamp where id = :id")
                                                .setParameter("id", ids.id(Relations.Stamp.class))
                                                .executeUpdate(),
                                        with::write,
                                        without::write))
                        .flatMap(tests -> tests));
    }

    private static TwoTenants under(SecuredPostgres postgres, String database) throws SQLException {
        postgres.make(database, SecuredPostgres.everyEntity());
        return opened(AccessPathsTest.tenants(
                postgres.factory(database, Map.of(), SecuredPostgres.everyEntity()), postgres.superuser(database)));
    }

    private static Stream<DynamicTest> leaks(String name, Path path, Check with, Check without) {
        Objects.requireNonNull(path, name);
        return Stream.of(
                dynamicTest(
                        name + " is held", () -> assertThat(with.leakOf(path)).isEmpty()),
                dynamicTest(
                        name + " leaks without",
                        () -> assertThat(without.leakOf(path))
                                .containsPattern("seen: |changed or gone: |taken over: ")));
    }
}

package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.tenancy.Model.Child;
import dev.tenancy.Model.Parent;
import dev.tenancy.Model.Tag;
import jakarta.persistence.Cacheable;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.ManyToOne;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.hibernate.Hibernate;
import org.hibernate.ReplicationMode;
import org.hibernate.ScrollMode;
import org.hibernate.ScrollableResults;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import testserver.NotOnCluster;
import testserver.TestServer;

/** What was opened while one tenant was current, and is used while another is, none, or all are. */
@NotOnCluster("foreign keys by the id alone (TENANCY-205)")
class OpenedForAnotherTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();
    private static final Class<?>[] ENTITIES = Stream.concat(
                    Arrays.stream(Model.ENTITIES), Stream.of(Kept.class, Sign.class))
            .toArray(Class<?>[]::new);

    private static final List<StatelessSession> OPENED = new ArrayList<>();

    private static TestServer postgres;
    private static Map<String, SessionFactory> factories;

    /** Its rows and notes are in the second-level cache. */
    @Entity(name = "Kept")
    @Cacheable
    @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
    static class Kept extends TenantOwned {

        String text = Model.SECRET;

        @ElementCollection
        @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
        Set<String> notes = new HashSet<>(Set.of(Model.SECRET));
    }

    @Entity(name = "Sign")
    @GlobalEntity(reason = "a test")
    static class Sign {

        @Id
        UUID id = UUID.randomUUID();

        @ManyToOne(fetch = FetchType.LAZY)
        Tag tag;
    }

    @BeforeAll
    static void start() throws Exception {
        postgres = TestServer.start();
        factories = new LinkedHashMap<>();
        factories.put("H2", factory("jdbc:h2:mem:" + UUID.randomUUID()));
        factories.put("PostgreSQL", factory(postgres.getJdbcUrl("postgres", "postgres")));
    }

    private static SessionFactory factory(String url) {
        Map<String, Object> settings = new HashMap<>(TwoTenants.settings(url));
        settings.put("hibernate.hbm2ddl.auto", "create");
        settings.put("hibernate.cache.use_second_level_cache", "true");
        settings.put("hibernate.cache.use_query_cache", "true");
        settings.put("hibernate.cache.region.factory_class", "jcache");
        settings.put("hibernate.javax.cache.missing_cache_strategy", "create");
        settings.put("hibernate.cache.region_prefix", UUID.randomUUID().toString());
        return Model.factory(url, settings, ENTITIES);
    }

    @AfterAll
    static void close() throws Exception {
        factories.values().forEach(SessionFactory::close);
        postgres.close();
    }

    /** What a tenant has prepared, and another may not finish. */
    @FunctionalInterface
    private interface Prepared {
        Object use() throws Exception;
    }

    @FunctionalInterface
    private interface Preparation {
        Prepared in(Session session, Rows rows) throws Exception;
    }

    private record Rows(UUID parent, UUID child, UUID tag, UUID kept, UUID sign, String code) {}

    @SuppressWarnings({"deprecation", "removal"}) // Old ways in are ways in.
    private static Map<String, Preparation> uses() {
        Map<String, Preparation> all = new LinkedHashMap<>();
        all.put("find what is managed", (session, rows) -> {
            session.find(Parent.class, rows.parent());
            return () -> session.find(Parent.class, rows.parent());
        });
        all.put("find with a lock", (session, rows) -> {
            session.find(Parent.class, rows.parent(), LockModeType.PESSIMISTIC_WRITE);
            return () -> session.find(Parent.class, rows.parent(), LockModeType.PESSIMISTIC_WRITE);
        });
        all.put("find by name", (session, rows) -> {
            session.find(Parent.class, rows.parent());
            return () -> session.find(Parent.class.getName(), rows.parent());
        });
        all.put("find a row of a subclass' table", (session, rows) -> {
            session.find(Parent.class, rows.parent());
            return () -> session.byId(Parent.class).loadOptional(rows.parent());
        });
        all.put("find in the second-level cache", (session, rows) -> () -> session.find(Kept.class, rows.kept()));
        all.put("find several that are managed", (session, rows) -> {
            session.find(Parent.class, rows.parent());
            return () -> session.findMultiple(Parent.class, List.of(rows.parent()));
        });
        all.put("find several, out of order", (session, rows) -> {
            session.find(Parent.class, rows.parent());
            return () -> session.byMultipleIds(Parent.class)
                    .enableSessionCheck(true)
                    .enableOrderedReturn(false)
                    .multiLoad(rows.parent());
        });
        all.put("find by the natural id", (session, rows) -> {
            session.find(Parent.class, rows.parent());
            return () -> session.bySimpleNaturalId(Parent.class).load(rows.code());
        });
        all.put("find several by natural ids", (session, rows) -> {
            session.find(Parent.class, rows.parent());
            return () -> session.byMultipleNaturalId(Parent.class).multiLoad(rows.code());
        });
        all.put("reference by the natural id", (session, rows) -> {
            session.find(Parent.class, rows.parent());
            return () -> session.bySimpleNaturalId(Parent.class).getReference(rows.code());
        });
        all.put("getReference", (session, rows) -> {
            session.find(Parent.class, rows.parent());
            return () -> session.getReference(Parent.class, rows.parent());
        });
        all.put(
                "getReference of what is not loaded",
                (session, rows) -> () -> session.getReference(Parent.class, rows.parent()));
        all.put("a proxy", (session, rows) -> {
            Parent proxy = session.getReference(Parent.class, rows.parent());
            return () -> Hibernate.unproxy(proxy);
        });
        all.put("a proxy whose row is managed", (session, rows) -> {
            Parent proxy = session.getReference(Parent.class, rows.parent());
            session.createQuery("from Tag", Tag.class).getResultList();
            return () -> Hibernate.unproxy(proxy);
        });
        all.put("a proxy of the second-level cache", (session, rows) -> {
            Kept proxy = session.getReference(Kept.class, rows.kept());
            return () -> Hibernate.unproxy(proxy);
        });
        all.put("a lazy collection", (session, rows) -> {
            Parent parent = session.find(Parent.class, rows.parent());
            return () -> parent.children.size();
        });
        all.put("a lazy collection of values", (session, rows) -> {
            Parent parent = session.find(Parent.class, rows.parent());
            return () -> parent.notes.contains("x");
        });
        all.put("a lazy collection of the second-level cache", (session, rows) -> {
            Kept kept = session.find(Kept.class, rows.kept());
            return () -> kept.notes.iterator().next();
        });
        all.put("Hibernate.initialize", (session, rows) -> {
            Parent parent = session.find(Parent.class, rows.parent());
            return () -> {
                Hibernate.initialize(parent.tags);
                return parent;
            };
        });
        all.put("what a global row refers to", (session, rows) -> {
            session.find(Tag.class, rows.tag());
            return () -> Hibernate.unproxy(session.find(Sign.class, rows.sign()).tag);
        });
        all.put("refresh", (session, rows) -> {
            Parent parent = session.find(Parent.class, rows.parent());
            return () -> {
                session.refresh(parent);
                return parent;
            };
        });
        all.put("lock", (session, rows) -> {
            Parent parent = session.find(Parent.class, rows.parent());
            return () -> {
                session.lock(parent, LockModeType.OPTIMISTIC);
                return parent;
            };
        });
        all.put("persist", (session, rows) -> () -> {
            session.persist(new Tag());
            return null;
        });
        all.put("persist what is managed", (session, rows) -> {
            Parent parent = session.find(Parent.class, rows.parent());
            return () -> {
                session.persist(parent);
                return parent;
            };
        });
        all.put("persist by name", (session, rows) -> () -> {
            session.persist(Tag.class.getName(), new Tag());
            return null;
        });
        all.put("merge what is new", (session, rows) -> () -> session.merge(new Tag()));
        all.put("merge what is managed", (session, rows) -> {
            Parent parent = session.find(Parent.class, rows.parent());
            return () -> session.merge(parent);
        });
        all.put("remove", (session, rows) -> {
            Child child = session.find(Child.class, rows.child());
            return () -> {
                session.remove(child);
                return null;
            };
        });
        all.put("remove what is not loaded", (session, rows) -> {
            Child child = session.getReference(Child.class, rows.child());
            return () -> {
                session.remove(child);
                return null;
            };
        });
        all.put("replicate", (session, rows) -> {
            Tag own = session.find(Tag.class, rows.tag());
            session.detach(own);
            return () -> {
                session.replicate(own, ReplicationMode.OVERWRITE);
                return null;
            };
        });
        all.put("flush of a change", (session, rows) -> {
            Parent parent = session.find(Parent.class, rows.parent());
            return () -> {
                parent.text = "changed";
                session.flush();
                return null;
            };
        });
        all.put("cached scalars", (session, rows) -> {
            Prepared query = () -> session.createSelectionQuery("select text from Kept", String.class)
                    .setCacheable(true)
                    .getResultList();
            assertThat(query.use().toString()).contains(Model.SECRET);
            return query;
        });
        all.put("cached scalars without a transaction", (session, rows) -> {
            Prepared query = () -> session.createSelectionQuery("select text from Kept", String.class)
                    .setCacheable(true)
                    .getResultList();
            query.use();
            session.getTransaction().commit();
            return query;
        });
        all.put("cached entities", (session, rows) -> {
            Prepared query = () -> session.createSelectionQuery("from Kept", Kept.class)
                    .setCacheable(true)
                    .getResultList();
            query.use();
            return query;
        });
        all.put("a stream of scalars", (session, rows) -> {
            Iterator<String> stream = session.createSelectionQuery("select text from Child", String.class)
                    .getResultStream()
                    .iterator();
            return stream::next;
        });
        all.put("a stream of entities", (session, rows) -> {
            Stream<Child> stream = session.createSelectionQuery("from Child", Child.class)
                    .setFetchSize(1)
                    .getResultStream();
            return stream::toList;
        });
        all.put("a stream of native SQL", (session, rows) -> {
            Stream<String> stream = session.createNativeQuery(
                            "select text from child where tenant_id = :tenant", String.class)
                    .setParameter("tenant", ACME)
                    .getResultStream();
            return stream::toList;
        });
        all.put("a scroll of scalars", (session, rows) -> {
            ScrollableResults<String> scroll = session.createSelectionQuery("select text from Child", String.class)
                    .scroll(ScrollMode.FORWARD_ONLY);
            return () -> scroll.next() ? scroll.get() : null;
        });
        all.put("a scroll back", (session, rows) -> {
            ScrollableResults<String> scroll = session.createSelectionQuery("select text from Child", String.class)
                    .scroll(ScrollMode.SCROLL_INSENSITIVE);
            scroll.next();
            return () -> scroll.first() ? scroll.get() : null;
        });
        all.put("a scroll of fetched collections", (session, rows) -> {
            ScrollableResults<Parent> scroll = session.createSelectionQuery(
                            "from Parent p join fetch p.children", Parent.class)
                    .scroll(ScrollMode.FORWARD_ONLY);
            return () -> scroll.next() ? scroll.get() : null;
        });
        all.put("a stateless stream", (session, rows) -> {
            StatelessSession stateless = stateless(session);
            Iterator<String> stream = stateless
                    .createSelectionQuery("select text from Child", String.class)
                    .getResultStream()
                    .iterator();
            return stream::next;
        });
        all.put("a stateless get from the cache", (session, rows) -> {
            StatelessSession stateless = stateless(session);
            stateless.get(Kept.class, rows.kept());
            return () -> stateless.get(Kept.class, rows.kept());
        });
        all.put("a stateless fetch from the cache", (session, rows) -> {
            StatelessSession stateless = stateless(session);
            Kept kept = stateless.get(Kept.class, rows.kept());
            assertThat(Hibernate.isInitialized(kept.notes)).isFalse();
            return () -> {
                stateless.fetch(kept.notes);
                return kept.notes.iterator().next();
            };
        });
        all.put("a stateless insert", (session, rows) -> {
            StatelessSession stateless = stateless(session);
            return () -> stateless.insert(new Tag());
        });
        all.put("the next row of a result set", (session, rows) -> {
            ResultSet result = query(session, ResultSet.TYPE_FORWARD_ONLY);
            return () -> result.next() ? result.getString(1) : null;
        });
        all.put("the row that a result set is at", (session, rows) -> {
            ResultSet result = query(session, ResultSet.TYPE_FORWARD_ONLY);
            result.next();
            return () -> result.getString(1);
        });
        all.put("that row by name, as an object", (session, rows) -> {
            ResultSet result = query(session, ResultSet.TYPE_FORWARD_ONLY);
            result.next();
            return () -> result.getObject("text", String.class);
        });
        all.put("another row of a result set", (session, rows) -> {
            ResultSet result = query(session, ResultSet.TYPE_SCROLL_INSENSITIVE);
            result.next();
            return () -> result.absolute(1) ? result.getString(1) : null;
        });
        all.put("a result set that is fetched later", (session, rows) -> {
            PreparedStatement statement =
                    connection(session).prepareStatement("select text from child where tenant_id = ?");
            statement.setObject(1, ACME);
            statement.execute();
            return () -> {
                ResultSet result = statement.getResultSet();
                return result.next() ? result.getString(1) : null;
            };
        });
        all.put("the result set of a plain statement", (session, rows) -> {
            Statement statement = connection(session).createStatement();
            ResultSet result = statement.executeQuery("select text from child where tenant_id = '" + ACME + "'");
            return () -> result.next() ? result.getString(1) : null;
        });
        all.put("the result set that a plain statement kept", (session, rows) -> {
            Statement statement = connection(session).createStatement();
            statement.execute("select text from child where tenant_id = '" + ACME + "'");
            return () -> {
                ResultSet result = statement.getResultSet();
                return result.next() ? result.getString(1) : null;
            };
        });
        return all;
    }

    private static StatelessSession stateless(Session session) {
        StatelessSession opened = session.getFactory().openStatelessSession();
        OPENED.add(opened);
        return opened;
    }

    private static ResultSet query(Session session, int type) throws SQLException {
        PreparedStatement statement = connection(session)
                .prepareStatement("select text from child where tenant_id = ?", type, ResultSet.CONCUR_READ_ONLY);
        statement.setObject(1, ACME);
        return statement.executeQuery();
    }

    private static Connection connection(Session session) {
        return session.doReturningWork(connection -> connection);
    }

    @TestFactory
    Stream<DynamicTest> isRefusedUnderAnotherTenant() {
        return forEach((name, session, prepared) -> CurrentTenant.runAs(GLOBEX, () -> {
            assertThatExceptionOfType(ForeignSessionException.class)
                    .isThrownBy(prepared::use)
                    .withMessageNotContaining(Model.SECRET);
        }));
    }

    @TestFactory
    Stream<DynamicTest> isRefusedWhileNoTenantIsCurrent() {
        return forEach((name, session, prepared) ->
                assertThatExceptionOfType(NoTenantException.class).isThrownBy(prepared::use));
    }

    @TestFactory
    Stream<DynamicTest> isRefusedAcrossTenants() {
        return forEach((name, session, prepared) -> CurrentTenant.acrossTenants(
                "a test",
                () -> assertThatExceptionOfType(TenancyException.class).isThrownBy(prepared::use)));
    }

    @TestFactory
    Stream<DynamicTest> worksForItsTenantWhereverItIsEnteredAgain() {
        return forEach((name, session, prepared) -> CurrentTenant.runAs(
                ACME,
                () -> CurrentTenant.runAs(
                        ACME, () -> assertThatCode(prepared::use).doesNotThrowAnyException())));
    }

    @Test
    void whatIsReadAcrossTenantsIsWorkedOnForEach() {
        SessionFactory factory = factories.get("H2");
        UUID child = rows(factory).child();
        CurrentTenant.acrossTenants(
                "a test",
                () -> factory.inTransaction(session -> {
                    try (Stream<UUID> children = session.createSelectionQuery("select id from Child", UUID.class)
                            .getResultStream()) {
                        assertThat(children.filter(one -> CurrentTenant.callAs(
                                        ACME, () -> factory.fromSession(own -> own.find(Child.class, one) != null))))
                                .contains(child);
                    }
                }));
    }

    @Test
    void rowsOfNobodyAreReadByWhoeverHasThem() throws SQLException {
        SessionFactory factory = factories.get("H2");
        rows(factory);
        try (Session session = factory.openSession();
                ResultSet signs = connection(session).createStatement().executeQuery("select id from sign")) {
            CurrentTenant.<SQLException>runAs(GLOBEX, () -> {
                assertThat(signs.next()).isTrue();
                assertThat(signs.getString(1)).isNotNull();
            });
        }
    }

    @Test
    void aResultSetLeadsBackToStatementsThatAreGuarded() {
        factories
                .get("H2")
                .inSession(session -> session.doWork(connection -> {
                    try (Statement statement = connection.createStatement();
                            ResultSet signs = statement.executeQuery("select id from sign")) {
                        assertThat(signs.getStatement()).isSameAs(statement);
                        assertThat(signs.getStatement().getConnection().isWrapperFor(GuardedConnection.class))
                                .isTrue();
                        assertThatExceptionOfType(SQLException.class)
                                .isThrownBy(() -> signs.unwrap(org.h2.jdbc.JdbcResultSet.class));
                    }
                }));
    }

    @FunctionalInterface
    private interface Check {
        void of(String name, Session session, Prepared prepared) throws Exception;
    }

    private static Stream<DynamicTest> forEach(Check check) {
        return factories.entrySet().stream()
                .flatMap(factory -> uses().entrySet().stream()
                        .map(use -> dynamicTest(factory.getKey() + ": " + use.getKey(), () -> {
                            Rows rows = rows(factory.getValue());
                            Session session = CurrentTenant.callAs(
                                    ACME, () -> factory.getValue().openSession());
                            try (session) {
                                session.beginTransaction();
                                Prepared prepared = CurrentTenant.<Prepared, Exception>callAs(
                                        ACME, () -> use.getValue().in(session, rows));
                                check.of(use.getKey(), session, prepared);
                            } finally {
                                OPENED.forEach(StatelessSession::close);
                                OPENED.clear();
                            }
                        })));
    }

    private static Rows rows(SessionFactory factory) {
        String code = UUID.randomUUID().toString();
        return CurrentTenant.callAs(
                ACME,
                () -> factory.fromTransaction(session -> {
                    List<TenantOwned> made = Model.rows(code);
                    made.forEach(session::persist);
                    Kept kept = new Kept();
                    session.persist(kept);
                    Sign sign = new Sign();
                    sign.tag = (Tag) made.get(2);
                    session.persist(sign);
                    return new Rows(
                            made.get(0).getId(),
                            made.get(1).getId(),
                            made.get(2).getId(),
                            kept.getId(),
                            sign.id,
                            code);
                }));
    }
}

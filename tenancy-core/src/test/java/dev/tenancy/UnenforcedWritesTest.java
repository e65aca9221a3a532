package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import jakarta.persistence.Column;
import jakarta.persistence.ConstraintMode;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.ForeignKey;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKeyColumn;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.SecondaryTable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.TenantId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.ds.PGSimpleDataSource;
import testserver.NotOnCluster;
import testserver.TestServer;

/** What sets a reference that no foreign key holds: bulk statements and plain SQL are asked as entities are. */
@NotOnCluster("foreign keys by the id alone (TENANCY-205)")
class UnenforcedWritesTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    private static TestServer postgres;

    enum Database {
        H2,
        POSTGRES;

        private final List<String> sent = new ArrayList<>();
        private String url;
        private SessionFactory factory;
        private Client acmes;
        private Client own;
        private UUID job;
        private UUID bigJob;

        void start(String where, DataSource bare) {
            url = where;
            Map<String, Object> settings = new HashMap<>(TwoTenants.settings(where));
            settings.put("hibernate.connection.datasource", told(bare));
            factory = Model.factory(
                    settings,
                    Client.class,
                    Call.class,
                    Job.class,
                    BigJob.class,
                    Visit.class,
                    Ticket.class,
                    Setting.class);
            acmes = client(ACME, 1);
            own = client(GLOBEX, 2);
            CurrentTenant.runAs(
                    GLOBEX,
                    () -> factory.inTransaction(session -> {
                        Job made = new Job();
                        session.persist(made);
                        job = made.getId();
                        BigJob big = new BigJob();
                        session.persist(big);
                        bigJob = big.getId();
                        Setting setting = new Setting();
                        setting.id = 1L;
                        session.persist(setting);
                    }));
        }

        private Client client(UUID tenant, long ticket) {
            return CurrentTenant.callAs(
                    tenant,
                    () -> factory.fromTransaction(session -> {
                        Client made = new Client();
                        made.code = "code" + ticket;
                        session.persist(made);
                        Ticket number = new Ticket();
                        number.id = ticket;
                        session.persist(number);
                        return made;
                    }));
        }

        /** The texts that reach the driver, the guard's own as well. */
        private DataSource told(DataSource bare) {
            return (DataSource) told(DataSource.class, bare);
        }

        private Object told(Class<?> type, Object real) {
            return Proxy.newProxyInstance(
                    UnenforcedWritesTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                        if (method.getName().equals("prepareStatement")) {
                            sent.add((String) arguments[0]);
                        }
                        try {
                            Object result = method.invoke(real, arguments);
                            return method.getName().equals("getConnection") ? told(Connection.class, result) : result;
                        } catch (InvocationTargetException failed) {
                            throw failed.getCause();
                        }
                    });
        }
    }

    @Entity(name = "Client")
    static class Client extends TenantOwned {
        @Column(name = "code")
        String code;
    }

    @Entity(name = "Ticket")
    static class Ticket {

        @Id
        Long id;

        @TenantId
        @Column(name = "tenant_id")
        UUID tenant;
    }

    @Embeddable
    static class Terms {

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "payer", foreignKey = @ForeignKey(ConstraintMode.NO_CONSTRAINT))
        Client payer;
    }

    @Entity(name = "Job")
    @Inheritance(strategy = InheritanceType.JOINED)
    static class Job extends TenantOwned {

        String text = "job";

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "client", foreignKey = @ForeignKey(ConstraintMode.NO_CONSTRAINT))
        Client client;

        @Embedded
        Terms terms = new Terms();
    }

    @Entity(name = "BigJob")
    static class BigJob extends Job {

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "sponsor", foreignKey = @ForeignKey(ConstraintMode.NO_CONSTRAINT))
        Client sponsor;
    }

    @Entity(name = "Call")
    static class Call extends TenantOwned {

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "client", foreignKey = @ForeignKey(ConstraintMode.NO_CONSTRAINT))
        Client client;
    }

    @Entity(name = "Visit")
    @SecondaryTable(name = "visit_more")
    static class Visit extends TenantOwned {

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "client", foreignKey = @ForeignKey(ConstraintMode.NO_CONSTRAINT))
        Client client;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "ticket", foreignKey = @ForeignKey(ConstraintMode.NO_CONSTRAINT))
        Ticket ticket;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "agent", table = "visit_more", foreignKey = @ForeignKey(ConstraintMode.NO_CONSTRAINT))
        Client agent;

        @ManyToMany
        @JoinTable(name = "visit_watchers", inverseForeignKey = @ForeignKey(ConstraintMode.NO_CONSTRAINT))
        Set<Client> watchers = new HashSet<>();

        @ManyToMany
        @JoinTable(name = "visit_queue", inverseForeignKey = @ForeignKey(ConstraintMode.NO_CONSTRAINT))
        @OrderColumn(name = "place")
        List<Client> queue = new ArrayList<>();

        @ManyToMany
        @JoinTable(name = "visit_labels", inverseForeignKey = @ForeignKey(ConstraintMode.NO_CONSTRAINT))
        @MapKeyColumn(name = "label")
        Map<String, Client> labels = new HashMap<>();

        @ElementCollection
        @JoinTable(name = "visit_terms")
        Set<Terms> terms = new HashSet<>();
    }

    @Entity(name = "Setting")
    @GlobalEntity(reason = "a test")
    static class Setting {

        @Id
        Long id;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "favourite")
        Client favourite;
    }

    @BeforeAll
    static void start() throws Exception {
        postgres = TestServer.start();
        org.h2.jdbcx.JdbcDataSource h2 = new org.h2.jdbcx.JdbcDataSource();
        h2.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        h2.setUser("sa");
        Database.H2.start(h2.getURL(), h2);
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(postgres.getJdbcUrl("postgres", "postgres"));
        Database.POSTGRES.start(postgres.getJdbcUrl("postgres", "postgres"), source);
    }

    @AfterAll
    static void close() throws Exception {
        Database.H2.factory.close();
        Database.POSTGRES.factory.close();
        postgres.close();
    }

    // ---- HQL

    /** {@code :client} is an entity, {@code :id} its id; the reference that is written comes second. */
    static Stream<Arguments> bulk() {
        return Stream.of(
                        Arguments.of("update Job set client = :client", "Job.client"),
                        Arguments.of("update Job j set j.client.id = :id", "Job.client"),
                        Arguments.of("update Job set client = :client where text = 'job'", "Job.client"),
                        Arguments.of("update Job set terms.payer = :client", "Job.terms.payer"),
                        Arguments.of("update BigJob set client = :client", "Job.client"),
                        Arguments.of("update BigJob set sponsor = :client, text = 'job'", "BigJob.sponsor"),
                        Arguments.of("update Visit set agent = :client", "Visit.agent"),
                        Arguments.of("update versioned Visit set client = :client", "Visit.client"),
                        Arguments.of(
                                "insert into Job (id, version, tenantId, client) values (:job, 0, :tenant, :client)",
                                "Job.client"),
                        Arguments.of(
                                "insert into BigJob (id, version, tenantId, sponsor) values (:job, 0, :tenant, :client)",
                                "BigJob.sponsor"),
                        Arguments.of(
                                "insert into Call (id, version, tenantId, client) values (:job, 0, :tenant, :client)",
                                "Call.client"),
                        Arguments.of(
                                "insert into Call (id, version, tenantId, client) values (:job, 0, :tenant, null),"
                                        + " (:bigJob, 0, :tenant, :client)",
                                "Call.client"),
                        Arguments.of(
                                "insert into Call (id, version, tenantId, client)"
                                        + " select j.id, 0, j.tenantId, :client from Job j",
                                "Call.client"),
                        Arguments.of(
                                "insert into Call (id, version, tenantId, client) values (:job, 0, :tenant, :client)"
                                        + " on conflict (id) do update set client = excluded.client where tenantId = :tenant",
                                "Call.client"),
                        Arguments.of(
                                "insert into Call (id, version, tenantId) values (:job, 0, :tenant)"
                                        + " on conflict (id) do update set client = :client where tenantId = :tenant",
                                "Call.client"),
                        Arguments.of(
                                "insert into Call (id, version, tenantId, client) values (:job, 0, :tenant, :client),"
                                        + " (:bigJob, 0, :tenant, :client)"
                                        + " on conflict (id) do update set client = excluded.client where tenantId = :tenant",
                                "Call.client"),
                        Arguments.of("update Setting set favourite = :client", "Setting.favourite"))
                .flatMap(one -> Stream.of(Database.values())
                        // On H2, several rows with ON CONFLICT are not proven to be the tenant's.
                        .filter(database -> database == Database.POSTGRES
                                || !one.get()[0].toString().matches(".*:client\\), .*conflict.*"))
                        .map(database -> Arguments.of(database, one.get()[0], one.get()[1])));
    }

    @ParameterizedTest
    @MethodSource("bulk")
    void aBulkStatementRefersToOwnRowsOnly(Database database, String hql, String reference) {
        assertThatNoException().isThrownBy(() -> run(database, hql, database.own.getId()));
        String foreign = refused(database, hql, database.acmes.getId());
        String missing = refused(database, hql, UUID.randomUUID());
        assertThat(foreign).isEqualTo(missing).contains(reference + " was refused");
    }

    private static String refused(Database database, String hql, UUID client) {
        database.sent.clear();
        List<String> texts = new ArrayList<>();
        assertThatExceptionOfType(ForeignReferenceException.class)
                .isThrownBy(() -> run(database, hql, client))
                .satisfies(failure -> texts.add(failure.getMessage()));
        return texts.get(0);
    }

    private static void run(Database database, String hql, UUID client) {
        CurrentTenant.runAs(
                GLOBEX,
                () -> database.factory.inTransaction(session -> {
                    session.createMutationQuery("delete from Call").executeUpdate();
                    var query = session.createMutationQuery(hql);
                    Map.of(
                                    "client", session.getReference(Client.class, client),
                                    "id", client,
                                    "tenant", GLOBEX,
                                    "job", UUID.randomUUID(),
                                    "bigJob", UUID.randomUUID())
                            .forEach((name, value) -> {
                                if (hql.matches(".*:" + name + "\\b.*")) {
                                    query.setParameter(name, value);
                                }
                            });
                    query.executeUpdate();
                }));
    }

    static Stream<Arguments> honest() {
        return Stream.of(
                        "update Job set client = null, terms.payer = null",
                        "update Job j set j.client = (select c from Client c where c.code = 'code2')",
                        "update Job j set j.client = (select c from Client c where c.code = 'code1')",
                        "update Job j set j.client = (select o.client from Job o where o.id = j.id)",
                        "update Job j set j.client = j.terms.payer",
                        "update BigJob j set j.sponsor = (select c from Client c where c.code = 'code2')",
                        "insert into Call (id, version, tenantId, client) select c.id, 0, c.tenantId, c from Client c",
                        "insert into Call (id, version, tenantId, client) select j.id, 0, j.tenantId, j.client from Job j",
                        "insert into Call (id, version, tenantId, client) select j.id, 0, j.tenantId,"
                                + " (select c from Client c where c.code = 'code2') from Job j",
                        "insert into Job (id, version, tenantId, client) select c.id, 0, c.tenantId, c from Client c")
                .flatMap(hql -> Stream.of(Database.values()).map(database -> Arguments.of(database, hql)));
    }

    @ParameterizedTest
    @MethodSource("honest")
    void whatComesFromOwnRowsIsAskedForNothing(Database database, String hql) {
        database.sent.clear();
        run(database, hql, database.own.getId());
        assertThat(database.sent).noneMatch(sql -> sql.contains("own_"));
        assertThat(referred(database, "Job", "client")).doesNotContain(database.acmes.getId());
        assertThat(referred(database, "Call", "client")).doesNotContain(database.acmes.getId());
    }

    private static List<Object> referred(Database database, String table, String column) {
        List<Object> found = new ArrayList<>();
        try (Connection eye =
                        DriverManager.getConnection(database.url, database == Database.H2 ? "sa" : "postgres", "");
                Statement statement = eye.createStatement();
                ResultSet rows = statement.executeQuery("select " + column + " from " + table)) {
            while (rows.next()) {
                found.add(rows.getObject(1));
            }
        } catch (SQLException impossible) {
            throw new IllegalStateException(impossible);
        }
        return found;
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void criteriaReferToOwnRowsOnly(Database database) {
        assertThatNoException().isThrownBy(() -> criteria(database, database.own.getId()));
        assertThatExceptionOfType(ForeignReferenceException.class)
                .isThrownBy(() -> criteria(database, database.acmes.getId()))
                .withMessageContaining("Job.client");
    }

    private static void criteria(Database database, UUID client) {
        CurrentTenant.runAs(
                GLOBEX,
                () -> database.factory.inTransaction(session -> {
                    var builder = session.getCriteriaBuilder();
                    var update = builder.createCriteriaUpdate(Job.class);
                    update.from(Job.class);
                    update.set("client", session.getReference(Client.class, client));
                    session.createMutationQuery(update).executeUpdate();
                }));
    }

    // ---- plain SQL

    /** Each with a parameter for the reference, the job's id and the tenant, in this order, and what it sets. */
    static Stream<Arguments> plain() {
        return Stream.of(
                        Arguments.of("update job set client = ? where id = ? and tenant_id = ?", "Job.client"),
                        Arguments.of(
                                "update job set client = cast(? as uuid) where id = ? and tenant_id = ?", "Job.client"),
                        Arguments.of("update job set \"CLIENT\" = (?) where id = ? and tenant_id = ?", "Job.client"),
                        Arguments.of(
                                "update job set (client, text) = (?, 'job') where id = ? and tenant_id = ?",
                                "Job.client"),
                        Arguments.of(
                                "update job set client = (select cast(? as uuid)) where id = ? and tenant_id = ?",
                                "Job.client"),
                        Arguments.of("update bigjob set sponsor = ? where id = ? and tenant_id = ?", "BigJob.sponsor"),
                        Arguments.of(
                                "insert into visit_watchers (watchers_id, visit_id, tenant_id) values (?, ?, ?)",
                                "Visit.watchers.element"),
                        Arguments.of(
                                "insert into visit_terms (payer, visit_id, tenant_id) values (?, ?, ?)",
                                "Visit.terms.element.payer"),
                        Arguments.of(
                                "insert into visit (client, version, id, tenant_id) select x.c, 0, x.i, ? from"
                                        + " (select cast(? as uuid) as c, cast(? as uuid) as i) x",
                                "Visit.client"),
                        Arguments.of(
                                "merge into visit t using (select cast(? as uuid) as c, cast(? as uuid) as i) s on t.id = s.i"
                                        + " and t.tenant_id = ? when matched then update set client = s.c"
                                        + " when not matched then insert (client, version, id, tenant_id) values"
                                        + " (s.c, 0, s.i, '" + GLOBEX + "')",
                                "Visit.client"))
                .flatMap(one -> Stream.of(Database.values())
                        .filter(database -> database == Database.H2
                                || !one.get()[0].toString().contains("\"CLIENT\""))
                        .map(database -> Arguments.of(database, one.get()[0], one.get()[1])));
    }

    @ParameterizedTest
    @MethodSource("plain")
    void plainSqlRefersToOwnRowsOnly(Database database, String sql, String reference) {
        assertThatNoException().isThrownBy(() -> plain(database, sql, database.own.getId()));
        assertThatNoException().isThrownBy(() -> plain(database, sql, null));
        for (UUID client : List.of(database.acmes.getId(), UUID.randomUUID())) {
            assertThatExceptionOfType(ForeignReferenceException.class)
                    .isThrownBy(() -> plain(database, sql, client))
                    .withMessageContaining(reference + " was refused");
        }
    }

    private static void plain(Database database, String sql, UUID client) {
        boolean tenantFirst = sql.contains("x.i, ?");
        CurrentTenant.runAs(
                GLOBEX,
                () -> database.factory.inTransaction(session -> session.doWork(connection -> {
                    boolean toVisit = sql.contains("visit_id");
                    UUID visit =
                            toVisit ? visit(session) : sql.startsWith("update") ? database.bigJob : UUID.randomUUID();
                    try (PreparedStatement statement = connection.prepareStatement(sql)) {
                        statement.setObject(tenantFirst ? 2 : 1, client);
                        statement.setObject(tenantFirst ? 3 : 2, visit);
                        statement.setObject(tenantFirst ? 1 : 3, GLOBEX);
                        if (client == null) {
                            statement.setNull(tenantFirst ? 2 : 1, Types.NULL);
                        }
                        try {
                            statement.executeUpdate();
                        } catch (SQLException failed) {
                            // A collection has no null.
                            if (client != null || !toVisit) {
                                throw failed;
                            }
                        }
                    }
                })));
    }

    private static UUID visit(Session session) {
        Visit visit = new Visit();
        session.persist(visit);
        session.flush();
        return visit.getId();
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void aLiteralAndABatchReferToOwnRowsOnly(Database database) {
        String update = "update job set client = '%s' where tenant_id = '" + GLOBEX + "'";
        String ticket = "update visit set ticket = %s where tenant_id = '" + GLOBEX + "'";
        CurrentTenant.runAs(
                GLOBEX,
                () -> database.factory.inSession(session -> session.doWork(connection -> {
                    try (Statement statement = connection.createStatement()) {
                        statement.executeUpdate(update.formatted(database.own.getId()));
                        statement.executeUpdate(ticket.formatted(2));
                        statement.executeUpdate("update job set client = null where tenant_id = '" + GLOBEX + "'");
                        assertThatExceptionOfType(ForeignReferenceException.class)
                                .isThrownBy(() -> statement.executeUpdate(update.formatted(database.acmes.getId())));
                        assertThatExceptionOfType(ForeignReferenceException.class)
                                .isThrownBy(() -> statement.addBatch(ticket.formatted(1)));
                    }
                    try (PreparedStatement statement = connection.prepareStatement(
                            "update visit set ticket = ? where tenant_id = '" + GLOBEX + "'")) {
                        statement.setLong(1, 2);
                        statement.addBatch();
                        statement.setString(1, "1");
                        assertThatExceptionOfType(ForeignReferenceException.class)
                                .isThrownBy(statement::addBatch);
                        statement.setInt(1, 1);
                        assertThatExceptionOfType(ForeignReferenceException.class)
                                .isThrownBy(statement::addBatch);
                        statement.setDouble(1, 1);
                        assertThatExceptionOfType(UnprovenStatementException.class)
                                .isThrownBy(statement::addBatch)
                                .withMessageContaining("setLong");
                        statement.clearBatch();
                    }
                })));
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void whatIsNotUnderstoodIsRefused(Database database) {
        for (String value : List.of(
                "coalesce(cast('" + database.acmes.getId() + "' as uuid), client)",
                "case when 1 = 1 then cast('" + database.acmes.getId() + "' as uuid) end",
                "(select favourite from setting)",
                "(select id from job o where o.tenant_id = '" + GLOBEX + "')")) {
            CurrentTenant.runAs(
                    GLOBEX,
                    () -> database.factory.inSession(session ->
                            session.doWork(connection -> assertThatExceptionOfType(UnprovenStatementException.class)
                                    .as(value)
                                    .isThrownBy(() -> connection.prepareStatement(
                                            "update job set client = " + value + " where tenant_id = '" + GLOBEX + "'"))
                                    .withMessageContaining("Job.client")
                                    .withMessageContaining("Set it to a parameter"))));
        }
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void nobodyMayStillWriteRowsOfNobodys(Database database) throws SQLException {
        database.factory.inTransaction(session -> session.doWork(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("update setting set favourite = ?")) {
                statement.setObject(1, database.acmes.getId());
                statement.executeUpdate();
            }
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("update setting set favourite = coalesce(null, favourite)");
                statement.executeUpdate("update setting set favourite = null");
            }
        }));
    }

    // ---- what such a reference leads to, if something else than the library wrote it

    static Stream<Arguments> reading() {
        return Stream.of(
                        Arguments.of(
                                "select 'empty' from Visit v where v.watchers is empty and v.id = :id", "", "empty"),
                        Arguments.of(
                                "select 'full' from Visit v where v.queue is not empty and v.id = :id", "full", ""),
                        Arguments.of("select w.code from Visit v join v.watchers w where v.id = :id", "code", ""),
                        Arguments.of(
                                "select 'in' from Visit v where :client in elements(v.watchers) and v.id = :id",
                                "in",
                                ""),
                        Arguments.of("select 'in' from Visit v where 5 in indices(v.queue) and v.id = :id", "in", ""),
                        Arguments.of("select index(q) from Visit v join v.queue q where v.id = :id", "5", ""),
                        Arguments.of("select key(l) from Visit v join v.labels l where v.id = :id", "label", ""),
                        Arguments.of(
                                "select 'in' from Visit v where 'label' in indices(v.labels) and v.id = :id", "in", ""),
                        Arguments.of(
                                "select 'in' from Visit v where v.client.code is not null and v.id = :id", "in", ""))
                .flatMap(one -> Stream.of(Database.values())
                        .map(database -> Arguments.of(database, one.get()[0], one.get()[1], one.get()[2])));
    }

    @ParameterizedTest
    @MethodSource("reading")
    void whatLeadsToAnothersRowIsReadAsNone(Database database, String hql, String own, String foreign) {
        assertThat(read(database, hql, database.own)).isEqualTo(own);
        assertThat(read(database, hql, database.acmes)).isEqualTo(foreign);
    }

    private static String read(Database database, String hql, Client client) {
        UUID id = CurrentTenant.callAs(GLOBEX, () -> database.factory.fromTransaction(UnenforcedWritesTest::visit));
        try (Connection eye =
                        DriverManager.getConnection(database.url, database == Database.H2 ? "sa" : "postgres", "");
                Statement statement = eye.createStatement()) {
            String row = "'" + id + "', '" + client.getId() + "', '" + GLOBEX + "'";
            statement.execute("insert into visit_watchers (visit_id, watchers_id, tenant_id) values (" + row + ")");
            statement.execute("insert into visit_queue (visit_id, queue_id, tenant_id, place) values (" + row + ", 5)");
            statement.execute(
                    "insert into visit_labels (visit_id, labels_id, tenant_id, label) values (" + row + ", 'label')");
            statement.execute("update visit set client = '" + client.getId() + "' where id = '" + id + "'");
        } catch (SQLException impossible) {
            throw new IllegalStateException(impossible);
        }
        return CurrentTenant.callAs(
                GLOBEX,
                () -> database.factory.fromSession(session -> {
                    var query = session.createSelectionQuery(hql, Object.class).setParameter("id", id);
                    if (hql.contains(":client")) {
                        query.setParameter("client", session.getReference(Client.class, client.getId()));
                    }
                    return query.getResultList().stream()
                            .map(one -> String.valueOf(one).replaceAll("code.*", "code"))
                            .collect(Collectors.joining());
                }));
    }

    // ---- entities, which the events have looked at

    @ParameterizedTest
    @EnumSource(Database.class)
    void anEntitysReferencesAreNotAskedForAgain(Database database) {
        CurrentTenant.runAs(GLOBEX, () -> {
            database.factory.inTransaction(session -> {
                Client known = session.find(Client.class, database.own.getId());
                database.sent.clear();
                Visit visit = new Visit();
                visit.client = known;
                visit.agent = known;
                visit.ticket = session.find(Ticket.class, 2L);
                visit.watchers.add(known);
                Terms terms = new Terms();
                terms.payer = known;
                visit.terms.add(terms);
                session.persist(visit);
                session.flush();
                assertThat(database.sent)
                        .hasSize(5)
                        .filteredOn(sql -> sql.startsWith("select"))
                        .hasSize(1);
                database.sent.clear();
                BigJob job = session.find(BigJob.class, database.bigJob);
                job.client = known;
                job.sponsor = known;
                job.terms.payer = session.getReference(Client.class, database.own.getId());
                session.flush();
                job.text = "job" + UUID.randomUUID();
                session.flush();
                assertThat(database.sent).noneMatch(sql -> sql.contains("own_"));
            });
            database.factory.inTransaction(session -> {
                BigJob job = session.find(BigJob.class, database.bigJob);
                database.sent.clear();
                job.text = "job" + UUID.randomUUID();
                session.flush();
                assertThat(database.sent).singleElement().asString().startsWith("update");
            });
            database.factory.inTransaction(session -> {
                database.sent.clear();
                Job job = new Job();
                job.client = session.getReference(Client.class, database.own.getId());
                session.persist(job);
                session.flush();
                assertThat(database.sent)
                        .hasSize(2)
                        .filteredOn(sql -> sql.startsWith("select"))
                        .hasSize(1);
            });
        });
    }
}

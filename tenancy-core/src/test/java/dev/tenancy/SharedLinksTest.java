package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.MapKeyColumn;
import jakarta.persistence.MapKeyJoinColumn;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderColumn;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
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
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import testserver.NotOnCluster;
import testserver.TestServer;

/** A row of nobody's that leads to rows of all tenants: each takes away what leads to its own. */
@NotOnCluster("foreign keys by the id alone (TENANCY-205)")
class SharedLinksTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    private static TestServer postgres;
    private static SecuredPostgres secured;

    enum Database {
        H2,
        POSTGRES,
        POLICIES;

        private static final Class<?>[] ENTITIES = {Hub.class, Light.class, Item.class, Part.class};

        private String url;
        private SessionFactory factory;

        void start(String where) {
            url = where;
            factory = Model.factory(where, TwoTenants.settings(where), ENTITIES);
        }
    }

    @Entity(name = "Hub")
    @GlobalEntity(reason = "a test")
    static class Hub {

        @Id
        @GeneratedValue
        UUID id;

        String name = "hub";

        @ManyToMany
        @JoinTable(name = "hub_set")
        Set<Item> set = new HashSet<>();

        @ManyToMany
        @JoinTable(name = "hub_bag")
        List<Item> bag = new ArrayList<>();

        @ManyToMany
        @JoinTable(name = "hub_list")
        @OrderColumn(name = "place")
        List<Item> list = new ArrayList<>();

        @ManyToMany
        @JoinTable(name = "hub_map")
        @MapKeyColumn(name = "label")
        Map<String, Item> map = new HashMap<>();

        @ElementCollection
        @JoinTable(name = "hub_notes")
        @MapKeyJoinColumn(name = "item_id")
        Map<Item, String> notes = new HashMap<>();

        @OneToMany
        @JoinTable(name = "hub_own")
        Set<Item> own = new HashSet<>();

        @ManyToMany
        @JoinTable(name = "hub_parts")
        Set<Part> parts = new HashSet<>();

        @OneToMany
        @JoinColumn(name = "hub_id")
        Set<Item> keyed = new HashSet<>();
    }

    @Entity(name = "Light")
    @GlobalEntity(reason = "a test")
    static class Light {

        @Id
        @GeneratedValue
        UUID id;

        @ManyToMany
        Set<Item> items = new HashSet<>();
    }

    @Entity(name = "Item")
    @Inheritance(strategy = InheritanceType.JOINED)
    static class Item extends TenantOwned {
        String text = "item";
    }

    @Entity(name = "Part")
    static class Part extends Item {
        String more = "part";
    }

    @BeforeAll
    static void start() throws Exception {
        postgres = TestServer.start();
        Database.H2.start("jdbc:h2:mem:" + UUID.randomUUID());
        Database.POSTGRES.start(postgres.getJdbcUrl("postgres", "postgres"));
        secured = new SecuredPostgres();
        secured.make("links", Database.ENTITIES);
        Database.POLICIES.url = secured.superuser("links");
        Database.POLICIES.factory = secured.factory("links", Map.of(), Database.ENTITIES);
    }

    @AfterAll
    static void close() throws Exception {
        Database.H2.factory.close();
        Database.POSTGRES.factory.close();
        Database.POLICIES.factory.close();
        secured.close();
        postgres.close();
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void eachTenantCountsItsOwnLinks(Database database) {
        UUID hub = hubOfBoth(database);
        for (UUID tenant : List.of(ACME, GLOBEX)) {
            CurrentTenant.runAs(
                    tenant,
                    () -> database.factory.inTransaction(session -> {
                        assertThat(number(session, hub, "size(h.set)")).isOne();
                        assertThat(number(session, hub, "size(h.bag)")).isEqualTo(2);
                        assertThat(number(session, hub, "size(h.list)")).isOne();
                        assertThat(number(session, hub, "size(h.map)")).isOne();
                        assertThat(number(session, hub, "size(h.notes)")).isOne();
                        assertThat(number(session, hub, "size(h.parts)")).isOne();
                        assertThat(number(session, hub, "maxindex(h.list)")).isEqualTo(tenant.equals(ACME) ? 0 : 1);
                        assertThat(number(session, hub, "(select count(*) from h.set s)"))
                                .isOne();
                    }));
        }
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void anotherTenantsItemIsNoMemberAndItsLinksFillNothing(Database database) {
        UUID hub = database.factory.fromTransaction(session -> {
            Hub made = new Hub();
            session.persist(made);
            return made.id;
        });
        fill(database, hub, ACME, 0);
        UUID acmes = CurrentTenant.callAs(
                ACME,
                () -> database.factory.fromTransaction(session ->
                        session.find(Hub.class, hub).set.iterator().next().getId()));
        for (String condition : List.of("h.set is empty", "h.notes is empty", "not exists elements(h.bag)")) {
            assertThat(CurrentTenant.callAs(GLOBEX, () -> matches(database, hub, condition)))
                    .as(condition)
                    .isTrue();
            assertThat(CurrentTenant.callAs(ACME, () -> matches(database, hub, condition)))
                    .as(condition)
                    .isFalse();
        }
        assertThat(CurrentTenant.callAs(ACME, () -> isMember(database, hub, acmes)))
                .isTrue();
        assertThat(CurrentTenant.callAs(GLOBEX, () -> isMember(database, hub, acmes)))
                .isFalse();
    }

    private static boolean isMember(Database database, UUID hub, UUID item) {
        return database.factory.fromTransaction(session -> session.createSelectionQuery(
                                "select count(*) from Hub h where h.id = :hub and :item member of h.set", Long.class)
                        .setParameter("hub", hub)
                        .setParameter("item", session.getReference(Item.class, item))
                        .getSingleResult()
                > 0);
    }

    private static boolean matches(Database database, UUID hub, String condition) {
        return database.factory.fromTransaction(session -> session.createSelectionQuery(
                                "select count(*) from Hub h where h.id = :hub and " + condition, Long.class)
                        .setParameter("hub", hub)
                        .getSingleResult()
                > 0);
    }

    private static long number(Session session, UUID hub, String what) {
        return session.createSelectionQuery("select " + what + " from Hub h where h.id = :hub", Number.class)
                .setParameter("hub", hub)
                .getSingleResult()
                .longValue();
    }

    private static UUID hubOfBoth(Database database) {
        UUID hub = database.factory.fromTransaction(session -> {
            Hub made = new Hub();
            session.persist(made);
            return made.id;
        });
        fill(database, hub, ACME, 0);
        fill(database, hub, GLOBEX, 1);
        return hub;
    }

    // Straight into the tables where the other tenant's place is unknown to Hibernate.
    private static void fill(Database database, UUID id, UUID tenant, int place) {
        Part part = new Part();
        CurrentTenant.runAs(
                tenant,
                () -> database.factory.inTransaction(session -> {
                    session.persist(part);
                    Hub hub = session.find(Hub.class, id);
                    hub.set.add(part);
                    hub.bag.add(part);
                    hub.bag.add(part);
                    hub.map.put("label" + place, part);
                    hub.notes.put(part, "note");
                    hub.own.add(part);
                    hub.parts.add(part);
                    hub.keyed.add(part);
                }));
        run(
                database,
                "insert into hub_list (hub_id, list_id, place) values ('" + id + "', '" + part.getId() + "', " + place
                        + ")");
    }

    private static void run(Database database, String sql) {
        try (Connection connection = connection(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Connection connection(Database database) throws SQLException {
        return DriverManager.getConnection(
                database.url, TwoTenants.settings(database.url).get("hibernate.connection.username") + "", "");
    }

    /** Whose links are in a table, past Hibernate. */
    private static List<UUID> links(Database database, String table, String column, UUID hub) {
        List<UUID> found = new ArrayList<>();
        try (Connection connection = connection(database);
                ResultSet rows = connection
                        .createStatement()
                        .executeQuery("select i.tenant_id from " + table + " l join item i on i.id = l." + column
                                + " where l.hub_id = '" + hub + "'")) {
            while (rows.next()) {
                found.add(rows.getObject(1, UUID.class));
            }
        } catch (SQLException impossible) {
            throw new IllegalStateException(impossible);
        }
        return found;
    }

    private static void asGlobex(Database database, UUID hub, Consumer<Hub> change) {
        CurrentTenant.runAs(
                GLOBEX, () -> database.factory.inTransaction(session -> change.accept(session.find(Hub.class, hub))));
    }

    private static void holdAcmesOnly(Database database, UUID hub) {
        assertThat(links(database, "hub_set", "set_id", hub)).containsExactly(ACME);
        assertThat(links(database, "hub_bag", "bag_id", hub)).containsExactly(ACME, ACME);
        assertThat(links(database, "hub_list", "list_id", hub)).containsExactly(ACME);
        assertThat(links(database, "hub_map", "map_id", hub)).containsExactly(ACME);
        assertThat(links(database, "hub_notes", "item_id", hub)).containsExactly(ACME);
        assertThat(links(database, "hub_own", "own_id", hub)).containsExactly(ACME);
        assertThat(links(database, "hub_parts", "parts_id", hub)).containsExactly(ACME);
        assertThat(links(database, "(select id as keyed_id, hub_id from item)", "keyed_id", hub))
                .containsExactly(ACME);
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void clearingTakesTheOwnLinks(Database database) {
        UUID id = hubOfBoth(database);
        asGlobex(database, id, hub -> {
            hub.set.clear();
            hub.bag.clear();
            hub.list.clear();
            hub.map.clear();
            hub.notes.clear();
            hub.own.clear();
            hub.parts.clear();
            hub.keyed.clear();
        });
        holdAcmesOnly(database, id);
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void anotherCollectionInItsPlaceTakesTheOwnLinks(Database database) {
        UUID id = hubOfBoth(database);
        asGlobex(database, id, hub -> {
            hub.set = new HashSet<>();
            hub.bag = new ArrayList<>();
            hub.list = new ArrayList<>();
            hub.map = new HashMap<>();
            hub.notes = new HashMap<>();
            hub.own = null;
            hub.parts = new HashSet<>();
            hub.keyed = new HashSet<>();
        });
        holdAcmesOnly(database, id);
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void removingOneTakesItsLink(Database database) {
        UUID id = hubOfBoth(database);
        asGlobex(database, id, hub -> {
            hub.set.remove(hub.set.iterator().next());
            hub.list.remove(1);
            hub.map.remove("label1");
            hub.notes.remove(hub.notes.keySet().iterator().next());
            hub.own.remove(hub.own.iterator().next());
            hub.parts.remove(hub.parts.iterator().next());
            hub.keyed.remove(hub.keyed.iterator().next());
            hub.bag.clear();
        });
        holdAcmesOnly(database, id);
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void aBagThatIsWrittenAnewKeepsTheLinksOfOthers(Database database) {
        UUID id = hubOfBoth(database);
        asGlobex(database, id, hub -> hub.bag.remove(0));
        assertThat(links(database, "hub_bag", "bag_id", id)).containsExactlyInAnyOrder(ACME, ACME, GLOBEX);
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void aRowThatOthersAreLinkedToIsNotDeleted(Database database) {
        UUID id = hubOfBoth(database);
        assertThatExceptionOfType(ConstraintViolationException.class)
                .isThrownBy(() -> CurrentTenant.runAs(
                        GLOBEX,
                        () -> database.factory.inTransaction(session -> session.remove(session.find(Hub.class, id)))));
        assertThat(links(database, "hub_set", "set_id", id)).containsExactlyInAnyOrder(ACME, GLOBEX);
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void aRowThatOnlyOneIsLinkedToIsDeleted(Database database) {
        UUID id = hubOfBoth(database);
        for (UUID tenant : List.of(ACME, GLOBEX)) {
            CurrentTenant.runAs(
                    tenant,
                    () -> database.factory.inTransaction(session -> {
                        Hub hub = session.find(Hub.class, id);
                        if (tenant == GLOBEX) {
                            session.remove(hub);
                        } else {
                            clear(hub);
                        }
                    }));
        }
        assertThat(database.factory.<Hub>fromSession(session -> session.find(Hub.class, id)))
                .isNull();
    }

    private static void clear(Hub hub) {
        hub.set.clear();
        hub.bag.clear();
        hub.list.clear();
        hub.map.clear();
        hub.notes.clear();
        hub.own.clear();
        hub.parts.clear();
        hub.keyed.clear();
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void nobodyAndEveryoneTakeNoLinks(Database database) {
        UUID id = hubOfBoth(database);
        Consumer<Session> removal = session -> session.remove(session.find(Hub.class, id));
        assertThatExceptionOfType(NoTenantException.class)
                .isThrownBy(() -> database.factory.inTransaction(removal))
                .withMessageContaining("Hub.");
        CurrentTenant.acrossTenants(
                "a test",
                () -> assertThatExceptionOfType(WriteAcrossTenantsException.class)
                        .isThrownBy(() -> database.factory.inTransaction(removal)));
        assertThat(links(database, "hub_set", "set_id", id)).containsExactlyInAnyOrder(ACME, GLOBEX);
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void nobodyRemovesARowThatLeadsNowhere(Database database) {
        Light made = new Light();
        database.factory.inTransaction(session -> session.persist(made));
        database.factory.inTransaction(session -> session.remove(session.find(Light.class, made.id)));
        assertThat(database.factory.<Light>fromSession(session -> session.find(Light.class, made.id)))
                .isNull();
    }

    // ---- bulk statements and plain SQL

    private static UUID light(Database database, UUID... tenants) {
        UUID id = database.factory.fromTransaction(session -> {
            Light made = new Light();
            session.persist(made);
            return made.id;
        });
        for (UUID tenant : tenants) {
            CurrentTenant.runAs(
                    tenant,
                    () -> database.factory.inTransaction(session -> {
                        Item item = new Item();
                        session.persist(item);
                        session.find(Light.class, id).items.add(item);
                    }));
        }
        return id;
    }

    private static List<UUID> lightsLinks(Database database, UUID light) {
        return links(database, "(select light_id as hub_id, items_id from light_item)", "items_id", light);
    }

    private static void bulk(Database database, UUID light) {
        database.factory.inTransaction(session -> session.createMutationQuery("delete from Light where id = :id")
                .setParameter("id", light)
                .executeUpdate());
    }

    private static void criteria(Database database, UUID light) {
        database.factory.inTransaction(session -> {
            var builder = session.getCriteriaBuilder();
            var delete = builder.createCriteriaDelete(Light.class);
            var root = delete.from(Light.class);
            delete.where(builder.equal(root.get("id"), light));
            session.createMutationQuery(delete).executeUpdate();
        });
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void aBulkDeleteOfARowThatOthersAreLinkedToFailsAndTellsNothingOfThem(Database database) {
        UUID light = light(database, ACME, GLOBEX);
        for (Consumer<UUID> delete : List.<Consumer<UUID>>of(id -> bulk(database, id), id -> criteria(database, id))) {
            assertThatExceptionOfType(ConstraintViolationException.class)
                    .isThrownBy(() -> CurrentTenant.runAs(GLOBEX, () -> delete.accept(light)))
                    .satisfies(failure -> {
                        for (Throwable one = failure; one != null; one = one.getCause()) {
                            assertThat(one.getMessage()).doesNotContain(light.toString());
                        }
                    });
        }
        assertThat(lightsLinks(database, light)).containsExactlyInAnyOrder(ACME, GLOBEX);
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void aBulkDeleteTakesTheOwnLinks(Database database) {
        UUID others = light(database, ACME);
        for (Consumer<UUID> delete : List.<Consumer<UUID>>of(id -> bulk(database, id), id -> criteria(database, id))) {
            UUID light = light(database, GLOBEX, GLOBEX);
            CurrentTenant.runAs(GLOBEX, () -> delete.accept(light));
            assertThat(database.factory.<Light>fromSession(session -> session.find(Light.class, light)))
                    .isNull();
        }
        assertThat(lightsLinks(database, others)).containsExactly(ACME);
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void nobodyAndEveryoneTakeNoLinksInBulk(Database database) {
        UUID light = light(database, ACME);
        assertThatExceptionOfType(NoTenantException.class)
                .isThrownBy(() -> bulk(database, light))
                .withMessageContaining("Light.items");
        CurrentTenant.acrossTenants(
                "a test",
                () -> assertThatExceptionOfType(WriteAcrossTenantsException.class)
                        .isThrownBy(() -> bulk(database, light)));
        assertThat(lightsLinks(database, light)).containsExactly(ACME);
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void plainSqlTakesAndChangesTheOwnLinksOnly(Database database) {
        for (String sql : List.of(
                "delete from light_item where light_id = ?",
                "delete from light_item l where l.light_id = ?",
                "delete from light_item where light_id = ? and items_id in (select id from item where tenant_id = '"
                        + GLOBEX + "')",
                "delete from light_item where (light_id = ? or 1 = 0)",
                "delete from hub_notes where item_id is not null and hub_id <> ?")) {
            UUID light = light(database, ACME, GLOBEX);
            UUID hub = hubOfBoth(database);
            CurrentTenant.runAs(
                    GLOBEX,
                    () -> assertThat(plain(database, sql, light)).as(sql).isPositive());
            if (sql.contains("light_item")) {
                assertThat(lightsLinks(database, light)).as(sql).containsExactly(ACME);
            } else {
                assertThat(links(database, "hub_notes", "item_id", hub)).as(sql).containsExactly(ACME);
            }
        }
        UUID light = light(database, ACME, GLOBEX);
        UUID other = light(database);
        CurrentTenant.runAs(
                GLOBEX,
                () -> plain(database, "update light_item set light_id = '" + other + "' where light_id = ?", light));
        assertThat(lightsLinks(database, light)).containsExactly(ACME);
        assertThat(lightsLinks(database, other)).containsExactly(GLOBEX);
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void plainSqlThatMayTakeOthersIsRefused(Database database) {
        UUID light = light(database, ACME, GLOBEX);
        UUID item = CurrentTenant.callAs(
                ACME,
                () -> database.factory.fromTransaction(session -> {
                    Item made = new Item();
                    session.persist(made);
                    return made.getId();
                }));
        CurrentTenant.runAs(GLOBEX, () -> {
            assertThatExceptionOfType(UnprovenStatementException.class)
                    .isThrownBy(() -> plain(database, "delete from light_item where light_id = ? or 1 = 1", light))
                    .withMessageContaining("Light.items")
                    .withMessageContaining("and x_id in (select id from x where tenant_id = ?)");
            assertThatExceptionOfType(ForeignReferenceException.class)
                    .isThrownBy(() -> plain(
                            database, "insert into light_item (items_id, light_id) values ('" + item + "', ?)", light))
                    .withMessageContaining("Light.items");
            database.factory.inTransaction(session -> session.doWork(connection -> {
                try (Statement statement = connection.createStatement()) {
                    assertThatExceptionOfType(UnprovenStatementException.class)
                            .isThrownBy(() -> statement.executeUpdate("delete from light_item"));
                }
            }));
        });
        assertThat(lightsLinks(database, light)).containsExactlyInAnyOrder(ACME, GLOBEX);
    }

    private static int plain(Database database, String sql, UUID id) {
        return database.factory.fromTransaction(session -> session.doReturningWork(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setObject(1, id);
                return statement.executeUpdate();
            }
        }));
    }
}

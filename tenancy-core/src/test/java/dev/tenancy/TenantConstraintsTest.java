package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.Model.CardPayment;
import dev.tenancy.Model.Dog;
import dev.tenancy.Model.Parent;
import dev.tenancy.Model.Payment;
import dev.tenancy.Model.Tag;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ConstraintMode;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.ForeignKey;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapsId;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Table;
import jakarta.persistence.UniqueConstraint;
import java.io.IOException;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.NotFound;
import org.hibernate.annotations.NotFoundAction;
import org.hibernate.annotations.OnDelete;
import org.hibernate.annotations.OnDeleteAction;
import org.hibernate.annotations.TenantId;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.StandardServiceRegistry;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.boot.spi.MetadataImplementor;
import org.hibernate.cfg.MultiTenancySettings;
import org.hibernate.cfg.SchemaToolingSettings;
import org.hibernate.engine.config.spi.ConfigurationService;
import org.hibernate.tool.schema.spi.DelayedDropRegistryNotAvailableImpl;
import org.hibernate.tool.schema.spi.SchemaManagementToolCoordinator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import testserver.TestServer;

/** Plain SQL, past Hibernate and past every other wall, against the schema that Hibernate exported. */
class TenantConstraintsTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();
    private static final List<StandardServiceRegistry> REGISTRIES = new ArrayList<>();
    private static final Class<?>[] ENTITIES = Stream.concat(
                    Arrays.stream(Model.ENTITIES),
                    Stream.of(
                            Account.class,
                            Entry.class,
                            Profile.class,
                            Halved.class,
                            Passport.class,
                            Slot.class,
                            Booking.class,
                            Currency.class,
                            Paper.class,
                            Bill.class,
                            Receipt.class))
            .toArray(Class<?>[]::new);
    private static final String DATABASE_ACTION = SchemaToolingSettings.JAKARTA_HBM2DDL_DATABASE_ACTION;
    private static TestServer postgres;

    private enum Database {
        H2,
        POSTGRES;

        String url() {
            return this == H2 ? "jdbc:h2:mem:keys;DB_CLOSE_DELAY=-1" : postgres.getJdbcUrl("postgres", "postgres");
        }

        Connection connect() throws SQLException {
            return DriverManager.getConnection(url());
        }
    }

    /** A column of a table that refers to a target, and what else the table refers to and cannot do without. */
    private record Reference(String table, String column, String target, Map<String, String> others) {

        Reference(String table, String column, String target) {
            this(table, column, target, Map.of());
        }
    }

    @BeforeAll
    static void createTheSchemas() throws IOException {
        postgres = TestServer.start();
        for (Database database : Database.values()) {
            manage(metadata(database, ENTITIES), Map.of(DATABASE_ACTION, "create"));
            manage(metadata(database, Firm.class, Desk.class), Map.of(DATABASE_ACTION, "create"));
            manage(metadata(database, Club.class, Game.class), Map.of(DATABASE_ACTION, "create"));
        }
    }

    @AfterAll
    static void close() throws IOException {
        REGISTRIES.forEach(StandardServiceRegistryBuilder::destroy);
        postgres.close();
    }

    static Stream<Arguments> references() {
        return crossed(
                new Reference("child", "parent_id", "parent"),
                new Reference("parent", "boss_id", "parent"),
                new Reference("parent_tag", "tags_id", "tag", Map.of("parents_id", "parent")),
                new Reference("parent_tag", "parents_id", "parent", Map.of("tags_id", "tag")),
                new Reference("parent_notes", "parent_id", "parent"),
                new Reference("dog", "id", "animal"),
                new Reference("split_more", "id", "split"),
                new Reference("account", "profile_id", "profile"),
                new Reference("account", "card_id", "cardpayment"),
                new Reference("account", "owner_id", "account"),
                new Reference("entry", "account_id", "account"),
                new Reference("account_labels", "account_id", "account"),
                new Reference("account_steps", "account_id", "account"),
                new Reference("starred", "account_id", "account", Map.of("starred_id", "entry")),
                new Reference("starred", "starred_id", "entry", Map.of("account_id", "account")),
                new Reference("filed", "account_id", "account", Map.of("filed_id", "entry", "filed_key", "tag")),
                new Reference("filed", "filed_id", "entry", Map.of("account_id", "account", "filed_key", "tag")),
                new Reference("filed", "filed_key", "tag", Map.of("account_id", "account", "filed_id", "entry")),
                new Reference("bill", "account_id", "account"),
                new Reference("passport", "profile_id", "profile"));
    }

    @ParameterizedTest
    @MethodSource("references")
    void aReferenceToAnotherTenantsRowIsRefused(Database database, Reference reference) throws SQLException {
        try (Connection connection = database.connect()) {
            Object ours = insert(connection, reference.target, row(ACME));
            insert(connection, reference.table, referring(connection, ACME, reference, ours));
            Map<String, Object> theirs = referring(connection, GLOBEX, reference, ours);
            execute(connection, "delete from " + reference.table + " where " + reference.column + " = ?", ours);
            assertForeign(connection, reference.table, theirs);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReferenceToASubclassOfAnotherTenantIsRefused(Database database) throws SQLException {
        try (Connection connection = database.connect()) {
            Object dog = insert(connection, "dog", row(ACME, "id", insert(connection, "animal", row(ACME))));
            insert(connection, "account", row(ACME, "dog_id", dog));
            assertForeign(connection, "account", row(GLOBEX, "dog_id", dog));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReferenceByANaturalKeyFindsTheTenantsOwnRow(Database database) throws SQLException {
        try (Connection connection = database.connect()) {
            insert(connection, "parent", row(ACME, "code", "natural"));
            insert(connection, "account", row(ACME, "parent_code", "natural"));
            assertForeign(connection, "account", row(GLOBEX, "parent_code", "natural"));
            insert(connection, "parent", row(GLOBEX, "code", "natural"));
            insert(connection, "account", row(GLOBEX, "parent_code", "natural"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReferenceOfSeveralColumnsKeepsThemInOrder(Database database) throws SQLException {
        try (Connection connection = database.connect()) {
            insert(connection, "slot", named("tenant_id", ACME, "zone", 1, "area", 2));
            insert(connection, "booking", named("tenant_id", ACME, "slot_zone", 1, "slot_area", 2));
            assertForeign(connection, "booking", named("tenant_id", ACME, "slot_zone", 2, "slot_area", 1));
            assertForeign(connection, "booking", named("tenant_id", GLOBEX, "slot_zone", 1, "slot_area", 2));
        }
    }

    @ParameterizedTest
    @EnumSource
    void quotedNamesAreKept(Database database) {
        Metadata metadata = metadata(database, Quoted.class);
        assertThatCode(() -> manage(metadata, Map.of(DATABASE_ACTION, "create")))
                .doesNotThrowAnyException();
        assertThat(UnenforcedReferences.in(metadata, owned(metadata))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whatNoTenantOwnsIsReferredToByAll(Database database) throws SQLException {
        try (Connection connection = database.connect()) {
            Object currency = insert(connection, "currency", new HashMap<>());
            insert(connection, "account", row(ACME, "currency_id", currency));
            assertThatCode(() -> insert(connection, "account", row(GLOBEX, "currency_id", currency)))
                    .doesNotThrowAnyException();
        }
    }

    static Stream<Arguments> uniqueColumns() {
        return crossed(
                "parent.code",
                "account.email",
                "account.name",
                "bill.number",
                "receipt.number",
                "account.profile_id>profile",
                "starred.starred_id>entry");
    }

    @ParameterizedTest
    @MethodSource("uniqueColumns")
    void whatIsUniqueIsUniquePerTenant(Database database, String unique) throws SQLException {
        String[] names = unique.split("[.>]");
        try (Connection connection = database.connect()) {
            if (names.length == 3) {
                // The value is a row of one tenant, so that the other cannot have it at all.
                Object target = insert(connection, names[2], row(ACME));
                insert(connection, names[0], starredBy(connection, ACME, names, target));
                assertDuplicate(connection, names[0], starredBy(connection, ACME, names, target));
            } else {
                insert(connection, names[0], row(ACME, names[1], "one"));
                insert(connection, names[0], row(GLOBEX, names[1], "one"));
                assertDuplicate(connection, names[0], row(GLOBEX, names[1], "one"));
            }
        }
    }

    @Test
    void aUniqueIndexOfAnExpressionIsUniquePerTenant() throws SQLException {
        manage(metadata(Database.POSTGRES, Nick.class), Map.of(DATABASE_ACTION, "create"));
        try (Connection connection = Database.POSTGRES.connect()) {
            insert(connection, "nick", row(ACME, "text", "Jo"));
            insert(connection, "nick", row(GLOBEX, "text", "Jo"));
            assertDuplicate(connection, "nick", row(GLOBEX, "text", "JO"));
        }
    }

    static Stream<Arguments> tables() {
        return crossed(
                "parent",
                "child",
                "parent_tag",
                "parent_notes",
                "dog",
                "split",
                "split_more",
                "halved_more",
                "cardpayment",
                "account_labels",
                "account_steps",
                "starred",
                "filed",
                "bill",
                "desk.firm",
                "desk_drawers.firm",
                "game.club_no",
                "game_moves.club_no");
    }

    @ParameterizedTest
    @MethodSource("tables")
    void aRowOfNoTenantIsRefused(Database database, String table) throws SQLException {
        String[] names = (table + ".tenant_id").split("\\.");
        try (Connection connection = database.connect()) {
            assertThat(columns(connection, names[0])).containsKey(names[1]);
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> insert(connection, names[0], named(names[1], null)))
                    .matches(refusal -> refusal.getSQLState().equals("23502"), "not null");
        }
    }

    @ParameterizedTest
    @EnumSource
    void tenantsMayHaveTextsAndNumbersAndColumnsOfAnyName(Database database) throws SQLException {
        try (Connection connection = database.connect()) {
            insert(connection, "firmhouse", named("id", 7, "firm", "acme"));
            insert(connection, "desk", named("id", 8, "house_id", 7, "firm", "acme"));
            assertForeign(connection, "desk", named("id", 9, "house_id", 7, "firm", "globex"));
            assertForeign(connection, "desk_drawers", named("desk_id", 8, "drawers", "pens", "firm", "globex"));
            insert(connection, "club", named("id", 7, "club_no", 1));
            insert(connection, "game", named("id", 8, "club_id", 7, "club_no", 1));
            assertForeign(connection, "game", named("id", 9, "club_id", 7, "club_no", 2));
            assertForeign(connection, "game_moves", named("game_id", 8, "moves", "e4", "club_no", 2));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCascadeOfTheDatabaseStaysOne(Database database) throws SQLException {
        try (Connection connection = database.connect()) {
            Object owner = insert(connection, "account", row(ACME));
            Object held = insert(connection, "account", row(ACME, "owner_id", owner));
            execute(connection, "delete from account where id = ?", owner);
            assertThat(execute(connection, "delete from account where id = ?", held))
                    .isZero();
        }
    }

    @Test
    void anOnDeleteThatWouldTakeTheTenantOffTheRowIsRefusedByName() {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> metadata(Database.H2, Orphan.class))
                .withMessageContaining("Orphan.parent_id")
                .withMessageContaining("TenantConstraintsTest$Orphan")
                .withMessageContaining("OnDeleteAction.RESTRICT");
    }

    @ParameterizedTest
    @EnumSource
    void aSchemaIsValidatedAndAnUpdateRestoresWhatIsMissing(Database database) throws SQLException {
        Metadata metadata = metadata(database, ENTITIES);
        manage(metadata, Map.of(DATABASE_ACTION, "validate"));
        try (Connection connection = database.connect()) {
            execute(connection, "alter table account drop constraint account_owner");
            manage(metadata, Map.of(DATABASE_ACTION, "update"));
            Object owner = insert(connection, "account", row(ACME));
            assertForeign(connection, "account", row(GLOBEX, "owner_id", owner));
        }
    }

    @Test
    void everyReferenceOfAnOrdinaryMappingIsHeld() {
        Metadata metadata = metadata(Database.H2, ENTITIES);
        assertThat(UnenforcedReferences.in(metadata, owned(metadata))).isEmpty();
    }

    @Test
    void aReferenceThatNoForeignKeyCanHoldIsNamed() {
        Metadata metadata = metadata(Database.H2, Loose.class, Payment.class, CardPayment.class);
        assertThat(UnenforcedReferences.in(metadata, owned(metadata)))
                .satisfiesExactlyInAnyOrder(
                        one -> assertThat(one).contains("Loose.unconstrained", "ConstraintMode.NO_CONSTRAINT"),
                        one -> assertThat(one).contains("Loose.missing", "@NotFound"),
                        one -> assertThat(one).contains("Loose.spelled", "a definition of its own"),
                        one -> assertThat(one).contains("Loose.peers (element)", "ConstraintMode.NO_CONSTRAINT"),
                        one -> assertThat(one).contains("Loose.payment", "InheritanceType.SINGLE_TABLE"));
    }

    @Test
    void theTenantIsInEachConstraintOfTheExportedSchema() {
        StringWriter script = new StringWriter();
        manage(
                metadata(Database.H2, Firm.class, Desk.class),
                Map.of(
                        SchemaToolingSettings.JAKARTA_HBM2DDL_SCRIPTS_ACTION,
                        "create",
                        SchemaToolingSettings.JAKARTA_HBM2DDL_SCRIPTS_CREATE_TARGET,
                        script));
        assertThat(script.toString()).isEqualToIgnoringNewLines("""
                create table Desk (house_id bigint, id bigint generated by default as identity, firm varchar(40) not null,\
                 label varchar(255), primary key (id), unique (firm, label),\
                 constraint UKpyb23dg5cauey19444cqjck09 unique (firm, id));
                create table Desk_drawers (Desk_id bigint not null, firm varchar(40) not null, drawers varchar(255),\
                 unique (firm, Desk_id, drawers));
                create table FirmHouse (id bigint not null, firm varchar(255) not null, primary key (id),\
                 constraint UKjm3x0aupy3oh9avkriitc38a5 unique (firm, id));
                alter table if exists Desk add constraint FK3fps7edm8u9syytvcut4s1r1p\
                 foreign key (house_id, firm) references FirmHouse (id, firm);
                alter table if exists Desk_drawers add constraint FKpx3o39sr6jpvqmtrgu9adrn0x\
                 foreign key (Desk_id, firm) references Desk (id, firm);
                """);
    }

    private static Map<String, Object> starredBy(Connection connection, UUID tenant, String[] names, Object target)
            throws SQLException {
        Map<String, Object> row = row(tenant, names[1], target);
        if (names[0].equals("starred")) {
            row.put("account_id", insert(connection, "account", row(tenant)));
        }
        return row;
    }

    private static Map<String, Object> referring(Connection connection, UUID tenant, Reference reference, Object target)
            throws SQLException {
        Map<String, Object> row = row(tenant, reference.column, target);
        for (Map.Entry<String, String> other : reference.others.entrySet()) {
            row.put(other.getKey(), insert(connection, other.getValue(), row(tenant)));
        }
        return row;
    }

    private static void assertDuplicate(Connection connection, String table, Map<String, Object> row) {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> insert(connection, table, row))
                .matches(refusal -> refusal.getSQLState().equals("23505"), "unique");
    }

    private static void assertForeign(Connection connection, String table, Map<String, Object> row) {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> insert(connection, table, row))
                .matches(refusal -> Set.of("23503", "23506").contains(refusal.getSQLState()), "foreign key");
    }

    private static Stream<Arguments> crossed(Object... cases) {
        return Arrays.stream(Database.values())
                .flatMap(database -> Arrays.stream(cases).map(one -> Arguments.of(database, one)));
    }

    private static Metadata metadata(Database database, Class<?>... entities) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("hibernate.connection.url", database.url());
        TenantIsolation.applyTo(settings);
        StandardServiceRegistry registry =
                new StandardServiceRegistryBuilder().applySettings(settings).build();
        REGISTRIES.add(registry);
        Metadata metadata =
                new MetadataSources(registry).addAnnotatedClasses(entities).buildMetadata();
        ((MetadataImplementor) metadata).orderColumns(true); // as a session factory does before it exports
        return metadata;
    }

    private static OwnedEntities owned(Metadata metadata) {
        SessionTenant resolver = (SessionTenant) registry(metadata)
                .requireService(ConfigurationService.class)
                .getSettings()
                .get(MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER);
        return resolver.owned();
    }

    private static StandardServiceRegistry registry(Metadata metadata) {
        return ((MetadataImplementor) metadata).getMetadataBuildingOptions().getServiceRegistry();
    }

    private static void manage(Metadata metadata, Map<String, Object> actions) {
        Map<String, Object> settings = new HashMap<>(actions);
        settings.put(SchemaToolingSettings.HBM2DDL_HALT_ON_ERROR, true);
        SchemaManagementToolCoordinator.process(
                metadata, registry(metadata), settings, DelayedDropRegistryNotAvailableImpl.INSTANCE);
    }

    private static Map<String, Object> row(UUID tenant) {
        return named("tenant_id", tenant);
    }

    private static Map<String, Object> row(UUID tenant, String column, Object value) {
        return named("tenant_id", tenant, column, value);
    }

    private static Map<String, Object> named(Object... namesAndValues) {
        Map<String, Object> row = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return row;
    }

    /** Fills in what else must not be null, and returns the id. */
    private static Object insert(Connection connection, String table, Map<String, Object> given) throws SQLException {
        Map<String, Object> row = columns(connection, table);
        row.keySet()
                .retainAll(row.entrySet().stream()
                        .filter(column -> column.getValue() != null)
                        .map(Map.Entry::getKey)
                        .toList());
        row.putAll(given);
        execute(
                connection,
                "insert into " + table + " (" + String.join(", ", row.keySet()) + ") values ("
                        + String.join(", ", Collections.nCopies(row.size(), "?")) + ")",
                row.values().toArray());
        return row.get("id");
    }

    /** The columns of a table, each with a value if it must have one. */
    private static Map<String, Object> columns(Connection connection, String table) throws SQLException {
        Map<String, Object> columns = new TreeMap<>();
        boolean upper = connection.getMetaData().storesUpperCaseIdentifiers();
        String name = upper ? table.toUpperCase() : table;
        try (ResultSet found = connection.getMetaData().getColumns(null, upper ? "PUBLIC" : "public", name, null)) {
            while (found.next()) {
                boolean nullable = found.getString("IS_NULLABLE").equals("YES");
                columns.put(
                        found.getString("COLUMN_NAME").toLowerCase(),
                        nullable ? null : anything(found.getInt("DATA_TYPE"), found.getString("TYPE_NAME")));
            }
        }
        return columns;
    }

    private static Object anything(int type, String name) {
        if (name.equalsIgnoreCase("uuid")) {
            return UUID.randomUUID();
        }
        return switch (type) {
            case Types.BOOLEAN, Types.BIT -> false;
            case Types.VARCHAR -> UUID.randomUUID().toString();
            default -> 0;
        };
    }

    private static int execute(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }

    @Entity(name = "Account")
    @Table(uniqueConstraints = @UniqueConstraint(name = "account_name", columnNames = "name"))
    static class Account extends TenantOwned {

        @Column(unique = true)
        String email;

        String name;

        @OneToOne
        Profile profile;

        @ManyToOne
        Currency currency;

        @ManyToOne
        CardPayment card;

        @ManyToOne
        Dog dog;

        @ManyToOne
        @OnDelete(action = OnDeleteAction.CASCADE)
        @JoinColumn(foreignKey = @ForeignKey(name = "account_owner"))
        Account owner;

        @ManyToOne
        Account payer;

        @ManyToOne
        @JoinColumn(name = "parent_code", referencedColumnName = "code")
        Parent parent;

        @OneToMany
        @JoinColumn(name = "account_id")
        Set<Entry> entries;

        @OneToMany
        @JoinTable(name = "starred")
        Set<Entry> starred;

        @ManyToMany
        @JoinTable(name = "filed")
        Map<Tag, Entry> filed;

        @ElementCollection
        Map<String, String> labels;

        @ElementCollection
        @OrderColumn
        List<String> steps;
    }

    @Entity(name = "Entry")
    static class Entry extends TenantOwned {}

    @Entity(name = "Profile")
    static class Profile extends TenantOwned {}

    @Entity(name = "Passport")
    static class Passport {

        @Id
        UUID id;

        @TenantId
        @Column(name = "tenant_id")
        UUID tenant;

        @MapsId
        @OneToOne
        Profile profile;
    }

    @Embeddable
    record SlotId(int zone, int area) {}

    @Entity(name = "Slot")
    static class Slot {

        @EmbeddedId
        SlotId id;

        @TenantId
        @Column(name = "tenant_id")
        UUID tenant;
    }

    @Entity(name = "Booking")
    static class Booking extends TenantOwned {

        @ManyToOne
        Slot slot;
    }

    @Entity(name = "`Order`")
    static class Quoted {

        @Id
        @Column(name = "`Id`")
        UUID id;

        @TenantId
        @Column(name = "`Tenant`")
        UUID tenant;

        @Column(name = "`Number`", unique = true)
        String number;

        @ManyToOne
        @JoinColumn(name = "`Part Of`")
        Quoted partOf;

        @ElementCollection
        @CollectionTable(name = "`Order Notes`")
        Set<String> notes;
    }

    @Entity(name = "Halved")
    @SecondaryTable(name = "halved_more")
    static class Halved extends TenantOwned {

        @Column(name = "tenant_id", table = "halved_more")
        UUID mappedByHand;
    }

    @Entity(name = "Currency")
    @GlobalEntity(reason = "ISO 4217")
    static class Currency {

        @Id
        UUID id;
    }

    @Entity(name = "Paper")
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    abstract static class Paper extends TenantOwned {

        @Column(unique = true)
        String number;

        @ManyToOne
        Account account;
    }

    @Entity(name = "Bill")
    static class Bill extends Paper {}

    @Entity(name = "Receipt")
    static class Receipt extends Paper {}

    @Entity(name = "Nick")
    @Table(indexes = @Index(name = "nick_lower", columnList = "(lower(text))", unique = true))
    static class Nick extends TenantOwned {
        String text;
    }

    @Entity(name = "Loose")
    static class Loose extends TenantOwned {

        @ManyToOne
        @JoinColumn(foreignKey = @ForeignKey(ConstraintMode.NO_CONSTRAINT))
        Loose unconstrained;

        @ManyToOne
        @NotFound(action = NotFoundAction.IGNORE)
        Loose missing;

        @ManyToOne
        @JoinColumn(
                foreignKey =
                        @ForeignKey(name = "own", foreignKeyDefinition = "foreign key (spelled_id) references Loose"))
        Loose spelled;

        @ManyToMany
        @JoinTable(inverseForeignKey = @ForeignKey(ConstraintMode.NO_CONSTRAINT))
        Set<Loose> peers;

        @ManyToOne
        Payment payment;
    }

    @Entity(name = "Computed")
    static class Computed {

        @Id
        UUID id;

        @TenantId
        @Formula("owner")
        UUID tenant;
    }

    @Entity(name = "Orphan")
    static class Orphan extends TenantOwned {

        @ManyToOne
        @OnDelete(action = OnDeleteAction.SET_NULL)
        Orphan parent;
    }

    @Entity(name = "FirmHouse")
    static class Firm {

        @Id
        Long id;

        @TenantId
        String firm;
    }

    @Entity(name = "Desk")
    static class Desk {

        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        Long id;

        @TenantId
        @Column(length = 40)
        String firm;

        @ManyToOne
        Firm house;

        @NaturalId
        @Column(unique = true)
        String label;

        @ElementCollection
        Set<String> drawers;
    }

    @Entity(name = "Club")
    static class Club {

        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        Long id;

        @TenantId
        @Column(name = "club_no")
        Long club;
    }

    @Entity(name = "Game")
    static class Game {

        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        Long id;

        @TenantId
        @Column(name = "club_no")
        Long tenant;

        @ManyToOne
        Club club;

        @ElementCollection
        Set<String> moves;
    }
}

package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.TenantId;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import testserver.NotOnCluster;
import testserver.TestServer;

/** A schema of one company with rows in it, brought to many companies by the script alone. */
class MigrationScriptTest {

    private static final UUID ACME = new UUID(1, 1);

    private static final String BEFORE = """
            create table types (id int primary key, name varchar(20) unique);
            create table visits (id int primary key, pet_id int, description varchar(20));
            create table owners (id int primary key, email varchar(40) constraint owners_email unique);
            create table pets (id int primary key, type_id int not null, owner_id int not null);
            create table pet_nicknames (pet_id int not null, nickname varchar(20) not null);
            alter table pets add constraint pets_owner foreign key (owner_id) references owners (id);
            alter table pets add constraint pets_type foreign key (type_id) references types (id);
            alter table visits add constraint visits_pet foreign key (pet_id) references pets (id);
            alter table pet_nicknames add constraint nicknames_pet foreign key (pet_id) references pets (id);
            insert into types values (1, 'cat');
            insert into owners values (1, 'a@example.test'), (2, 'b@example.test');
            insert into pets values (10, 1, 1), (11, 1, 2);
            insert into visits values (100, 10, 'first'), (101, 11, 'second');
            insert into pet_nicknames values (10, 'Tom');
            """;

    private static TestServer postgres;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() throws IOException {
        postgres = TestServer.start();
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgres"})
    @NotOnCluster("the script mends a schema that is not distributed")
    void anExistingSchemaIsMendedByTheScript(String database) throws Exception {
        String url = fresh(database);
        run(url, BEFORE);
        Path script = directory.resolve("tenants.sql");

        TenancySetupException refused = catchThrowableOfType(TenancySetupException.class, () -> factory(url, script));
        assertThat(refused.fix()).contains(script.toString()).doesNotContain("alter table");

        String sql = Files.readString(script);
        assertThat(sql)
                .containsIgnoringCase(
                        "update pets set tenant_id = (select p.tenant_id from owners p where p.id = pets.owner_id)")
                .containsIgnoringCase(
                        "update visits set tenant_id = (select p.tenant_id from pets p where p.id = visits.pet_id)")
                .containsOnlyOnce(":tenant /*");
        run(url, sql.replace(":tenant /*", "'" + ACME + "' /*").replace(":city", "'Springfield'"));
        Files.delete(script);

        try (SessionFactory factory = factory(url, script)) {
            assertThat(script).doesNotExist();
            for (String entity : List.of("Owner", "Pet", "Visit")) {
                assertThat(count(factory, ACME, entity)).as(entity).isEqualTo(2);
                assertThat(count(factory, UUID.randomUUID(), entity)).as(entity).isZero();
            }
            CurrentTenant.runAs(
                    ACME,
                    () -> factory.inTransaction(session -> {
                        assertThat(session.find(Pet.class, 10).nicknames).containsExactly("Tom");
                        Reminder reminder = new Reminder();
                        reminder.owner = session.find(Owner.class, 1);
                        session.persist(reminder);
                    }));
        }
    }

    @Test
    void aFileOfSomebodyElseIsNotReplaced() throws Exception {
        String url = fresh("h2");
        run(url, BEFORE);
        Path mine = Files.writeString(directory.resolve("V1__init.sql"), "create table x (id int);");
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> factory(url, mine))
                .withMessageContaining("V1__init.sql")
                .withMessageContaining("not written");
        assertThat(mine).hasContent("create table x (id int);");

        Path script = directory.resolve("tenants.sql");
        assertThatExceptionOfType(TenancySetupException.class).isThrownBy(() -> factory(url, script));
        assertThatExceptionOfType(TenancySetupException.class)
                .as("the second time")
                .isThrownBy(() -> factory(url, script))
                .satisfies(refused -> assertThat(refused.findings()).isNotEmpty());
    }

    @Test
    void theMessageOfManyFindingsIsOneLineAndTheTextOfTheExceptionTellsAll() throws Exception {
        String url = fresh("h2");
        run(url, BEFORE);
        TenancySetupException refused = catchThrowableOfType(TenancySetupException.class, () -> factory(url, null));
        assertThat(refused.getMessage()).doesNotContain("\n").contains("TENANCY-201", "The table PETS");
        assertThat(refused.getSuppressed()[0].getMessage())
                .contains("alter table pets add column tenant_id uuid", TenantIsolation.MIGRATION_SCRIPT)
                .containsOnlyOnce(Fault.NO_TENANT_COLUMN.reason);
    }

    private static long count(SessionFactory factory, UUID tenant, String entity) {
        return CurrentTenant.callAs(
                tenant,
                () -> factory.fromTransaction(session -> session.createSelectionQuery(
                                "select count(*) from MigrationScriptTest$" + entity, Long.class)
                        .getSingleResult()));
    }

    private static SessionFactory factory(String url, Path script) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("hibernate.connection.url", url);
        if (script != null) {
            settings.put(TenantIsolation.MIGRATION_SCRIPT, script.toString());
        }
        TenantIsolation.applyTo(settings);
        Configuration configuration = new Configuration();
        configuration.getProperties().putAll(settings);
        return configuration
                .addAnnotatedClasses(Type.class, Visit.class, Pet.class, Owner.class, Reminder.class)
                .buildSessionFactory();
    }

    private static String fresh(String database) throws SQLException {
        if (database.equals("h2")) {
            return "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
        }
        String name = "d" + UUID.randomUUID().toString().replace("-", "");
        postgres.create(name);
        return postgres.getJdbcUrl("postgres", name);
    }

    private static void run(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String one : sql.split(";\n")) {
                statement.execute(one);
            }
        }
    }

    @MappedSuperclass
    abstract static class Owned {
        @Id
        Integer id;

        @TenantId
        @Column(name = "tenant_id", nullable = false, updatable = false)
        UUID tenantId;
    }

    @GlobalEntity(reason = "kinds of animals")
    @Entity(name = "MigrationScriptTest$Type")
    @Table(name = "types")
    static class Type {
        @Id
        Integer id;

        String name;
    }

    @Entity(name = "MigrationScriptTest$Owner")
    @Table(name = "owners")
    static class Owner extends Owned {
        String email;

        @Column(nullable = false)
        String city;
    }

    @Entity(name = "MigrationScriptTest$Pet")
    @Table(name = "pets")
    static class Pet extends Owned {
        @ManyToOne(optional = false)
        @JoinColumn(name = "type_id")
        Type type;

        @ManyToOne(optional = false)
        @JoinColumn(name = "owner_id")
        Owner owner;

        @ElementCollection
        @jakarta.persistence.CollectionTable(name = "pet_nicknames", joinColumns = @JoinColumn(name = "pet_id"))
        @Column(name = "nickname")
        Set<String> nicknames = new HashSet<>();
    }

    @Entity(name = "MigrationScriptTest$Visit")
    @Table(name = "visits")
    static class Visit extends Owned {
        @ManyToOne
        @JoinColumn(name = "pet_id")
        Pet pet;

        String description;
    }

    /** New with this version. */
    @Entity(name = "MigrationScriptTest$Reminder")
    @Table(name = "reminders")
    static class Reminder {
        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        Integer id;

        @TenantId
        @Column(name = "tenant_id", nullable = false, updatable = false)
        UUID tenantId;

        @ManyToOne(optional = false)
        Owner owner;
    }
}

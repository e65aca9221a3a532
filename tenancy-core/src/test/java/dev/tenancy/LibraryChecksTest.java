package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import jakarta.persistence.Cacheable;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.NaturalIdCache;
import org.hibernate.annotations.OnDelete;
import org.hibernate.annotations.OnDeleteAction;
import org.hibernate.annotations.TenantId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import testserver.NotOnCluster;

/** What is asked of a mapping, a schema and policies with rows that every tenant reads. */
class LibraryChecksTest {

    private static final String ID = "00000000-0000-0000-0000-00000000000a";
    private static final UUID LIB = UUID.fromString(ID);
    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    @Entity(name = "Account")
    @LibraryRows(tenant = ID)
    static class Account extends TenantOwned {
        String code;

        @ElementCollection
        Set<String> tags = new HashSet<>();
    }

    @Entity(name = "Entry")
    static class Entry extends TenantOwned {
        @ManyToOne(fetch = FetchType.LAZY)
        Account account;
    }

    @Entity(name = "Other")
    @LibraryRows(tenant = "00000000-0000-0000-0000-00000000000b")
    static class Other extends TenantOwned {}

    @Entity(name = "Odd")
    @LibraryRows(tenant = "the library")
    static class Odd extends TenantOwned {}

    @Entity(name = "Global")
    @GlobalEntity(reason = "a test")
    @LibraryRows(tenant = ID)
    static class Global {
        @Id
        @GeneratedValue
        UUID id;
    }

    @Entity(name = "Root")
    @Inheritance(strategy = InheritanceType.JOINED)
    static class Root extends TenantOwned {}

    @Entity(name = "Leaf")
    @LibraryRows(tenant = ID)
    static class Leaf extends Root {}

    @Entity(name = "Cached")
    @LibraryRows(tenant = ID)
    @Cacheable
    @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
    static class Cached extends TenantOwned {}

    @Entity(name = "CachedNaturalId")
    @LibraryRows(tenant = ID)
    @NaturalIdCache
    static class CachedNaturalId extends TenantOwned {
        @NaturalId
        String code;
    }

    @Entity(name = "CachedTags")
    @LibraryRows(tenant = ID)
    static class CachedTags extends TenantOwned {
        @ElementCollection
        @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
        Set<String> tags = new HashSet<>();
    }

    @Entity(name = "Cascading")
    static class Cascading extends TenantOwned {
        @ManyToOne
        @OnDelete(action = OnDeleteAction.CASCADE)
        Account account;
    }

    @Entity(name = "Hub")
    @GlobalEntity(reason = "a test")
    static class Hub {
        @Id
        @GeneratedValue
        UUID id;

        @ManyToMany
        Set<Account> accounts = new HashSet<>();
    }

    @Entity(name = "Numbered")
    @LibraryRows(tenant = "-7")
    static class Numbered {
        @Id
        @GeneratedValue
        UUID id;

        @TenantId
        Long tenantId;

        String code;
    }

    @Entity(name = "Named")
    @LibraryRows(tenant = "it's the library")
    static class Named {
        @Id
        @GeneratedValue
        UUID id;

        @TenantId
        String tenantId;

        String code;
    }

    @ParameterizedTest
    @ValueSource(classes = {Odd.class, Global.class})
    void whoseTheLibraryIsHasToBeClear(Class<?> entity) {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> Boot.of(url(), entity))
                .withMessageContaining("TENANCY-110")
                .withMessageContaining(entity.getSimpleName());
    }

    @Test
    void itIsSaidAtTheRootAndOnceForAll() {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> Boot.of(url(), Root.class, Leaf.class))
                .withMessageContaining("Leaf has @LibraryRows, but is not the root of its hierarchy");
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> Boot.of(url(), Account.class, Other.class))
                .withMessageContaining("TENANCY-110");
    }

    @ParameterizedTest
    @CsvSource({
        "Cached, LIBRARY_CACHED",
        "CachedNaturalId, LIBRARY_CACHED",
        "CachedTags, LIBRARY_CACHED",
        "Cascading, LIBRARY_REFERENCE",
        "Hub, LIBRARY_REFERENCE"
    })
    void whatWouldNotHoldIsFoundInTheMapping(String entity, String fault) throws ClassNotFoundException {
        Class<?> faulty = Class.forName(LibraryChecksTest.class.getName() + "$" + entity);
        Boot boot = Boot.of(url(), faulty, Account.class);
        assertThat(MappingCheck.examine(boot.metadata(), boot.owned()))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.id()).isEqualTo(Fault.valueOf(fault).id());
                    assertThat(finding.subject()).startsWith(faulty.getName());
                });
    }

    @Test
    void aKeyThatKeepsRowsFromTheLibraryIsFoundAndMended() throws SQLException {
        String url = url();
        Boot boot = Boot.of(url, TwoTenants.settings(url), Account.class, Entry.class);
        try (Connection connection = DriverManager.getConnection(url, "sa", "")) {
            run(
                    connection,
                    "create table account (id uuid primary key, tenant_id uuid not null, version bigint not null,"
                            + " code varchar(255), unique (tenant_id, id))");
            run(
                    connection,
                    "create table account_tags (account_id uuid not null, tenant_id uuid not null, tags"
                            + " varchar(255), constraint tags_account foreign key (tenant_id, account_id) references account"
                            + " (tenant_id, id))");
            run(
                    connection,
                    "create table entry (id uuid primary key, tenant_id uuid not null, version bigint not null,"
                            + " account_id uuid, unique (tenant_id, id), constraint entry_account foreign key (tenant_id,"
                            + " account_id) references account (tenant_id, id))");
            List<Finding> findings = examine(boot, connection);
            assertThat(findings)
                    .extracting(Finding::id, Finding::subject)
                    .containsExactly(tuple(Fault.FOREIGN_KEY_TO_OWN_ONLY.id(), "The table ENTRY"));
            run(connection, findings.get(0).remedy());
            assertThat(examine(boot, connection)).isEmpty();
            // What is a part of a row is of the row's tenant.
            run(connection, "alter table account_tags drop constraint tags_account");
            run(connection, "alter table account_tags add constraint bad foreign key (account_id) references account");
            assertThat(examine(boot, connection))
                    .extracting(Finding::id, Finding::subject)
                    .containsExactly(tuple(Fault.FOREIGN_KEY_WITHOUT_TENANT.id(), "The table ACCOUNT_TAGS"));
        }
    }

    @Test
    void theCanaryTakesTheLibraryForNoLeak() {
        String url = url();
        try (var factory = Model.factory(url, TwoTenants.settings(url), Account.class, Entry.class)) {
            CurrentTenant.acrossTenants(
                    "a test",
                    () -> CurrentTenant.runAs(
                            LIB, () -> factory.inTransaction(session -> session.persist(new Account()))));
            List<String> entities = List.of(Account.class.getName(), Entry.class.getName());
            assertThat(Doctor.canary(factory, UUID.class, entities)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Numbered.class, Named.class})
    @NotOnCluster("@LibraryRows cannot be distributed (TENANCY-607)")
    void tenantsMayBeNumbersAndNames(Class<?> entity) throws Exception {
        Object library = entity == Numbered.class ? (Object) (-7L) : "it's the library";
        Object acme = entity == Numbered.class ? (Object) 1L : "acme";
        Object globex = entity == Numbered.class ? (Object) 2L : "globex";
        try (SecuredPostgres secured = new SecuredPostgres()) {
            String h2 = url();
            secured.make("kinds", entity);
            try (var h2Factory = Model.factory(h2, TwoTenants.settings(h2), entity);
                    var policies = secured.factory("kinds", java.util.Map.of(), entity)) {
                for (var factory : List.of(h2Factory, policies)) {
                    CurrentTenant.acrossTenants(
                            "a test",
                            () -> CurrentTenant.runAs(
                                    library, () -> factory.inTransaction(session -> session.persist(made(entity)))));
                    CurrentTenant.runAs(globex, () -> factory.inTransaction(session -> session.persist(made(entity))));
                    CurrentTenant.runAs(acme, () -> {
                        factory.inTransaction(session -> {
                            session.persist(made(entity));
                            session.flush();
                            assertThat(session.createSelectionQuery("from " + entity.getSimpleName(), entity)
                                            .getResultList())
                                    .hasSize(2);
                            assertThat(session.createMutationQuery("delete " + entity.getSimpleName())
                                            .executeUpdate())
                                    .isEqualTo(1);
                            assertThat(session.createNativeQuery(
                                                    "select count(*) from " + entity.getSimpleName()
                                                            + " where tenantId in (:tenant, '"
                                                            + library.toString().replace("'", "''") + "')",
                                                    Long.class)
                                            .setParameter("tenant", acme)
                                            .getSingleResult())
                                    .isEqualTo(1L);
                        });
                    });
                }
            }
        }
    }

    private static Object made(Class<?> entity) {
        return entity == Numbered.class ? new Numbered() : new Named();
    }

    @Test
    @NotOnCluster("@LibraryRows cannot be distributed (TENANCY-607)")
    void underPoliciesTheLibraryIsReadAndNotWrittenWhateverTheStatementSays() throws Exception {
        try (SecuredPostgres secured = new SecuredPostgres()) {
            secured.make("library", Account.class, Entry.class);
            UUID row = UUID.randomUUID();
            SecuredPostgres.run(
                    secured.superuser("library"),
                    List.of(
                            "insert into account (id, tenant_id, version, code) values ('" + row + "', '" + LIB
                                    + "', 0, 'lib'), ('" + UUID.randomUUID() + "', '" + ACME + "', 0, 'acme'), ('"
                                    + UUID.randomUUID() + "', '" + GLOBEX + "', 0, 'globex')",
                            "insert into entry (id, tenant_id, version) values ('" + UUID.randomUUID() + "', '" + LIB
                                    + "', 0)"));
            try (Connection app = DriverManager.getConnection(secured.url("app", "library"))) {
                app.setAutoCommit(false);
                run(app, "set local app.tenant = '" + ACME + "'");
                assertThat(count(app, "select count(*) from account")).isEqualTo(2);
                assertThat(count(app, "select count(*) from entry")).isZero();
                assertThat(count(app, "select count(*) from (select 1 from account for update) a"))
                        .isEqualTo(1);
                assertThat(update(app, "update account set code = 'changed'")).isEqualTo(1);
                assertThat(update(app, "delete from account")).isEqualTo(1);
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(() -> run(
                                app,
                                "insert into account (id, tenant_id, version) values ('" + UUID.randomUUID() + "', '"
                                        + LIB + "', 0)"))
                        .withMessageContaining("row-level security");
                app.rollback();
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(() -> count(app, "select count(*) from account"));
                app.rollback();
            }
            for (String ddl : List.of(
                    "drop policy tenancy_library on account",
                    "alter policy tenancy_library on account using (true)",
                    "drop policy tenancy_library on account_tags; create policy tenancy_library on account_tags for all"
                            + " using (tenant_id = '" + LIB + "')",
                    "create policy tenancy_library on entry for select using (tenant_id = '" + LIB + "')")) {
                SecuredPostgres.run(secured.superuser("library"), List.of(ddl));
                List<Finding> findings = examineAsApp(secured);
                assertThat(findings)
                        .as(ddl)
                        .singleElement()
                        .satisfies(finding ->
                                assertThat(finding.id()).isIn(Fault.NO_POLICY.id(), Fault.WRONG_POLICY.id()));
                SecuredPostgres.run(
                        secured.superuser("library"), List.of(findings.get(0).remedy()));
                assertThat(examineAsApp(secured)).isEmpty();
            }
        }
    }

    private static List<Finding> examineAsApp(SecuredPostgres secured) throws SQLException {
        String url = secured.url("app", "library");
        Boot boot = Boot.of(url, Account.class, Entry.class);
        try (Connection app = DriverManager.getConnection(url)) {
            return PolicyCheck.examine(boot.metadata(), boot.owned(), new LiveSchema(app, null));
        }
    }

    private static List<Finding> examine(Boot boot, Connection connection) throws SQLException {
        return SchemaCheck.examine(boot.metadata(), boot.owned(), new LiveSchema(connection, null));
    }

    private static String url() {
        return "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int update(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    private static int count(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }
}

package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Table;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.hibernate.annotations.TenantId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import testserver.TestServer;

/** Plain JDBC against PostgreSQL, as a role that is neither owner nor superuser: the policies alone stand in the way. */
class RowPoliciesTest {

    /** A database for each type of tenant ids, with one row of each of two tenants. */
    enum Kind {
        UUIDS(UuidNote.class, "uuid", "00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b"),
        LONGS(LongNote.class, "bigint", "10", "11"),
        TEXTS(TextNote.class, "varchar(255)", "acme", "globex");

        final Class<?> entity;
        final String type;
        final String acme;
        final String globex;

        Kind(Class<?> entity, String type, String acme, String globex) {
            this.entity = entity;
            this.type = type;
            this.acme = acme;
            this.globex = globex;
        }
    }

    private static TestServer postgres;

    @BeforeAll
    static void build() throws Exception {
        postgres = TestServer.start();
        postgres.role("tenancy_across", "nologin");
        postgres.role("app", "login");
        for (Kind kind : Kind.values()) {
            postgres.create(kind.name());
            build(kind);
        }
    }

    private static void build(Kind kind) throws SQLException {
        Boot boot = Boot.of(postgres.getJdbcUrl("postgres", kind.name().toLowerCase(Locale.ROOT)), kind.entity);
        List<String> ddl = new ArrayList<>();
        ddl.add("create table note (id bigint primary key, tenant_id " + kind.type
                + " not null, text text, unique (tenant_id, id))");
        ddl.add("create table note_words (note_id bigint, tenant_id " + kind.type + " not null, words text)");
        ddl.addAll(RowPolicies.sql(boot.metadata(), boot.owned(), true));
        ddl.addAll(RowPolicies.grants(RowPolicies.Reach.of(boot.metadata()), "app", true));
        ddl.add("insert into note values (1, '" + kind.acme + "', 'text'), (2, '" + kind.globex + "', 'text')");
        ddl.add("insert into note_words values (1, '" + kind.acme + "', 'word'), (2, '" + kind.globex + "', 'word')");
        try (Connection owner = connection("postgres", kind.name())) {
            for (String sql : ddl) {
                run(owner, sql);
            }
        }
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    @ParameterizedTest
    @EnumSource
    void anotherTenantsRowsAreInvisible(Kind kind) throws SQLException {
        try (Connection app = app(kind)) {
            for (String table : List.of("note", "note_words")) {
                assertThat(as(kind.globex, app, "select tenant_id::text from " + table))
                        .containsExactly(kind.globex);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherTenantsRowsAreNeitherUpdatedNorDeleted(Kind kind) throws SQLException {
        try (Connection app = app(kind)) {
            assertThat(as(kind.globex, app, "update note set text = 'x' returning id::text"))
                    .containsExactly("2");
            assertThat(as(kind.globex, app, "delete from note where id = 1 returning id::text"))
                    .isEmpty();
            assertThat(as(kind.globex, app, "delete from note_words returning note_id::text"))
                    .containsExactly("2");
        }
    }

    // No RETURNING here: what it returns has to meet USING as well, which would stand in for WITH CHECK.
    @ParameterizedTest
    @EnumSource
    void aRowIsNotInsertedForAnotherTenant(Kind kind) throws SQLException {
        try (Connection app = app(kind)) {
            app.setAutoCommit(false);
            for (String sql : List.of(
                    "insert into note values (3, '" + kind.acme + "', 'x')",
                    "insert into note_words values (1, '" + kind.acme + "', 'x')",
                    "insert into note values (1, '" + kind.globex
                            + "', 'x') on conflict (id) do update set text = 'x'")) {
                run(app, "select set_config('app.tenant', '" + kind.globex + "', true)");
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(() -> run(app, sql))
                        .withMessageContaining("row-level security policy");
                app.rollback();
            }
        }
    }

    // Without a column that is read, only WITH CHECK stands in the way.
    @ParameterizedTest
    @EnumSource
    void aRowIsNotHandedToAnotherTenant(Kind kind) throws SQLException {
        try (Connection app = app(kind)) {
            app.setAutoCommit(false);
            run(app, "select set_config('app.tenant', '" + kind.globex + "', true)");
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> run(app, "update note set tenant_id = '" + kind.acme + "'"))
                    .withMessageContaining("row-level security policy");
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutAnAnnouncedTenantAStatementIsAnErrorAndNotAnEmptyResult(Kind kind) throws SQLException {
        try (Connection app = app(kind)) {
            for (String sql : List.of(
                    "select id from note",
                    "update note set text = 'x'",
                    "delete from note",
                    "insert into note values (3, '" + kind.globex + "', 'x')")) {
                assertThatExceptionOfType(SQLException.class).isThrownBy(() -> run(app, sql));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsCarriedOverTheEndOfATransaction(Kind kind) throws SQLException {
        try (Connection app = app(kind)) {
            app.setAutoCommit(false);
            for (boolean commit : new boolean[] {true, false}) {
                run(app, "select set_config('app.tenant', '" + kind.globex + "', true)");
                run(app, "select id from note");
                if (commit) {
                    app.commit();
                } else {
                    app.rollback();
                }
                assertThatExceptionOfType(SQLException.class).isThrownBy(() -> run(app, "select id from note"));
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(() -> run(app, "insert into note values (3, '', 'x')"));
                app.rollback();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theIndexOnTheTenantIsUsedUnderThePolicy(Kind kind) throws SQLException {
        try (Connection app = app(kind)) {
            app.setAutoCommit(false);
            run(app, "set local enable_seqscan = off");
            String plan = String.join("\n", as(kind.globex, app, "explain select * from note"));
            assertThat(plan).contains("note_tenant_id_id_key").containsPattern("Index Cond: .*tenant_id");
        }
    }

    @ParameterizedTest
    @EnumSource
    void acrossTenantsAllRowsAreReadAndNoneWrittenWhetherATenantIsAnnouncedOrNot(Kind kind) throws SQLException {
        try (Connection app = app(kind)) {
            app.setAutoCommit(false);
            run(app, "set local role tenancy_across");
            assertThat(rows(app, "select id::text from note")).hasSize(2);
            assertThat(as(kind.globex, app, "select id::text from note")).hasSize(2);
            run(app, "set local role tenancy_across");
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> as(kind.globex, app, "update note set text = 'x' returning id"))
                    .withMessageContaining("permission denied");
            assertThat(as(kind.globex, app, "select id::text from note")).hasSize(1);
        }
    }

    @Test
    void theOwnerIsHeldToThePoliciesAsWell() throws SQLException {
        postgres.role("keeper", "login");
        try (Connection owner = connection("postgres", "uuids")) {
            run(owner, "grant create on schema public to keeper");
            run(owner, "alter table note owner to keeper");
            run(owner, "set role keeper");
            assertThat(as(Kind.UUIDS.acme, owner, "select id::text from note")).containsExactly("1");
        }
    }

    @Test
    void aTableIsNamedAsTheMappingSpellsIt() {
        assertThat(RowPolicies.quoted("Tenant_Id")).isEqualTo("tenant_id");
        assertThat(RowPolicies.exact("Order Line")).isEqualTo("\"Order Line\"");
        assertThat(RowPolicies.exact("a\"b")).isEqualTo("\"a\"\"b\"");
    }

    private static Connection app(Kind kind) throws SQLException {
        return connection("app", kind.name());
    }

    private static Connection connection(String role, String database) throws SQLException {
        return DriverManager.getConnection(postgres.getJdbcUrl(role, database.toLowerCase(Locale.ROOT)));
    }

    /** In a transaction that announces the tenant, and is rolled back. */
    private static List<String> as(String tenant, Connection connection, String sql) throws SQLException {
        connection.setAutoCommit(false);
        try {
            run(connection, "select set_config('app.tenant', '" + tenant + "', true)");
            return rows(connection, sql);
        } finally {
            connection.rollback();
        }
    }

    private static List<String> rows(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    @Entity(name = "Order")
    @Table(name = "`order`")
    static class Order extends TenantOwned {

        @Column(name = "`user`")
        String user;
    }

    @Entity(name = "Select")
    @Table(name = "`Sel\"ect`")
    static class Select extends TenantOwned {}

    @Test
    void namesThatAreWordsOfSqlAreQuoted() throws SQLException {
        postgres.create("words");
        Boot boot = Boot.of(postgres.getJdbcUrl("postgres", "words"), Order.class, Select.class);
        try (Connection owner = connection("postgres", "words")) {
            run(owner, "create table \"order\" (id uuid primary key, tenant_id uuid not null)");
            run(owner, "create table \"Sel\"\"ect\" (id uuid primary key, tenant_id uuid not null)");
            for (String sql : RowPolicies.sql(boot.metadata(), boot.owned(), true)) {
                run(owner, sql);
            }
            for (String sql : RowPolicies.grants(RowPolicies.Reach.of(boot.metadata()), "app", true)) {
                run(owner, sql);
            }
            try (ResultSet policies = owner.createStatement().executeQuery("select count(*) from pg_policies")) {
                policies.next();
                assertThat(policies.getInt(1)).isEqualTo(4);
            }
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(TestServer.spelled(sql));
        }
    }

    @Entity(name = "Note")
    static class UuidNote extends Words {

        @TenantId
        @Column(name = "tenant_id")
        UUID tenantId;
    }

    @Entity(name = "Note")
    static class LongNote extends Words {

        @TenantId
        @Column(name = "tenant_id")
        Long tenantId;
    }

    @Entity(name = "Note")
    static class TextNote extends Words {

        @TenantId
        @Column(name = "tenant_id")
        String tenantId;
    }

    @MappedSuperclass
    abstract static class Words {

        @Id
        Long id;

        String text;

        @ElementCollection
        @CollectionTable(name = "note_words")
        Set<String> words = new HashSet<>();
    }
}

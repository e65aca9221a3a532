package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.PrimaryKeyJoinColumn;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Table;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import testserver.TestServer;

/** A good schema has no finding. Each fault that is put into it is found, and gone when the finding's remedy was run. */
class SchemaCheckTest {

    static final Class<?>[] ENTITIES = {Project.class, Task.class, Currency.class, Report.class};

    static final List<String> GOOD = List.of(
            "create table project (id uuid primary key, tenant_id uuid not null, version bigint not null, code varchar(20),"
                    + " constraint project_id unique (tenant_id, id), constraint project_code unique (tenant_id, code))",
            "create table project_more (id uuid primary key, tenant_id uuid not null, constraint more_project foreign key"
                    + " (tenant_id, id) references project (tenant_id, id))",
            "create table project_notes (project_id uuid not null, tenant_id uuid not null, note varchar(20), constraint"
                    + " notes_project foreign key (tenant_id, project_id) references project (tenant_id, id))",
            "create table task (id uuid not null, tenant_id uuid not null, version bigint not null, project_id uuid, primary"
                    + " key (tenant_id, id), constraint task_project foreign key (tenant_id, project_id) references project"
                    + " (tenant_id, id))",
            "create table currency (code varchar(3) primary key, name varchar(20) unique)",
            "create table report (id bigint primary key)");

    private static TestServer postgres;

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
    void aGoodSchemaHasNoFinding(String database) throws SQLException {
        try (Connection connection = good(database)) {
            assertThat(examine(connection)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgres"})
    void aTableThatHasNotBeenMadeYetIsNotAFault(String database) throws SQLException {
        try (Connection connection = connection(database)) {
            assertThat(examine(connection)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            NO_TENANT_COLUMN | project_notes | alter table project_notes drop constraint notes_project; alter table project_notes drop column tenant_id
            NO_TENANT_COLUMN | project_more | alter table project_more drop constraint more_project; alter table project_more drop column tenant_id
            NULLABLE_TENANT | project | alter table project alter column tenant_id drop not null
            NULLABLE_TENANT | project_notes | alter table project_notes alter column tenant_id drop not null
            TENANT_TYPE | project_more | alter table project_more drop constraint more_project; alter table project_more alter column tenant_id set data type varchar(36)
            UNIQUE_WITHOUT_TENANT | project | alter table project add constraint bad unique (code)
            UNIQUE_WITHOUT_TENANT | project | create unique index bad on project (code, version)
            FOREIGN_KEY_WITHOUT_TENANT | task | alter table task drop constraint task_project; alter table task add constraint bad foreign key (project_id) references project
            FOREIGN_KEY_WITHOUT_TENANT | project_notes | alter table project_notes drop constraint notes_project; alter table project_notes add constraint bad foreign key (project_id) references project
            NO_TENANT_INDEX | task | alter table task drop constraint task_project; alter table task drop primary key_; alter table task add primary key (id)
            """)
    void aFaultIsFoundAndItsRemedyMendsIt(String fault, String table, String ddl) throws SQLException {
        for (String database : List.of("h2", "postgres")) {
            try (Connection connection = good(database)) {
                run(
                        connection,
                        ddl.replace("primary key_", database.equals("h2") ? "primary key" : "constraint task_pkey"));
                List<Finding> findings = examine(connection);
                assertThat(findings).singleElement().satisfies(finding -> {
                    assertThat(finding.id()).isEqualTo(Fault.valueOf(fault).id());
                    assertThat(finding.subject()).isEqualToIgnoringCase("The table " + table);
                });
                run(connection, findings.get(0).remedy());
                assertThat(examine(connection)).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgres"})
    void rowsThatHaveNoTenantYetGetTheirOwners(String database) throws SQLException {
        try (Connection connection = good(database)) {
            UUID project = UUID.randomUUID();
            run(
                    connection,
                    "alter table project_notes drop constraint notes_project; alter table project_notes drop column tenant_id;"
                            + "insert into project values ('" + project + "', '" + UUID.randomUUID() + "', 0, 'x');"
                            + "insert into project_notes values ('" + project + "', 'note')");
            run(connection, examine(connection).get(0).remedy());
            assertThat(examine(connection)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgres"})
    void allFaultsAreFoundAtOnce(String database) throws SQLException {
        try (Connection connection = good(database)) {
            run(
                    connection,
                    "alter table project add constraint bad unique (code); alter table project alter column tenant_id drop"
                            + " not null; create table stray (tenant_id uuid)");
            assertThat(examine(connection))
                    .extracting(Finding::id)
                    .containsExactlyInAnyOrder(
                            Fault.UNIQUE_WITHOUT_TENANT.id(), Fault.NULLABLE_TENANT.id(), Fault.UNMAPPED_TABLE.id());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgres"})
    void aTableWithATenantColumnThatNobodyMapsIsFound(String database) throws SQLException {
        try (Connection connection = good(database)) {
            run(connection, "create table stray (tenant_id uuid)");
            assertThat(examine(connection)).singleElement().satisfies(finding -> {
                assertThat(finding.id()).isEqualTo(Fault.UNMAPPED_TABLE.id());
                assertThat(finding.subject()).isEqualToIgnoringCase("The table stray");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgres"})
    void aGlobalEntityOnADatabaseViewOfAnOwnedTableIsFound(String database) throws SQLException {
        try (Connection connection = good(database)) {
            run(connection, "drop table report; create view report as select count(*) as id from project");
            assertThat(examine(connection)).singleElement().satisfies(finding -> {
                assertThat(finding.id()).isEqualTo(Fault.VIEW_OVER_OWNED.id());
                assertThat(finding.subject()).isEqualTo(Report.class.getName());
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgres"})
    void anOwnedEntityOnADatabaseViewIsFound(String database) throws SQLException {
        try (Connection connection = good(database)) {
            run(connection, "drop table task; create view task as select * from project");
            assertThat(examine(connection))
                    .extracting(Finding::id, Finding::subject)
                    .containsExactly(tuple(Fault.VIEW_OVER_OWNED.id(), Task.class.getName()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgres"})
    void theSchemaThatHibernateIsToldIsExamined(String database) throws SQLException {
        try (Connection connection = good(database)) {
            String schema = connection.getSchema();
            run(connection, "alter table project alter column tenant_id drop not null");
            run(connection, database.equals("h2") ? "create schema other" : "select 1");
            Boot boot = Boot.of(connection.getMetaData().getURL(), ENTITIES);
            connection.setSchema(database.equals("h2") ? "OTHER" : "pg_catalog");
            assertThat(Doctor.examine(boot.metadata(), boot.owned(), new LiveSchema(connection, null)))
                    .isEmpty();
            assertThat(Doctor.examine(boot.metadata(), boot.owned(), new LiveSchema(connection, schema)))
                    .extracting(Finding::id)
                    .containsExactly(Fault.NULLABLE_TENANT.id());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgres"})
    void aSingleColumnKeyBesideOneWithTheTenantIsNotAFault(String database) throws SQLException {
        try (Connection connection = good(database)) {
            run(connection, "alter table task add constraint more foreign key (project_id) references project (id)");
            assertThat(examine(connection)).isEmpty();
        }
    }

    private static List<Finding> examine(Connection connection) throws SQLException {
        Boot boot = Boot.of(connection.getMetaData().getURL(), ENTITIES);
        return Doctor.examine(boot.metadata(), boot.owned(), new LiveSchema(connection, null));
    }

    private static Connection good(String database) throws SQLException {
        Connection connection = connection(database);
        run(connection, String.join(";", GOOD));
        return connection;
    }

    private static Connection connection(String database) throws SQLException {
        if (database.equals("h2")) {
            return DriverManager.getConnection("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        }
        String schema = "s" + UUID.randomUUID().toString().replace("-", "");
        String url = postgres.getJdbcUrl("postgres", "postgres");
        try (Connection connection = DriverManager.getConnection(url)) {
            run(connection, "create schema " + schema);
        }
        return DriverManager.getConnection(url + "&currentSchema=" + schema);
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String one : sql.split(";")) {
                statement.execute(one);
            }
        }
    }

    @Entity(name = "Project")
    @SecondaryTable(name = "project_more", pkJoinColumns = @PrimaryKeyJoinColumn(name = "id"))
    static class Project extends TenantOwned {

        String code;

        @ElementCollection
        Set<String> notes = new HashSet<>();
    }

    @Entity(name = "Task")
    static class Task extends TenantOwned {

        @ManyToOne
        Project project;
    }

    @Entity(name = "Currency")
    @GlobalEntity(reason = "ISO 4217")
    static class Currency {

        @Id
        String code;
    }

    @Entity(name = "Report")
    @Table(name = "report")
    @GlobalEntity(reason = "a fixture")
    static class Report {

        @Id
        Long id;
    }
}

package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import testserver.TestServer;

/** Policies that were made from the mapping have no finding, of a role that they hold. */
class PolicyCheckTest {

    private static TestServer postgres;

    private String url;

    @BeforeAll
    static void start() throws Exception {
        postgres = TestServer.start();
        postgres.role("tenancy_across", "nologin");
        postgres.role("keeper", "login createrole");
        postgres.role("app", "login");
        postgres.role("heir", "login inherit");
        postgres.role("exempt", "login bypassrls");
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    @BeforeEach
    void schemaWithPolicies() throws SQLException {
        String schema = "s" + UUID.randomUUID().toString().replace("-", "");
        url = postgres.getJdbcUrl("%s", "postgres") + "&currentSchema=" + schema;
        asSuperuser("create schema " + schema + " authorization keeper");
        asSuperuser("grant usage on schema " + schema + " to app, heir, exempt");
        for (String ddl : SchemaCheckTest.GOOD) {
            as("keeper", ddl);
        }
        Boot boot = Boot.of(url.formatted("postgres"), SchemaCheckTest.ENTITIES);
        for (String sql : RowPolicies.sql(boot.metadata(), boot.owned(), true)) {
            as("keeper", sql);
        }
        for (String role : List.of("app", "heir")) {
            for (String sql : RowPolicies.grants(RowPolicies.Reach.of(boot.metadata()), role, true)) {
                asSuperuser(sql);
            }
        }
    }

    @Test
    void generatedPoliciesAndGrantsHaveNoFinding() throws SQLException {
        assertThat(examineAs("app")).isEmpty();
    }

    @Test
    void aRoleThatBypassesPoliciesIsFoundOnlyWhereThereAreAny() throws SQLException {
        assertThat(examineAs("postgres"))
                .extracting(Finding::id, Finding::subject)
                .containsExactly(tuple(Fault.ROLE_BYPASSES.id(), "The database role postgres"));
        assertThat(examineAs("exempt")).extracting(Finding::id).containsExactly(Fault.ROLE_BYPASSES.id());
        for (String table : List.of("project", "project_more", "project_notes", "task")) {
            as("keeper", "alter table " + table + " disable row level security");
        }
        assertThat(examineAs("postgres")).isEmpty();
    }

    @Test
    void theOwnerOfATableWhereSecurityIsNotForcedIsFound() throws SQLException {
        as("keeper", "revoke truncate on project, project_more, project_notes, task from keeper");
        assertThat(examineAs("keeper")).isEmpty();
        as("keeper", "alter table task no force row level security");
        List<Finding> findings = examineAs("keeper");
        assertThat(findings)
                .extracting(Finding::id, Finding::problem)
                .containsExactly(tuple(
                        Fault.ROLE_BYPASSES.id(), "is the owner of task, where row-level security is not forced"));
        as("keeper", findings.get(0).remedy());
        assertThat(examineAs("keeper")).isEmpty();
    }

    @Test
    void aRoleThatMayTruncateIsFound() throws SQLException {
        as("keeper", "grant truncate on task to app");
        assertFoundAndMended(Fault.TRUNCATE_GRANTED);
    }

    @Test
    void aRoleThatInheritsTheOneThatCrossesTenantsIsFound() throws SQLException {
        TestServer.assumeFrom(16, "a role inherits or does not, whatever it was granted");
        asSuperuser("grant tenancy_across to app with inherit true");
        assertFoundAndMended(Fault.ACROSS_INHERITED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            NO_POLICY    | alter table project_notes disable row level security
            NO_POLICY    | drop policy tenancy_isolation on task
            WRONG_POLICY | create policy more on task for select using (true)
            WRONG_POLICY | create policy more on task for insert with check (true)
            WRONG_POLICY | create policy more on task for select to app using (true)
            WRONG_POLICY | alter policy tenancy_across on task to public
            WRONG_POLICY | alter policy tenancy_isolation on task using (true)
            WRONG_POLICY | alter policy tenancy_isolation on task with check (true)
            WRONG_POLICY | alter policy tenancy_isolation on task to app
            WRONG_POLICY | alter policy tenancy_isolation on task using (tenant_id::text = current_setting('app.tenant'))
            WRONG_POLICY | alter policy tenancy_isolation on task using (tenant_id = current_setting('app.tenant', true)::uuid)
            WRONG_POLICY | alter policy tenancy_isolation on task using (tenant_id = current_setting('app.other')::uuid)
            WRONG_POLICY | alter policy tenancy_isolation on task using (tenant_id = current_setting('app.tenant')::uuid or tenant_id is null)
            WRONG_POLICY | drop policy tenancy_isolation on task; create policy tenancy_isolation on task for select using (tenant_id = current_setting('app.tenant')::uuid)
            """)
    void aPolicyThatTheMappingDoesNotAskForIsFound(Fault fault, String ddl) throws SQLException {
        as("keeper", ddl);
        assertFoundAndMended(fault);
    }

    @Test
    void aRestrictivePolicyOfTheApplicationsOwnIsNotAFault() throws SQLException {
        as("keeper", "create policy more on task as restrictive using (project_id is not null)");
        assertThat(examineAs("app")).isEmpty();
    }

    private void assertFoundAndMended(Fault fault) throws SQLException {
        List<Finding> findings = examineAs("app");
        assertThat(findings).extracting(Finding::id).containsExactly(fault.id());
        if (fault == Fault.ACROSS_INHERITED) {
            asSuperuser(findings.get(0).remedy());
        } else {
            as("keeper", findings.get(0).remedy());
        }
        assertThat(examineAs("app")).isEmpty();
    }

    private List<Finding> examineAs(String role) throws SQLException {
        Boot boot = Boot.of(url.formatted("postgres"), SchemaCheckTest.ENTITIES);
        try (Connection connection = DriverManager.getConnection(url.formatted(role))) {
            return Doctor.examine(boot.metadata(), boot.owned(), new LiveSchema(connection, null));
        }
    }

    private void asSuperuser(String sql) throws SQLException {
        as("postgres", sql);
    }

    private void as(String role, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url.formatted(role))) {
            for (String one : sql.split(";")) {
                run(connection, one);
            }
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(TestServer.spelled(sql));
        }
    }
}

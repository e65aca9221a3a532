package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tenancy.Cluster.Kind;
import dev.tenancy.Cluster.Placement;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.SecondaryTable;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.annotations.SecondaryRow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the doctor makes of what a coordinator tells; that a coordinator tells so is seen on a cluster, as docs/scaling.md lists. */
class ClusterCheckTest {

    private static final Placement BY_TENANT = new Placement(Kind.DISTRIBUTED, "tenant_id", 2);
    private static final Placement EVERYWHERE = new Placement(Kind.REFERENCE, null, 1);

    private final String url = "jdbc:h2:mem:" + UUID.randomUUID();
    private final Map<String, Placement> placements = new HashMap<>();
    private final Boot boot = Boot.of(url, Country.class, City.class, Branch.class, Desk.class, Note.class);
    private Connection connection;

    @Entity(name = "Country")
    @GlobalEntity(reason = "the same for all")
    static class Country {

        @Id
        Long id;
    }

    @Entity(name = "City")
    @GlobalEntity(reason = "the same for all")
    static class City {

        @Id
        Long id;

        @ManyToOne
        Country country;
    }

    @Entity(name = "Note")
    @GlobalEntity(reason = "nobody's")
    static class Note {

        @Id
        Long id;

        @ManyToOne
        City city;
    }

    @Entity(name = "Branch")
    static class Branch extends TenantOwned {

        @ManyToOne
        City city;
    }

    @Entity(name = "Desk")
    static class Desk extends TenantOwned {

        @ManyToOne
        Branch branch;
    }

    @Entity(name = "Loose")
    @SecondaryTable(name = "loose_more")
    static class Loose extends TenantOwned {

        @Column(table = "loose_more")
        String more;
    }

    @Entity(name = "Firm")
    @SecondaryTable(name = "firm_more")
    @SecondaryRow(table = "firm_more", optional = false)
    static class Firm extends TenantOwned {

        @Column(table = "firm_more")
        String more;
    }

    @Entity(name = "Shared")
    @LibraryRows(tenant = "00000000-0000-0000-0000-00000000000a")
    static class Shared extends TenantOwned {}

    @Entity(name = "Detail")
    static class Detail extends Shared {}

    @BeforeEach
    void makeSchema() throws SQLException {
        connection = DriverManager.getConnection(url);
        for (String sql : List.of(
                "create table country (id bigint primary key)",
                "create table city (id bigint primary key, country_id bigint references country)",
                "create table note (id bigint primary key, city_id bigint references city)",
                "create table branch (tenant_id uuid, id uuid, version bigint, city_id bigint references city,"
                        + " primary key (tenant_id, id))",
                "create table desk (tenant_id uuid, id uuid, version bigint, branch_id uuid, primary key (tenant_id, id),"
                        + " foreign key (tenant_id, branch_id) references branch (tenant_id, id))")) {
            run(sql);
        }
        placements.putAll(Map.of("country", EVERYWHERE, "city", EVERYWHERE, "branch", BY_TENANT, "desk", BY_TENANT));
    }

    @AfterEach
    void drop() throws SQLException {
        connection.close();
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<Finding> findings(Cluster cluster, boolean announces) throws SQLException {
        return ClusterCheck.examine(
                boot.metadata(), boot.owned(), new LiveSchema(connection, null), cluster, announces);
    }

    private Cluster cluster(boolean carriesSettings, List<String> nodesWithoutCrossing) {
        Map<String, Placement> ofSchema = new HashMap<>();
        placements.forEach((table, placement) -> ofSchema.put(Cluster.key("public", table), placement));
        return new Cluster(ofSchema, carriesSettings, nodesWithoutCrossing);
    }

    private Finding finding() throws SQLException {
        List<Finding> findings = findings(cluster(true, List.of()), false);
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }

    @Test
    void aClusterThatIsAsTheLibraryPrintsItHasNoFinding() throws SQLException {
        assertThat(findings(cluster(true, List.of()), true)).isEmpty();
    }

    @Test
    void theDistributionIsPrintedInTheOrderOfTheReferences() throws SQLException {
        assertThat(Distribution.of(boot.metadata(), boot.owned(), new LiveSchema(connection, null))
                        .sql())
                .containsExactly(
                        "set local citus.enable_local_reference_table_foreign_keys = off",
                        "select create_reference_table('country')",
                        "select create_reference_table('city')",
                        "select create_distributed_table('branch', 'tenant_id', colocate_with => 'none')",
                        "select create_distributed_table('desk', 'tenant_id', colocate_with => 'branch')",
                        "set local citus.enable_local_reference_table_foreign_keys = on",
                        "select citus_add_local_table_to_metadata('note', cascade_via_foreign_keys => true)");
    }

    @Test
    void aKeyThatOnlyTheSchemaHasCountsAsWell() throws SQLException {
        run("alter table desk add column note_id bigint references note");
        assertThat(Distribution.of(boot.metadata(), boot.owned(), new LiveSchema(connection, null))
                        .sql())
                .contains("select create_reference_table('note')");
    }

    @Test
    void anOwnedTableThatIsNotDistributedIsFound() throws SQLException {
        placements.remove("desk");
        assertThat(finding())
                .returns("TENANCY-602", Finding::id)
                .returns("The table DESK", Finding::subject)
                .returns("is not distributed", Finding::problem)
                .returns(
                        "select create_distributed_table('desk', 'tenant_id', colocate_with => 'branch')",
                        Finding::remedy);
    }

    @Test
    void underPoliciesTheOwnerIsLetAtTheRowsForTheMove() throws SQLException {
        placements.remove("desk");
        assertThat(findings(cluster(true, List.of()), true))
                .singleElement()
                .extracting(Finding::remedy)
                .asString()
                .startsWith("alter table desk no force row level security;\n")
                .endsWith(";\nalter table desk force row level security");
    }

    @Test
    void anOwnedTableThatIsDistributedByAnotherColumnIsFound() throws SQLException {
        placements.put("desk", new Placement(Kind.DISTRIBUTED, "id", 2));
        assertThat(finding())
                .returns("TENANCY-602", Finding::id)
                .returns("is distributed by id, and not by tenant_id", Finding::problem)
                .extracting(Finding::remedy)
                .asString()
                // Its first line is for one transaction alone.
                .startsWith("begin;\nselect undistribute_table('desk', cascade_via_foreign_keys => true);\nset local ")
                .contains("\nselect create_distributed_table('desk', 'tenant_id', colocate_with => 'branch')")
                .endsWith(";\ncommit");
    }

    @Test
    void anOwnedTableThatIsAReferenceTableIsFound() throws SQLException {
        placements.put("desk", EVERYWHERE);
        assertThat(finding())
                .returns("TENANCY-602", Finding::id)
                .returns("is a reference table, which each node has all rows of", Finding::problem);
    }

    @Test
    void aTableWithoutAnEntityThatOwnedRowsReferToIsAReferenceTable() throws SQLException {
        run("create table currency (code varchar(3) primary key)");
        run("alter table desk add column currency varchar(3) references currency");
        assertThat(finding())
                .returns("TENANCY-604", Finding::id)
                .returns("The table CURRENCY", Finding::subject)
                .extracting(Finding::remedy)
                .asString()
                .containsIgnoringCase("select create_reference_table('");
        placements.put("currency", EVERYWHERE);
        assertThat(findings(cluster(true, List.of()), false)).isEmpty();
    }

    /** What comes first by its name may be what is new. */
    @Test
    void aNewTableIsColocatedWithThoseThatAreThere() throws SQLException {
        placements.remove("branch");
        assertThat(finding())
                .returns("TENANCY-602", Finding::id)
                .returns(
                        "select create_distributed_table('branch', 'tenant_id', colocate_with => 'desk')",
                        Finding::remedy);
    }

    @Test
    void aTableOfThisNameInAnotherSchemaIsAnother() throws SQLException {
        Map<String, Placement> elsewhere = new HashMap<>();
        placements.forEach((table, placement) ->
                elsewhere.put(Cluster.key(table.equals("desk") ? "archive" : "public", table), placement));
        assertThat(findings(new Cluster(elsewhere, true, List.of()), false))
                .singleElement()
                .returns("TENANCY-602", Finding::id)
                .returns("is not distributed", Finding::problem);
    }

    @Test
    void anOwnedTableThatIsNotColocatedIsFound() throws SQLException {
        placements.put("desk", new Placement(Kind.DISTRIBUTED, "tenant_id", 3));
        assertThat(finding())
                .returns("TENANCY-603", Finding::id)
                .returns("is not colocated with Branch", Finding::problem)
                .returns(
                        "-- outside of a transaction\nselect alter_distributed_table('desk', colocate_with => 'branch', cascade_to_colocated => true)",
                        Finding::remedy);
    }

    @Test
    void aGlobalTableThatOwnedRowsReferToIsAReferenceTable() throws SQLException {
        placements.remove("city");
        assertThat(finding())
                .returns("TENANCY-604", Finding::id)
                .returns("The table CITY", Finding::subject)
                .returns("select create_reference_table('city')", Finding::remedy);
    }

    @Test
    void aKeyFromAGlobalTableToAnOwnedOneIsFound() throws SQLException {
        run("alter table note add column branch_tenant uuid");
        run("alter table note add column branch_id uuid");
        run("alter table note add constraint note_branch foreign key (branch_tenant, branch_id) references branch");
        assertThat(finding())
                .returns("TENANCY-606", Finding::id)
                .returns("The table NOTE", Finding::subject)
                .returns("alter table note drop constraint note_branch", Finding::remedy);
    }

    private List<Finding> findingsOf(Class<?>... entities) throws SQLException {
        Boot mapping = Boot.of(url, entities);
        return ClusterCheck.examine(
                mapping.metadata(), mapping.owned(), new LiveSchema(connection, null), cluster(true, List.of()), false);
    }

    /** Hibernate writes such a row with MERGE, from values that are in no table. */
    @Test
    void aRowOfASecondaryTableThatMayBeMissingIsFound() throws SQLException {
        assertThat(findingsOf(Loose.class, Firm.class))
                .singleElement()
                .returns("TENANCY-607", Finding::id)
                .returns("The entity dev.tenancy.ClusterCheckTest$Loose", Finding::subject)
                .extracting(Finding::remedy)
                .asString()
                .contains("@SecondaryRow(table = \"loose_more\", optional = false)");
    }

    @Test
    void rowsThatEveryTenantReadsAreFoundOnce() throws SQLException {
        assertThat(findingsOf(Shared.class, Detail.class))
                .singleElement()
                .returns("TENANCY-607", Finding::id)
                .returns("The entity dev.tenancy.ClusterCheckTest$Shared", Finding::subject)
                .extracting(Finding::remedy)
                .asString()
                .contains("@GlobalEntity");
    }

    @Test
    void whatPoliciesNeedIsFoundWhereThereAreAny() throws SQLException {
        Cluster bare = cluster(false, List.of("w1:5432", "w2:5432"));
        assertThat(findings(bare, false)).isEmpty();
        assertThat(findings(bare, true))
                .extracting(Finding::id, Finding::problem)
                .containsExactly(
                        tuple("TENANCY-601", "is not local"),
                        tuple("TENANCY-605", "may not log in on w1:5432, w2:5432"));
    }
}

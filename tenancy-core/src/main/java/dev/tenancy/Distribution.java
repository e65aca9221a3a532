package dev.tenancy;

import dev.tenancy.LiveSchema.LiveForeignKey;
import dev.tenancy.LiveSchema.LiveTable;
import dev.tenancy.sql.SqlName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.hibernate.boot.Metadata;
import org.hibernate.mapping.ForeignKey;
import org.hibernate.mapping.Table;

/**
 * How the tables of a mapping are spread over the nodes of Citus: owned tables by their tenant, all colocated; global tables that
 * owned ones refer to as reference tables, which each node has. Other global tables stay on the coordinator, of which Citus has to
 * know: it would send an update with a reference table in a sub-select to a worker. Foreign keys count that the mapping or the schema
 * has, for a migration may add some that the mapping does not know.
 */
final class Distribution {

    // On, Citus takes in each table that a key leads to or from, and then refuses to distribute it.
    private static final String LOCAL_TABLES = "set local citus.enable_local_reference_table_foreign_keys = ";

    private final LiveSchema live;
    private final Map<String, Table> mapped = new LinkedHashMap<>();
    private final Map<Table, String> tenantColumns = new LinkedHashMap<>();
    private final Map<LiveTable, String> unmapped = new LinkedHashMap<>();
    private final Set<Table> references = new LinkedHashSet<>();
    private final Set<Table> distributed = new LinkedHashSet<>();

    private Distribution(Metadata metadata, OwnedEntities owned, LiveSchema live) throws SQLException {
        this.live = live;
        // A migration that was printed once is to be printed again.
        TenantTable.of(metadata, owned).stream()
                .sorted(Comparator.comparing(one -> RowPolicies.name(one.table())))
                .forEach(one ->
                        tenantColumns.put(one.table(), SqlName.of(one.column()).key()));
        for (Table table : metadata.collectTableMappings()) {
            if (table.isPhysicalTable() && !table.isAbstract() && !table.isView()) {
                mapped.put(key(table), table);
            }
        }
        for (Table table : tenantColumns.keySet()) {
            for (Table parent : parents(table)) {
                if (!tenantColumns.containsKey(parent)) {
                    addAfterParents(parent, references, true);
                }
            }
        }
        for (Table table : tenantColumns.keySet()) {
            addAfterParents(table, distributed, false);
        }
    }

    static Distribution of(Metadata metadata, OwnedEntities owned, LiveSchema live) throws SQLException {
        return new Distribution(metadata, owned, live);
    }

    private void addAfterParents(Table table, Set<Table> all, boolean global) throws SQLException {
        addAfterParents(table, all, global, new LinkedHashSet<>());
    }

    private void addAfterParents(Table table, Set<Table> all, boolean global, Set<Table> asking) throws SQLException {
        if (all.contains(table) || !asking.add(table)) {
            return;
        }
        for (Table parent : parents(table)) {
            if (tenantColumns.containsKey(parent) != global) {
                addAfterParents(parent, all, global, asking);
            }
        }
        all.add(table);
    }

    private Set<Table> parents(Table table) throws SQLException {
        Set<Table> parents = new TreeSet<>(Comparator.comparing(RowPolicies::name));
        for (ForeignKey key : table.getForeignKeyCollection()) {
            if (key.isCreationEnabled()
                    && key.isPhysicalConstraint()
                    && mapped.containsKey(key(key.getReferencedTable()))) {
                parents.add(key.getReferencedTable());
            }
        }
        Optional<LiveTable> there = live.find(table);
        if (there.isPresent()) {
            for (LiveForeignKey key : live.foreignKeys(there.get())) {
                Table parent = mapped.get(SqlName.of(key.parent().name()).key());
                if (parent == null) {
                    unmapped.put(key.parent(), live.quoted(key.parent().name()));
                } else {
                    parents.add(parent);
                }
            }
        }
        parents.remove(table);
        return parents;
    }

    private static String key(Table table) {
        return SqlName.of(table.getName()).key();
    }

    /** Those that each node has as well, although no entity is mapped to them, with their names in SQL. */
    Map<LiveTable, String> unmapped() {
        return unmapped;
    }

    /** Those that each node has, each after those that it refers to. */
    Set<Table> references() {
        return references;
    }

    /** Those of one tenant's rows, each after those that it refers to; the others are colocated with the first. */
    Set<Table> distributed() {
        return distributed;
    }

    String tenantColumn(Table distributed) {
        return tenantColumns.getOrDefault(distributed, "");
    }

    /** For a migration between the schema and the policies, to be run once, in a transaction, by the owner of the tables. */
    List<String> sql() {
        List<String> statements = new ArrayList<>();
        if (distributed.isEmpty()) {
            return statements;
        }
        statements.add(LOCAL_TABLES + "off");
        unmapped.values().stream().sorted().forEach(name -> statements.add(makeReference(name)));
        references.forEach(table -> statements.add(makeReference(RowPolicies.name(table))));
        distributed.forEach(table -> statements.add(distribute(table, first())));
        List<String> local = mapped.values().stream()
                .filter(table -> !references.contains(table) && !distributed.contains(table))
                .map(RowPolicies::name)
                .sorted()
                .toList();
        if (!local.isEmpty()) {
            statements.add(LOCAL_TABLES + "on");
            local.forEach(table -> statements.add("select citus_add_local_table_to_metadata(" + literal(table)
                    + ", cascade_via_foreign_keys => true)"));
        }
        return statements;
    }

    static String makeReference(String table) {
        return "select create_reference_table(" + literal(table) + ")";
    }

    Table first() {
        return distributed.iterator().next();
    }

    /** @param with a table that it is colocated with, or the table itself */
    String distribute(Table table, Table with) {
        return "select create_distributed_table(" + literal(RowPolicies.name(table)) + ", "
                + literal(tenantColumn(table).toLowerCase(Locale.ROOT)) + ", colocate_with => "
                + literal(table == with ? "none" : RowPolicies.name(with)) + ")";
    }

    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}

package dev.tenancy;

import dev.tenancy.Cluster.Kind;
import dev.tenancy.Cluster.Placement;
import dev.tenancy.LiveSchema.LiveForeignKey;
import dev.tenancy.LiveSchema.LiveTable;
import dev.tenancy.sql.SqlName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hibernate.boot.Metadata;
import org.hibernate.mapping.Table;
import org.jspecify.annotations.Nullable;

/** What {@link Doctor} finds in a cluster of Citus: whatever keeps a statement of one tenant from running in the shard of that tenant. */
final class ClusterCheck {

    private static final String TABLE = "The table ";

    private final LiveSchema schema;
    private final Distribution wanted;
    private final Cluster cluster;
    private final List<Finding> findings = new ArrayList<>();

    private ClusterCheck(LiveSchema schema, Distribution wanted, Cluster cluster) {
        this.schema = schema;
        this.wanted = wanted;
        this.cluster = cluster;
    }

    /** @param announces whether policies ask for the tenant, and for the role that reads all of them */
    static List<Finding> examine(
            Metadata metadata, OwnedEntities owned, LiveSchema schema, Cluster cluster, boolean announces)
            throws SQLException {
        ClusterCheck check = new ClusterCheck(schema, Distribution.of(metadata, owned, schema), cluster);
        if (announces) {
            check.settings();
        }
        check.findings.addAll(ShardingCheck.unroutable(metadata, owned));
        check.foreignKeys(metadata);
        for (Table table : check.wanted.references()) {
            schema.find(table).ifPresent(there -> check.reference(there, RowPolicies.name(table)));
        }
        check.wanted.unmapped().forEach(check::reference);
        check.distributed(announces);
        return check.findings;
    }

    private void settings() throws SQLException {
        if (!cluster.carriesSettings()) {
            findings.add(Fault.SETTINGS_NOT_CARRIED.found(
                    "The setting citus.propagate_set_commands",
                    "is not local",
                    "alter database "
                            + RowPolicies.exact(
                                    String.valueOf(schema.connection().getCatalog()))
                            + " set citus.propagate_set_commands = 'local'"));
        }
        if (!cluster.nodesWithoutCrossing().isEmpty()) {
            findings.add(Fault.ACROSS_CANNOT_LOG_IN.found(
                    "The database role " + RowPolicies.ACROSS,
                    "may not log in on " + String.join(", ", cluster.nodesWithoutCrossing()),
                    Fault.ACROSS_CANNOT_LOG_IN.remedy));
        }
    }

    private void foreignKeys(Metadata metadata) throws SQLException {
        Set<LiveTable> owned = new HashSet<>();
        for (Table table : wanted.distributed()) {
            schema.find(table).ifPresent(owned::add);
        }
        for (Table table : metadata.collectTableMappings()) {
            Optional<LiveTable> there = table.isPhysicalTable() ? schema.find(table) : Optional.empty();
            if (there.isEmpty() || owned.contains(there.get())) {
                continue;
            }
            for (LiveForeignKey key : schema.foreignKeys(there.get())) {
                if (owned.contains(key.parent())) {
                    findings.add(Fault.GLOBAL_REFERS_TO_OWNED.found(
                            TABLE + there.get().name(),
                            "has the foreign key " + key.name() + " to "
                                    + key.parent().name() + ", although no tenant owns its rows",
                            "alter table " + RowPolicies.name(table) + " drop constraint "
                                    + schema.quoted(key.name())));
                }
            }
        }
    }

    private void reference(LiveTable there, String name) {
        Kind kind = cluster.of(there).kind();
        if (kind != Kind.REFERENCE) {
            findings.add(Fault.NOT_A_REFERENCE_TABLE.found(
                    TABLE + there.name(),
                    "is no reference table, although owned rows refer to it",
                    (kind == Kind.DISTRIBUTED ? undistribute(name) : "") + Distribution.makeReference(name)));
        }
    }

    private void distributed(boolean announces) throws SQLException {
        // The one that most of the rows are with already, and not what comes first by its name: that may be new.
        Table first = anchor();
        int together =
                first == null ? 0 : placement(first).map(Placement::colocation).orElse(0);
        for (Table table : wanted.distributed()) {
            Optional<LiveTable> there = schema.find(table);
            if (there.isEmpty()) {
                continue;
            }
            Placement placement = cluster.of(there.get());
            String subject = TABLE + there.get().name();
            String column = wanted.tenantColumn(table);
            if (!isByTenant(table, placement)) {
                String again = placement.kind() == Kind.LOCAL ? "" : undistribute(RowPolicies.name(table));
                findings.add(Fault.NOT_DISTRIBUTED.found(
                        subject,
                        placement.kind() == Kind.REFERENCE
                                ? "is a reference table, which each node has all rows of"
                                : placement.kind() == Kind.LOCAL
                                        ? "is not distributed"
                                        : "is distributed by " + placement.column() + ", and not by " + column,
                        unforced(
                                table,
                                again.isEmpty()
                                        ? wanted.distribute(table, first == null ? wanted.first() : first)
                                        : "begin;\n" + again + String.join(";\n", wanted.sql()) + ";\ncommit",
                                announces)));
            } else if (first != null && placement.colocation() != together) {
                findings.add(Fault.NOT_COLOCATED.found(
                        subject,
                        "is not colocated with " + first.getName(),
                        // In one transaction with the rest, Citus refuses it.
                        "-- outside of a transaction\n"
                                + unforced(
                                        table,
                                        "select alter_distributed_table("
                                                + Distribution.literal(RowPolicies.name(table))
                                                + ", colocate_with => " + Distribution.literal(RowPolicies.name(first))
                                                + ", cascade_to_colocated => true)",
                                        announces)));
            }
        }
    }

    private @Nullable Table anchor() throws SQLException {
        Map<Integer, List<Table>> colocated = new LinkedHashMap<>();
        for (Table table : wanted.distributed()) {
            Optional<Placement> placement = placement(table);
            if (placement.isPresent() && isByTenant(table, placement.get())) {
                colocated
                        .computeIfAbsent(placement.get().colocation(), any -> new ArrayList<>())
                        .add(table);
            }
        }
        return colocated.values().stream()
                .max(Comparator.comparingInt(List::size))
                .map(tables -> tables.get(0))
                .orElse(null);
    }

    private Optional<Placement> placement(Table table) throws SQLException {
        return schema.find(table).map(cluster::of);
    }

    private boolean isByTenant(Table table, Placement placement) {
        return placement.kind() == Kind.DISTRIBUTED
                && placement.column() != null
                && SqlName.of(placement.column()).key().equals(wanted.tenantColumn(table));
    }

    // Citus drops foreign keys or refuses, unless the tables that they lead to and from go along.
    private static String undistribute(String table) {
        return "select undistribute_table(" + Distribution.literal(table) + ", cascade_via_foreign_keys => true);\n";
    }

    // The owner has to copy the rows, which forced policies do not show it.
    private static String unforced(Table table, String sql, boolean announces) {
        String alter = "alter table " + RowPolicies.name(table);
        return announces
                ? alter + " no force row level security;\n" + sql + ";\n" + alter + " force row level security"
                : sql;
    }
}

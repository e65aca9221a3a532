package dev.tenancy;

import dev.tenancy.LiveSchema.LiveTable;
import dev.tenancy.sql.SqlName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the coordinator of Citus tells of its cluster.
 *
 * @param placements of its tables, by their {@link #key}; tables that only the coordinator has are not in it
 * @param carriesSettings whether SET LOCAL goes on to the workers
 * @param nodesWithoutCrossing the workers on which the role tenancy_across may not log in; one that is away tells nothing
 */
record Cluster(Map<String, Placement> placements, boolean carriesSettings, List<String> nodesWithoutCrossing) {

    enum Kind {
        DISTRIBUTED,
        REFERENCE,
        LOCAL
    }

    /** @param column by which its rows are spread; null if they are not */
    record Placement(Kind kind, @Nullable String column, int colocation) {}

    static Cluster of(Connection coordinator) throws SQLException {
        return new Cluster(placements(coordinator), carriesSettings(coordinator), nodesWithoutCrossing(coordinator));
    }

    private static Map<String, Placement> placements(Connection coordinator) throws SQLException {
        Map<String, Placement> placements = new HashMap<>();
        try (PreparedStatement query = coordinator.prepareStatement(
                        "select n.nspname, c.relname, case when p.partmethod = 'h' then 'DISTRIBUTED' when p.repmodel = 't' then 'REFERENCE'"
                                + " else 'LOCAL' end, column_to_column_name(p.logicalrelid, p.partkey), p.colocationid from"
                                + " pg_dist_partition p join pg_class c on c.oid = p.logicalrelid join pg_namespace n on n.oid ="
                                + " c.relnamespace");
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                placements.put(
                        key(rows.getString(1), rows.getString(2)),
                        new Placement(Kind.valueOf(rows.getString(3)), rows.getString(4), rows.getInt(5)));
            }
        }
        return placements;
    }

    private static boolean carriesSettings(Connection coordinator) throws SQLException {
        try (PreparedStatement query =
                        coordinator.prepareStatement("select current_setting('citus.propagate_set_commands')");
                ResultSet row = query.executeQuery()) {
            return row.next() && row.getString(1).equals("local");
        }
    }

    private static List<String> nodesWithoutCrossing(Connection coordinator) throws SQLException {
        List<String> nodes = new ArrayList<>();
        try (PreparedStatement query = coordinator.prepareStatement(
                        "select nodename || ':' || nodeport from run_command_on_workers('select count(*) from pg_roles where"
                                + " rolcanlogin and rolname = ''" + RowPolicies.ACROSS
                                + "''') where success and result = '0'");
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                nodes.add(rows.getString(1));
            }
        }
        return nodes;
    }

    Placement of(LiveTable table) {
        return placements.getOrDefault(key(table.schema(), table.name()), new Placement(Kind.LOCAL, null, 0));
    }

    /** Of a table, which another schema may have as well. */
    static String key(@Nullable String schema, String name) {
        return SqlName.of(String.valueOf(schema)).key() + "." + SqlName.of(name).key();
    }
}

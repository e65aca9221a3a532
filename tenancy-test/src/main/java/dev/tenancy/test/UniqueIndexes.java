package dev.tenancy.test;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The unique indexes of a table as the database has them, but for that of its primary key. */
final class UniqueIndexes {

    /** Something that is done with a connection. */
    @FunctionalInterface
    interface Work {
        void accept(Connection connection) throws SQLException;
    }

    private UniqueIndexes() {}

    /**
     * The columns of each, {@link #folded}; of several with the same columns the first.
     *
     * @param table as the mapping names it
     * @param connections runs work over a connection
     */
    static Map<String, Set<String>> of(String table, Consumer<Work> connections) {
        Map<String, Set<String>> indexes = new LinkedHashMap<>();
        connections.accept(connection -> {
            List<String> names = Stream.of(table.split("\\."))
                    .map(name -> name.replaceAll("[`\"]", ""))
                    .toList();
            String name = names.get(names.size() - 1);
            String schema = names.size() > 1 ? names.get(names.size() - 2) : connection.getSchema();
            DatabaseMetaData database = connection.getMetaData();
            if (database.storesUpperCaseIdentifiers() && !table.contains("\"")) {
                read(database, schema.toUpperCase(Locale.ROOT), name.toUpperCase(Locale.ROOT), indexes);
            }
            if (indexes.isEmpty()) {
                read(database, schema, name, indexes);
            }
        });
        Set<Set<String>> seen = new HashSet<>();
        indexes.values().removeIf(columns -> !seen.add(columns));
        return indexes;
    }

    private static void read(DatabaseMetaData database, String schema, String table, Map<String, Set<String>> indexes)
            throws SQLException {
        Set<String> primaryKey = new TreeSet<>();
        try (ResultSet keys = database.getPrimaryKeys(null, schema, table)) {
            while (keys.next()) {
                primaryKey.add(folded(keys.getString("COLUMN_NAME")));
            }
        }
        try (ResultSet rows = database.getIndexInfo(null, schema, table, true, true)) {
            while (rows.next()) {
                if (rows.getString("COLUMN_NAME") != null) {
                    indexes.computeIfAbsent(rows.getString("INDEX_NAME"), index -> new TreeSet<>())
                            .add(folded(rows.getString("COLUMN_NAME")));
                }
            }
        }
        if (!primaryKey.isEmpty()) {
            // Such as (tenant_id, id), to which foreign keys refer.
            indexes.values().removeIf(columns -> columns.containsAll(primaryKey));
        }
    }

    /** The name of a column, to be compared with others of its table. */
    static String folded(String column) {
        return column.replaceAll("[`\"]", "").toLowerCase(Locale.ROOT);
    }
}

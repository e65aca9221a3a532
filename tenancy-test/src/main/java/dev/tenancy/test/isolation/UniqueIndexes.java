package dev.tenancy.test.isolation;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The unique indexes of a table as the database has them, but for that of its primary key. */
final class UniqueIndexes {

    /** Something that is done with a connection. */
    @FunctionalInterface
    interface Work {
        void accept(Connection connection) throws SQLException;
    }

    private static final Pattern NAME = Pattern.compile("\"[^\"]+\"|[\\p{L}_][\\p{L}\\p{N}_$]*");

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
            if (database.storesUpperCaseIdentifiers() && !isQuoted(table)) {
                read(database, schema.toUpperCase(Locale.ROOT), name.toUpperCase(Locale.ROOT), indexes);
            } else if (database.storesLowerCaseIdentifiers() && !isQuoted(table)) {
                read(database, schema.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT), indexes);
            }
            if (indexes.isEmpty()) {
                read(database, schema, name, indexes);
            }
        });
        Set<Set<String>> seen = new HashSet<>();
        indexes.values().removeIf(columns -> !seen.add(columns));
        return indexes;
    }

    private static boolean isQuoted(String table) {
        return table.contains("\"") || table.contains("`");
    }

    private static void read(DatabaseMetaData database, String schema, String table, Map<String, Set<String>> indexes)
            throws SQLException {
        Set<String> primaryKey = new TreeSet<>();
        try (ResultSet keys = database.getPrimaryKeys(null, schema, table)) {
            while (keys.next()) {
                primaryKey.add(folded(keys.getString("COLUMN_NAME")));
            }
        }
        Map<String, String> generated = generated(database.getConnection(), schema, table);
        try (ResultSet rows = database.getIndexInfo(null, schema, table, true, true)) {
            while (rows.next()) {
                if (rows.getString("COLUMN_NAME") != null) {
                    indexes.computeIfAbsent(rows.getString("INDEX_NAME"), index -> new TreeSet<>())
                            .addAll(columns(rows.getString("COLUMN_NAME"), generated));
                }
            }
        }
        if (!primaryKey.isEmpty()) {
            // Such as (tenant_id, id), to which foreign keys refer.
            indexes.values().removeIf(columns -> columns.containsAll(primaryKey));
        }
    }

    /** The columns that the database computes, and how. */
    private static Map<String, String> generated(Connection connection, String schema, String table)
            throws SQLException {
        Map<String, String> generated = new HashMap<>();
        try (PreparedStatement statement =
                connection.prepareStatement("select column_name, generation_expression from information_schema.columns"
                        + " where table_schema = ? and table_name = ? and is_generated = 'ALWAYS'")) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    generated.put(folded(rows.getString(1)), rows.getString(2));
                }
            }
        }
        return generated;
    }

    // PostgreSQL tells an expression in place of a column, and H2 has a computed column for it. Names of functions stay
    // among the names; they are names of no columns.
    private static Set<String> columns(String indexed, Map<String, String> generated) {
        String expression = generated.getOrDefault(folded(indexed), indexed);
        return NAME.matcher(expression.replaceAll("'[^']*'", ""))
                .results()
                .map(MatchResult::group)
                .map(UniqueIndexes::folded)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The name of a column, to be compared with others of its table. */
    static String folded(String column) {
        return column.replaceAll("[`\"]", "").toLowerCase(Locale.ROOT);
    }
}

package dev.tenancy.spring.crud;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.Session;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.jspecify.annotations.Nullable;

/**
 * What the database says of the tables of one entity, read once at start: how much a column holds, and which columns a
 * constraint is about. The mapping need not know either where migrations make the schema. A table that is not there yet has no
 * facts, and then the database alone judges.
 */
final class SchemaFacts {

    private record Column(int type, int size, int digits) {}

    private record TableName(@Nullable String schema, String name) {}

    private final Map<String, Column> columns = new HashMap<>();
    private final Map<String, List<String>> constraints = new HashMap<>();
    private final Map<String, Set<List<String>>> indexes = new HashMap<>();
    private final Map<SelectableMapping, Optional<Column>> known = new ConcurrentHashMap<>();

    private SchemaFacts() {}

    static SchemaFacts read(SessionFactoryImplementor factory, Iterable<String> tables) {
        SchemaFacts facts = new SchemaFacts();
        try (Session session = factory.openSession()) {
            session.doWork(connection -> {
                for (String table : tables) {
                    facts.read(connection, table);
                }
            });
        }
        return facts;
    }

    private void read(Connection connection, String table) throws SQLException {
        DatabaseMetaData database = connection.getMetaData();
        TableName live = live(connection, database, table);
        String catalog = connection.getCatalog();
        try (ResultSet rows = database.getColumns(catalog, live.schema(), live.name(), null)) {
            while (rows.next()) {
                // The name is taken as a pattern, in which _ is any letter.
                if (live.name().equals(rows.getString("TABLE_NAME"))) {
                    columns.put(
                            key(table, rows.getString("COLUMN_NAME")),
                            new Column(
                                    rows.getInt("DATA_TYPE"),
                                    rows.getInt("COLUMN_SIZE"),
                                    rows.getInt("DECIMAL_DIGITS")));
                }
            }
        }
        try (ResultSet rows = database.getIndexInfo(catalog, live.schema(), live.name(), false, true)) {
            readIndexes(table, rows);
        }
        try (ResultSet rows = database.getImportedKeys(catalog, live.schema(), live.name())) {
            collect(rows, "FK_NAME", "FKCOLUMN_NAME");
        }
    }

    private void collect(ResultSet rows, String name, String column) throws SQLException {
        while (rows.next()) {
            note(rows.getString(name), rows.getString(column));
        }
    }

    private void note(@Nullable String constraint, @Nullable String about) {
        if (constraint != null && about != null) {
            constraints
                    .computeIfAbsent(normal(constraint), any -> new ArrayList<>())
                    .add(normal(about));
        }
    }

    // Columns of one index come one after the other, in the order that they have in it.
    private void readIndexes(String table, ResultSet rows) throws SQLException {
        Map<String, List<String>> all = new HashMap<>();
        while (rows.next()) {
            String index = rows.getString("INDEX_NAME");
            String column = rows.getString("COLUMN_NAME");
            if (index != null && column != null) {
                all.computeIfAbsent(index, any -> new ArrayList<>()).add(normal(column));
                if (!rows.getBoolean("NON_UNIQUE")) {
                    note(index, column);
                }
            }
        }
        indexes.computeIfAbsent(normal(table), any -> new LinkedHashSet<>()).addAll(all.values());
    }

    /** Whether the database has an index of the table that begins with these columns; true also if nothing is known of it. */
    boolean hasIndex(String table, List<String> columns) {
        Set<List<String>> all = indexes.get(normal(table));
        List<String> names = columns.stream().map(SchemaFacts::normal).toList();
        return all == null
                || all.isEmpty()
                || all.stream()
                        .anyMatch(index -> index.size() >= names.size()
                                && index.subList(0, names.size()).equals(names));
    }

    private @Nullable Column column(SelectableMapping attribute) {
        return known.computeIfAbsent(
                        attribute,
                        any -> Optional.ofNullable(columns.get(
                                key(attribute.getContainingTableExpression(), attribute.getSelectionExpression()))))
                .orElse(null);
    }

    private static TableName live(Connection connection, DatabaseMetaData database, String table) throws SQLException {
        int dot = table.lastIndexOf('.');
        String schema = dot < 0 ? connection.getSchema() : spelled(database, table.substring(0, dot));
        return new TableName(schema, spelled(database, table.substring(dot + 1)));
    }

    private static String spelled(DatabaseMetaData database, String name) throws SQLException {
        if (name.startsWith("\"") || name.startsWith("`")) {
            return name.substring(1, name.length() - 1);
        }
        return database.storesUpperCaseIdentifiers()
                ? name.toUpperCase(Locale.ROOT)
                : database.storesLowerCaseIdentifiers() ? name.toLowerCase(Locale.ROOT) : name;
    }

    private static String key(String table, String column) {
        return normal(table) + "." + normal(column);
    }

    static String normal(String name) {
        return name.replaceAll("[\"`]", "").toLowerCase(Locale.ROOT);
    }

    /** Why a column does not hold a value as it is, to end the sentence "must …"; empty if it does, or nobody knows. */
    Optional<String> refusal(SelectableMapping attribute, Object value) {
        if (attribute.isFormula() || attribute.getJdbcMapping().getValueConverter() != null) {
            return Optional.empty();
        }
        Column column = column(attribute);
        if (column == null || column.size() <= 0) {
            return Optional.empty();
        }
        boolean characters = column.type() == Types.VARCHAR || column.type() == Types.CHAR;
        if (value instanceof String text && characters && text.codePointCount(0, text.length()) > column.size()) {
            return Optional.of("have at most " + column.size() + " characters");
        }
        if (value instanceof BigDecimal number && isDecimal(column)) {
            BigDecimal shortest = number.stripTrailingZeros();
            // In long: an exponent may be as large as an int.
            long whole = (long) shortest.precision() - shortest.scale();
            if (shortest.scale() > column.digits() || whole > column.size() - column.digits()) {
                return Optional.of("have at most " + (column.size() - column.digits()) + " digits, and "
                        + column.digits() + " behind the decimal point");
            }
        }
        return Optional.empty();
    }

    /** A number as its column holds it: 12.5 is 12.50, before it is written as after it is read. */
    Object scaled(SelectableMapping attribute, Object value) {
        if (value instanceof BigDecimal number && !attribute.isFormula()) {
            Column column = column(attribute);
            if (column != null
                    && isDecimal(column)
                    && number.scale() != column.digits()
                    && refusal(attribute, value).isEmpty()) {
                return number.setScale(column.digits());
            }
        }
        return value;
    }

    private static boolean isDecimal(Column column) {
        return column.size() > 0 && (column.type() == Types.NUMERIC || column.type() == Types.DECIMAL);
    }

    /**
     * The columns, as {@link #normal} has them, that a violated constraint is about; empty if nobody knows.
     *
     * @param name as Hibernate found it in the database's words: H2 adds a schema, and the name of an index
     */
    List<String> columns(@Nullable String name) {
        for (String word : String.valueOf(name).split("[ :(]+")) {
            List<String> known = constraints.get(normal(word.substring(word.lastIndexOf('.') + 1)));
            if (known != null) {
                return known;
            }
        }
        return List.of();
    }
}

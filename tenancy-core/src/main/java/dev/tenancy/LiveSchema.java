package dev.tenancy;

import dev.tenancy.sql.SqlName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.hibernate.mapping.Table;
import org.jspecify.annotations.Nullable;

/** The tables that the database really has. Names are compared without case, as {@link SqlName#key()} has them. */
final class LiveSchema {

    /** A table; {@code name} as the database spells it. */
    record LiveTable(@Nullable String schema, String name) {}

    record LiveColumn(String name, int type, String typeName, boolean nullable) {}

    /** Columns in their order. */
    record LiveIndex(String name, boolean unique, List<String> columns) {}

    /**
     * @param columns of the table, to the parent's
     * @param deferred whether it is looked at when a transaction ends, and not with each statement
     */
    record LiveForeignKey(String name, LiveTable parent, Map<String, String> columns, boolean deferred) {}

    private final Connection connection;
    private final DatabaseMetaData metaData;
    private final Database database;
    private final List<String> schemas = new ArrayList<>();
    private final Map<String, Map<String, LiveTable>> tables = new TreeMap<>();
    private final Map<LiveTable, Map<String, LiveColumn>> columns = new HashMap<>();
    private final Map<LiveTable, List<LiveIndex>> indexes = new HashMap<>();
    private final Map<LiveTable, List<String>> primaryKeys = new HashMap<>();
    private final Map<LiveTable, List<LiveForeignKey>> foreignKeys = new HashMap<>();

    LiveSchema(Connection connection, @Nullable String defaultSchema) throws SQLException {
        this.connection = connection;
        this.metaData = connection.getMetaData();
        this.database = Database.of(connection);
        if (defaultSchema != null) {
            schemas.add(defaultSchema);
        } else if (database == Database.POSTGRESQL) {
            try (PreparedStatement query = connection.prepareStatement("select unnest(current_schemas(false))");
                    ResultSet path = query.executeQuery()) {
                while (path.next()) {
                    schemas.add(path.getString(1));
                }
            }
        } else if (connection.getSchema() != null) {
            schemas.add(connection.getSchema());
        }
    }

    Database database() {
        return database;
    }

    /** Its workers learn of a setting from SET LOCAL alone, and not from the function that sets it. */
    boolean isCitus() throws SQLException {
        if (database != Database.POSTGRESQL) {
            return false;
        }
        try (PreparedStatement query =
                        connection.prepareStatement("select 1 from pg_extension where extname = 'citus'");
                ResultSet found = query.executeQuery()) {
            return found.next();
        }
    }

    Connection connection() {
        return connection;
    }

    /** Empty if the schema has not been made yet. */
    Optional<LiveTable> find(Table table) throws SQLException {
        for (String schema : table.getSchema() == null ? schemas : List.of(table.getSchema())) {
            LiveTable found = tables(schema).get(SqlName.of(table.getName()).key());
            if (found != null) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    private Map<String, LiveTable> tables(String schema) throws SQLException {
        Map<String, LiveTable> known = tables.get(schema);
        if (known != null) {
            return known;
        }
        Map<String, LiveTable> read = new TreeMap<>();
        try (ResultSet rows = metaData.getTables(connection.getCatalog(), null, "%", new String[] {
            "TABLE", "BASE TABLE", "PARTITIONED TABLE", "FOREIGN TABLE"
        })) {
            while (rows.next()) {
                String own = rows.getString("TABLE_SCHEM");
                if (own == null || own.equalsIgnoreCase(schema)) {
                    String name = rows.getString("TABLE_NAME");
                    read.put(SqlName.of(name).key(), new LiveTable(own, name));
                }
            }
        }
        tables.put(schema, read);
        Set<@Nullable String> spellings = new HashSet<>();
        read.values().forEach(one -> spellings.add(one.schema()));
        for (String spelling : spellings) {
            readColumns(spelling);
        }
        return read;
    }

    // One question for a whole schema: there may be hundreds of tables.
    private void readColumns(@Nullable String schema) throws SQLException {
        try (ResultSet rows = metaData.getColumns(connection.getCatalog(), pattern(schema), "%", "%")) {
            while (rows.next()) {
                columns.computeIfAbsent(
                                new LiveTable(schema, rows.getString("TABLE_NAME")), any -> new LinkedHashMap<>())
                        .put(
                                SqlName.of(rows.getString("COLUMN_NAME")).key(),
                                new LiveColumn(
                                        rows.getString("COLUMN_NAME"),
                                        rows.getInt("DATA_TYPE"),
                                        rows.getString("TYPE_NAME"),
                                        rows.getInt("NULLABLE") != DatabaseMetaData.columnNoNulls));
            }
        }
    }

    /** The tables, in the schemas that were asked for, that have one of these columns. */
    Set<LiveTable> having(Set<String> names) throws SQLException {
        Set<LiveTable> found = new LinkedHashSet<>();
        for (String schema : schemas) {
            tables(schema);
        }
        for (Map<String, LiveTable> one : tables.values()) {
            for (LiveTable table : one.values()) {
                if (columns(table).keySet().stream().anyMatch(names::contains)) {
                    found.add(table);
                }
            }
        }
        return found;
    }

    /** By their names. */
    Map<String, LiveColumn> columns(LiveTable table) {
        return columns.getOrDefault(table, Map.of());
    }

    private @Nullable String pattern(@Nullable String name) throws SQLException {
        String escape = metaData.getSearchStringEscape();
        return name == null ? null : name.replace("_", escape + "_").replace("%", escape + "%");
    }

    List<String> primaryKey(LiveTable table) throws SQLException {
        List<String> known = primaryKeys.get(table);
        if (known == null) {
            known = readPrimaryKey(table);
            primaryKeys.put(table, known);
        }
        return known;
    }

    private List<String> readPrimaryKey(LiveTable table) throws SQLException {
        Map<Integer, String> columns = new TreeMap<>();
        try (ResultSet rows = metaData.getPrimaryKeys(connection.getCatalog(), table.schema(), table.name())) {
            while (rows.next()) {
                columns.put(
                        rows.getInt("KEY_SEQ"),
                        SqlName.of(rows.getString("COLUMN_NAME")).key());
            }
        }
        return List.copyOf(columns.values());
    }

    List<LiveIndex> indexes(LiveTable table) throws SQLException {
        List<LiveIndex> known = indexes.get(table);
        if (known == null) {
            known = readIndexes(table);
            indexes.put(table, known);
        }
        return known;
    }

    private List<LiveIndex> readIndexes(LiveTable table) throws SQLException {
        Map<String, LiveIndex> read = new LinkedHashMap<>();
        try (ResultSet rows =
                metaData.getIndexInfo(connection.getCatalog(), table.schema(), table.name(), false, true)) {
            while (rows.next()) {
                String name = rows.getString("INDEX_NAME");
                if (name != null) {
                    String column = rows.getString("COLUMN_NAME");
                    LiveIndex index = read.get(name);
                    if (index == null) {
                        index = new LiveIndex(name, !rows.getBoolean("NON_UNIQUE"), new ArrayList<>());
                        read.put(name, index);
                    }
                    index.columns().add(column == null ? "" : SqlName.of(column).key());
                }
            }
        }
        return List.copyOf(read.values());
    }

    List<LiveForeignKey> foreignKeys(LiveTable table) throws SQLException {
        List<LiveForeignKey> known = foreignKeys.get(table);
        if (known == null) {
            known = readForeignKeys(table);
            foreignKeys.put(table, known);
        }
        return known;
    }

    private List<LiveForeignKey> readForeignKeys(LiveTable table) throws SQLException {
        // They come in the order of KEY_SEQ, so that two keys to one table are interleaved.
        Map<String, LiveForeignKey> keys = new LinkedHashMap<>();
        try (ResultSet rows = metaData.getImportedKeys(connection.getCatalog(), table.schema(), table.name())) {
            while (rows.next()) {
                String name = rows.getString("FK_NAME");
                LiveTable parent = new LiveTable(rows.getString("PKTABLE_SCHEM"), rows.getString("PKTABLE_NAME"));
                String key = name == null ? "of " + parent : name;
                keys.putIfAbsent(
                        key,
                        new LiveForeignKey(
                                name == null ? "" : name,
                                parent,
                                new LinkedHashMap<>(),
                                rows.getInt("DEFERRABILITY") == DatabaseMetaData.importedKeyInitiallyDeferred));
                keys.get(key)
                        .columns()
                        .put(
                                SqlName.of(rows.getString("FKCOLUMN_NAME")).key(),
                                SqlName.of(rows.getString("PKCOLUMN_NAME")).key());
            }
        }
        return List.copyOf(keys.values());
    }

    /** The unique constraint that an index belongs to; null if it is an index only. */
    @Nullable String constraint(LiveTable table, LiveIndex index) throws SQLException {
        String sql = database == Database.POSTGRESQL
                ? "select c.conname from pg_constraint c join pg_class i on i.oid = c.conindid join pg_namespace n on n.oid ="
                        + " i.relnamespace where c.contype in ('u', 'x') and n.nspname = ? and i.relname = ?"
                : database == Database.H2
                        ? "select constraint_name from information_schema.table_constraints where index_schema = ? and"
                                + " index_name = ?"
                        : null;
        if (sql == null) {
            return null;
        }
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, table.schema());
            query.setString(2, index.name());
            try (ResultSet found = query.executeQuery()) {
                return found.next() ? found.getString(1) : null;
            }
        }
    }

    /** The names of all constraints and unique indexes, where the database tells of them with a shard's number behind. */
    List<String> constraintNames() throws SQLException {
        if (database != Database.POSTGRESQL) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        // By way of pg_class, in which Citus shows no shards.
        try (PreparedStatement query =
                connection.prepareStatement("select k.conname from pg_constraint k join pg_class c on"
                        + " c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace where n.nspname = any(?) union"
                        + " select i.relname from pg_index x join pg_class i on i.oid = x.indexrelid join pg_namespace n on"
                        + " n.oid = i.relnamespace where x.indisunique and n.nspname = any(?)")) {
            // As the database spells them, which a mapping need not do.
            Object[] spelled = tables.values().stream()
                    .flatMap(ofSchema -> ofSchema.values().stream())
                    .flatMap(table -> Stream.ofNullable(table.schema()))
                    .distinct()
                    .toArray();
            Array wanted = connection.createArrayOf("text", spelled);
            query.setArray(1, wanted);
            query.setArray(2, wanted);
            try (ResultSet found = query.executeQuery()) {
                while (found.next()) {
                    names.add(found.getString(1));
                }
            }
        }
        return names;
    }

    /** The SQL of a view of this name; null if there is none, or if the database does not tell. */
    @Nullable String view(Table table) throws SQLException {
        String sql = database == Database.POSTGRESQL
                ? "select pg_get_viewdef(c.oid) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind"
                        + " in ('v', 'm') and lower(n.nspname) = lower(?) and lower(c.relname) = lower(?)"
                : database == Database.H2
                        ? "select view_definition from information_schema.views where lower(table_schema) = lower(?) and"
                                + " lower(table_name) = lower(?)"
                        : null;
        if (sql == null) {
            return null;
        }
        for (String schema : table.getSchema() == null ? schemas : List.of(table.getSchema())) {
            try (PreparedStatement query = connection.prepareStatement(sql)) {
                query.setString(1, schema);
                query.setString(2, table.getName());
                try (ResultSet found = query.executeQuery()) {
                    if (found.next()) {
                        return found.getString(1);
                    }
                }
            }
        }
        return null;
    }

    boolean isPartition(LiveTable table) throws SQLException {
        if (database != Database.POSTGRESQL) {
            return false;
        }
        try (PreparedStatement query = connection.prepareStatement("select c.relispartition from pg_class c join"
                + " pg_namespace n on n.oid = c.relnamespace where n.nspname = ? and c.relname = ?")) {
            query.setString(1, table.schema());
            query.setString(2, table.name());
            try (ResultSet found = query.executeQuery()) {
                return found.next() && found.getBoolean(1);
            }
        }
    }

    /** As SQL that this database understands. */
    String quoted(String name) throws SQLException {
        boolean upper = metaData.storesUpperCaseIdentifiers();
        String plain = upper ? name.toLowerCase(Locale.ROOT) : name;
        // What is a word of SQL, or not spelled as the database folds names, needs quotes.
        boolean folded = name.matches(upper ? "[A-Z_][A-Z0-9_]*" : "[a-z_][a-z0-9_]*");
        return folded && new SqlName(plain, false).sql().equals(plain) ? plain : new SqlName(name, true).sql();
    }

    /** A column by its {@linkplain SqlName#key() key}, as SQL that this database understands. */
    String quotedKey(String key) throws SQLException {
        return quoted(metaData.storesUpperCaseIdentifiers() ? key.toUpperCase(Locale.ROOT) : key);
    }

    String quotedKeys(List<String> keys) throws SQLException {
        List<String> all = new ArrayList<>();
        for (String key : keys) {
            all.add(quotedKey(key));
        }
        return String.join(", ", all);
    }

    /** The SQL of a unique key. */
    String addUnique(LiveTable table, List<String> keys) throws SQLException {
        return "alter table " + quoted(table.name()) + " add unique (" + quotedKeys(keys) + ")";
    }

    /** Whether no two rows can have the same values there. */
    boolean isUnique(LiveTable table, List<String> keys) throws SQLException {
        Set<String> wanted = Set.copyOf(keys);
        return wanted.equals(Set.copyOf(primaryKey(table)))
                || indexes(table).stream()
                        .anyMatch(
                                one -> one.unique() && Set.copyOf(one.columns()).equals(wanted));
    }
}

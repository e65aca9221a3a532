package dev.tenancy;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.boot.Metadata;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.Join;
import org.hibernate.mapping.KeyValue;
import org.hibernate.mapping.ManyToOne;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Table;
import org.hibernate.mapping.Value;
import org.jspecify.annotations.Nullable;

/**
 * What the guard knows of tables, views and functions: from the mapping, and for what is not mapped, from the database's own
 * description. Names are compared without quotes, schema and case, which errs on the safe side.
 */
final class OwnedTables {

    /**
     * A table or view.
     *
     * @param entity the entity or collection whose rows it holds, as messages name it; null if they are nobody's
     * @param tenantColumn null as entity is
     * @param keys the columns that say to which row of which root entity a row belongs
     */
    record Relation(
            String name, @Nullable String entity, @Nullable String tenantColumn, Map<String, String> keys) {

        static Relation global(String name) {
            return new Relation(name, null, null, Map.of());
        }
    }

    // They run SQL that is in their arguments, or read what no restriction reaches.
    private static final List<String> UNSAFE_FUNCTIONS = List.of(
            "query_to_xml",
            "table_to_xml",
            "schema_to_xml",
            "database_to_xml",
            "cursor_to_xml",
            "dblink",
            "pg_read_",
            "pg_ls_",
            "pg_stat",
            "pg_show_",
            "lo_",
            "ts_stat",
            "crosstab",
            "connectby",
            "xpath_table",
            "csvread",
            "csvwrite",
            "file_read",
            "file_write",
            "link_schema",
            "read_blob",
            "load_file",
            "set_config",
            "current_setting_",
            "query_to_json",
            "pg_terminate",
            "pg_reload",
            "pg_logical",
            "pg_replication",
            "pg_switch",
            "pg_create",
            "pg_drop",
            "session_set",
            "executequery",
            "array_get_table");
    private static final Set<String> TABLE_TYPES = Set.of(
            "TABLE",
            "BASE TABLE",
            "GLOBAL TEMPORARY",
            "LOCAL TEMPORARY",
            "TEMPORARY TABLE",
            "PARTITIONED TABLE",
            "FOREIGN TABLE",
            "SEQUENCE");

    private final Map<String, Relation> mapped = new HashMap<>();
    private final Map<String, String> idTables = new HashMap<>();
    private final Set<String> tenantColumns = new HashSet<>();
    private final Map<String, Boolean> safeFunctions = new ConcurrentHashMap<>();

    OwnedTables(Metadata metadata, OwnedEntities owned) {
        owned.tenantColumns().forEach(column -> tenantColumns.add(normal(column)));
        for (PersistentClass entity : metadata.getEntityBindings()) {
            if (owned.contains(entity)) {
                learn(entity, owned);
            } else {
                entity.getTableClosure()
                        .forEach(table -> mapped.putIfAbsent(name(table), Relation.global(name(table))));
            }
        }
        for (Collection collection : metadata.getCollectionBindings()) {
            if (!collection.isOneToMany()) {
                learn(collection, metadata, owned);
            }
        }
    }

    private void learn(PersistentClass entity, OwnedEntities owned) {
        String space = entity.getRootClass().getEntityName();
        String tenantColumn = normal(owned.tenantColumn(entity));
        add(entity.getTable(), entity.getEntityName(), tenantColumn, key(entity.getKey(), space));
        if (!entity.getIdentifier().getColumns().isEmpty()) {
            add(entity.getTable(), entity.getEntityName(), tenantColumn, key(entity.getIdentifier(), space));
        }
        for (Join join : entity.getJoins()) {
            add(join.getTable(), entity.getEntityName(), tenantColumn, key(join.getKey(), space));
        }
        for (String prefix : List.of("ht_", "hte_")) {
            idTables.put(prefix + name(entity.getTable()), space);
            idTables.put(prefix + name(entity.getRootTable()), space);
        }
    }

    private void learn(Collection collection, Metadata metadata, OwnedEntities owned) {
        Table table = collection.getCollectionTable();
        if (!owned.contains(collection.getOwner())) {
            mapped.putIfAbsent(name(table), Relation.global(name(table)));
            return;
        }
        Map<String, String> keys = new HashMap<>();
        if (collection.getReferencedPropertyName() == null) {
            keys.putAll(key(
                    collection.getKey(), collection.getOwner().getRootClass().getEntityName()));
        }
        if (collection.getElement() instanceof ManyToOne toOne && toOne.isReferenceToPrimaryKey()) {
            PersistentClass target = metadata.getEntityBinding(toOne.getReferencedEntityName());
            if (target != null && owned.contains(target)) {
                keys.putAll(key(toOne, target.getRootClass().getEntityName()));
            }
        }
        add(table, collection.getRole(), normal(owned.tenantColumn(collection.getOwner())), keys);
    }

    private void add(Table table, String entity, String tenantColumn, Map<String, String> keys) {
        String name = name(table);
        Relation known = mapped.get(name);
        Map<String, String> all = new HashMap<>(keys);
        if (known != null && known.entity() != null) {
            all.putAll(known.keys());
            mapped.put(name, new Relation(name, known.entity(), tenantColumn, Map.copyOf(all)));
        } else {
            mapped.put(name, new Relation(name, entity, tenantColumn, Map.copyOf(all)));
        }
    }

    // A key of several columns identifies nothing by one of them.
    private static Map<String, String> key(Value key, String space) {
        return key.getColumns().size() == 1 && !(key instanceof Component)
                ? Map.of(normal(key.getColumns().get(0).getName()), space)
                : Map.of();
    }

    private static Map<String, String> key(@Nullable KeyValue key, String space) {
        return key == null ? Map.of() : key((Value) key, space);
    }

    private static String name(Table table) {
        return normal(table.getName());
    }

    /** Upper case first: databases fold letters such as the long s that way. */
    static String normal(String name) {
        String bare =
                name.length() > 1 && "\"`[".indexOf(name.charAt(0)) >= 0 ? name.substring(1, name.length() - 1) : name;
        return bare.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    /** The root entity whose ids Hibernate keeps in a temporary table of this name. */
    @Nullable String idTable(String name) {
        return idTables.get(name);
    }

    /** What is behind a name; null if the database does not know it either. A view comes back as {@link Unreadable}. */
    @Nullable Relation relation(String name, @Nullable String schema, Connection connection) throws SQLException {
        Relation known = mapped.get(name);
        if (known != null) {
            return known;
        }
        if (idTables.containsKey(name)) {
            return new Relation(name, null, null, Map.of("id", idTables.get(name)));
        }
        return described(name, schema, connection.getMetaData());
    }

    private @Nullable Relation described(String name, @Nullable String schema, DatabaseMetaData database)
            throws SQLException {
        Set<String> types = new LinkedHashSet<>();
        String escape = database.getSearchStringEscape();
        for (String spelling : Arrays.asList(name, name.toUpperCase(Locale.ROOT))) {
            String pattern = spelling.replace("_", escape + "_").replace("%", escape + "%");
            try (ResultSet tables = database.getTables(null, null, pattern, null)) {
                while (tables.next()) {
                    types.add(tables.getString("TABLE_TYPE"));
                }
            }
            for (String column : tenantColumns) {
                for (String columnSpelling : Arrays.asList(column, column.toUpperCase(Locale.ROOT))) {
                    String columnPattern = columnSpelling.replace("_", escape + "_");
                    try (ResultSet columns = database.getColumns(null, null, pattern, columnPattern)) {
                        if (columns.next() && TABLE_TYPES.containsAll(types)) {
                            return new Relation(name, "(table " + name + ", which no entity maps)", column, Map.of());
                        }
                    }
                }
            }
        }
        if (types.isEmpty()) {
            return null;
        }
        boolean system = "pg_catalog".equals(schema)
                || "information_schema".equals(schema)
                || types.stream().allMatch(type -> type.startsWith("SYSTEM"));
        if (system && !name.startsWith("pg_stat") && !name.contains("query_statistics")
                || TABLE_TYPES.containsAll(types)) {
            return Relation.global(name);
        }
        throw new Unreadable("the view " + name);
    }

    /** Whether a function is known to read nothing but its arguments. */
    boolean isSafeFunction(String name, Connection connection) throws SQLException {
        String bare = normal(name.substring(name.lastIndexOf('.') + 1));
        if (UNSAFE_FUNCTIONS.stream().anyMatch(bare::startsWith)) {
            return false;
        }
        Boolean known = safeFunctions.get(bare);
        if (known == null) {
            known = !isUserDefined(bare, connection);
            safeFunctions.put(bare, known);
        }
        return known;
    }

    private static boolean isUserDefined(String name, Connection connection) throws SQLException {
        DatabaseMetaData database = connection.getMetaData();
        if ("PostgreSQL".equals(database.getDatabaseProductName())) {
            // An immutable function must not read tables; one in C or built in is the server's or an extension's.
            try (PreparedStatement query = connection.prepareStatement(
                    "select 1 from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid ="
                            + " p.prolang where lower(p.proname) = ? and n.nspname <> 'pg_catalog' and p.provolatile <> 'i'"
                            + " and l.lanname not in ('c', 'internal')")) {
                query.setString(1, name);
                try (ResultSet found = query.executeQuery()) {
                    return found.next();
                }
            }
        }
        String escape = database.getSearchStringEscape();
        for (String spelling : Arrays.asList(name, name.toUpperCase(Locale.ROOT))) {
            String pattern = spelling.replace("_", escape + "_");
            try (ResultSet functions = database.getProcedures(null, null, pattern)) {
                if (functions.next()) {
                    return true;
                }
            }
        }
        return false;
    }

    static boolean isColumn(Column column, String name) {
        return normal(column.getName()).equals(name);
    }

    /** What cannot be looked into. */
    static final class Unreadable extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Unreadable(String what) {
            super(what);
        }
    }
}

package dev.tenancy;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.hibernate.annotations.OnDeleteAction;
import org.hibernate.boot.Metadata;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.ForeignKey;
import org.hibernate.mapping.Join;
import org.hibernate.mapping.JoinedSubclass;
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
     * @param keys the columns that say to which row of which root entity a row belongs, or, marked so, to which it refers
     * @param dependent whether it holds parts of rows of another table
     */
    record Relation(
            String name,
            @Nullable String entity,
            @Nullable String tenantColumn,
            Map<String, String> keys,
            boolean dependent) {

        static Relation global(String name) {
            return new Relation(name, null, null, Map.of(), false);
        }
    }

    static final String REFERENCE = "reference to ";
    static final String ROW = "row of ";
    // By these Hibernate changes rows that it has found with a join.
    private static final List<String> ROW_IDENTITIES = List.of("ctid", "_rowid_");
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
            "ts_rewrite",
            "loread",
            "lowrite",
            "get_raw_page",
            "heap_page",
            "bt_page",
            "pg_cancel",
            "pg_file_",
            "pg_get_wal",
            "pg_export",
            "connectby",
            "xpath_table",
            "csvread",
            "csvwrite",
            "file_read",
            "file_write",
            "link_schema",
            "read_blob",
            "set_config",
            "pg_terminate",
            "pg_reload",
            "pg_logical",
            "pg_replication",
            "pg_switch",
            "pg_create",
            "pg_drop",
            "session_set",
            "executequery",
            "pg_walfile");
    private static final Set<String> SYSTEM_SCHEMAS = Set.of("pg_catalog", "information_schema");
    // They show values of rows, or the texts of other sessions' statements.
    private static final Pattern READING_OF_OTHERS = Pattern.compile(
            "^pg_(?:stat|largeobject|prepared|cursors|authid|shadow|user_mapping|hba|ident|file|wal|replication|subscription)"
                    + "|query_statistics|sessions|in_doubt");
    // An immutable function must not read tables, but nobody checks that; one of an extension is the server's.
    private static final String USER_DEFINED_IN_POSTGRESQL =
            "select 1 from pg_proc p join pg_namespace n on n.oid = p.pronamespace where lower(p.proname) = ?"
                    + " and n.nspname <> 'pg_catalog' and not exists (select 1 from pg_depend d where d.classid ="
                    + " 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e') and (p.provolatile <> 'i' or p.prokind <>"
                    + " 'f' or p.prosqlbody is not null or p.prosrc ~*"
                    + " '\\m(from|table|execute|perform|insert|update|delete|merge|call|copy|set)\\M')";
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
    private final Set<String> deciding = new HashSet<>();
    private final Set<String> cascading = new HashSet<>();
    private final Map<String, Boolean> unsafeFunctions = new ConcurrentHashMap<>();
    private final Map<String, Boolean> functionsOfRows = new ConcurrentHashMap<>();

    private OwnedTables() {}

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
        learnWhatDecides(metadata);
    }

    private void learnWhatDecides(Metadata metadata) {
        for (PersistentClass entity : metadata.getEntityBindings()) {
            if (decides(entity)) {
                entity.getTableClosure().forEach(table -> deciding.add(name(table)));
                entity.getJoinClosure().forEach(join -> deciding.add(name(join.getTable())));
            }
        }
        for (Collection collection : metadata.getCollectionBindings()) {
            if (!collection.isOneToMany() && decides(collection.getOwner())) {
                deciding.add(name(collection.getCollectionTable()));
            }
        }
        boolean more = !deciding.isEmpty();
        while (more) {
            more = false;
            for (Table table : metadata.collectTableMappings()) {
                for (ForeignKey key : table.getForeignKeyCollection()) {
                    if (isCascading(key) && (deciding.contains(name(table)) || cascading.contains(name(table)))) {
                        more |= cascading.add(name(key.getReferencedTable()));
                    }
                }
            }
        }
    }

    private static boolean decides(@Nullable PersistentClass entity) {
        if (entity == null) {
            return false;
        }
        GlobalEntity global =
                entity.hasPojoRepresentation() ? entity.getMappedClass().getAnnotation(GlobalEntity.class) : null;
        return global != null && global.decidesMembership() || decides(entity.getSuperclass());
    }

    // Rows that the database takes along with others are in no statement.
    private static boolean isCascading(ForeignKey key) {
        return key.getReferencedTable() != null
                && key.getOnDeleteAction() != null
                && key.getOnDeleteAction() != OnDeleteAction.NO_ACTION
                && key.getOnDeleteAction() != OnDeleteAction.RESTRICT;
    }

    private void learn(PersistentClass entity, OwnedEntities owned) {
        String space = entity.getRootClass().getEntityName();
        String tenantColumn = normal(owned.tenantColumn(entity));
        add(
                entity.getTable(),
                entity.getEntityName(),
                tenantColumn,
                key(entity.getKey(), space),
                entity instanceof JoinedSubclass);
        for (Join join : entity.getJoins()) {
            add(join.getTable(), entity.getEntityName(), tenantColumn, key(join.getKey(), space), true);
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
                key(toOne, target.getRootClass().getEntityName())
                        .forEach((column, space) -> keys.putIfAbsent(column, REFERENCE + space));
            }
        }
        add(table, collection.getRole(), normal(owned.tenantColumn(collection.getOwner())), keys, true);
    }

    private void add(Table table, String entity, String tenantColumn, Map<String, String> keys, boolean dependent) {
        if (table.isSubselect()) {
            return; // Its text is in every statement, and is looked into there.
        }
        String name = name(table);
        Relation known = mapped.get(name);
        Map<String, String> all = new HashMap<>(keys);
        ROW_IDENTITIES.forEach(column -> all.put(column, ROW + name));
        if (known != null && known.entity() != null) {
            all.putAll(known.keys());
            mapped.put(
                    name,
                    new Relation(name, known.entity(), tenantColumn, Map.copyOf(all), known.dependent() && dependent));
        } else {
            mapped.put(name, new Relation(name, entity, tenantColumn, Map.copyOf(all), dependent));
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
        return bare(name).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    private static String bare(String name) {
        return name.length() > 1 && "\"`[".indexOf(name.charAt(0)) >= 0 ? name.substring(1, name.length() - 1) : name;
    }

    /** The root entity whose ids Hibernate keeps in a temporary table of this name. */
    @Nullable String idTable(String name) {
        return idTables.get(name);
    }

    /** What the mapping says of a name, which may have a schema before it. */
    @Nullable Relation mapped(String spelling) {
        return mapped.get(normal(spelling.substring(spelling.lastIndexOf('.') + 1)));
    }

    OwnedTables and(OwnedTables other) {
        OwnedTables both = new OwnedTables();
        for (OwnedTables one : List.of(this, other)) {
            both.mapped.putAll(one.mapped);
            both.idTables.putAll(one.idTables);
            both.tenantColumns.addAll(one.tenantColumns);
            both.deciding.addAll(one.deciding);
            both.cascading.addAll(one.cascading);
        }
        return both;
    }

    /** Whether {@link Memberships} are answered from the rows of a table, as it is written without a schema. */
    boolean decides(String spelling) {
        return deciding.contains(normal(spelling));
    }

    /** Whether deleting a row of the table may take such rows along. */
    boolean decidesByCascade(String spelling) {
        return cascading.contains(normal(spelling));
    }

    Set<String> tenantColumns() {
        return tenantColumns;
    }

    /** What is behind a name, as it is written; null if it is a view, or nothing that the database knows. */
    @Nullable Relation relation(String spelling, @Nullable String schema, Connection connection) throws SQLException {
        String name = normal(spelling);
        Relation known = mapped.get(name);
        if (known != null && (known.entity() != null || schema == null)) {
            return known;
        }
        if (idTables.containsKey(name)) {
            return new Relation(name, null, null, Map.of("id", idTables.get(name)), false);
        }
        if (name.equals("dual")) {
            return Relation.global(name);
        }
        return described(spelling, schema == null ? null : normal(schema), connection.getMetaData());
    }

    private @Nullable Relation described(String spelling, @Nullable String schema, DatabaseMetaData database)
            throws SQLException {
        String name = normal(spelling);
        Set<String> types = new LinkedHashSet<>();
        String tenantColumn = null;
        for (String one : spellings(spelling)) {
            try (ResultSet tables = database.getTables(null, null, pattern(one, database), null)) {
                while (tables.next()) {
                    types.add(tables.getString("TABLE_TYPE"));
                }
            }
            for (String column : tenantColumns) {
                for (String other : spellings(column)) {
                    try (ResultSet columns =
                            database.getColumns(null, null, pattern(one, database), pattern(other, database))) {
                        tenantColumn = columns.next() ? column : tenantColumn;
                    }
                }
            }
        }
        boolean system = SYSTEM_SCHEMAS.contains(String.valueOf(schema))
                || !types.isEmpty() && types.stream().allMatch(type -> type.startsWith("SYSTEM"));
        if (types.isEmpty() || system && READING_OF_OTHERS.matcher(name).find()) {
            return null;
        }
        if (TABLE_TYPES.containsAll(types)) {
            return tenantColumn == null
                    ? Relation.global(name)
                    : new Relation(name, "(table " + name + ", which no entity maps)", tenantColumn, Map.of(), false);
        }
        return system ? Relation.global(name) : null;
    }

    private static Set<String> spellings(String name) {
        String bare = bare(name);
        return new LinkedHashSet<>(List.of(bare, bare.toLowerCase(Locale.ROOT), bare.toUpperCase(Locale.ROOT)));
    }

    private static String pattern(String name, DatabaseMetaData database) throws SQLException {
        String escape = database.getSearchStringEscape();
        return name.replace(escape, escape + escape).replace("_", escape + "_").replace("%", escape + "%");
    }

    /** Whether a function is known to read nothing but its arguments. */
    boolean isSafeFunction(String name, Connection connection) throws SQLException {
        int start = name.endsWith("\"") ? name.lastIndexOf('"', name.length() - 2) : name.lastIndexOf('.') + 1;
        String bare = normal(name.substring(start));
        if (UNSAFE_FUNCTIONS.stream().anyMatch(bare::startsWith)) {
            return false;
        }
        Boolean unsafe = unsafeFunctions.get(bare);
        if (unsafe == null) {
            unsafe = isUserDefined(bare, connection);
            unsafeFunctions.put(bare, unsafe);
        }
        return !unsafe;
    }

    /** Whether a function, rather than a column, may be what comes after the name of a table and a dot. */
    boolean isFunctionOfRows(String name, Connection connection) throws SQLException {
        String bare = normal(name);
        Boolean known = functionsOfRows.get(bare);
        if (known == null) {
            known = isPostgreSql(connection)
                    && exists(
                            USER_DEFINED_IN_POSTGRESQL
                                    + " and exists (select 1 from pg_type t where t.oid = p.proargtypes[0] and t.typtype in ('c', 'p'))",
                            bare,
                            connection);
            functionsOfRows.put(bare, known);
        }
        return known;
    }

    private static boolean isUserDefined(String name, Connection connection) throws SQLException {
        if (isPostgreSql(connection)) {
            return exists(USER_DEFINED_IN_POSTGRESQL, name, connection);
        }
        for (String spelling : spellings(name)) {
            try (ResultSet functions =
                    connection.getMetaData().getProcedures(null, null, pattern(spelling, connection.getMetaData()))) {
                if (functions.next()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isPostgreSql(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
    }

    private static boolean exists(String query, String name, Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, name);
            try (ResultSet found = statement.executeQuery()) {
                return found.next();
            }
        }
    }
}

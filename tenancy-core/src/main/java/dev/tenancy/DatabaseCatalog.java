package dev.tenancy;

import dev.tenancy.sql.Catalog;
import dev.tenancy.sql.Proof;
import dev.tenancy.sql.Relation;
import dev.tenancy.sql.SqlName;
import dev.tenancy.sql.StatementProver;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the mapping says of tables, and for what is not mapped, the database's own description, asked over the connection that the
 * statement came by. For one statement; not thread-safe.
 */
final class DatabaseCatalog implements Catalog {

    private static final Set<String> SYSTEM_SCHEMAS = Set.of("pg_catalog", "information_schema");
    // They show values of rows, or the texts of other sessions' statements.
    private static final Pattern READING_OF_OTHERS = Pattern.compile(
            "^pg_(?:stat|largeobject|prepared|cursors|authid|shadow|user_mapping|hba|ident|file|wal|replication|subscription)"
                    + "|query_statistics|sessions|in_doubt");
    private static final Set<String> TABLE_TYPES = Set.of(
            "TABLE",
            "BASE TABLE",
            "GLOBAL TEMPORARY",
            "LOCAL TEMPORARY",
            "TEMPORARY TABLE",
            "PARTITIONED TABLE",
            "FOREIGN TABLE",
            "SEQUENCE");
    private static final Set<String> VIEW_TYPES = Set.of("VIEW", "MATERIALIZED VIEW");
    // Named by every schema tool; what each is needs no asking.
    private static final Set<String> NO_TABLES = Set.of("public", "pg_catalog", "information_schema");

    /** The database gave no answer. */
    static final class Unanswered extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final SQLException cause;

        Unanswered(SQLException cause) {
            super(cause);
            this.cause = cause;
        }

        SQLException cause() {
            return cause;
        }
    }

    private final MappedTables mapped;
    private final List<EnforcedReferences> enforced;
    private final Connection connection;
    private final Database database;
    private final boolean namesMoved;
    private final Functions functions;
    private final Set<String> viewsAsked = new HashSet<>();

    /** @param namesMoved whether names may mean other tables than the mapping says, after a change of the search path */
    DatabaseCatalog(
            MappedTables mapped,
            List<EnforcedReferences> enforced,
            Functions functions,
            Connection connection,
            Database database,
            boolean namesMoved) {
        this.mapped = mapped;
        this.enforced = enforced;
        this.connection = connection;
        this.database = database;
        this.namesMoved = namesMoved;
        this.functions = functions;
    }

    private StatementProver prover() {
        return new StatementProver(database.dialect(), this);
    }

    @Override
    public boolean isOwned(SqlName name) {
        Relation known = mapped.get(name);
        return known != null && known.owner() != null;
    }

    @Override
    public @Nullable Relation relation(@Nullable SqlName schema, SqlName name) {
        Relation known = mapped.get(name);
        if (known != null
                && (known.owner() != null
                        || schema == null && !namesMoved
                        || !known.keys().isEmpty())) {
            return withEnforced(known);
        }
        if (name.key().equals("dual")) {
            return Relation.global(name);
        }
        try {
            return described(name, schema);
        } catch (SQLException failed) {
            throw new Unanswered(failed);
        }
    }

    private Relation withEnforced(Relation known) {
        if (known.references().isEmpty()) {
            return known;
        }
        Map<String, Relation.Reference> references = new LinkedHashMap<>();
        known.references()
                .forEach((column, reference) -> references.put(
                        column,
                        enforced.stream().anyMatch(one -> one.holds(known.name(), reference.column()))
                                ? reference.asEnforced()
                                : reference));
        return known.withReferences(references);
    }

    @Override
    public boolean mayReach(SqlName name) {
        Relation known = mapped.get(name);
        if (known != null && !namesMoved) {
            return known.owner() != null;
        }
        if (NO_TABLES.contains(name.key())) {
            return false;
        }
        try {
            if (!isInUse(name)) {
                return false;
            }
            Relation relation = described(name, null);
            return relation == null || relation.owner() != null;
        } catch (SQLException failed) {
            throw new Unanswered(failed);
        }
    }

    @Override
    public boolean isHarmlessFunction(SqlName name) {
        try {
            return functions.isHarmless(name, connection, database, code -> prover().isHarmlessCode(code));
        } catch (SQLException failed) {
            throw new Unanswered(failed);
        }
    }

    @Override
    public boolean isFunctionOfRows(SqlName name) {
        try {
            return functions.takesRows(name, connection, database) && !isHarmlessFunction(name);
        } catch (SQLException failed) {
            throw new Unanswered(failed);
        }
    }

    @Override
    public boolean isHarmlessOperator(String operator) {
        try {
            for (SqlName function : functions.ofOperator(operator, connection, database)) {
                if (!isHarmlessFunction(function)) {
                    return false;
                }
            }
            return true;
        } catch (SQLException failed) {
            throw new Unanswered(failed);
        }
    }

    // ---- what is not mapped

    // The names of information_schema's tables are words of many commands.
    private boolean isInUse(SqlName name) throws SQLException {
        DatabaseMetaData metaData = connection.getMetaData();
        for (String one : spellings(name)) {
            try (ResultSet tables = metaData.getTables(null, null, pattern(one, metaData), null)) {
                while (tables.next()) {
                    String schema = tables.getString("TABLE_SCHEM");
                    if (schema == null
                            || !schema.equalsIgnoreCase("information_schema")
                            || READING_OF_OTHERS.matcher(name.key()).find()) {
                        return true;
                    }
                }
            }
        }
        return database == Database.H2 && isTemporaryInH2(name);
    }

    private Set<String> types(SqlName name, DatabaseMetaData database) throws SQLException {
        Set<String> types = new LinkedHashSet<>();
        for (String one : spellings(name)) {
            try (ResultSet tables = database.getTables(null, null, pattern(one, database), null)) {
                while (tables.next()) {
                    String type = tables.getString("TABLE_TYPE");
                    // What is no table is named by no FROM.
                    if (!type.endsWith("INDEX") && !type.equals("TYPE")) {
                        types.add(type);
                    }
                }
            }
        }
        if (types.isEmpty() && this.database == Database.H2 && isTemporaryInH2(name)) {
            types.add("LOCAL TEMPORARY");
        }
        return types;
    }

    // H2's metadata does not tell of the session's own tables.
    private boolean isTemporaryInH2(SqlName name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select 1 from information_schema.tables where lower(table_name) = ? and table_type like '%TEMPORARY%'")) {
            statement.setString(1, name.key());
            try (ResultSet found = statement.executeQuery()) {
                return found.next();
            }
        }
    }

    private @Nullable Relation described(SqlName name, @Nullable SqlName schema) throws SQLException {
        DatabaseMetaData metaData = connection.getMetaData();
        Set<String> types = types(name, metaData);
        boolean system = schema != null && SYSTEM_SCHEMAS.contains(schema.key())
                || !types.isEmpty() && types.stream().allMatch(type -> type.startsWith("SYSTEM"));
        if (types.isEmpty() || system && READING_OF_OTHERS.matcher(name.key()).find()) {
            return null;
        }
        if (system) {
            return Relation.global(name);
        }
        if (types.stream().anyMatch(type -> !TABLE_TYPES.contains(type) && !VIEW_TYPES.contains(type))) {
            return null;
        }
        if (types.stream().anyMatch(VIEW_TYPES::contains) && !showsNothingOwned(name)) {
            return null;
        }
        String tenantColumn = tenantColumn(name, metaData);
        return tenantColumn == null
                ? Relation.global(name)
                : new Relation(
                        name,
                        "(table " + name.key() + ", which no entity maps)",
                        new SqlName(tenantColumn, true),
                        Map.of(),
                        false);
    }

    private @Nullable String tenantColumn(SqlName name, DatabaseMetaData metaData) throws SQLException {
        for (String one : spellings(name)) {
            for (String column : mapped.tenantColumns()) {
                for (String other : spellings(new SqlName(column, false))) {
                    try (ResultSet columns =
                            metaData.getColumns(null, null, pattern(one, metaData), pattern(other, metaData))) {
                        if (columns.next()) {
                            return columns.getString("COLUMN_NAME");
                        }
                    }
                }
            }
        }
        return null;
    }

    /** Whether all views of a name are made of tables whose rows no tenant owns. */
    private boolean showsNothingOwned(SqlName name) throws SQLException {
        if (!viewsAsked.add(name.key())) {
            return true;
        }
        String query = database == Database.POSTGRESQL
                ? "select pg_get_viewdef(oid) from pg_class where relkind in ('v', 'm') and lower(relname) = ?"
                : "select view_definition from information_schema.views where lower(table_name) = ?";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, name.key());
            try (ResultSet views = statement.executeQuery()) {
                boolean any = false;
                while (views.next()) {
                    any = true;
                    String definition = views.getString(1);
                    if (definition == null) {
                        return false;
                    }
                    Proof proof = prover().prove(definition);
                    if (proof.refusal() != null || proof.owner() != null || !proof.reads()) {
                        return false;
                    }
                }
                return any;
            }
        } finally {
            viewsAsked.remove(name.key());
        }
    }

    static Set<String> spellings(SqlName name) {
        String bare = name.text();
        return new LinkedHashSet<>(
                List.of(bare, bare.toLowerCase(Locale.ROOT), bare.toUpperCase(Locale.ROOT), name.key()));
    }

    static String pattern(String name, DatabaseMetaData database) throws SQLException {
        String escape = database.getSearchStringEscape();
        return name.replace(escape, escape + escape).replace("_", escape + "_").replace("%", escape + "%");
    }
}

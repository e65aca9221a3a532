package dev.tenancy;

import dev.tenancy.sql.SqlName;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a connection reaches, in all schemas: of a database that no session factory has looked at.
 *
 * @param tables by their names, as {@link SqlName#key()} has them
 * @param withTenantColumn those that have a column in which a session factory keeps tenants
 */
record TablesThere(DatabaseIdentity database, Set<String> tables, Set<String> withTenantColumn) {

    private record Place(@Nullable String schema, String table) {}

    private static final String[] TYPES = {"TABLE", "BASE TABLE", "PARTITIONED TABLE", "FOREIGN TABLE"};
    private static final Set<String> SYSTEM_SCHEMAS =
            Set.of("information_schema", "pg_catalog", "pg_toast", "sys", "mysql", "performance_schema");
    // TenantOwned's
    private static final String USUAL_COLUMN = "tenant_id";

    static TablesThere of(Connection connection, Collection<Knowledge> known) throws SQLException {
        DatabaseMetaData database = connection.getMetaData();
        String catalog = connection.getCatalog();
        Set<String> tables = new HashSet<>();
        Set<Place> places = new HashSet<>();
        try (ResultSet rows = database.getTables(catalog, null, "%", TYPES)) {
            while (rows.next()) {
                String schema = rows.getString("TABLE_SCHEM");
                if (schema == null || !SYSTEM_SCHEMAS.contains(schema.toLowerCase(Locale.ROOT))) {
                    tables.add(SqlName.of(rows.getString("TABLE_NAME")).key());
                    places.add(new Place(schema, rows.getString("TABLE_NAME")));
                }
            }
        }
        Set<String> columns = new LinkedHashSet<>(List.of(USUAL_COLUMN));
        for (Knowledge one : known) {
            Knowledge.Tables told = one.tables();
            if (told != null) {
                columns.addAll(told.mapped().tenantColumns());
            }
        }
        Set<String> withTenantColumn = new HashSet<>();
        try (ResultSet rows = database.getColumns(catalog, null, "%", "%")) {
            while (rows.next()) {
                String table = rows.getString("TABLE_NAME");
                if (columns.contains(SqlName.of(rows.getString("COLUMN_NAME")).key())
                        && places.contains(new Place(rows.getString("TABLE_SCHEM"), table))) {
                    withTenantColumn.add(SqlName.of(table).key());
                }
            }
        }
        return new TablesThere(DatabaseIdentity.of(connection), tables, withTenantColumn);
    }
}

package dev.tenancy;

import dev.tenancy.sql.SqlName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.model.naming.Identifier;
import org.hibernate.boot.model.relational.Namespace;
import org.hibernate.boot.model.relational.QualifiedSequenceName;
import org.hibernate.boot.model.relational.Sequence;
import org.hibernate.mapping.Table;

/** PostgreSQL's row-level security for the tables of owned entities, made from the mapping. */
final class RowPolicies {

    static final String SETTING = "app.tenant";
    static final String ISOLATION = "tenancy_isolation";
    static final String ACROSS = "tenancy_across";
    static final String LIBRARY = "tenancy_library";

    private static final Pattern PLAIN_NAME = Pattern.compile("[a-z_][a-z0-9_]*");
    // What PostgreSQL adds when it prints an expression that it has read.
    private static final Pattern DECORATION = Pattern.compile("\\s+|[()\"]|::text\\b");

    private RowPolicies() {}

    /**
     * For a migration, to be run by the owner of the tables; it may run again.
     *
     * @param across whether the role tenancy_across, which has to exist, may read all rows
     */
    static List<String> sql(Metadata metadata, OwnedEntities owned, boolean across) {
        List<String> statements = new ArrayList<>();
        for (TenantTable one : TenantTable.of(metadata, owned)) {
            String table = name(one.table());
            statements.addAll(isolation(one, owned.tenantType()));
            if (across) {
                statements.add("drop policy if exists " + ACROSS + " on " + table);
                statements.add(
                        "create policy " + ACROSS + " on " + table + " for select to " + ACROSS + " using (true)");
            }
        }
        return statements;
    }

    static List<String> isolation(TenantTable one, Class<?> tenantType) {
        String table = name(one.table());
        String condition = condition(quoted(one.column()), tenantType);
        List<String> statements = new ArrayList<>(List.of(
                "alter table " + table + " enable row level security",
                "alter table " + table + " force row level security",
                "drop policy if exists " + ISOLATION + " on " + table,
                "create policy " + ISOLATION + " on " + table + " for all using (" + condition + ") with check ("
                        + condition + ")"));
        if (one.library() != null) {
            statements.add("drop policy if exists " + LIBRARY + " on " + table);
            // What writes has to meet the first policy as well, and what locks.
            statements.add("create policy " + LIBRARY + " on " + table + " for select using ("
                    + libraryCondition(quoted(one.column()), one.library()) + ")");
        }
        return statements;
    }

    /** True for the rows that every tenant reads. */
    static String libraryCondition(String column, Object library) {
        String type = library instanceof UUID ? "uuid" : library instanceof Long ? "bigint" : "text";
        return column + " = '" + library.toString().replace("'", "''") + "'::" + type;
    }

    /** What a role has to be let at, by the names that SQL knows it by. */
    record Reach(List<String> tables, List<String> sequences) {

        static Reach of(Metadata metadata) {
            List<String> tables = metadata.collectTableMappings().stream()
                    .filter(table -> table.isPhysicalTable() && !table.isAbstract())
                    .map(RowPolicies::name)
                    .toList();
            List<String> sequences = new ArrayList<>();
            for (Namespace namespace : metadata.getDatabase().getNamespaces()) {
                for (Sequence sequence : namespace.getSequences()) {
                    QualifiedSequenceName name = sequence.getName();
                    String bare = name(name.getSequenceName());
                    sequences.add(name.getSchemaName() == null ? bare : name(name.getSchemaName()) + "." + bare);
                }
            }
            return new Reach(tables, sequences);
        }
    }

    /**
     * What the role that the application connects as needs, to be run by the owner. TRUNCATE is left out: policies do not
     * hold it.
     */
    static List<String> grants(Reach reach, String role, boolean across) {
        List<String> statements = new ArrayList<>();
        for (String table : reach.tables()) {
            statements.add("grant select, insert, update, delete on " + table + " to " + exact(role));
            if (across) {
                statements.add("grant select on " + table + " to " + ACROSS);
            }
        }
        for (String sequence : reach.sequences()) {
            statements.add("grant usage on sequence " + sequence + " to " + exact(role));
        }
        if (across) {
            // With inheritance, the policy for tenancy_across would apply to each statement of the role.
            statements.add("grant " + ACROSS + " to " + exact(role) + " with inherit false, set true");
        }
        return statements;
    }

    /**
     * True for the rows of the tenant that the transaction announced, and an error where none was. The setting reads as ''
     * in a session where an earlier transaction announced one: no UUID and no number, but a text, so there the second
     * look-up fails, of a setting that nobody has.
     */
    static String condition(String column, Class<?> tenantType) {
        String setting = "current_setting('" + SETTING + "')";
        if (tenantType == UUID.class) {
            return column + " = " + setting + "::uuid";
        }
        if (tenantType == Long.class) {
            return column + " = " + setting + "::bigint";
        }
        return column + " = coalesce(nullif(" + setting + ", ''), current_setting('" + SETTING + "_is_not_set'))";
    }

    /** Whether PostgreSQL prints {@code expression} for a condition of ours. */
    static boolean isSame(String expression, String condition) {
        return normal(expression).equals(normal(condition));
    }

    private static String normal(String expression) {
        return DECORATION
                .matcher(expression.toLowerCase(Locale.ROOT).replace("character varying", "text"))
                .replaceAll("");
    }

    static String name(Table table) {
        String name = table.isQuoted() ? exact(table.getName()) : quoted(table.getName());
        return table.getSchema() == null ? name : quoted(table.getSchema()) + "." + name;
    }

    private static String name(Identifier name) {
        return name.isQuoted() ? exact(name.getText()) : quoted(name.getText());
    }

    static String quoted(String name) {
        return exact(name.toLowerCase(Locale.ROOT));
    }

    static String exact(String name) {
        return new SqlName(name, !PLAIN_NAME.matcher(name).matches()).sql();
    }
}

package dev.tenancy;

import dev.tenancy.OwnedTables.Relation;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the library changes in texts that Hibernate makes, where its mapping or its SPI have no place for it. */
final class TenantColumns {

    private static final Pattern INSERT = Pattern.compile(
            "\\A(insert into (\\S+) \\([^()]*)(\\) values \\([?,]*)(\\))( on conflict \\([\\w,]+\\) do update set [\\w=.,]+)?\\z");
    private static final Pattern MERGE = Pattern.compile(
            "\\A(merge into (\\S+) as t using \\(.*\\) as s on \\(t\\.\\w+=s\\.\\w+(?: and t\\.\\w+=s\\.\\w+)*)(\\) when not matched then insert"
                    + " \\([^()]*)(\\) values \\([^()?]*)(\\)[^()?]*)\\z");
    private static final Pattern CHANGE =
            Pattern.compile("\\A(?:update (\\S+) set|delete from (\\S+)) .*\\bwhere .*\\z");
    // Behind these, a condition at the end would not be one for the whole.
    private static final Pattern NOT_PLAIN = Pattern.compile("['\";]|--|/\\*|\\bor\\b");
    // Hibernate's writing of a one-to-many's key into the table of its elements.
    private static final Pattern KEY =
            Pattern.compile("\\Aupdate (\\S+) set (?:\\w+=(?:\\?|null),?)+ where \\w+=\\?(?: and \\w+=\\?)*\\z");
    // Hibernate's looking at and locking of single rows that it has read.
    private static final Pattern AGAIN =
            Pattern.compile("\\A(select [\\w.,]+(?: as version_)? from (\\w+)(?: (\\w+))? where"
                    + " (?:\\w+\\.)?\\w+(?:=\\?| in \\([?,]+\\))(?: and (?:\\w+\\.)?\\w+=\\?)*)((?: for .*)?)\\z");

    private final OwnedTables tables;
    private final Pattern coalesced;
    private final Pattern compared;

    TenantColumns(OwnedTables tables) {
        this.tables = tables;
        String columns = tables.tenantColumns().stream().map(Pattern::quote).collect(Collectors.joining("|"));
        coalesced = Pattern.compile("(?i)((?:\\w+\\.)?(?:" + columns + "))=coalesce\\(\\?,\\1\\)");
        compared = Pattern.compile("(?i)((?:\\w+\\.)?\\b(?:" + columns + "))=\\?");
    }

    /**
     * HHH-20883 restricts updates and deletes with "tenant_id=coalesce(?,tenant_id)", where null means any tenant. Nothing here
     * binds null, and the function keeps the database from its index, its partition and its shard.
     */
    String narrowed(String sql) {
        return sql.contains("=coalesce(?,") ? coalesced.matcher(sql).replaceAll("$1=?") : sql;
    }

    /** The same query for all tenants, once null is bound in the tenant's place. */
    String widened(String sql) {
        return compared.matcher(sql).replaceAll("$1=coalesce(?,$1)");
    }

    /** A text that names the tenant in its last parameters, which the guard binds. */
    record Completed(String sql, int parameters) {}

    /**
     * Hibernate has no attribute for the tenant's column in tables that depend on an entity's own: join tables, collections,
     * joined subclasses, secondary tables. What it writes there gets the column; what it writes for a one-to-many's key, and
     * reads again of a single row, the restriction.
     *
     * @return null if the text is none of these
     */
    @Nullable Completed completed(String sql) {
        Matcher insert = INSERT.matcher(sql);
        if (insert.matches()) {
            return completedInsert(insert);
        }
        Matcher merge = MERGE.matcher(sql);
        if (merge.matches()) {
            String column = ofDependent(merge.group(2));
            return column == null
                    ? null
                    : new Completed(
                            merge.group(1) + " and t." + column + "=?" + merge.group(3) + "," + column + merge.group(4)
                                    + ",?" + merge.group(5),
                            2);
        }
        Matcher again = AGAIN.matcher(sql);
        if (again.matches()) {
            String alias = again.group(3) == null ? "" : again.group(3) + ".";
            String column = ofOwned(again.group(2));
            return column == null
                    ? null
                    : new Completed(again.group(1) + " and " + alias + column + "=?" + again.group(4), 1);
        }
        Matcher key = KEY.matcher(sql);
        if (key.matches()) {
            return restricted(sql, ofOwned(key.group(1)));
        }
        Matcher change = CHANGE.matcher(sql);
        return change.matches() && !NOT_PLAIN.matcher(sql).find()
                ? restricted(sql, ofDependent(change.group(1) != null ? change.group(1) : change.group(2)))
                : null;
    }

    private @Nullable Completed completedInsert(Matcher insert) {
        String table = insert.group(2);
        String column = ofDependent(table);
        if (column == null) {
            return null;
        }
        String inserted = insert.group(1) + "," + column + insert.group(3) + ",?" + insert.group(4);
        return insert.group(5) == null
                ? new Completed(inserted, 1)
                : new Completed(inserted + insert.group(5) + " where " + table + "." + column + "=?", 2);
    }

    private static @Nullable Completed restricted(String sql, @Nullable String column) {
        return column == null ? null : new Completed(sql + " and " + column + "=?", 1);
    }

    private @Nullable String ofOwned(String name) {
        Relation table = tables.mapped(name);
        return table == null ? null : table.tenantColumn();
    }

    private @Nullable String ofDependent(String name) {
        Relation table = tables.mapped(name);
        return table != null && table.dependent() ? table.tenantColumn() : null;
    }
}

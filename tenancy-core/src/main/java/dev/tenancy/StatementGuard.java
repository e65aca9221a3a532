package dev.tenancy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hibernate.boot.Metadata;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Table;
import org.hibernate.resource.jdbc.spi.StatementInspector;

/** Sees the text of each statement that Hibernate is about to prepare. */
final class StatementGuard implements StatementInspector {

    private static final long serialVersionUID = 1L;
    private static final int MOST_REMEMBERED = 10_000;
    private static final Pattern NOTHING = Pattern.compile("(?!)");
    private static final Pattern MOVING = Pattern.compile("(?i)\\b(?:update|merge)\\b");
    private static final Pattern LITERAL_OR_COMMENT = Pattern.compile("(?s)'(?:[^']|'')*'|/\\*.*?\\*/|--[^\n]*");
    private static final Pattern INNERMOST = Pattern.compile("\\([^()]*\\)");
    private static final Pattern OUTER_JOIN = Pattern.compile("(?i)\\b(?:right|full)\\s+(?:outer\\s+)?join\\b");
    private static final Pattern SET = Pattern.compile("(?is)\\bset\\b.*?(?=\\b(?:where|when)\\b|$)");

    private final transient OwnedEntities owned;
    private final transient Map<String, String> passed = new ConcurrentHashMap<>();
    private transient volatile Map<Pattern, String> entityByTable = Map.of();
    private transient volatile Pattern coalesced = NOTHING;
    private transient volatile Pattern assigned = NOTHING;
    private transient volatile Pattern assignedInRow = NOTHING;

    StatementGuard(OwnedEntities owned) {
        this.owned = owned;
    }

    void learn(Metadata metadata) {
        Map<Pattern, String> tables = new LinkedHashMap<>();
        for (PersistentClass entity : metadata.getEntityBindings()) {
            if (owned.contains(entity)) {
                for (Table table : entity.getTableClosure()) {
                    tables.put(named(table), entity.getEntityName());
                }
            }
        }
        for (Collection collection : metadata.getCollectionBindings()) {
            if (owned.contains(collection.getOwner()) && !collection.isOneToMany()) {
                tables.put(named(collection.getCollectionTable()), collection.getRole());
            }
        }
        entityByTable = Map.copyOf(tables);
        String columns = owned.tenantColumns().stream().map(Pattern::quote).collect(Collectors.joining("|"));
        coalesced = Pattern.compile("((?:\\w+\\.)?(?:" + columns + "))=coalesce\\(\\?,\\1\\)");
        assigned = Pattern.compile("\\b(?:" + columns + ")\\b\"?\\s*=", Pattern.CASE_INSENSITIVE);
        assignedInRow = Pattern.compile(
                "\\bset\\b.*\\([^()]*\\b(?:" + columns + ")\\b[^()]*\\)\\s*=",
                Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    }

    private static Pattern named(Table table) {
        return Pattern.compile("\\b" + Pattern.quote(table.getName()) + "\\b", Pattern.CASE_INSENSITIVE);
    }

    @Override
    public String inspect(String sql) {
        if (CurrentTenant.peek() == null) {
            refuseOwnedTables(sql);
        }
        String known = passed.get(sql);
        if (known != null) {
            return known;
        }
        refuseMoving(sql);
        refuseOuterJoins(sql);
        String text = mend(sql);
        // Statements with literals in them would fill the memory.
        if (passed.size() < MOST_REMEMBERED) {
            passed.put(sql, text);
        }
        return text;
    }

    // The text alone is looked at: a name inside a literal is refused as well, which errs on the safe side.
    private void refuseOwnedTables(String sql) {
        refuseIfOwned(
                sql,
                entity -> new NoTenantException("A statement on the tenant-owned entity " + entity + " was refused"));
    }

    private void refuseMoving(String sql) {
        if (MOVING.matcher(sql).find()) {
            String statement = withoutLiteralsAndComments(sql);
            Matcher set = SET.matcher(withoutParentheses(statement));
            if (set.find() && assigned.matcher(set.group()).find()
                    || assignedInRow.matcher(statement).find()) {
                refuseIfOwned(sql, TenantChangedException::new);
            }
        }
    }

    // A sub-query in the SET clause has a WHERE of its own, behind which the clause goes on.
    private static String withoutParentheses(String statement) {
        String before;
        String after = statement;
        do {
            before = after;
            after = INNERMOST.matcher(before).replaceAll("");
        } while (!after.equals(before));
        return after;
    }

    // A condition in the ON of such a join does not keep rows out: those that do not meet it come back without a
    // partner.
    private void refuseOuterJoins(String sql) {
        if (OUTER_JOIN.matcher(withoutLiteralsAndComments(sql)).find()) {
            refuseIfOwned(
                    sql,
                    entity -> new UnprovenStatementException(
                            entity,
                            "it has a right or full join, which brings in rows that its condition on the tenant does not"
                                    + " meet",
                            "Begin with the entity whose rows are all wanted, and join the other with a left join."));
        }
    }

    /** Names the owned table that the statement names first. */
    private void refuseIfOwned(String sql, Function<String, TenancyException> refusal) {
        String first = null;
        int at = Integer.MAX_VALUE;
        for (Map.Entry<Pattern, String> one : entityByTable.entrySet()) {
            Matcher table = one.getKey().matcher(sql);
            if (table.find() && table.start() < at) {
                at = table.start();
                first = one.getValue();
            }
        }
        if (first != null) {
            throw refusal.apply(first);
        }
    }

    private static String withoutLiteralsAndComments(String sql) {
        return LITERAL_OR_COMMENT.matcher(sql).replaceAll(" ");
    }

    // HHH-20883 restricts updates and deletes with "tenant_id=coalesce(?,tenant_id)", where null means any tenant.
    // Nothing here
    // binds null, and the function keeps the database from its index, its partition and its shard.
    private String mend(String sql) {
        return sql.contains("=coalesce(?,") ? coalesced.matcher(sql).replaceAll("$1=?") : sql;
    }
}

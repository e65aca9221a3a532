package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.TenantIsolation;
import jakarta.persistence.EntityManagerFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.JdbcParameter;
import net.sf.jsqlparser.expression.operators.conditional.AndExpression;
import net.sf.jsqlparser.expression.operators.relational.EqualsTo;
import net.sf.jsqlparser.expression.operators.relational.ParenthesedExpressionList;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.delete.Delete;
import net.sf.jsqlparser.statement.insert.Insert;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.update.Update;
import net.sf.jsqlparser.util.TablesNamesFinder;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * Each statement of the whole suite says {@code tenant_id = ?} for each owned table, so that it would go to one partition, and
 * to one shard of Citus. It runs last; alone, it sees what it calls itself.
 */
@Order(Integer.MAX_VALUE)
class ShardRoutingTest extends TimesheetsTest {

    private static final Set<String> OWNED = Set.of("customer", "invitation", "project", "time_entry");
    private static final Pattern NAMED = Pattern.compile(
            "(?i)\\b(?:from|join|into|update|using|merge)\\s+(?:only\\s+)?(?:" + String.join("|", OWNED) + ")\\b");
    private static final Pattern DEFINITION =
            Pattern.compile("(?is)\\s*(?:create|alter|drop|grant|revoke|comment)\\b.*");
    // An upsert of a stateless session, which the attacks of ApplicationIsolationTest send and the application does
    // not.
    private static final Pattern UPSERT =
            Pattern.compile("merge into \\w+ as t using .* on \\(t\\.id=s\\.id\\) and t\\.tenant_id=\\? when .*");
    // The tenant before a statement, and the commit after it, under row-level security.
    private static final Pattern BESIDES = Pattern.compile("(?s)(?:begin(?: read only)?;)?"
            + "(?:select set_config\\('app\\.tenant',\\?,true\\);)?(.*?)(?:\\n;commit)?");

    @Autowired
    private EntityManagerFactory entityManagerFactory;

    @Test
    void nothingInTheMappingKeepsItsTablesFromBeingSharded() {
        assertThat(TenantIsolation.obstaclesToSharding(entityManagerFactory)).isEmpty();
    }

    @Test
    void everyStatementOfTheWholeSuiteNamesTheTenantOfEachOwnedTable() {
        callEverything();
        List<String> onOwnedTables = SentStatements.texts().stream()
                .map(ShardRoutingTest::byItself)
                .filter(sql -> NAMED.matcher(sql).find())
                .filter(sql -> !DEFINITION.matcher(sql).matches())
                .filter(sql -> !UPSERT.matcher(sql).matches())
                .filter(sql -> !sql.contains(SentStatements.EVERYWHERE))
                .distinct()
                .toList();
        assertThat(onOwnedTables).filteredOn(sql -> !isRouted(sql)).isEmpty();
        assertThat(onOwnedTables).hasSizeGreaterThan(40);
    }

    private static String byItself(String sql) {
        Matcher text = BESIDES.matcher(sql);
        return text.matches() ? text.group(1) : sql;
    }

    private void callEverything() {
        String customer = acme.created(CUSTOMERS, customer(unique("Routed")));
        String project = acme.created(PROJECTS, project(unique("Routed"), customer));
        String entry = acme.created(ENTRIES, entry(project));
        for (String resource : List.of(CUSTOMERS, PROJECTS, ENTRIES)) {
            String one = resource.equals(ENTRIES) ? "minutes" : "name";
            for (String sort : List.of("", "&sort=" + one, "&sort=" + one + ",desc", "&sort=id,desc")) {
                acme.get(resource + "?size=5" + sort);
                acme.get(resource + "?size=5&page=1&search=routed" + sort);
                as("staff@acme.test").get(resource + "?size=5" + sort);
            }
        }
        acme.put(CUSTOMERS + "/" + customer, customer(unique("Routed")));
        acme.patch(PROJECTS + "/" + project, Map.of("status", "ARCHIVED"));
        acme.patch(ENTRIES + "/" + entry, Map.of("minutes", 15));
        acme.delete(ENTRIES + "/" + entry);
        acme.delete(PROJECTS + "/" + project);
        acme.delete(CUSTOMERS + "/" + customer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select * from customer where id = ?",
                "select * from customer where tenant_id = ? or id = ?",
                "select * from customer where tenant_id = coalesce(?, tenant_id)",
                "select * from customer where tenant_id in (?)",
                "select * from project p join customer c on c.id = p.customer_id where p.tenant_id = ?",
                "select * from project p, customer c where p.tenant_id = ?",
                "select * from customer c where c.tenant_id = ? and exists (select 1 from project p where p.customer_id = c.id)",
                "select (select count(*) from project) from customer where tenant_id = ?",
                "select * from customer where tenant_id = ? union select * from customer",
                "with c as (select * from customer) select * from c",
                "update customer set name = ? where id = ?",
                "update customer set name = ? where tenant_id = coalesce(?, tenant_id) and id = ?",
                "delete from customer where id = ?",
                "delete from project where tenant_id = ? and customer_id in (select id from customer)",
                "insert into customer (id, name) values (?, ?)",
                "insert into customer (tenant_id, id) select ?, id from project",
                "merge into customer using (values (?)) s (id) on customer.id = s.id when matched then delete"
            })
    void aStatementThatAsksMoreThanOneShardIsFound(String sql) {
        assertThat(isRouted(sql)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select * from customer where tenant_id = ? and id = ?",
                "select * from project p left join customer c on c.id = p.customer_id and c.tenant_id = ? where (p.tenant_id = ?)",
                "select * from customer c where c.tenant_id = ? and exists (select 1 from project p where p.tenant_id = ?)",
                "update customer c set name = ? where c.id = ? and c.tenant_id = ?",
                "delete from customer where tenant_id = ? and (id = ? or id = ?)",
                "insert into customer (tenant_id, id) values (?, ?)"
            })
    void aStatementThatAsksOneShardIsNot(String sql) {
        assertThat(isRouted(sql)).isTrue();
    }

    /** Each owned table that the text names has to be found, and held to the tenant, in the syntax tree. */
    private static boolean isRouted(String sql) {
        Blocks blocks = new Blocks();
        try {
            blocks.getTables(CCJSqlParserUtil.parse(sql));
        } catch (JSQLParserException | UnsupportedOperationException unknown) {
            return false;
        }
        return blocks.unrouted.isEmpty()
                && blocks.routed >= NAMED.matcher(sql).results().count();
    }

    private static final class Blocks extends TablesNamesFinder<Void> {

        private final List<Table> unrouted = new ArrayList<>();
        private int routed;

        @Override
        public <S> Void visit(PlainSelect select, S context) {
            List<FromItem> items = new ArrayList<>();
            List<Expression> conditions = new ArrayList<>();
            items.add(select.getFromItem());
            split(select.getWhere(), conditions);
            for (Join join : select.getJoins() == null ? List.<Join>of() : select.getJoins()) {
                items.add(join.getFromItem());
                join.getOnExpressions().forEach(on -> split(on, conditions));
            }
            check(items, conditions);
            return super.visit(select, context);
        }

        @Override
        public <S> Void visit(Update update, S context) {
            List<Expression> conditions = new ArrayList<>();
            split(update.getWhere(), conditions);
            check(List.of(update.getTable()), conditions);
            return super.visit(update, context);
        }

        @Override
        public <S> Void visit(Delete delete, S context) {
            List<Expression> conditions = new ArrayList<>();
            split(delete.getWhere(), conditions);
            check(List.of(delete.getTable()), conditions);
            return super.visit(delete, context);
        }

        @Override
        public <S> Void visit(Insert insert, S context) {
            if (isOwned(insert.getTable())) {
                boolean names = insert.getColumns().stream().anyMatch(Blocks::isTenant);
                count(insert.getTable(), names);
            }
            return super.visit(insert, context);
        }

        private void check(List<FromItem> items, List<Expression> conditions) {
            for (FromItem item : items) {
                if (item instanceof Table table && isOwned(table)) {
                    count(table, conditions.stream().anyMatch(one -> holds(one, table, items.size() == 1)));
                }
            }
        }

        private void count(Table table, boolean isRouted) {
            if (isRouted) {
                routed++;
            } else {
                unrouted.add(table);
            }
        }

        private static void split(Expression condition, List<Expression> parts) {
            if (condition instanceof AndExpression and) {
                split(and.getLeftExpression(), parts);
                split(and.getRightExpression(), parts);
            } else if (condition instanceof ParenthesedExpressionList<?> list && list.size() == 1) {
                split(list.get(0), parts);
            } else if (condition != null) {
                parts.add(condition);
            }
        }

        private static boolean holds(Expression condition, Table table, boolean alone) {
            if (!(condition instanceof EqualsTo equal
                    && equal.getLeftExpression() instanceof Column column
                    && equal.getRightExpression() instanceof JdbcParameter
                    && isTenant(column))) {
                return false;
            }
            String name = table.getAlias() == null
                    ? table.getName()
                    : table.getAlias().getName();
            return column.getTable() == null
                    ? alone
                    : column.getTable().getName().equals(name);
        }

        private static boolean isTenant(Column column) {
            return column.getColumnName().equalsIgnoreCase("tenant_id");
        }

        private static boolean isOwned(Table table) {
            return OWNED.contains(table.getName().toLowerCase(Locale.ROOT));
        }
    }
}

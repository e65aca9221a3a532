package dev.tenancy;

import dev.tenancy.OwnedTables.Relation;
import dev.tenancy.OwnedTables.Unreadable;
import dev.tenancy.Verdict.Demand;
import dev.tenancy.Verdict.Value;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.expression.CastExpression;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.JdbcParameter;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.expression.NullValue;
import net.sf.jsqlparser.expression.SignedExpression;
import net.sf.jsqlparser.expression.StringValue;
import net.sf.jsqlparser.expression.operators.conditional.AndExpression;
import net.sf.jsqlparser.expression.operators.relational.EqualsTo;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.expression.operators.relational.InExpression;
import net.sf.jsqlparser.expression.operators.relational.ParenthesedExpressionList;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.parser.ParseException;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.ExplainStatement;
import net.sf.jsqlparser.statement.ParenthesedStatement;
import net.sf.jsqlparser.statement.SetStatement;
import net.sf.jsqlparser.statement.Statement;
import net.sf.jsqlparser.statement.delete.Delete;
import net.sf.jsqlparser.statement.delete.ParenthesedDelete;
import net.sf.jsqlparser.statement.insert.ConflictActionType;
import net.sf.jsqlparser.statement.insert.Insert;
import net.sf.jsqlparser.statement.insert.InsertConflictAction;
import net.sf.jsqlparser.statement.insert.ParenthesedInsert;
import net.sf.jsqlparser.statement.merge.Merge;
import net.sf.jsqlparser.statement.merge.MergeDelete;
import net.sf.jsqlparser.statement.merge.MergeInsert;
import net.sf.jsqlparser.statement.merge.MergeOperation;
import net.sf.jsqlparser.statement.merge.MergeSide;
import net.sf.jsqlparser.statement.merge.MergeUpdate;
import net.sf.jsqlparser.statement.select.AllColumns;
import net.sf.jsqlparser.statement.select.AllTableColumns;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.LateralSubSelect;
import net.sf.jsqlparser.statement.select.ParenthesedFromItem;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import net.sf.jsqlparser.statement.select.SetOperationList;
import net.sf.jsqlparser.statement.select.TableFunction;
import net.sf.jsqlparser.statement.select.TableStatement;
import net.sf.jsqlparser.statement.select.Values;
import net.sf.jsqlparser.statement.select.WithItem;
import net.sf.jsqlparser.statement.update.ParenthesedUpdate;
import net.sf.jsqlparser.statement.update.Update;
import net.sf.jsqlparser.statement.update.UpdateSet;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the proof that a statement keeps to one tenant, in its syntax tree. In each query block, each owned table has to be
 * held to the tenant by a condition that no row can evade: in WHERE, or in the ON of the join that brings the table in. What is
 * not understood is not proven. An instance looks at one statement.
 */
final class StatementProof {

    private static final Pattern UNLIKE_STANDARD =
            Pattern.compile("\\\\'|(?i)\\bu&[\"']|/\\*!|/\\*(?:(?!\\*/)[\\s\\S])*/\\*");
    private static final Pattern UNPARSED_BUT_HARMLESS = Pattern.compile(
            "(?i)\\s*(?:set(?!\\s+(?:session|local|role)\\b)|show|listen|unlisten|notify|begin|start\\s+transaction|commit|rollback"
                    + "|savepoint|release|discard|vacuum|analyze)\\b[^;]*;?\\s*");
    private static final Pattern UNSAFE_SETTING =
            Pattern.compile("(?i)(?:app\\.tenant|role|authorization|row_security|search_path|schema)\\b");
    private static final Set<String> FAITHFUL_CASTS =
            Set.of("uuid", "bigint", "int8", "varchar", "text", "character varying", "string");
    private static final Map<Class<?>, List<Field>> FIELDS = new ConcurrentHashMap<>();

    private final OwnedTables tables;
    private final Connection connection;
    private final List<Demand> demands = new ArrayList<>();
    private final Set<Object> looked = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Select, Output> outputs = new IdentityHashMap<>();
    private int parameters;
    private @Nullable String entity;

    private StatementProof(OwnedTables tables, Connection connection) {
        this.tables = tables;
        this.connection = connection;
    }

    /** What a query gives its surroundings. {@code open}: the entity that they have to restrict by the tenant column. */
    private record Output(
            @Nullable List<Out> columns,
            Map<String, Out> named,
            @Nullable String open) {

        static final Output NOTHING = new Output(null, Map.of(), null);

        @Nullable Out first() {
            return columns == null || columns.size() != 1 ? null : columns.get(0);
        }
    }

    /** A column that a query gives: of which it can be the key, its value, or the tenant with the proof of that. */
    private record Out(
            String name,
            @Nullable String space,
            @Nullable Value value,
            @Nullable Set<Value> tenant) {}

    /** What stands in FROM. */
    private static final class Source {

        final String name;
        final @Nullable String entity;
        final @Nullable String tenantColumn;
        final Map<String, String> keys;
        final Map<String, Value> values;
        final Set<Value> tenants = new LinkedHashSet<>();
        boolean proven;

        Source(String name, Relation table) {
            this(name, table.entity(), table.tenantColumn(), table.keys(), Map.of());
        }

        Source(
                String name,
                @Nullable String entity,
                @Nullable String tenantColumn,
                Map<String, String> keys,
                Map<String, Value> values) {
            this.name = name;
            this.entity = entity;
            this.tenantColumn = tenantColumn;
            this.keys = keys;
            this.values = values;
            this.proven = entity == null;
        }

        boolean mayHave(String column) {
            return column.equals(tenantColumn) || keys.containsKey(column) || values.containsKey(column);
        }
    }

    /** A condition, and the sources of which no row is left that does not meet it. */
    private record Condition(Expression expression, Set<Source> restricted) {}

    /** A query block: what its names mean, and what its rows have to meet. */
    private static final class Block {

        final @Nullable Block outer;
        final Map<String, Source> sources = new LinkedHashMap<>();
        final Map<String, Output> queries = new HashMap<>();
        final List<Condition> conditions = new ArrayList<>();

        Block(@Nullable Block outer) {
            this.outer = outer;
        }

        void add(Source source) {
            if (sources.put(source.name, source) != null) {
                throw unproven(
                        source.entity == null ? "(alias " + source.name + ")" : source.entity,
                        "two tables in one FROM have the same name",
                        "Give each an alias of its own.");
            }
        }

        @Nullable Output query(String name) {
            Output found = queries.get(name);
            return found != null || outer == null ? found : outer.query(name);
        }

        @Nullable Source source(String name) {
            Source found = sources.get(name);
            return found != null || outer == null ? found : outer.source(name);
        }

        /** The source that a column is of; null if that is not certain. */
        @Nullable Source source(Column column) {
            String qualifier = column.getUnquotedTableName();
            if (qualifier != null) {
                return source(OwnedTables.normal(qualifier));
            }
            String name = name(column);
            List<Source> possible =
                    sources.values().stream().filter(one -> one.mayHave(name)).toList();
            return possible.size() == 1 ? possible.get(0) : null;
        }
    }

    private static final class Refused extends RuntimeException {

        private static final long serialVersionUID = 1L;
        private final transient Supplier<TenancyException> refusal;

        Refused(Supplier<TenancyException> refusal) {
            super(null, null, false, false);
            this.refusal = refusal;
        }
    }

    private static Refused unproven(String subject, String why, String fix) {
        return new Refused(() -> new UnprovenStatementException(subject, why, fix));
    }

    private static Refused notUnderstood(@Nullable String subject, String what) {
        return unproven(
                subject == null ? "(unknown)" : subject,
                what,
                "Write it in plain SQL, or give the reason why it is safe in a comment at its beginning:"
                        + " /* tenancy: trusted because … */");
    }

    /** Never throws for what a statement says; the verdict refuses it. */
    static Verdict of(String sql, OwnedTables tables, Connection connection) throws SQLException {
        StatementProof proof = new StatementProof(tables, connection);
        try {
            proof.prove(sql);
            return new Verdict(proof.entity, List.copyOf(proof.demands), null);
        } catch (Refused refused) {
            return new Verdict(proof.entity, List.of(), refused.refusal);
        } catch (Unreadable view) {
            return new Verdict(
                    proof.entity,
                    List.of(),
                    () -> new UnprovenStatementException(
                            String.valueOf(view.getMessage()),
                            "whose rows it shows cannot be seen",
                            "Map the view as an owned or a global entity, or give the reason why the statement is safe in a"
                                    + " comment at its beginning: /* tenancy: trusted because … */"));
        } catch (Unasked failed) {
            throw failed.cause;
        }
    }

    private static final class Unasked extends RuntimeException {

        private static final long serialVersionUID = 1L;
        private final SQLException cause;

        Unasked(SQLException cause) {
            super(cause);
            this.cause = cause;
        }
    }

    private void prove(String sql) {
        List<Statement> statements;
        try {
            statements = CCJSqlParserUtil.newParser(sql)
                    .withAllowComplexParsing(true)
                    .withUnsupportedStatements(false)
                    .Statements();
        } catch (ParseException | StackOverflowError | RuntimeException unparsed) {
            if (UNPARSED_BUT_HARMLESS.matcher(sql).matches()
                    && !UNSAFE_SETTING.matcher(sql).find()) {
                return;
            }
            throw notUnderstood(null, "it cannot be parsed");
        }
        if (statements.size() != 1) {
            throw unproven("(several)", "it is not one statement but " + statements.size(), "Run each by itself.");
        }
        statement(statements.get(0), null);
        if (entity != null && UNLIKE_STANDARD.matcher(sql).find()) {
            throw notUnderstood(entity, "it has a quote, an escape or a comment that databases read in different ways");
        }
    }

    private Output statement(@Nullable Statement statement, @Nullable Block outer) {
        if (statement instanceof Select select) {
            Output output = select(select, outer);
            close(output);
            return output;
        } else if (statement instanceof ParenthesedInsert insert) {
            return statement(insert.getInsert(), outer);
        } else if (statement instanceof ParenthesedUpdate update) {
            return statement(update.getUpdate(), outer);
        } else if (statement instanceof ParenthesedDelete delete) {
            return statement(delete.getDelete(), outer);
        } else if (statement instanceof Insert insert) {
            insert(insert, outer);
        } else if (statement instanceof Update update) {
            update(update, outer);
        } else if (statement instanceof Delete delete) {
            delete(delete, outer);
        } else if (statement instanceof Merge merge) {
            merge(merge, outer);
        } else if (statement instanceof ExplainStatement explain && explain.getTable() == null) {
            return statement(explain.getStatement(), outer);
        } else if (statement instanceof SetStatement
                && !UNSAFE_SETTING.matcher(statement.toString()).find()) {
            return Output.NOTHING;
        } else if (statement != null && isDefinition(statement)) {
            definition(statement);
        } else {
            throw notUnderstood(
                    entity,
                    "it is a "
                            + (statement == null
                                    ? "nothing"
                                    : statement.getClass().getSimpleName()));
        }
        return Output.NOTHING;
    }

    private static void close(Output output) {
        if (output.open() != null) {
            throw unrestricted(output.open());
        }
    }

    private static Refused unrestricted(String entity) {
        return unproven(
                entity,
                "nothing holds it to the current tenant",
                "Restrict the table in its own query block: … where tenant_id = ?, or in the ON of the join that brings it in.");
    }

    // Work for a tenant does not change the schema; without one, migrations and schema tools do.
    private static boolean isDefinition(Statement statement) {
        String type = statement.getClass().getName();
        return type.contains(".statement.create.")
                || type.contains(".statement.alter.")
                || type.contains(".statement.drop.")
                || type.contains(".statement.comment.");
    }

    private void definition(Statement statement) {
        if (CurrentTenant.peek() != null) {
            everything(statement, node -> {
                if (node instanceof Table table) {
                    Relation relation = relation(table);
                    if (relation != null && relation.entity() != null) {
                        throw notUnderstood(relation.entity(), "it changes the schema while a tenant is current");
                    }
                }
            });
        }
    }

    private @Nullable Relation relation(Table table) {
        try {
            Relation relation = tables.relation(
                    OwnedTables.normal(table.getName()),
                    table.getSchemaName() == null ? null : OwnedTables.normal(table.getSchemaName()),
                    connection);
            if (relation != null && entity == null) {
                entity = relation.entity();
            }
            return relation;
        } catch (SQLException failed) {
            throw new Unasked(failed);
        }
    }

    // ---- queries

    private Output select(Select select, @Nullable Block outer) {
        Output known = outputs.get(select);
        if (known != null) {
            return known;
        }
        looked.add(select);
        Block block = new Block(outer);
        with(select.getWithItemsList(), block);
        Output output;
        if (select instanceof PlainSelect plain) {
            output = plain(plain, block);
        } else if (select instanceof ParenthesedSelect parenthesed) {
            output = select(parenthesed.getSelect(), block);
            boolean cut = select.getLimit() != null || select.getFetch() != null || select.getOffset() != null;
            if (cut) {
                close(output);
            }
            rest(parenthesed, block);
        } else if (select instanceof SetOperationList list) {
            output = union(list, block);
        } else if (select instanceof Values) {
            output = Output.NOTHING;
            rest(select, block);
        } else if (select instanceof TableStatement table) {
            Relation relation = relation(table.getTable());
            if (relation != null && relation.entity() != null) {
                throw unrestricted(relation.entity());
            }
            output = Output.NOTHING;
        } else {
            throw notUnderstood(entity, "it has a " + select.getClass().getSimpleName());
        }
        outputs.put(select, output);
        return output;
    }

    private void with(@Nullable List<WithItem<?>> items, Block block) {
        if (items == null) {
            return;
        }
        for (WithItem<?> item : items) {
            looked.add(item);
            String name = OwnedTables.normal(item.getAlias().getName());
            Block inside = new Block(block);
            if (item.isRecursive() || items.stream().anyMatch(WithItem::isRecursive)) {
                inside.queries.put(name, Output.NOTHING);
            }
            Statement statement = item.getParenthesedStatement();
            Output output = statement instanceof Select select ? select(select, inside) : statement(statement, inside);
            if (inside.queries.containsKey(name)) {
                close(output);
            }
            rest(item, inside);
            List<String> names = new ArrayList<>();
            if (item.getWithItemList() != null) {
                item.getWithItemList().forEach(one -> names.add(OwnedTables.normal(one.toString())));
            }
            block.queries.put(name, renamed(output, names));
        }
    }

    private static Output renamed(Output output, List<String> names) {
        if (names.isEmpty() || output.columns() == null) {
            return names.isEmpty() ? output : new Output(null, Map.of(), output.open());
        }
        List<Out> columns = new ArrayList<>();
        for (int i = 0; i < output.columns().size(); i++) {
            Out column = output.columns().get(i);
            columns.add(
                    i < names.size() ? new Out(names.get(i), column.space(), column.value(), column.tenant()) : column);
        }
        return output(columns, output.open());
    }

    private static Output output(List<Out> columns, @Nullable String open) {
        Map<String, Out> named = new HashMap<>();
        Set<String> twice = new LinkedHashSet<>();
        for (Out column : columns) {
            if (named.put(column.name(), column) != null) {
                twice.add(column.name());
            }
        }
        twice.forEach(named::remove);
        return new Output(columns, named, open);
    }

    private Output union(SetOperationList list, Block block) {
        List<Output> parts = new ArrayList<>();
        for (Select part : list.getSelects()) {
            parts.add(select(part, block));
        }
        looked.addAll(list.getSelects());
        rest(list, block);
        boolean plain = list.getLimit() == null
                && list.getFetch() == null
                && list.getOffset() == null
                && list.getOperations().stream().allMatch(one -> one.toString().startsWith("UNION"));
        List<Out> columns = new ArrayList<>(
                parts.get(0).columns() == null ? List.of() : parts.get(0).columns());
        String open = null;
        for (Output part : parts) {
            open = part.open() == null ? open : part.open();
            for (int i = 0; i < columns.size(); i++) {
                Out first = columns.get(i);
                Out same = part.columns() != null && part.columns().size() == columns.size()
                        ? part.columns().get(i)
                        : new Out("", null, null, null);
                columns.set(
                        i,
                        new Out(
                                first.name(),
                                Objects.equals(first.space(), same.space()) ? first.space() : null,
                                null,
                                first.tenant() != null
                                                && first.tenant().isEmpty()
                                                && same.tenant() != null
                                                && same.tenant().isEmpty()
                                        ? first.tenant()
                                        : null));
            }
        }
        if (open != null && !(plain && parts.stream().allMatch(part -> part.open() != null))) {
            throw unrestricted(open);
        }
        return output(columns, open);
    }

    private Output plain(PlainSelect select, Block block) {
        looked.add(select);
        Set<Source> from = from(select.getFromItem(), block);
        joins(select.getJoins(), from, block);
        condition(select.getWhere(), Set.copyOf(block.sources.values()), block);
        settle(block);
        if (select.getForUpdateTables() != null) {
            looked.addAll(select.getForUpdateTables());
        }
        String open = null;
        for (Source source : block.sources.values()) {
            if (!source.proven) {
                String unproven = Objects.requireNonNull(source.entity);
                if (block.sources.size() > 1 || !isRowByRow(select)) {
                    throw unrestricted(unproven);
                }
                open = unproven;
            }
        }
        Output output = output(select.getSelectItems(), block, open);
        if (open != null
                && output.named().values().stream()
                        .noneMatch(column ->
                                column.tenant() != null && column.tenant().isEmpty())) {
            throw unrestricted(open);
        }
        rest(select, block);
        return output;
    }

    // A condition that comes later picks the same rows as one inside only if each row stands for itself.
    private static boolean isRowByRow(PlainSelect select) {
        return select.getGroupBy() == null
                && select.getHaving() == null
                && select.getDistinct() == null
                && select.getLimit() == null
                && select.getFetch() == null
                && select.getOffset() == null
                && select.getTop() == null
                && select.getFirst() == null
                && select.getSkip() == null
                && select.getQualify() == null
                && select.getSelectItems().stream()
                        .map(SelectItem::getExpression)
                        .allMatch(StatementProof::isPlain);
    }

    private static boolean isPlain(Expression expression) {
        Expression bare = bare(expression);
        return bare instanceof Column
                || bare instanceof AllColumns
                || bare instanceof NullValue
                || bare instanceof LongValue
                || bare instanceof StringValue
                || bare instanceof CastExpression cast && isPlain(cast.getLeftExpression());
    }

    private Output output(List<SelectItem<?>> items, Block block, @Nullable String open) {
        List<Out> columns = new ArrayList<>();
        boolean star = false;
        for (SelectItem<?> item : items) {
            Expression expression = bare(item.getExpression());
            if (expression instanceof AllColumns) {
                Collection<Source> all = block.sources.values();
                if (expression instanceof AllTableColumns one) {
                    Source source =
                            block.source(OwnedTables.normal(one.getTable().getName()));
                    all = source == null ? List.of() : List.of(source);
                }
                star = true;
                for (Source source : all) {
                    source.keys.forEach((name, space) -> columns.add(new Out(name, space, null, null)));
                    if (source.tenantColumn != null) {
                        columns.add(new Out(source.tenantColumn, null, null, source.tenants));
                    }
                }
                continue;
            }
            Source source = expression instanceof Column column ? block.source(column) : null;
            String name = expression instanceof Column column ? name(column) : "";
            Alias alias = item.getAlias();
            columns.add(new Out(
                    alias == null ? name : OwnedTables.normal(alias.getName()),
                    source != null && (source.proven || open != null) ? source.keys.get(name) : null,
                    value(expression, block),
                    source != null && name.equals(source.tenantColumn) ? source.tenants : null));
        }
        Output output = output(columns, open);
        return star ? new Output(null, output.named(), open) : output;
    }

    // ---- FROM

    private Set<Source> from(@Nullable FromItem item, Block block) {
        if (item == null) {
            return Set.of();
        }
        looked.add(item);
        if (item instanceof Table table) {
            return Set.of(add(table, block));
        } else if (item instanceof ParenthesedFromItem group) {
            if (group.getAlias() != null) {
                throw notUnderstood(entity, "it gives a name to a group of joins");
            }
            Set<Source> inside = new LinkedHashSet<>(from(group.getFromItem(), block));
            joins(group.getJoins(), inside, block);
            rest(group, block);
            return inside;
        } else if (item instanceof LateralSubSelect) {
            Source source = new Source(alias(item), null, null, Map.of(), Map.of());
            block.add(source);
            // Looked at with the rest, when what it may refer to is settled.
            looked.remove(item);
            return Set.of(source);
        } else if (item instanceof ParenthesedSelect derived) {
            Output output = select(derived, block.outer == null ? withQueries(block) : withQueries(block));
            Source source = derived(alias(item), renamed(output, columnNames(derived.getAlias())));
            block.add(source);
            return Set.of(source);
        } else if (item instanceof TableFunction || item instanceof Values) {
            looked.remove(item);
            Source source = new Source(alias(item), null, null, Map.of(), Map.of());
            block.add(source);
            return Set.of(source);
        }
        throw notUnderstood(entity, "it has a " + item.getClass().getSimpleName() + " in FROM");
    }

    // What stands beside a derived table in FROM is not visible inside of it.
    private static Block withQueries(Block block) {
        Block inside = new Block(block.outer);
        inside.queries.putAll(block.queries);
        return inside;
    }

    private String alias(FromItem item) {
        return item.getAlias() == null
                ? "\u0000" + looked.size()
                : OwnedTables.normal(item.getAlias().getName());
    }

    private static List<String> columnNames(@Nullable Alias alias) {
        return alias == null || alias.getAliasColumns() == null
                ? List.of()
                : alias.getAliasColumns().stream()
                        .map(column -> OwnedTables.normal(column.name))
                        .toList();
    }

    private Source add(Table table, Block block) {
        String name = OwnedTables.normal(table.getName());
        Alias alias = table.getAlias();
        if (alias != null && alias.getAliasColumns() != null) {
            throw notUnderstood(entity, "it renames the columns of a table");
        }
        String called = alias == null ? name : OwnedTables.normal(alias.getName());
        Output query = table.getSchemaName() == null ? block.query(name) : null;
        Source source;
        if (query != null) {
            source = derived(called, query);
        } else {
            Relation relation = relation(table);
            source = new Source(called, relation == null ? Relation.global(name) : relation);
        }
        block.add(source);
        return source;
    }

    private static Source derived(String name, Output output) {
        String tenantColumn = null;
        Map<String, String> keys = new HashMap<>();
        Map<String, Value> values = new HashMap<>();
        Set<Value> tenants = Set.of();
        for (Out column : output.named().values()) {
            if (column.tenant() != null && column.tenant().isEmpty() == (output.open() != null)) {
                tenantColumn = column.name();
                tenants = column.tenant();
            }
            if (column.space() != null) {
                keys.put(column.name(), column.space());
            }
            if (column.value() != null) {
                values.put(column.name(), column.value());
            }
        }
        Source source = new Source(name, output.open(), tenantColumn, keys, values);
        source.tenants.addAll(tenants);
        return source;
    }

    private void joins(@Nullable List<Join> joins, Set<Source> left, Block block) {
        Set<Source> before = new LinkedHashSet<>(left);
        for (Join join : joins == null ? List.<Join>of() : joins) {
            looked.add(join);
            if (join.isApply()
                    || join.isSemi()
                    || join.isAsOf()
                    || join.isAny()
                    || join.isAll()
                    || join.isGlobal()
                    || join.isWindowJoin()) {
                throw notUnderstood(entity, "it has a join that standard SQL does not know");
            }
            Set<Source> joined = from(join.getFromItem(), block);
            Set<Source> restricted = new LinkedHashSet<>();
            if (!join.isFull() && !join.isNatural()) {
                if (!join.isRight()) {
                    restricted.addAll(joined);
                }
                if (!join.isLeft() && !join.isOuter() || join.isRight()) {
                    restricted.addAll(before);
                }
            }
            for (Expression on : join.getOnExpressions()) {
                condition(on, restricted, block);
            }
            rest(join, block);
            before.addAll(joined);
            left.addAll(joined);
        }
    }

    // ---- conditions

    private void condition(@Nullable Expression expression, Set<Source> restricted, Block block) {
        Expression bare = expression == null ? null : bare(expression);
        if (bare instanceof AndExpression and) {
            condition(and.getLeftExpression(), restricted, block);
            condition(and.getRightExpression(), restricted, block);
        } else if (bare != null) {
            block.conditions.add(new Condition(bare, restricted));
        }
    }

    /** Applies the conditions until they prove nothing more. */
    private void settle(Block block) {
        boolean more = true;
        while (more) {
            more = false;
            for (Condition condition : block.conditions) {
                more |= apply(condition, block);
            }
        }
        for (Source source : block.sources.values()) {
            if (source.entity != null && !source.tenants.isEmpty()) {
                demands.add(new Demand(source.entity, List.copyOf(source.tenants)));
            }
        }
    }

    private boolean apply(Condition condition, Block block) {
        if (condition.expression() instanceof EqualsTo equal
                && equal.getStringExpression().equals("=")
                && equal.getOldOracleJoinSyntax() == 0) {
            Expression left = bare(equal.getLeftExpression());
            Expression right = bare(equal.getRightExpression());
            return equal(left, right, condition, block) | equal(right, left, condition, block);
        }
        if (condition.expression() instanceof InExpression in
                && !in.isNot()
                && in.getOldOracleJoinSyntax() == 0
                && in.getRightExpression() instanceof Select keys) {
            return among(bare(in.getLeftExpression()), keys, condition, block);
        }
        return false;
    }

    private boolean equal(Expression left, Expression right, Condition condition, Block block) {
        if (!(left instanceof Column column)) {
            return false;
        }
        Source source = block.source(column);
        if (source == null || !condition.restricted().contains(source)) {
            return false;
        }
        String name = name(column);
        if (right instanceof Select keys) {
            return among(left, keys, condition, block);
        }
        Source other = right instanceof Column to ? block.source(to) : null;
        if (name.equals(source.tenantColumn)) {
            Value value = value(right, block);
            if (value != null) {
                source.proven = true;
                return source.tenants.add(value);
            }
            if (other != null
                    && other != source
                    && other.proven
                    && name((Column) right).equals(other.tenantColumn)
                    && !other.tenants.isEmpty()) {
                source.proven = true;
                return source.tenants.addAll(other.tenants);
            }
        }
        String space = source.keys.get(name);
        if (space != null
                && other != null
                && other != source
                && other.proven
                && !source.proven
                && space.equals(other.keys.get(name((Column) right)))) {
            source.proven = true;
            return true;
        }
        return false;
    }

    private boolean among(Expression left, Select keys, Condition condition, Block block) {
        Source source = left instanceof Column column ? block.source(column) : null;
        if (source == null || source.proven || !condition.restricted().contains(source)) {
            return false;
        }
        String space = source.keys.get(name((Column) left));
        Output output = select(keys, block);
        close(output);
        Out first = output.first();
        if (space != null && first != null && space.equals(first.space())) {
            source.proven = true;
            return true;
        }
        return false;
    }

    private @Nullable Value value(Expression expression, Block block) {
        Expression bare = bare(expression);
        if (bare instanceof CastExpression cast) {
            return cast.getColDataType() != null
                            && cast.getColDataType().getArgumentsStringList() == null
                            && FAITHFUL_CASTS.contains(
                                    cast.getColDataType().toString().toLowerCase(java.util.Locale.ROOT))
                            && !(cast.getLeftExpression() instanceof Column)
                    ? value(cast.getLeftExpression(), block)
                    : null;
        } else if (bare instanceof JdbcParameter parameter) {
            return Value.parameter(parameter.getIndex());
        } else if (bare instanceof StringValue text) {
            return text.getPrefix() == null && "'".equals(text.getQuoteStr())
                    ? Value.literal(text.getNotExcapedValue())
                    : null;
        } else if (bare instanceof LongValue number) {
            return Value.literal(number.getStringValue());
        } else if (bare instanceof SignedExpression signed
                && signed.getSign() == '-'
                && signed.getExpression() instanceof LongValue number) {
            return Value.literal("-" + number.getStringValue());
        } else if (bare instanceof Column column) {
            Source source = block.source(column);
            return source == null ? null : source.values.get(name(column));
        }
        return null;
    }

    private static Expression bare(Expression expression) {
        Expression bare = expression;
        while (bare instanceof ParenthesedExpressionList<?> list && list.size() == 1) {
            bare = list.get(0);
        }
        return bare;
    }

    private static String name(Column column) {
        return OwnedTables.normal(column.getColumnName());
    }

    // ---- changes

    private void insert(Insert insert, @Nullable Block outer) {
        looked.add(insert);
        Block block = new Block(outer);
        with(insert.getWithItemsList(), block);
        Table table = insert.getTable();
        looked.add(table);
        Relation relation = relation(table);
        String idSpace = tables.idTable(OwnedTables.normal(table.getName()));
        List<Column> columns = insert.getColumns() == null ? List.of() : new ArrayList<>(insert.getColumns());
        Select select = insert.getSelect();
        if (relation != null && relation.entity() != null) {
            insertOwned(insert, relation, columns, select, block);
        } else if (idSpace != null) {
            Output output = select == null ? Output.NOTHING : select(select, block);
            close(output);
            Out first = output.first();
            if (first == null || !idSpace.equals(first.space())) {
                throw unproven(
                        idSpace,
                        "it keeps ids that are not shown to be the tenant's",
                        "Leave such tables to Hibernate.");
            }
        } else if (select != null) {
            close(select(select, block));
        }
        rest(insert, block);
    }

    private void insertOwned(
            Insert insert, Relation relation, List<Column> columns, @Nullable Select select, Block block) {
        String owner = Objects.requireNonNull(relation.entity());
        int position = position(columns, relation);
        if (insert.getSetUpdateSets() != null
                || insert.getDuplicateUpdateSets() != null
                || insert.isOverwrite()
                || insert.isOracleMultiInsert()
                || insert.isModifierIgnore()
                || insert.getDuplicateAction() != null) {
            throw notUnderstood(owner, "it inserts in a way that standard SQL does not know");
        }
        if (position < 0 || select == null) {
            throw unproven(
                    owner,
                    "it inserts rows without saying whose they are",
                    "List the column " + relation.tenantColumn() + " among the columns, with the current tenant's id.");
        }
        Set<Value> written = new LinkedHashSet<>();
        rows(select, columns.size(), position, owner, block, written);
        conflict(insert.getConflictAction(), insert, relation, written, block);
    }

    private static int position(List<Column> columns, Relation relation) {
        for (int i = 0; i < columns.size(); i++) {
            if (name(columns.get(i)).equals(relation.tenantColumn())) {
                return i;
            }
        }
        return -1;
    }

    private void rows(Select select, int width, int position, String owner, Block block, Set<Value> written) {
        if (select instanceof Values values) {
            looked.add(values);
            List<Expression> expressions = new ArrayList<>(values.getExpressions());
            boolean several = expressions.stream().allMatch(StatementProof::isRow);
            if (several
                    && !(values.getExpressions() instanceof ParenthesedExpressionList
                            && expressions.size() == width
                            && width == 1)) {
                for (Expression row : expressions) {
                    row((ExpressionList<?>) row, width, position, owner, block, written);
                }
            } else {
                row(values.getExpressions(), width, position, owner, block, written);
            }
            rest(values, block);
            return;
        }
        Output output = select(select, block);
        close(output);
        Out column = output.columns() == null || output.columns().size() != width
                ? null
                : output.columns().get(position);
        if (column == null
                || column.value() == null
                        && (column.tenant() == null || column.tenant().isEmpty())) {
            throw foreignInsert(owner);
        }
        if (column.value() != null) {
            demands.add(new Demand(owner, List.of(column.value())));
            written.add(column.value());
        }
    }

    private static boolean isRow(Expression expression) {
        return expression instanceof ExpressionList<?>;
    }

    private void row(ExpressionList<?> row, int width, int position, String owner, Block block, Set<Value> written) {
        Value value = row.size() == width ? value(row.get(position), block) : null;
        if (value == null) {
            throw foreignInsert(owner);
        }
        demands.add(new Demand(owner, List.of(value)));
        written.add(value);
    }

    private static Refused foreignInsert(String owner) {
        return unproven(
                owner,
                "it may insert rows for another tenant",
                "Give the tenant's column the current tenant's id, as a parameter or from a table that is restricted to it.");
    }

    private void conflict(
            @Nullable InsertConflictAction action, Insert insert, Relation relation, Set<Value> written, Block block) {
        if (action == null || action.getConflictActionType() == ConflictActionType.DO_NOTHING) {
            return;
        }
        notMoved(action.getUpdateSets(), relation);
        boolean within = insert.getConflictTarget() != null
                && insert.getConflictTarget().getWhereExpression() == null
                && insert.getConflictTarget().getIndexElements().stream()
                        .anyMatch(one -> OwnedTables.normal(one.getColumnName()).equals(relation.tenantColumn()));
        Block update = new Block(block);
        Alias alias = insert.getTable().getAlias();
        Source target = new Source(alias == null ? relation.name() : OwnedTables.normal(alias.getName()), relation);
        Source excluded = new Source("excluded", null, relation.tenantColumn(), Map.of(), Map.of());
        if (written.size() == 1) {
            excluded.tenants.addAll(written);
        }
        update.add(target);
        update.add(excluded);
        condition(action.getWhereExpression(), Set.of(target), update);
        settle(update);
        if (!target.proven && !within) {
            throw unproven(
                    Objects.requireNonNull(relation.entity()),
                    "it may take over a row of another tenant",
                    "Let the conflict be on a key with the tenant, or restrict the update by the tenant.");
        }
        target.proven = true;
        everything(action, node -> node(node, update));
    }

    private static void notMoved(@Nullable List<UpdateSet> sets, Relation relation) {
        for (UpdateSet set : sets == null ? List.<UpdateSet>of() : sets) {
            for (Expression column : set.getColumns()) {
                if (!(bare(column) instanceof Column one)) {
                    throw notUnderstood(relation.entity(), "it sets something else than a column");
                }
                if (name(one).equals(relation.tenantColumn())) {
                    throw new Refused(() -> new TenantChangedException(Objects.requireNonNull(relation.entity())));
                }
            }
        }
    }

    private void update(Update update, @Nullable Block outer) {
        looked.add(update);
        Block block = new Block(outer);
        with(update.getWithItemsList(), block);
        Set<Source> sources = new LinkedHashSet<>(target(update.getTable(), block));
        if (update.getStartJoins() != null && !update.getStartJoins().isEmpty()) {
            throw notUnderstood(entity, "it updates a join");
        }
        Relation relation = relation(update.getTable());
        if (relation != null && relation.entity() != null) {
            notMoved(update.getUpdateSets(), relation);
        }
        sources.addAll(from(update.getFromItem(), block));
        joins(update.getJoins(), sources, block);
        changed(update.getWhere(), update, block);
    }

    private void delete(Delete delete, @Nullable Block outer) {
        looked.add(delete);
        Block block = new Block(outer);
        with(delete.getWithItemsList(), block);
        if (delete.getTables() != null && !delete.getTables().isEmpty()
                || delete.getJoins() != null && !delete.getJoins().isEmpty()) {
            throw notUnderstood(entity, "it deletes from a join");
        }
        target(delete.getTable(), block);
        if (delete.getUsingFromItemList() != null) {
            delete.getUsingFromItemList().forEach(item -> from(item, block));
        }
        changed(delete.getWhere(), delete, block);
    }

    private Set<Source> target(Table table, Block block) {
        looked.add(table);
        return Set.of(add(table, block));
    }

    private void changed(@Nullable Expression where, Object statement, Block block) {
        condition(where, Set.copyOf(block.sources.values()), block);
        settle(block);
        for (Source source : block.sources.values()) {
            if (!source.proven) {
                throw unrestricted(Objects.requireNonNull(source.entity));
            }
        }
        rest(statement, block);
    }

    private void merge(Merge merge, @Nullable Block outer) {
        looked.add(merge);
        Block block = new Block(outer);
        with(merge.getWithItemsList(), block);
        Relation relation = relation(merge.getTable());
        Source target = target(merge.getTable(), block).iterator().next();
        Set<Source> using = from(merge.getFromItem(), block);
        settle(block);
        for (Source source : using) {
            if (!source.proven) {
                throw unrestricted(Objects.requireNonNull(source.entity));
            }
        }
        for (MergeOperation operation : merge.getOperations()) {
            if (relation != null && relation.entity() != null) {
                mergeOwned(merge, operation, target, using, relation, block);
            }
        }
        target.proven = true;
        rest(merge, block);
    }

    private void mergeOwned(
            Merge merge, MergeOperation operation, Source target, Set<Source> using, Relation relation, Block block) {
        String owner = Objects.requireNonNull(relation.entity());
        if (operation instanceof MergeInsert insert) {
            List<Column> columns = insert.getColumns() == null ? List.of() : new ArrayList<>(insert.getColumns());
            int position = position(columns, relation);
            ExpressionList<?> values = insert.getValues();
            Value value = position < 0 || values == null || values.size() != columns.size()
                    ? null
                    : value(values.get(position), block);
            if (value == null || insert.getSide() == MergeSide.SOURCE) {
                throw foreignInsert(owner);
            }
            demands.add(new Demand(owner, List.of(value)));
            return;
        }
        Expression and;
        MergeSide side;
        if (operation instanceof MergeUpdate update) {
            notMoved(update.getUpdateSets(), relation);
            and = update.getAndPredicate();
            side = update.getSide();
        } else if (operation instanceof MergeDelete delete) {
            and = delete.getAndPredicate();
            side = delete.getSide();
        } else {
            throw notUnderstood(owner, "it merges in a way that is not known");
        }
        Block matched = new Block(block);
        Source again = new Source(target.name, relation);
        matched.add(again);
        using.forEach(matched::add);
        condition(and, Set.of(again), matched);
        if (side == null) {
            condition(merge.getOnCondition(), Set.of(again), matched);
        }
        settle(matched);
        if (!again.proven) {
            throw unproven(
                    owner,
                    "it may change a row of another tenant",
                    "Restrict the rows that match by the tenant: … on (t.tenant_id = s.tenant_id and …).");
        }
    }

    // ---- everything else: each part of the tree is looked at, whatever the parser calls it

    private interface Visit {
        void visit(Object node);
    }

    private void rest(Object node, Block block) {
        children(node, child -> node(child, block));
    }

    private void node(Object node, Block block) {
        if (!looked.add(node)) {
            return;
        }
        if (node instanceof Select select) {
            close(select(select, block));
        } else if (node instanceof ParenthesedStatement statement) {
            statement(statement, block);
        } else if (node instanceof Table table) {
            Relation relation = relation(table);
            throw notUnderstood(
                    relation == null || relation.entity() == null
                            ? "(table " + table.getName() + ")"
                            : relation.entity(),
                    "it names a table where none is expected");
        } else if (node instanceof Column column) {
            if (column.getArrayConstructor() != null) {
                node(column.getArrayConstructor(), block);
            }
        } else if (!(node instanceof AllTableColumns)) {
            if (node instanceof Function function) {
                check(function);
            }
            rest(node, block);
        }
    }

    private void check(Function function) {
        String name = function.getName();
        if (name == null) {
            return;
        }
        try {
            if (!tables.isSafeFunction(name, connection)) {
                throw unproven(
                        "(function " + name + ")",
                        "what the function reads cannot be seen",
                        "Write the query out, or give the reason why it is safe in a comment at its beginning:"
                                + " /* tenancy: trusted because … */");
            }
        } catch (SQLException failed) {
            throw new Unasked(failed);
        }
    }

    private void everything(Object node, Visit visit) {
        children(node, child -> {
            visit.visit(child);
            everything(child, visit);
        });
    }

    private static void children(Object node, Visit visit) {
        if (node instanceof Collection<?> list) {
            list.forEach(one -> child(one, visit));
        }
        for (Field field : fields(node.getClass())) {
            try {
                child(field.get(node), visit);
            } catch (IllegalAccessException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    private static void child(@Nullable Object value, Visit visit) {
        if (value instanceof Map<?, ?> map) {
            map.keySet().forEach(one -> child(one, visit));
            map.values().forEach(one -> child(one, visit));
        } else if (value instanceof Object[] array) {
            for (Object one : array) {
                child(one, visit);
            }
        } else if (value instanceof Collection<?> list && !isNode(value)) {
            list.forEach(one -> child(one, visit));
        } else if (value != null && isNode(value)) {
            visit.visit(value);
        }
    }

    private static boolean isNode(Object value) {
        Class<?> type = value.getClass();
        return type.getName().startsWith("net.sf.jsqlparser.")
                && !type.getName().startsWith("net.sf.jsqlparser.parser.")
                && !type.isEnum();
    }

    private static List<Field> fields(Class<?> type) {
        return FIELDS.computeIfAbsent(type, start -> {
            List<Field> found = new ArrayList<>();
            for (Class<?> one = start;
                    one != null && one.getName().startsWith("net.sf.jsqlparser.");
                    one = one.getSuperclass()) {
                for (Field field : one.getDeclaredFields()) {
                    if (!Modifier.isStatic(field.getModifiers())
                            && !field.getType().isPrimitive()) {
                        field.setAccessible(true);
                        found.add(field);
                    }
                }
            }
            return List.copyOf(found);
        });
    }
}

package dev.tenancy;

import dev.tenancy.OwnedTables.Relation;
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
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.CastExpression;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.JdbcParameter;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.expression.NullValue;
import net.sf.jsqlparser.expression.RowGetExpression;
import net.sf.jsqlparser.expression.SignedExpression;
import net.sf.jsqlparser.expression.StringValue;
import net.sf.jsqlparser.expression.operators.conditional.AndExpression;
import net.sf.jsqlparser.expression.operators.relational.EqualsTo;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.expression.operators.relational.InExpression;
import net.sf.jsqlparser.expression.operators.relational.LikeExpression;
import net.sf.jsqlparser.expression.operators.relational.ParenthesedExpressionList;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.parser.ParseException;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.ExplainStatement;
import net.sf.jsqlparser.statement.ParenthesedStatement;
import net.sf.jsqlparser.statement.ReturningClause;
import net.sf.jsqlparser.statement.Statement;
import net.sf.jsqlparser.statement.delete.Delete;
import net.sf.jsqlparser.statement.delete.ParenthesedDelete;
import net.sf.jsqlparser.statement.insert.ConflictActionType;
import net.sf.jsqlparser.statement.insert.Insert;
import net.sf.jsqlparser.statement.insert.InsertConflictAction;
import net.sf.jsqlparser.statement.insert.InsertConflictTarget;
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
import net.sf.jsqlparser.statement.select.MySqlSelectIntoClause;
import net.sf.jsqlparser.statement.select.ParenthesedFromItem;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import net.sf.jsqlparser.statement.select.SetOperationList;
import net.sf.jsqlparser.statement.select.TableFunction;
import net.sf.jsqlparser.statement.select.TableStatement;
import net.sf.jsqlparser.statement.select.UnionOp;
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
 *
 * <p>Ids are taken to be unique over all tenants, so that rows which share one with a tenant's row are the tenant's as well.
 */
final class StatementProof {

    private static final Pattern HARMLESS = Pattern.compile(
            "(?i)\\s*(?:begin(?:\\s+(?:work|transaction)\\b[\\w\\s,]*)?|start\\s+transaction\\b[\\w\\s,]*"
                    + "|(?:commit|rollback|savepoint|release)\\b[\\w\\s]*|show\\s[\\w\\s.]+|(?:un)?listen\\s[\\w\\s*]+"
                    + "|(?:vacuum|analyze)\\b[\\w\\s(),.]*"
                    + "|set\\s+(?:(?:session|local)\\s+)?(?:transaction|characteristics|constraints|time\\s+zone|timezone|jit"
                    + "|\\w+_timeout|application_name|client_min_messages|datestyle|intervalstyle|extra_float_digits"
                    + "|bytea_output|work_mem|synchronous_commit|default_transaction_\\w+|enable_\\w+)\\b[\\w\\s'=,.:/+-]*)"
                    + ";?\\s*");
    private static final Pattern DEFINITION = Pattern.compile("(?i)\\s*(?:create|alter|drop|comment)\\s[^;]*;?\\s*");
    private static final Pattern DEFINED_BY_QUERY =
            Pattern.compile("(?i)\\bmaterialized\\b|\\bas\\b[\\s(]*(?:select|with|values|table|execute)\\b");
    private static final Pattern TEMPORARY =
            Pattern.compile("(?i)\\s*create\\s+(?:(?:cached|global|local)\\s+)*temp(?:orary)?\\s+table\\s[^;]*");
    private static final Pattern DROPPED =
            Pattern.compile("(?i)\\s*(?:drop|truncate)\\s+table\\s+(?:if\\s+exists\\s+)?([\\w$]+)(?:\\s+cascade)?\\s*");
    // A backslash, a nested comment or a dollar quote moves the end of what it is in, from one database to the next.
    private static final Pattern UNLIKE_STANDARD = Pattern.compile("\\\\'|(?i:\\bu&[\"'])|/\\*!|(?<![\\w$])\\$\\w*\\$");
    private static final Pattern ESCAPED_BY_BACKSLASH = Pattern.compile("(?i)\\bescape\\s*'\\\\'");
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_][A-Za-z_0-9$]*");
    private static final Set<String> FAITHFUL_CASTS =
            Set.of("uuid", "bigint", "int8", "varchar", "text", "character varying");
    private static final Map<Class<?>, List<Field>> FIELDS = new ConcurrentHashMap<>();

    private final OwnedTables tables;
    private final Connection connection;
    private final List<Demand> demands = new ArrayList<>();
    private final Set<Object> looked = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Select, Output> outputs = new IdentityHashMap<>();
    private @Nullable String entity;
    private boolean reads;
    private boolean defines;
    private boolean decides;

    private StatementProof(OwnedTables tables, Connection connection) {
        this.tables = tables;
        this.connection = connection;
    }

    /** What a column can prove: it holds the tenant, the id of a row of a root entity, or a value of the text. */
    private record Trait(
            boolean tenant,
            @Nullable String space,
            @Nullable Value value) {
        static final Trait NONE = new Trait(false, null, null);
    }

    private record Out(String name, Trait trait) {}

    /** What a query gives its surroundings. {@code open}: the entity that they have to restrict by a tenant column. */
    private record Output(
            @Nullable List<Out> columns,
            Map<String, Trait> named,
            @Nullable String open) {

        static final Output NOTHING = new Output(null, Map.of(), null);

        /** Of two columns of one name, neither can be meant. */
        static Output of(List<Out> columns, boolean complete, @Nullable String open) {
            Map<String, Trait> named = new HashMap<>();
            Set<String> twice = new HashSet<>();
            for (Out column : columns) {
                if (named.put(column.name(), column.trait()) != null) {
                    twice.add(column.name());
                }
            }
            twice.forEach(name -> named.put(name, Trait.NONE));
            return new Output(complete ? columns : null, named, open);
        }

        Output renamed(List<String> names) {
            if (names.isEmpty()) {
                return this;
            }
            if (columns == null) {
                return new Output(null, Map.of(), open);
            }
            List<Out> renamed = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
                renamed.add(
                        i < names.size() ? new Out(names.get(i), columns.get(i).trait()) : columns.get(i));
            }
            return of(renamed, true, open);
        }
    }

    /** A query that WITH gives a name. */
    private record Named(String spelling, Output output) {}

    /** What stands in FROM. */
    private static final class Source {

        final String spelling;
        final @Nullable String entity;
        final Map<String, Trait> columns;
        /** Whether its rows are somebody's because the rows are that they belong to. */
        final boolean dependent;

        final Set<Value> values = new LinkedHashSet<>();
        boolean proven;
        /** Whether the tenant columns hold the current tenant, once the demands are met. */
        boolean held;

        Source(String spelling, Relation table) {
            this.spelling = spelling;
            this.entity = table.entity();
            this.dependent = table.dependent();
            this.columns = new HashMap<>();
            table.keys().forEach((name, space) -> columns.put(name, new Trait(false, space, null)));
            if (table.tenantColumn() != null) {
                columns.put(table.tenantColumn(), new Trait(true, null, null));
            }
            this.proven = entity == null;
        }

        Source(String spelling, Output output) {
            this.spelling = spelling;
            this.entity = output.open();
            this.columns = output.named();
            this.dependent = false;
            this.proven = entity == null;
            this.held = proven;
        }

        Trait trait(Column column) {
            return column.getArrayConstructor() == null && column.getOldOracleJoinSyntax() == 0
                    ? columns.getOrDefault(name(column), Trait.NONE)
                    : Trait.NONE;
        }

        boolean hold(@Nullable Value value) {
            boolean more = value == null ? !held : values.add(value);
            proven = true;
            held = true;
            return more;
        }
    }

    /** A condition, and the sources of which no row is left that does not meet it. */
    private record Condition(Expression expression, Set<Source> restricted) {}

    /** A query block: what its names mean, and what its rows have to meet. */
    private static final class Block {

        final @Nullable Block outer;
        final Map<String, Source> sources = new LinkedHashMap<>();
        final Map<String, Named> queries = new HashMap<>();
        final List<Condition> conditions = new ArrayList<>();

        Block(@Nullable Block outer) {
            this.outer = outer;
        }

        Source add(Source source) {
            if (sources.put(OwnedTables.normal(source.spelling), source) != null) {
                throw unproven(
                        source.entity == null ? "(alias " + source.spelling + ")" : source.entity,
                        "two tables in one FROM have the same name",
                        "Give each an alias of its own.");
            }
            return source;
        }

        @Nullable Output query(Table table) {
            String name = OwnedTables.normal(table.getName());
            for (Block block = this; block != null && table.getSchemaName() == null; block = block.outer) {
                Named found = block.queries.get(name);
                if (found != null && !isSame(found.spelling(), table.getName())) {
                    throw unproven(
                            "(with " + found.spelling() + ")",
                            "the name is written in two ways",
                            "Write it in one way.");
                } else if (found != null) {
                    return found.output();
                }
            }
            return null;
        }

        /** The source that a column is of; null if that is not certain. */
        @Nullable Source source(Column column) {
            Table qualifier = column.getTable();
            if (qualifier != null && qualifier.getName() != null) {
                String name = OwnedTables.normal(qualifier.getName());
                for (Block block = this; block != null; block = block.outer) {
                    Source found = block.sources.get(name);
                    if (found != null) {
                        return isSame(found.spelling, qualifier.getName()) ? found : null;
                    }
                }
                return null;
            }
            List<Source> possible = sources.values().stream()
                    .filter(one -> one.columns.containsKey(name(column)))
                    .toList();
            return possible.size() == 1 ? possible.get(0) : null;
        }
    }

    // "P" is not p, and both may be there.
    private static boolean isSame(String spelling, String other) {
        return spelling.equals(other)
                || spelling.equalsIgnoreCase(other)
                        && PLAIN_NAME.matcher(spelling).matches()
                        && PLAIN_NAME.matcher(other).matches();
    }

    private static final class Refused extends RuntimeException {

        private static final long serialVersionUID = 1L;
        private final transient Supplier<TenancyException> refusal;

        Refused(Supplier<TenancyException> refusal) {
            super(null, null, false, false);
            this.refusal = refusal;
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

    private static Refused unproven(String subject, String why, String fix) {
        return new Refused(() -> new UnprovenStatementException(subject, why, fix));
    }

    private Refused notUnderstood(String what) {
        return unproven(
                entity == null ? "(unknown)" : entity,
                what,
                "Write it in plain SQL, or give the reason why it is safe in a comment at its beginning:"
                        + " /* tenancy: trusted because … */");
    }

    private static Refused unrestricted(String entity) {
        return unproven(
                entity,
                "nothing holds it to the current tenant",
                "Restrict the table in its own query block: … where tenant_id = ?, or in the ON of the join that brings it in. A right or full join brings"
                        + " in what does not meet its ON: use a left join.");
    }

    /** Never throws for what a statement says; the verdict refuses it. */
    static Verdict of(String sql, OwnedTables tables, Connection connection) throws SQLException {
        StatementProof proof = new StatementProof(tables, connection);
        try {
            proof.prove(sql);
            return new Verdict(proof.entity, List.copyOf(proof.demands), null, proof.reads, false, proof.decides);
        } catch (Refused refused) {
            return new Verdict(proof.entity, List.of(), refused.refusal, proof.reads, proof.defines, proof.decides);
        } catch (Unasked failed) {
            throw failed.cause;
        } catch (RuntimeException | StackOverflowError unexpected) {
            // The parser leaves out parts of the tree that it was not given.
            Refused refused = proof.notUnderstood("it cannot be followed");
            return new Verdict(proof.entity, List.of(), refused.refusal, false, false, proof.decides);
        }
    }

    private void prove(String sql) {
        if (HARMLESS.matcher(sql).matches()) {
            reads = true;
            return;
        }
        if (UNLIKE_STANDARD
                        .matcher(ESCAPED_BY_BACKSLASH.matcher(sql).replaceAll(""))
                        .find()
                || hasNestedComment(sql)) {
            throw notUnderstood("it has a quote, an escape or a comment that databases read in different ways");
        }
        if (DEFINITION.matcher(sql).matches() || DROPPED.matcher(sql).matches()) {
            define(sql);
            return;
        }
        Statement statement = parse(sql);
        reads = isQuery(statement);
        statement(statement, null);
    }

    private static boolean hasNestedComment(String sql) {
        int end;
        for (int at = sql.indexOf("/*"); at >= 0; at = sql.indexOf("/*", end)) {
            end = sql.indexOf("*/", at + 2);
            int next = sql.indexOf("/*", at + 2);
            if (end < 0 || next >= 0 && next < end) {
                return true;
            }
        }
        return false;
    }

    // Work for a tenant does not change the schema; without one, migrations and schema tools do.
    private void define(String sql) {
        boolean query = DEFINED_BY_QUERY.matcher(sql).find();
        Matcher dropped = DROPPED.matcher(sql);
        if (dropped.matches() && tables.idTable(OwnedTables.normal(dropped.group(1))) != null
                || TEMPORARY.matcher(sql).matches() && !query) {
            return;
        }
        defines = !query && DEFINITION.matcher(sql).matches();
        throw unproven(
                "(schema)",
                query
                        ? "it makes a table or view of what a query yields"
                        : "it changes the schema while a tenant is current",
                "Leave that to a migration, which runs for no tenant.");
    }

    private Statement parse(String sql) {
        List<Statement> statements;
        try {
            statements = CCJSqlParserUtil.newParser(sql)
                    .withAllowComplexParsing(true)
                    .withUnsupportedStatements(false)
                    .Statements();
        } catch (ParseException | StackOverflowError | RuntimeException unparsed) {
            throw notUnderstood("it cannot be parsed");
        }
        if (statements.size() != 1 || statements.get(0) == null) {
            throw unproven("(several)", "it is not one statement but " + statements.size(), "Run each by itself.");
        }
        return statements.get(0);
    }

    private boolean isQuery(Statement statement) {
        Statement query = statement instanceof ExplainStatement explain ? explain.getStatement() : statement;
        boolean[] pure = {query instanceof Select};
        if (pure[0]) {
            everything(query, Collections.newSetFromMap(new IdentityHashMap<>()), node -> {
                boolean changes = node instanceof Statement && !(node instanceof Select)
                        || node instanceof MySqlSelectIntoClause
                        || node instanceof PlainSelect select
                                && (select.getIntoTables() != null || select.getIntoTempTable() != null)
                        || unsafe(node) != null;
                pure[0] &= !changes;
            });
        }
        return pure[0];
    }

    private Output statement(@Nullable Statement statement, @Nullable Block outer) {
        if (statement instanceof Select select) {
            Output output = select(select, outer);
            close(output);
            return output;
        } else if (statement instanceof ParenthesedInsert insert) {
            return insert(insert.getInsert(), outer);
        } else if (statement instanceof ParenthesedUpdate update) {
            return update(update.getUpdate(), outer);
        } else if (statement instanceof ParenthesedDelete delete) {
            return delete(delete.getDelete(), outer);
        } else if (statement instanceof Insert insert) {
            return insert(insert, outer);
        } else if (statement instanceof Update update) {
            return update(update, outer);
        } else if (statement instanceof Delete delete) {
            return delete(delete, outer);
        } else if (statement instanceof Merge merge) {
            return merge(merge, outer);
        } else if (statement instanceof ExplainStatement explain && explain.getTable() == null) {
            return statement(explain.getStatement(), outer);
        }
        throw notUnderstood("it is a " + (statement == null ? "nothing" : kind(statement)));
    }

    private static String kind(Object node) {
        return node.getClass().getSimpleName();
    }

    private static void close(Output output) {
        if (output.open() != null) {
            throw unrestricted(output.open());
        }
    }

    private Relation relation(Table table) {
        try {
            Relation relation = tables.relation(table.getName(), table.getSchemaName(), connection);
            if (relation == null) {
                throw unproven(
                        "(table " + table.getName() + ")",
                        "whose rows it shows cannot be seen",
                        "If it is a view, map it as an owned or a global entity, or give the reason why the statement is safe in a"
                                + " comment at its beginning: /* tenancy: trusted because … */");
            }
            if (entity == null) {
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
            if (isCut(select)) {
                close(output);
            }
            rest(parenthesed, block);
        } else if (select instanceof SetOperationList list) {
            output = union(list, block);
        } else if (select instanceof Values values) {
            output = values(values, block);
        } else if (select instanceof TableStatement table) {
            looked.add(table.getTable());
            if (block.query(table.getTable()) != null
                    || relation(table.getTable()).entity() != null) {
                throw notUnderstood("it has a " + kind(select));
            }
            output = Output.NOTHING;
        } else {
            throw notUnderstood("it has a " + kind(select));
        }
        outputs.put(select, output);
        return output;
    }

    /** Whether a condition that comes later would pick other rows than one inside. */
    private static boolean isCut(Select select) {
        return select.getLimit() != null
                || select.getLimitBy() != null
                || select.getFetch() != null
                || select.getOffset() != null
                || select.getForMode() != null
                || select.getForUpdate() != null;
    }

    private void with(@Nullable List<WithItem<?>> items, Block block) {
        boolean recursive = items != null && items.stream().anyMatch(WithItem::isRecursive);
        for (WithItem<?> item : items == null ? List.<WithItem<?>>of() : items) {
            looked.add(item);
            if (item.getAlias() == null || item.getWithFunctionDeclaration() != null) {
                throw notUnderstood("it declares a function");
            }
            String spelling = item.getAlias().getName();
            List<String> names = new ArrayList<>();
            if (item.getWithItemList() != null) {
                item.getWithItemList().forEach(one -> names.add(OwnedTables.normal(one.toString())));
            }
            Block inside = new Block(block);
            Statement statement = item.getParenthesedStatement();
            looked.add(statement);
            Output output;
            if (recursive) {
                output = recursive(statement, spelling, names, inside);
            } else {
                output = statement instanceof Select select
                        ? select(select, inside).renamed(names)
                        : statement(statement, inside).renamed(names);
            }
            rest(item, inside);
            block.queries.put(OwnedTables.normal(spelling), new Named(spelling, output));
        }
    }

    /** What holds for the rows that a recursion begins with holds for all, if each step keeps it up. */
    private Output recursive(@Nullable Statement statement, String spelling, List<String> names, Block inside) {
        Output first = Output.NOTHING;
        if (statement instanceof ParenthesedSelect query && query.getSelect() instanceof SetOperationList list) {
            Output base = statement(list.getSelects().get(0), inside).renamed(names);
            if (base.columns() != null) {
                first = Output.of(
                        base.columns().stream()
                                .map(one -> new Out(
                                        one.name(),
                                        new Trait(
                                                one.trait().tenant(),
                                                one.trait().space(),
                                                null)))
                                .toList(),
                        true,
                        null);
            }
        }
        inside.queries.put(OwnedTables.normal(spelling), new Named(spelling, first));
        Output output = statement(statement, inside).renamed(names);
        for (Map.Entry<String, Trait> column : first.named().entrySet()) {
            Trait promised = column.getValue();
            Trait kept = output.named().getOrDefault(column.getKey(), Trait.NONE);
            if (promised.tenant() && !kept.tenant()
                    || promised.space() != null && !promised.space().equals(kept.space())) {
                throw notUnderstood("its recursion gives a column another meaning than it began with");
            }
        }
        return output;
    }

    private Output union(SetOperationList list, Block block) {
        List<Output> parts = new ArrayList<>();
        for (Select part : list.getSelects()) {
            parts.add(select(part, block));
        }
        rest(list, block);
        Output first = parts.get(0);
        boolean open = parts.stream().allMatch(part -> part.open() != null)
                && !isCut(list)
                && list.getOperations().stream().allMatch(UnionOp.class::isInstance);
        List<Out> columns = new ArrayList<>(first.columns() == null ? List.of() : first.columns());
        boolean complete = first.columns() != null;
        for (Output part : parts) {
            if (!open) {
                close(part);
            }
            complete &= part.columns() != null && part.columns().size() == columns.size();
            for (int i = 0; complete && i < columns.size(); i++) {
                Trait one = columns.get(i).trait();
                Trait other = Objects.requireNonNull(part.columns()).get(i).trait();
                columns.set(
                        i,
                        new Out(
                                columns.get(i).name(),
                                new Trait(
                                        one.tenant() && other.tenant(),
                                        Objects.equals(one.space(), other.space()) ? one.space() : null,
                                        Objects.equals(one.value(), other.value()) ? one.value() : null)));
            }
        }
        return complete
                ? Output.of(columns, true, open ? first.open() : null)
                : new Output(null, Map.of(), open ? first.open() : null);
    }

    private Output values(Values values, Block block) {
        List<Out> columns = new ArrayList<>();
        List<ExpressionList<?>> rows = rows(values);
        if (rows.size() == 1) {
            rows.get(0).forEach(one -> columns.add(new Out("", new Trait(false, null, value(one, block)))));
        }
        rest(values, block);
        return Output.of(columns, rows.size() == 1, null);
    }

    private static List<ExpressionList<?>> rows(Values values) {
        ExpressionList<?> list = values.getExpressions();
        return !(list instanceof ParenthesedExpressionList)
                        && !list.isEmpty()
                        && list.stream().allMatch(ExpressionList.class::isInstance)
                ? list.stream()
                        .<ExpressionList<?>>map(ExpressionList.class::cast)
                        .toList()
                : List.of(list);
    }

    private Output plain(PlainSelect select, Block block) {
        Set<Source> from = from(select.getFromItem(), block);
        joins(select.getJoins(), from, block);
        condition(select.getWhere(), Set.copyOf(block.sources.values()), block);
        settle(block);
        if (select.getForUpdateTables() != null) {
            looked.addAll(select.getForUpdateTables());
        }
        if (select.getForUpdate() != null) {
            everything(select.getForUpdate(), looked, node -> {});
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
        if (open != null && output.named().values().stream().noneMatch(Trait::tenant)) {
            throw unrestricted(open);
        }
        rest(select, block);
        return output;
    }

    private static boolean isRowByRow(PlainSelect select) {
        return !isCut(select)
                && select.getGroupBy() == null
                && select.getHaving() == null
                && select.getDistinct() == null
                && select.getTop() == null
                && select.getFirst() == null
                && select.getSkip() == null
                && select.getQualify() == null
                && select.getOracleHierarchical() == null
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

    private Output output(@Nullable List<SelectItem<?>> items, Block block, @Nullable String open) {
        List<Out> columns = new ArrayList<>();
        boolean star = false;
        for (SelectItem<?> item : items == null ? List.<SelectItem<?>>of() : items) {
            Expression expression = bare(item.getExpression());
            if (expression instanceof AllColumns all) {
                if (all.getExceptColumns() != null || all.getReplaceExpressions() != null) {
                    throw notUnderstood("it leaves columns out of *");
                }
                star = true;
                Collection<Source> sources = block.sources.values();
                if (expression instanceof AllTableColumns one) {
                    Source source = block.source(new Column(one.getTable(), "*"));
                    looked.add(one.getTable());
                    sources = source == null ? List.of() : List.of(source);
                }
                for (Source source : sources) {
                    source.columns.forEach((name, trait) -> columns.add(new Out(name, seen(trait, source, open))));
                }
                continue;
            }
            Trait trait = new Trait(false, null, value(expression, block));
            String name = "";
            if (expression instanceof Column column) {
                Source source = block.source(column);
                name = name(column);
                trait = source == null ? trait : seen(source.trait(column), source, open);
            }
            Alias alias = item.getAlias();
            columns.add(new Out(alias == null ? name : OwnedTables.normal(alias.getName()), trait));
        }
        return Output.of(columns, !star, open);
    }

    private static Trait seen(Trait trait, Source source, @Nullable String open) {
        return new Trait(trait.tenant() && (source.held || open != null), trait.space(), trait.value());
    }

    // ---- FROM

    private Set<Source> from(@Nullable FromItem item, Block block) {
        if (item == null) {
            return new LinkedHashSet<>();
        }
        if (item.getPivot() != null || item.getUnPivot() != null) {
            throw notUnderstood("it turns rows into columns");
        }
        if (item instanceof Table table) {
            return only(table(table, block), block);
        } else if (item instanceof ParenthesedFromItem group && group.getAlias() == null) {
            Set<Source> inside = from(group.getFromItem(), block);
            joins(group.getJoins(), inside, block);
            return inside;
        } else if (item instanceof ParenthesedFromItem group && group.getFromItem() instanceof Values values) {
            Output output = select(values, withQueries(block)).renamed(columnNames(item.getAlias()));
            return only(new Source(alias(item), output), block);
        } else if (item instanceof LateralSubSelect || item instanceof TableFunction) {
            // Looked into with the rest, when what it may refer to is settled.
            return only(new Source(alias(item), Output.NOTHING), block);
        } else if (item instanceof ParenthesedSelect || item instanceof Values) {
            Output output = select((Select) item, withQueries(block)).renamed(columnNames(item.getAlias()));
            return only(new Source(alias(item), output), block);
        }
        throw notUnderstood("it has a " + kind(item) + " in FROM");
    }

    private static Set<Source> only(Source source, Block block) {
        Set<Source> one = new LinkedHashSet<>();
        one.add(block.add(source));
        return one;
    }

    // What stands beside a derived table in FROM is not visible inside of it.
    private static Block withQueries(Block block) {
        Block inside = new Block(block.outer);
        inside.queries.putAll(block.queries);
        return inside;
    }

    private static String alias(FromItem item) {
        return item.getAlias() == null
                ? "\u0000" + System.identityHashCode(item)
                : item.getAlias().getName();
    }

    private static List<String> columnNames(@Nullable Alias alias) {
        return alias == null || alias.getAliasColumns() == null
                ? List.of()
                : alias.getAliasColumns().stream()
                        .map(column -> OwnedTables.normal(column.name))
                        .toList();
    }

    private Source table(Table table, Block block) {
        Output query = block.query(table);
        return query == null ? stored(table) : new Source(called(table), query);
    }

    /** A table that is really there, whatever WITH calls by its name. */
    private Source stored(Table table) {
        looked.add(table);
        return new Source(called(table), relation(table));
    }

    private Source written(Table table) {
        decides |= tables.decides(table.getName());
        return stored(table);
    }

    private String called(Table table) {
        looked.add(table);
        Alias alias = table.getAlias();
        if (alias != null && alias.getAliasColumns() != null) {
            throw notUnderstood("it renames the columns of a table");
        }
        return alias == null ? table.getName() : alias.getName();
    }

    private void joins(@Nullable List<Join> joins, Set<Source> left, Block block) {
        Set<Source> before = new LinkedHashSet<>(left);
        for (Join join : joins == null ? List.<Join>of() : joins) {
            if (join.isApply()
                    || join.isSemi()
                    || join.isAsOf()
                    || join.isAny()
                    || join.isAll()
                    || join.isGlobal()
                    || join.isArray()
                    || join.isWindowJoin()) {
                throw notUnderstood("it has a join that standard SQL does not know");
            }
            Set<Source> joined = from(join.getFromItem(), block);
            if (join.isSimple()) {
                // A comma binds weaker than JOIN: what comes next is not joined to what is before it.
                before.clear();
            }
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
            before.addAll(joined);
            left.addAll(joined);
        }
    }

    // ---- conditions

    private static void condition(@Nullable Expression expression, Set<Source> restricted, Block block) {
        Expression bare = expression == null ? null : bare(expression);
        if (bare instanceof AndExpression and) {
            condition(and.getLeftExpression(), restricted, block);
            condition(and.getRightExpression(), restricted, block);
        } else if (bare instanceof LikeExpression like && like.getEscape() instanceof AndExpression and) {
            behindEscape(and, restricted, block);
        } else if (bare instanceof EqualsTo equal
                && isPlain(equal)
                && bare(equal.getLeftExpression()) instanceof ParenthesedExpressionList<?> left
                && bare(equal.getRightExpression()) instanceof ParenthesedExpressionList<?> right
                && left.size() == right.size()) {
            for (int i = 0; i < left.size(); i++) {
                condition(new EqualsTo(left.get(i), right.get(i)), restricted, block);
            }
        } else if (bare instanceof InExpression in
                && !in.isNot()
                && in.getOldOracleJoinSyntax() == 0
                && in.getRightExpression() instanceof ParenthesedExpressionList<?> one
                && one.size() == 1) {
            condition(new EqualsTo(in.getLeftExpression(), one.get(0)), restricted, block);
        } else if (bare != null) {
            block.conditions.add(new Condition(bare, restricted));
        }
    }

    // The parser takes "like ? escape ? and …" for "like ? escape (? and …)".
    private static void behindEscape(AndExpression and, Set<Source> restricted, Block block) {
        condition(and.getRightExpression(), restricted, block);
        if (and.getLeftExpression() instanceof AndExpression before) {
            behindEscape(before, restricted, block);
        }
    }

    private static boolean isPlain(EqualsTo equal) {
        return equal.getStringExpression().equals("=")
                && equal.getOldOracleJoinSyntax() == 0
                && equal.getOraclePriorPosition() == 0;
    }

    /** Applies the conditions until they prove nothing more. */
    private void settle(Block block) {
        boolean more = true;
        while (more) {
            more = false;
            for (Condition condition : block.conditions) {
                more |= equal(condition, block);
            }
            // A sub-query may refer to what the other conditions prove.
            for (int i = 0; !more && i < block.conditions.size(); i++) {
                more = among(block.conditions.get(i), block);
            }
        }
        for (Source source : block.sources.values()) {
            if (source.entity != null && !source.values.isEmpty() && looked.add(source)) {
                demands.add(new Demand(source.entity, List.copyOf(source.values)));
            }
        }
    }

    private boolean equal(Condition condition, Block block) {
        if (condition.expression() instanceof EqualsTo equal && isPlain(equal)) {
            Expression left = bare(equal.getLeftExpression());
            Expression right = bare(equal.getRightExpression());
            return equal(left, right, condition, block) | equal(right, left, condition, block);
        }
        return false;
    }

    private boolean equal(Expression left, Expression right, Condition condition, Block block) {
        Source source = left instanceof Column column ? block.source(column) : null;
        if (source == null || source.entity == null || !condition.restricted().contains(source)) {
            return false;
        }
        Trait trait = source.trait((Column) left);
        Source other = right instanceof Column to ? block.source(to) : null;
        Trait partner = other == null || other == source || !other.proven ? Trait.NONE : other.trait((Column) right);
        if (trait.tenant()) {
            Value value = value(right, block);
            return value != null
                    ? source.hold(value)
                    : partner.tenant() && Objects.requireNonNull(other).held && source.hold(null);
        }
        if (!source.proven && (source.dependent || isRow(trait)) && isPart(source, trait, partner)) {
            source.proven = true;
            return true;
        }
        return false;
    }

    private static boolean isRow(Trait trait) {
        return trait.space() != null && trait.space().startsWith(OwnedTables.ROW);
    }

    private static boolean isPart(Source source, Trait trait, Trait of) {
        return trait.space() != null
                && of.space() != null
                && (trait.space().equals(of.space())
                        ? !of.space().startsWith(OwnedTables.REFERENCE)
                        : source.dependent && trait.space().equals(OwnedTables.REFERENCE + of.space()));
    }

    private boolean among(Condition condition, Block block) {
        Expression left = null;
        Expression right = null;
        if (condition.expression() instanceof InExpression in && !in.isNot() && in.getOldOracleJoinSyntax() == 0) {
            left = bare(in.getLeftExpression());
            right = in.getRightExpression();
        } else if (condition.expression() instanceof EqualsTo equal && isPlain(equal)) {
            left = bare(equal.getLeftExpression());
            right = equal.getRightExpression();
        }
        if (!(left instanceof Column column) || !(right instanceof Select keys)) {
            return false;
        }
        Source source = block.source(column);
        if (source == null || source.proven || !condition.restricted().contains(source)) {
            return false;
        }
        Output output = select(keys, block);
        close(output);
        source.proven = output.columns() != null
                && output.columns().size() == 1
                && isPart(source, source.trait(column), output.columns().get(0).trait());
        return source.proven;
    }

    private @Nullable Value value(Expression expression, Block block) {
        Expression bare = bare(expression);
        if (bare instanceof CastExpression cast) {
            return cast.getColDataType() != null
                            && cast.getColDataType().getArgumentsStringList() == null
                            && FAITHFUL_CASTS.contains(
                                    cast.getColDataType().toString().toLowerCase(Locale.ROOT))
                    ? value(cast.getLeftExpression(), block)
                    : null;
        } else if (bare instanceof JdbcParameter parameter) {
            return parameter.isUseFixedIndex() ? null : Value.parameter(parameter.getIndex());
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
            return source == null ? null : source.trait(column).value();
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

    private Output insert(Insert insert, @Nullable Block outer) {
        looked.add(insert);
        Block block = new Block(outer);
        with(insert.getWithItemsList(), block);
        Table table = insert.getTable();
        Source target = written(table);
        Relation relation = relation(table);
        String idSpace = tables.idTable(OwnedTables.normal(table.getName()));
        List<Column> columns = insert.getColumns() == null ? List.of() : new ArrayList<>(insert.getColumns());
        Select select = insert.getSelect();
        if (relation.entity() != null) {
            insertOwned(insert, relation, columns, select, block);
        } else if (select != null) {
            Output output = select(select, block);
            close(output);
            if (idSpace != null && !startsWithIds(output, idSpace)) {
                throw unproven(
                        idSpace,
                        "it keeps ids that are not shown to be the tenant's",
                        "Leave such tables to Hibernate.");
            }
        }
        target.hold(null);
        Block returned = new Block(block);
        returned.add(target);
        return returned(insert, insert.getReturningClause(), returned);
    }

    private static boolean startsWithIds(Output output, String space) {
        return output.columns() != null
                && !output.columns().isEmpty()
                && space.equals(output.columns().get(0).trait().space());
    }

    private Output returned(Statement statement, @Nullable ReturningClause returning, Block block) {
        if (returning != null
                && returning.getDataItems() != null
                && !returning.getDataItems().isEmpty()) {
            throw notUnderstood("it returns into something");
        }
        Output output = returning == null ? Output.NOTHING : output(returning, block, null);
        rest(statement, block);
        return output;
    }

    private void insertOwned(
            Insert insert, Relation relation, List<Column> columns, @Nullable Select select, Block block) {
        String owner = Objects.requireNonNull(relation.entity());
        if (insert.getSetUpdateSets() != null
                || insert.getDuplicateUpdateSets() != null
                || insert.getDuplicateAction() != null
                || insert.isOverwrite()
                || insert.isOracleMultiInsert()
                || insert.isModifierIgnore()) {
            throw notUnderstood("it inserts in a way that standard SQL does not know");
        }
        int position = position(columns, relation);
        if (position < 0 || select == null) {
            throw unproven(
                    owner,
                    "it inserts rows without saying whose they are",
                    "List the column " + relation.tenantColumn() + " among the columns, with the current tenant's id.");
        }
        if (select instanceof Values values) {
            looked.add(values);
            List<ExpressionList<?>> rows = rows(values);
            for (ExpressionList<?> row : rows) {
                written(owner, row.size() == columns.size() ? value(row.get(position), block) : null);
            }
            rest(values, block);
        } else {
            Output output = select(select, block);
            close(output);
            Trait trait = output.columns() != null && output.columns().size() == columns.size()
                    ? output.columns().get(position).trait()
                    : Trait.NONE;
            if (!trait.tenant()) {
                written(owner, trait.value());
            }
        }
        conflict(insert, relation, block);
    }

    private static int position(List<Column> columns, Relation relation) {
        for (int i = 0; i < columns.size(); i++) {
            if (name(columns.get(i)).equals(relation.tenantColumn())) {
                return i;
            }
        }
        return -1;
    }

    private void written(String owner, @Nullable Value value) {
        if (value == null) {
            throw unproven(
                    owner,
                    "it may insert rows for another tenant",
                    "Give the tenant's column the current tenant's id, as a parameter or from a table that is restricted to it.");
        }
        demands.add(new Demand(owner, List.of(value)));
    }

    private void conflict(Insert insert, Relation relation, Block block) {
        InsertConflictAction action = insert.getConflictAction();
        if (action == null || action.getConflictActionType() == ConflictActionType.DO_NOTHING) {
            return;
        }
        notMoved(action.getUpdateSets(), relation);
        InsertConflictTarget on = insert.getConflictTarget();
        boolean within = on != null
                && on.getIndexElements() != null
                && on.getIndexElements().stream()
                        .anyMatch(one -> one.getColumnName() != null
                                && OwnedTables.normal(one.getColumnName()).equals(relation.tenantColumn()));
        Block update = new Block(block);
        Source target = update.add(stored(insert.getTable()));
        Source excluded = update.add(new Source("excluded", relation));
        excluded.hold(null);
        condition(action.getWhereExpression(), Set.of(target), update);
        settle(update);
        if (!target.proven && !within) {
            throw unproven(
                    Objects.requireNonNull(relation.entity()),
                    "it may take over a row of another tenant",
                    "Let the conflict be on a key with the tenant, or restrict the update by the tenant.");
        }
        target.hold(null);
        node(action, update);
    }

    private void notMoved(@Nullable List<UpdateSet> sets, Relation relation) {
        for (UpdateSet set : sets == null ? List.<UpdateSet>of() : sets) {
            for (Expression column : set.getColumns()) {
                if (!(bare(column) instanceof Column one)) {
                    throw notUnderstood("it sets something else than a column");
                }
                if (name(one).equals(relation.tenantColumn())) {
                    throw new Refused(() -> new TenantChangedException(Objects.requireNonNull(relation.entity())));
                }
            }
        }
    }

    private Output update(Update update, @Nullable Block outer) {
        looked.add(update);
        Block block = new Block(outer);
        with(update.getWithItemsList(), block);
        block.add(written(update.getTable()));
        if (update.getStartJoins() != null && !update.getStartJoins().isEmpty()
                || update.getForPortionClause() != null) {
            throw notUnderstood("it updates a join or a portion");
        }
        Relation relation = relation(update.getTable());
        if (relation.entity() != null) {
            notMoved(update.getUpdateSets(), relation);
        }
        joins(update.getJoins(), from(update.getFromItem(), block), block);
        return changed(update.getWhere(), update, update.getReturningClause(), block);
    }

    private Output delete(Delete delete, @Nullable Block outer) {
        looked.add(delete);
        Block block = new Block(outer);
        with(delete.getWithItemsList(), block);
        if (delete.getTables() != null && !delete.getTables().isEmpty()
                || delete.getJoins() != null && !delete.getJoins().isEmpty()
                || delete.getForPortionClause() != null) {
            throw notUnderstood("it deletes from a join or a portion");
        }
        decides |= tables.decidesByCascade(delete.getTable().getName());
        block.add(written(delete.getTable()));
        if (delete.getUsingFromItemList() != null) {
            delete.getUsingFromItemList().forEach(item -> from(item, block));
        }
        return changed(delete.getWhere(), delete, delete.getReturningClause(), block);
    }

    private Output changed(
            @Nullable Expression where, Statement statement, @Nullable ReturningClause returning, Block block) {
        condition(where, Set.copyOf(block.sources.values()), block);
        settle(block);
        allProven(block);
        return returned(statement, returning, block);
    }

    private static void allProven(Block block) {
        for (Source source : block.sources.values()) {
            if (!source.proven) {
                throw unrestricted(Objects.requireNonNull(source.entity));
            }
        }
    }

    private Output merge(Merge merge, @Nullable Block outer) {
        looked.add(merge);
        Block block = new Block(outer);
        with(merge.getWithItemsList(), block);
        decides |= tables.decidesByCascade(merge.getTable().getName());
        Source target = block.add(written(merge.getTable()));
        from(merge.getFromItem(), block);
        condition(merge.getOnCondition(), Set.of(target), block);
        settle(block);
        Relation relation = relation(merge.getTable());
        for (MergeOperation operation : merge.getOperations()) {
            if (relation.entity() != null) {
                mergeOwned(operation, target, relation, block);
            }
        }
        target.proven = true;
        allProven(block);
        return returned(merge, merge.getReturningClause(), block);
    }

    private void mergeOwned(MergeOperation operation, Source target, Relation relation, Block block) {
        String owner = Objects.requireNonNull(relation.entity());
        if (operation instanceof MergeInsert insert && insert.getSide() != MergeSide.SOURCE) {
            List<Column> columns = insert.getColumns() == null ? List.of() : new ArrayList<>(insert.getColumns());
            int position = position(columns, relation);
            ExpressionList<?> values = insert.getValues();
            written(
                    owner,
                    position < 0 || values == null || values.size() != columns.size()
                            ? null
                            : value(values.get(position), block));
        } else if (operation instanceof MergeUpdate update && update.getSide() != MergeSide.SOURCE) {
            notMoved(update.getUpdateSets(), relation);
            matched(update.getAndPredicate(), target, relation, block);
        } else if (operation instanceof MergeDelete delete && delete.getSide() != MergeSide.SOURCE) {
            matched(delete.getAndPredicate(), target, relation, block);
        } else {
            // Rows that match nothing meet no ON.
            throw notUnderstood("it merges in a way that cannot be followed");
        }
    }

    private void matched(@Nullable Expression and, Source target, Relation relation, Block block) {
        Block matched = new Block(block);
        Source again = matched.add(new Source(target.spelling, relation));
        block.sources.values().stream().filter(source -> source != target).forEach(matched::add);
        condition(and, Set.of(again), matched);
        settle(matched);
        if (!target.proven && !again.proven) {
            throw unproven(
                    Objects.requireNonNull(relation.entity()),
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
        String function = unsafe(node);
        if (function != null) {
            throw unproven(
                    "(function " + function + ")",
                    "what the function reads cannot be seen",
                    "Write the query out, or give the reason why it is safe in a comment at its beginning:"
                            + " /* tenancy: trusted because … */");
        }
        if (node instanceof Select select) {
            close(select(select, block));
        } else if (node instanceof ParenthesedStatement statement) {
            statement(statement, block);
        } else if (node instanceof Table table) {
            relation(table);
            throw notUnderstood("it names the table " + table.getName() + " where none is expected");
        } else {
            if (node instanceof Column column) {
                looked.add(column.getTable());
            } else if (node instanceof AllTableColumns all) {
                looked.add(all.getTable());
            }
            rest(node, block);
        }
    }

    /** The function that a node calls, if it is not known to be safe. */
    private @Nullable String unsafe(Object node) {
        try {
            if (node instanceof Function || node instanceof AnalyticExpression) {
                String name =
                        node instanceof Function function ? function.getName() : ((AnalyticExpression) node).getName();
                return name == null || tables.isSafeFunction(name, connection) ? null : name;
            }
            // PostgreSQL takes p.name for name(p) if p has no such column.
            String field = node instanceof RowGetExpression get
                    ? get.getColumnName()
                    : node instanceof Column column && column.getTable() != null ? column.getColumnName() : null;
            return field == null || !tables.isFunctionOfRows(field, connection) ? null : field;
        } catch (SQLException failed) {
            throw new Unasked(failed);
        }
    }

    private static void everything(Object node, Set<Object> seen, Visit visit) {
        if (seen.add(node)) {
            visit.visit(node);
            children(node, child -> everything(child, seen, visit));
        }
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

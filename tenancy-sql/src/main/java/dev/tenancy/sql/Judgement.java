package dev.tenancy.sql;

import dev.tenancy.sql.Conditions.Column;
import dev.tenancy.sql.Conditions.Conjunct;
import dev.tenancy.sql.Conditions.Part;
import dev.tenancy.sql.Proof.Demand;
import dev.tenancy.sql.Proof.Value;
import dev.tenancy.sql.Proof.Written;
import dev.tenancy.sql.Relation.Reference;
import dev.tenancy.sql.Scope.Condition;
import dev.tenancy.sql.Scope.Named;
import dev.tenancy.sql.Scope.Out;
import dev.tenancy.sql.Scope.Output;
import dev.tenancy.sql.Scope.Refers;
import dev.tenancy.sql.Scope.Rows;
import dev.tenancy.sql.Scope.Trait;
import dev.tenancy.sql.Tree.Action;
import dev.tenancy.sql.Tree.Assignment;
import dev.tenancy.sql.Tree.Conflict;
import dev.tenancy.sql.Tree.Delete;
import dev.tenancy.sql.Tree.Expression;
import dev.tenancy.sql.Tree.Insert;
import dev.tenancy.sql.Tree.Item;
import dev.tenancy.sql.Tree.JoinKind;
import dev.tenancy.sql.Tree.Merge;
import dev.tenancy.sql.Tree.Query;
import dev.tenancy.sql.Tree.Returning;
import dev.tenancy.sql.Tree.Select;
import dev.tenancy.sql.Tree.Source;
import dev.tenancy.sql.Tree.Statement;
import dev.tenancy.sql.Tree.Table;
import dev.tenancy.sql.Tree.Update;
import dev.tenancy.sql.Tree.When;
import dev.tenancy.sql.Tree.With;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Judges one statement: in each query block, each owned table has to be held to the tenant by a condition that no row can evade, in
 * WHERE or in the ON of the join that brings the table in. What is not understood is not proven.
 *
 * <p>Ids prove nothing: two tenants may have the same. Where a table is joined to the tenant's rows by an id, and only its own
 * tenant column is missing, an {@link Insertion} names it.
 */
final class Judgement {

    /**
     * A piece of text that makes an unrestricted table restricted.
     *
     * @param position where in the text it goes
     * @param until where what it replaces ends, which has no parameters; if nothing, as the position
     * @param parameters how many parameters it has
     */
    record Insertion(int position, int until, String text, int parameters) {

        Insertion(int position, String text, int parameters) {
            this(position, position, text, parameters);
        }
    }

    // Columns of catalogues.
    private static final Set<String> SIZES =
            Set.of("reltuples", "relpages", "relallvisible", "relallfrozen", "row_count_estimate");
    // Catalogues that have such columns: of PostgreSQL, and in H2's information_schema.
    private static final String POSTGRESQL_SIZES = "pg_class";
    private static final String H2_SIZES = "tables";
    private static final Set<String> LOCK_STRENGTHS = Set.of("no", "key", "update", "share");
    private static final Set<String> COMPARING =
            Set.of("or", "not", "is", "like", "ilike", "similar", "between", "any", "all", "some", "exists", "case");

    /**
     * An expression that is looked into when the conditions are settled.
     *
     * @param visible the rows that its names can mean; null for all of its block
     */
    private record Later(Expression expression, @Nullable Set<Rows> visible) {

        void judge(Judgement judgement, Scope scope) {
            judgement.expression(expression, visible == null ? scope : scope.seeing(visible));
        }
    }

    /**
     * What FOR UPDATE and its kind lock.
     *
     * @param named the names behind OF, by their keys; null if there is no OF
     */
    private record Locks(boolean any, @Nullable Set<String> named) {

        static final Locks NONE = new Locks(false, null);
        static final Locks ALL = new Locks(true, null);

        boolean hold(SqlName name) {
            return any && (named == null || named.contains(name.key()));
        }

        /** Those of the tables that a join may leave out: they are locked only where they are named. */
        Locks ofOptional() {
            return named == null ? NONE : this;
        }
    }

    private final List<Token> tokens;
    private final Reader reader;
    private final Conditions conditions;
    private final Catalog catalog;
    private final SqlDialect dialect;
    // What is part of a proof may be judged early, and is not judged again.
    private final Map<Tree.Body, Output> outputs = new IdentityHashMap<>();

    final List<Demand> demands = new ArrayList<>();
    final List<Written> references = new ArrayList<>();
    final Set<Insertion> insertions = new LinkedHashSet<>();
    final Set<String> written = new LinkedHashSet<>();
    final Set<String> deleted = new LinkedHashSet<>();
    /** The positions of the names that were judged. */
    final Set<Integer> judged = new HashSet<>();

    @Nullable String owner;

    /** What of the tables being read the statement locks. */
    private Locks locks = Locks.NONE;

    Judgement(List<Token> tokens, Reader reader, Catalog catalog, SqlDialect dialect) {
        this.tokens = tokens;
        this.reader = reader;
        this.conditions = new Conditions(tokens, reader);
        this.catalog = catalog;
        this.dialect = dialect;
    }

    /** Judges a whole statement. */
    void judge(Statement statement) {
        close(statement(statement, null));
        reader.samples.forEach(sample -> expression(sample, new Scope(null)));
        if (reader.intoTable && owner != null) {
            throw Refused.unproven(
                    owner,
                    "it makes a table of owned rows, which would be everybody's",
                    "Insert them into a table that has the tenant's column.");
        }
    }

    private Refused notUnderstood(String what) {
        return Refused.unproven(
                owner == null ? "(statement)" : owner,
                what,
                "Write it in plain SQL, or give the reason why it is safe in a comment at its beginning:"
                        + " /* tenancy: trusted because … */");
    }

    private static Refused unrestricted(String owner) {
        return Refused.unproven(
                owner,
                "nothing holds it to the current tenant",
                "Restrict the table in its own query block: … where tenant_id = ?, or in the ON of the join that brings it in,"
                        + " as a condition of its own between ANDs; put the rest in parentheses if it has an OR. A right or full join"
                        + " brings in what does not meet its ON: use a left join.");
    }

    private static Refused locking(String owner) {
        return Refused.unproven(
                owner,
                "it locks rows that every tenant reads",
                "Lock the tenant's own rows: … where tenant_id = ?; or name the tables to lock in FOR UPDATE OF.");
    }

    private static void close(Output output) {
        if (output.open() != null) {
            throw unrestricted(output.open());
        }
    }

    private Output statement(Statement statement, @Nullable Scope outer) {
        if (statement instanceof Query query) {
            return query(query, outer);
        } else if (statement instanceof Insert insert) {
            return insert(insert, outer);
        } else if (statement instanceof Update update) {
            return update(update, outer);
        } else if (statement instanceof Delete delete) {
            return delete(delete, outer);
        }
        return merge((Merge) statement, outer);
    }

    /** A sub-query of an expression, whose rows no lock around it holds. */
    private Output within(Statement query, Scope scope) {
        Locks around = locks;
        locks = Locks.NONE;
        Output output = statement(query, scope);
        locks = around;
        return output;
    }

    // ---- names

    private Relation relation(Table table) {
        judged.add(table.position());
        SqlName schema = table.schema() == null ? null : table.schema().name();
        Relation relation = catalog.relation(schema, table.name().name());
        if (relation == null) {
            throw Refused.unproven(
                    "(table " + table.name() + ")",
                    "whose rows it shows cannot be seen",
                    "If it is a view, map it as an owned or a global entity, or give the reason why the statement is safe in a"
                            + " comment at its beginning: /* tenancy: trusted because … */");
        }
        if (owner == null) {
            owner = relation.owner();
        }
        return relation;
    }

    private void withQueries(With with, Scope scope) {
        for (Tree.Named named : with.tables()) {
            SqlName name = named.name().name();
            if (dialect == SqlDialect.H2 && catalog.isOwned(name)) {
                // H2 takes the table.
                throw Refused.unproven(
                        "(with " + name.text() + ")",
                        "it has the name of a table with owned rows, which H2 reads in its place",
                        "Give the query another name.");
            }
            Scope inside = new Scope(scope);
            Output output = with.recursive()
                    ? recursive(named, inside)
                    : statement(named.statement(), inside).renamed(named.columns(), dialect);
            expression(named.more(), inside);
            scope.queries.put(name.key(), new Named(name, output));
        }
    }

    /** What holds for the rows that a recursion begins with holds for all, if each step keeps it up. */
    private Output recursive(Tree.Named named, Scope inside) {
        Output first = Output.NOTHING;
        if (named.statement() instanceof Query query && query.body() instanceof Tree.Sets sets) {
            Scope base = new Scope(inside);
            withQueries(query.with(), base);
            Output begun = body(sets.parts().get(0), base).renamed(named.columns(), dialect);
            close(begun);
            if (begun.columns() != null) {
                first = Output.of(
                        begun.columns().stream()
                                .map(one -> new Out(
                                        one.name(),
                                        new Trait(
                                                one.trait().tenant(),
                                                one.trait().row(),
                                                null,
                                                null)))
                                .toList(),
                        true,
                        null);
            }
        }
        inside.queries.put(named.name().key(), new Named(named.name().name(), first));
        Output output = statement(named.statement(), inside).renamed(named.columns(), dialect);
        close(output);
        for (Map.Entry<String, Trait> column : first.named().entrySet()) {
            Trait kept = output.named().getOrDefault(column.getKey(), Trait.NONE);
            if (column.getValue().tenant() && !kept.tenant()) {
                throw notUnderstood("its recursion gives a column another meaning than it began with");
            }
        }
        return output;
    }

    // ---- queries

    private Output query(Query query, @Nullable Scope outer) {
        Scope scope = new Scope(outer);
        Output known = outputs.get(query.body());
        if (known == null) {
            withQueries(query.with(), scope);
            Locks around = locks;
            locks = around.any() ? around : locks(query.tail());
            if (query.body() instanceof Select select) {
                known = select(select, query.cut(), query.tail(), scope);
            } else {
                known = body(query.body(), scope);
                expression(query.tail(), scope);
            }
            outputs.put(query.body(), known);
            locks = around;
        }
        if (query.cut()) {
            close(known);
        }
        return known;
    }

    private Locks locks(Expression tail) {
        Set<String> named = new HashSet<>();
        boolean any = false;
        for (int i = tail.start(); i < tail.end(); i++) {
            if (!tokens.get(i).is("for")) {
                continue;
            }
            any = true;
            int at = i + 1;
            while (at < tail.end() && LOCK_STRENGTHS.contains(tokens.get(at).word)) {
                at++;
            }
            if (at >= tail.end() || !tokens.get(at).is("of")) {
                return Locks.ALL;
            }
            do {
                at++;
                if (at < tail.end() && tokens.get(at).isName()) {
                    named.add(tokens.get(at).key());
                }
                at++;
            } while (at < tail.end() && tokens.get(at).isMark(','));
        }
        return any ? new Locks(true, named) : Locks.NONE;
    }

    private Output body(Tree.Body body, Scope scope) {
        Output known = outputs.get(body);
        if (known == null) {
            known = judged(body, scope);
            outputs.put(body, known);
        }
        return known;
    }

    private Output judged(Tree.Body body, Scope scope) {
        if (body instanceof Select select) {
            return select(select, false, null, new Scope(scope));
        } else if (body instanceof Tree.Nested nested) {
            return query(nested.query(), scope);
        } else if (body instanceof Tree.Sets sets) {
            return sets(sets, scope);
        } else if (body instanceof Tree.Rows rows) {
            return rows(rows, scope);
        }
        Table table = ((Tree.Whole) body).table();
        if (table.schema() == null && scope.query(table.name().name()) != null) {
            Rows rows = table(table, scope);
            return new Output(null, rows.columns, rows.owner, rows.library);
        }
        Relation relation = relation(table);
        if (relation.owner() == null && isCounting(table)) {
            throw counting("(table " + table.name() + ")");
        }
        if (relation.owner() != null) {
            throw unrestricted(relation.owner());
        }
        return Output.NOTHING;
    }

    private Output sets(Tree.Sets sets, Scope scope) {
        List<Output> parts = new ArrayList<>();
        for (Tree.Body part : sets.parts()) {
            parts.add(body(part, scope));
        }
        Output first = parts.get(0);
        boolean open = sets.union() && parts.stream().allMatch(part -> part.open() != null);
        String library = open && parts.stream().allMatch(part -> Objects.equals(part.library(), first.library()))
                ? first.library()
                : null;
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
                                        Objects.equals(one.row(), other.row()) ? one.row() : null,
                                        Objects.equals(one.value(), other.value()) ? one.value() : null,
                                        part == first ? one.refers() : Refers.either(one.refers(), other.refers()))));
            }
        }
        return complete
                ? Output.of(columns, true, open ? first.open() : null).withLibrary(library)
                : new Output(null, Map.of(), open ? first.open() : null, library);
    }

    private boolean isCounting(Table table) {
        return dialect == SqlDialect.POSTGRESQL
                ? table.name().key().equals(POSTGRESQL_SIZES)
                : table.name().key().equals(H2_SIZES)
                        && (table.schema() == null || table.schema().key().equals("information_schema"));
    }

    /**
     * Whether a name in a place that is not understood may be of what tells how many rows all tenants have.
     *
     * @param byColumns whether what is read of a table is named column by column
     */
    static boolean isCounting(Token name, SqlDialect dialect, boolean byColumns) {
        return SIZES.contains(name.key())
                || !byColumns && dialect == SqlDialect.POSTGRESQL && name.key().equals(POSTGRESQL_SIZES);
    }

    static Refused counting(String subject) {
        return Refused.counting(
                subject,
                "it tells how many rows all tenants have",
                "Count the tenant's own rows: select count(*) … where tenant_id = ?. Of a catalogue, name the columns.");
    }

    /** Refuses whole rows of such a catalogue, which its name stands for without a column behind it. */
    private void checkCounting(Table table) {
        boolean whole = !table.columns().isEmpty();
        for (int i = 1; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            boolean named = token.isName()
                    && i != table.position()
                    && token != table.alias()
                    && token.key().equals(table.called().key())
                    && !tokens.get(i - 1).isMark('.');
            boolean column = i + 2 < tokens.size()
                    && tokens.get(i + 1).isMark('.')
                    && !tokens.get(i + 2).isOperator("*");
            whole |= named && !column;
        }
        if (whole) {
            throw counting("(table " + table.name() + ")");
        }
    }

    private Output rows(Tree.Rows values, Scope scope) {
        List<Out> columns = new ArrayList<>();
        boolean single = values.rows().size() == 1;
        boolean complete = true;
        for (List<Expression> row : values.rows()) {
            for (int i = 0; i < row.size(); i++) {
                Expression one = row.get(i);
                expression(one, scope);
                Refers refers = refers(one, scope);
                if (row == values.rows().get(0)) {
                    columns.add(
                            new Out("", new Trait(false, null, single ? conditions.value(part(one)) : null, refers)));
                } else if (i < columns.size()) {
                    Refers before = columns.get(i).trait().refers();
                    columns.set(i, new Out("", new Trait(false, null, null, Refers.either(before, refers))));
                }
            }
            complete &= row.size() == columns.size();
        }
        return Output.of(columns, complete, null);
    }

    private static Part part(Expression expression) {
        return new Part(expression.start(), expression.end());
    }

    /** @param tail what stands behind the query, and may refer to its tables; null if that is judged elsewhere */
    private Output select(Select select, boolean cut, @Nullable Expression tail, Scope scope) {
        List<Later> later = from(select.from(), scope);
        if (select.where() != null) {
            condition(select.where(), Set.copyOf(scope.rows.values()), Set.copyOf(scope.rows.values()), scope);
            later.add(new Later(select.where(), null));
        }
        settle(scope);
        String open = null;
        String library = null;
        for (Rows rows : scope.rows.values()) {
            if (!rows.isReadable() && !completeSingle(select, rows, scope)) {
                String unproven = Objects.requireNonNull(rows.owner);
                if (rows.locked && scope.conditions.stream().anyMatch(condition -> isShared(condition, rows, scope))) {
                    throw locking(unproven);
                }
                if (scope.rows.size() > 1 || !isPerTenant(select, rows, scope) || select.into() || cut) {
                    throw unrestricted(unproven);
                }
                open = unproven;
                library = rows.library;
            }
        }
        Output output = output(select.items(), scope, open).withLibrary(library);
        if (open != null && output.named().values().stream().noneMatch(Trait::tenant)) {
            throw unrestricted(open);
        }
        laterals(select.from(), scope);
        later.forEach(one -> one.judge(this, scope));
        select.items().forEach(item -> expression(item.expression(), scope));
        select.more().forEach(one -> expression(one, scope));
        if (tail != null) {
            expression(tail, scope);
        }
        return output;
    }

    /** Whether each row of a query is made of rows of one tenant, so that the rows can be told apart by their tenant later. */
    private boolean isPerTenant(Select select, Rows rows, Scope scope) {
        if (select.perRow()) {
            return true;
        }
        for (Expression key : select.groups()) {
            Column column = conditions.column(part(key));
            String name = column == null ? "" : column.name().columnKey(dialect);
            if (column != null
                    && scope.shown(column.qualifier(), name) == rows
                    && rows.trait(name).tenant()) {
                return true;
            }
        }
        return false;
    }

    private Output output(List<Item> items, Scope scope, @Nullable String open) {
        List<Out> columns = new ArrayList<>();
        boolean star = false;
        for (Item item : items) {
            Expression expression = item.expression();
            if (item.star()) {
                star = true;
                Collection<Rows> all = scope.rows.values();
                if (expression.end() - expression.start() > 1) {
                    Rows one = scope.rows(tokens.get(expression.end() - 3).name(), "*");
                    all = one == null ? List.of() : List.of(one);
                }
                boolean merging = all == scope.rows.values();
                for (Rows rows : all) {
                    if (rows.counting) {
                        throw counting("(table " + rows.name.text() + ")");
                    }
                    rows.columns.forEach((name, trait) -> {
                        if (!merging || scope.merged.getOrDefault(name, rows) == rows) {
                            boolean certain = !merging || !scope.uncertain.contains(name);
                            columns.add(new Out(name, certain ? seen(trait, rows, open) : Trait.NONE));
                        }
                    });
                }
                continue;
            }
            Column column = conditions.column(part(expression));
            Trait trait = new Trait(false, null, value(part(expression), scope), refers(expression, scope));
            String name = "";
            if (column != null) {
                name = column.name().columnKey(dialect);
                Rows rows = scope.shown(column.qualifier(), name);
                trait = rows == null ? trait : seen(rows.trait(name), rows, open);
            }
            columns.add(
                    new Out(item.alias() == null ? name : item.alias().name().columnKey(dialect), trait));
        }
        return Output.of(columns, !star, open);
    }

    private static Trait seen(Trait trait, Rows rows, @Nullable String open) {
        return new Trait(
                trait.tenant() && (rows.restricted || open != null), trait.row(), trait.value(), trait.refers());
    }

    // ---- FROM

    /** Fills a scope with what stands in FROM; what comes back is to be looked into when the conditions are settled. */
    private List<Later> from(List<Source> sources, Scope scope) {
        List<Later> later = new ArrayList<>();
        sources.forEach(source -> source(source, scope, later));
        return later;
    }

    private Set<Rows> source(Source source, Scope scope, List<Later> later) {
        Set<Rows> all = new LinkedHashSet<>();
        if (source instanceof Tree.Join join) {
            Locks around = locks;
            locks = join.kind() == JoinKind.RIGHT || join.kind() == JoinKind.FULL ? around.ofOptional() : around;
            Set<Rows> left = source(join.left(), scope, later);
            locks = join.kind() == JoinKind.LEFT || join.kind() == JoinKind.FULL ? around.ofOptional() : around;
            Set<Rows> right = source(join.right(), scope, later);
            locks = around;
            all.addAll(left);
            all.addAll(right);
            Set<Rows> restricted = new LinkedHashSet<>();
            if (join.kind() == JoinKind.INNER || join.kind() == JoinKind.LEFT) {
                restricted.addAll(right);
            }
            if (join.kind() == JoinKind.INNER || join.kind() == JoinKind.RIGHT) {
                restricted.addAll(left);
            }
            if (join.on() != null) {
                condition(join.on(), restricted, all, scope);
                later.add(new Later(join.on(), all));
            }
            if (join.natural()) {
                natural(left, right, join.kind(), scope);
            }
            Map<String, Rows> made = new HashMap<>();
            for (Token column : join.using()) {
                String key = column.name().columnKey(dialect);
                Rows one = merge(key, left, right, join.kind(), scope);
                if (one != null) {
                    made.put(key, one);
                }
            }
            if (join.alias() != null) {
                scope.joined.put(join.alias().key(), made);
            }
            return all;
        }
        if (source instanceof Table table) {
            all.add(added(table(table, scope), scope));
        } else if (source instanceof Tree.Derived derived) {
            Output output = Output.NOTHING;
            if (!derived.lateral()) {
                Locks around = locks;
                locks = around.hold(called(derived.alias(), derived.position())) ? Locks.ALL : Locks.NONE;
                output = statement(derived.statement(), Scope.beside(scope)).renamed(derived.columns(), dialect);
                locks = around;
            }
            all.add(added(
                    new Rows(called(derived.alias(), derived.position()), spelled(derived.alias()), output), scope));
        } else if (source instanceof Tree.Call call) {
            scope.hasNameless |= call.alias() == null;
            all.add(added(
                    new Rows(called(call.alias(), call.position()), spelled(call.alias()), Output.NOTHING), scope));
        }
        return all;
    }

    // Derived tables that are lateral, and functions, may refer to what stands before them.
    private void laterals(List<Source> sources, Scope scope) {
        for (Source source : sources) {
            if (source instanceof Tree.Join join) {
                laterals(List.of(join.left(), join.right()), scope);
            } else if (source instanceof Tree.Derived derived && derived.lateral()) {
                SqlName name = called(derived.alias(), derived.position());
                Locks around = locks;
                locks = around.hold(name) ? Locks.ALL : Locks.NONE;
                close(statement(derived.statement(), before(name, scope)));
                locks = around;
            } else if (source instanceof Tree.Call call) {
                Scope before = before(called(call.alias(), call.position()), scope);
                expression(call.expression(), before);
                expression(call.columns(), before);
            }
        }
    }

    private static Scope before(SqlName name, Scope scope) {
        Set<Rows> before = new LinkedHashSet<>();
        for (Rows rows : scope.rows.values()) {
            if (rows.name.equals(name)) {
                break;
            }
            before.add(rows);
        }
        return scope.seeing(before);
    }

    // A column that only one side is known to have may be in the other as well.
    private static void natural(Set<Rows> left, Set<Rows> right, JoinKind kind, Scope scope) {
        Set<String> lefts = new HashSet<>();
        left.forEach(one -> lefts.addAll(one.columns.keySet()));
        Set<String> rights = new HashSet<>();
        right.forEach(one -> rights.addAll(one.columns.keySet()));
        for (String column : lefts) {
            if (rights.contains(column)) {
                merge(column, left, right, kind, scope);
            } else if (kind == JoinKind.RIGHT || kind == JoinKind.FULL) {
                scope.uncertain.add(column);
            }
        }
        for (String column : rights) {
            if (!lefts.contains(column) && kind != JoinKind.INNER) {
                scope.uncertain.add(column);
            }
        }
    }

    /** Notes that a join makes one column of two; what comes back is whose value it has, null if that is not certain. */
    private static @Nullable Rows merge(String column, Set<Rows> left, Set<Rows> right, JoinKind kind, Scope scope) {
        Rows merged = scope.merged.get(column);
        List<Rows> lefts = merged != null && left.contains(merged) ? List.of(merged) : having(column, left);
        List<Rows> rights = having(column, right);
        boolean certain = lefts.size() == 1
                && rights.size() <= 1
                && (kind == JoinKind.INNER || kind == JoinKind.LEFT)
                && !scope.uncertain.contains(column);
        if (!certain) {
            scope.merged.remove(column);
            scope.uncertain.add(column);
            return null;
        }
        Rows one = lefts.get(0);
        scope.merged.put(column, one);
        if (!rights.isEmpty()) {
            scope.equalTenants.add(new Scope.EqualTenants(one, rights.get(0), column));
        }
        return one;
    }

    private static List<Rows> having(String column, Set<Rows> some) {
        return some.stream().filter(one -> one.columns.containsKey(column)).toList();
    }

    private static SqlName called(@Nullable Token alias, int position) {
        return alias == null ? new SqlName("\u0000" + position, true) : alias.name();
    }

    private static @Nullable String spelled(@Nullable Token name) {
        return name == null
                ? null
                : name.kind == Token.Kind.QUOTED ? name.name().sql() : name.text;
    }

    private Rows added(Rows rows, Scope scope) {
        if (scope.add(rows) == null) {
            throw Refused.unproven(
                    rows.owner == null ? "(alias " + rows.name.text() + ")" : rows.owner,
                    "two tables in one FROM have the same name",
                    "Give each an alias of its own.");
        }
        return rows;
    }

    private Rows table(Table table, Scope scope) {
        if (table.schema() == null) {
            Named query = scope.query(table.name().name());
            if (query != null) {
                judged.add(table.position());
                if (!query.name().isSame(table.name().name())) {
                    throw Refused.unproven(
                            "(with " + query.name().text() + ")",
                            "the name is written in two ways",
                            "Write it in one way.");
                }
                return new Rows(
                        table.called().name(),
                        spelled(table.called()),
                        query.output().renamed(table.columns(), dialect));
            }
        }
        return stored(table);
    }

    /** A table that is really there, whatever WITH calls by its name. */
    private Rows stored(Table table) {
        Relation relation = relation(table);
        if (!table.columns().isEmpty()) {
            if (relation.owner() != null) {
                throw notUnderstood("it renames the columns of a table");
            }
            if (isCounting(table)) {
                checkCounting(table);
            }
            return new Rows(table.called().name(), spelled(table.called()), Output.NOTHING);
        }
        boolean locked = relation.library() != null && locks.hold(table.called().name());
        Rows rows = new Rows(
                table.called().name(),
                spelled(table.called()),
                relation,
                dialect,
                locked ? null : relation.library(),
                locked);
        if (relation.owner() == null && isCounting(table)) {
            checkCounting(table);
            rows.counting = true;
        }
        return rows;
    }

    private Rows target(Table table) {
        written.add(table.name().key());
        Locks around = locks;
        locks = Locks.ALL;
        Rows target = stored(table);
        locks = around;
        return target;
    }

    // ---- conditions

    private void condition(Expression condition, Set<Rows> restricted, Set<Rows> visible, Scope scope) {
        for (Conjunct conjunct : conditions.conjuncts(condition)) {
            scope.conditions.add(new Condition(conjunct, restricted, visible));
        }
    }

    /** Applies the conditions until they show nothing more. */
    private void settle(Scope scope) {
        boolean more = true;
        while (more) {
            more = false;
            // First of all: where the library may be read, another comparison of the tenant's column only narrows that.
            for (Condition condition : scope.conditions) {
                more |= share(condition, scope);
            }
            for (Condition condition : scope.conditions) {
                more |= equal(condition, scope);
            }
            for (Scope.EqualTenants pair : scope.equalTenants) {
                more |= pair.apply();
            }
            // What the conditions do not show by themselves may be completed; a sub-query may refer to what they show.
            for (int i = 0; !more && i < scope.conditions.size(); i++) {
                more = complete(scope.conditions.get(i), scope);
            }
        }
        for (Rows rows : scope.rows.values()) {
            if (rows.owner != null && !rows.values.isEmpty() && !rows.demanded) {
                rows.demanded = true;
                demands.add(new Demand(rows.owner, List.copyOf(rows.values), false));
            } else if (rows.owner != null && !rows.within.isEmpty() && !rows.demanded) {
                rows.demanded = true;
                demands.add(new Demand(rows.owner, List.of(), false, List.copyOf(rows.within), rows.library));
            }
        }
    }

    /** Whether a condition leaves of these rows the tenant's and the library's, as far as its values are these two. */
    private boolean isShared(Condition condition, Rows rows, Scope scope) {
        Conjunct conjunct = condition.conjunct();
        Column column = conjunct.among().isEmpty() ? null : conditions.column(conjunct.left());
        return column != null
                && condition.restricted().contains(rows)
                && rows(column, condition, scope) == rows
                && rows.trait(column.name().columnKey(dialect)).tenant();
    }

    private boolean share(Condition condition, Scope scope) {
        List<Value> values = new ArrayList<>();
        for (Part part : condition.conjunct().among()) {
            Value value = conditions.value(part);
            if (value == null) {
                return false;
            }
            values.add(value);
        }
        for (Rows rows : scope.rows.values()) {
            if (rows.library != null && isShared(condition, rows, scope)) {
                return rows.share(List.copyOf(values));
            }
        }
        return false;
    }

    private boolean equal(Condition condition, Scope scope) {
        Part left = condition.conjunct().left();
        Part right = condition.conjunct().right();
        return right != null && (equal(left, right, condition, scope) | equal(right, left, condition, scope));
    }

    /** What a column of a condition is of; null if that is not certain, or cannot be meant at its place. */
    private @Nullable Rows rows(Column column, Condition condition, Scope scope) {
        Rows found = scope.rows(column.qualifier(), column.name().columnKey(dialect));
        return found != null
                        && scope.rows.containsValue(found)
                        && !condition.visible().contains(found)
                ? null
                : found;
    }

    private @Nullable Rows shown(Column column, Condition condition, Scope scope) {
        return column.qualifier() == null
                        && scope.uncertain.contains(column.name().columnKey(dialect))
                ? null
                : rows(column, condition, scope);
    }

    private boolean equal(Part left, Part right, Condition condition, Scope scope) {
        Column column = conditions.column(left);
        Rows rows = column == null ? null : rows(column, condition, scope);
        if (column == null
                || rows == null
                || rows.owner == null
                || !condition.restricted().contains(rows)
                || !rows.trait(column.name().columnKey(dialect)).tenant()) {
            return false;
        }
        Value value = value(right, scope.seeing(condition.visible()));
        if (value != null) {
            return !rows.isShared() && rows.hold(value);
        }
        Column to = conditions.column(right);
        Rows other = to == null ? null : shown(to, condition, scope);
        if (to == null
                || other == null
                || other == rows
                || !other.trait(to.name().columnKey(dialect)).tenant()) {
            return false;
        }
        return other.restricted
                ? rows.hold(null)
                : other.isShared() && rows.library != null && !rows.isReadable() && rows.share(null);
    }

    private @Nullable Value value(Part part, Scope scope) {
        Value value = conditions.value(part);
        if (value != null) {
            return value;
        }
        Column column = conditions.column(part);
        Rows rows = column == null
                ? null
                : scope.shown(column.qualifier(), column.name().columnKey(dialect));
        return column == null || rows == null
                ? null
                : rows.trait(column.name().columnKey(dialect)).value();
    }

    // ---- what names the tenant where only that is missing

    private boolean complete(Condition condition, Scope scope) {
        Conjunct conjunct = condition.conjunct();
        if (!conjunct.among().isEmpty()) {
            return completeLocked(condition, scope);
        }
        if (conjunct.right() != null) {
            return completeJoin(conjunct.left(), conjunct.right(), condition, scope)
                    || completeJoin(conjunct.right(), conjunct.left(), condition, scope);
        }
        Rows rows = unheld(conjunct.left(), condition, scope);
        if (rows == null || conjunct.query() == null) {
            return false;
        }
        Output output = within(conjunct.query(), scope.seeing(condition.visible()));
        close(output);
        Column column = Objects.requireNonNull(conditions.column(conjunct.left()));
        if (output.columns() == null
                || output.columns().size() != 1
                || !isPart(
                        rows,
                        rows.trait(column.name().columnKey(dialect)),
                        output.columns().get(0).trait())) {
            return false;
        }
        return insertTenant(rows, conjunct.end());
    }

    /** Of the rows that a mapper reads to lock them, the library's are left out. */
    private boolean completeLocked(Condition condition, Scope scope) {
        List<Part> among = condition.conjunct().among();
        boolean byMapper = tokens.get(among.get(0).end() - 1).end
                        == tokens.get(among.get(0).end()).start
                && tokens.get(among.get(0).end()).end == tokens.get(among.get(1).start()).start;
        return byMapper
                && scope.rows.values().stream()
                        .limit(1)
                        .anyMatch(first -> first.locked
                                && !first.restricted
                                && isShared(condition, first, scope)
                                && insertTenant(first, condition.conjunct().end()));
    }

    private @Nullable Rows unheld(Part part, Condition condition, Scope scope) {
        Column column = conditions.column(part);
        Rows rows = column == null ? null : rows(column, condition, scope);
        return rows != null
                        && rows.stored
                        && !rows.isReadable()
                        && rows.tenantColumn != null
                        && condition.restricted().contains(rows)
                ? rows
                : null;
    }

    /** A row that is joined by its key to one of the tenant's, or to a list of ids: its tenant column has to agree. */
    private boolean completeJoin(Part left, Part right, Condition condition, Scope scope) {
        Rows rows = unheld(left, condition, scope);
        Column to = rows == null ? null : conditions.column(right);
        Rows other = to == null ? null : shown(to, condition, scope);
        if (rows == null || to == null || other == null || other == rows || !other.isReadable()) {
            return false;
        }
        Trait trait = rows.trait(
                Objects.requireNonNull(conditions.column(left)).name().columnKey(dialect));
        if (!(rows.dependent || isRow(trait))
                || !isPart(rows, trait, other.trait(to.name().columnKey(dialect)))) {
            // A mapper joins to the target of a reference by its id, and leaves its restriction to where none is
            // needed.
            return rows != scope.mergeTarget
                    && trait.row() != null
                    && !trait.row().startsWith(Relation.REFERENCE)
                    && isWrittenByMapper(left, right)
                    && insertTenant(rows, condition.conjunct().end());
        }
        boolean named = other.tenantColumn != null && other.qualifier != null;
        if (rows.library != null && !(named && other.restricted)) {
            return named
                    ? insertShared(
                            rows,
                            condition.conjunct().end(),
                            "=" + other.qualifier + "."
                                    + Objects.requireNonNull(other.tenantColumn).sql(),
                            0)
                    : insertTenant(rows, condition.conjunct().end());
        }
        if (!other.restricted && named) {
            // Rows of one tenant beside some that may be the library's.
            return insertTenant(rows, condition.conjunct().end());
        }
        return insert(
                rows,
                condition.conjunct().end(),
                " and " + qualified(rows) + "="
                        + (named
                                ? other.qualifier + "."
                                        + Objects.requireNonNull(other.tenantColumn)
                                                .sql()
                                : "?"),
                named ? 0 : 1);
    }

    // As mappers write it, without white space; nobody else's SQL is changed.
    private boolean isWrittenByMapper(Part left, Part right) {
        Part first = left.start() < right.start() ? left : right;
        return first.end() + 1 < tokens.size()
                && tokens.get(first.end() - 1).end == tokens.get(first.end()).start
                && tokens.get(first.end()).end == tokens.get(first.end() + 1).start;
    }

    private static boolean isRow(Trait trait) {
        return trait.row() != null && trait.row().startsWith(Relation.ROW);
    }

    private static boolean isPart(Rows rows, Trait trait, Trait of) {
        return trait.row() != null
                && of.row() != null
                && (trait.row().equals(of.row())
                        ? !of.row().startsWith(Relation.REFERENCE)
                        : rows.dependent && trait.row().equals(Relation.REFERENCE + of.row()));
    }

    private static String qualified(Rows rows) {
        String column = Objects.requireNonNull(rows.tenantColumn).sql();
        return rows.qualifier == null ? column : rows.qualifier + "." + column;
    }

    /** Holds rows to the tenant; and where they are only read, to the tenant and the library. */
    private boolean insertTenant(Rows rows, int behind) {
        return rows.library == null
                ? insert(rows, behind, " and " + qualified(rows) + "=?", 1)
                : insertShared(rows, behind, " in (?," + Relation.literal(rows.library) + ")", 1);
    }

    private boolean insertShared(Rows rows, int behind, String comparison, int parameters) {
        insertions.add(new Insertion(tokens.get(behind - 1).end, " and " + qualified(rows) + comparison, parameters));
        return rows.share(null);
    }

    private boolean insert(Rows rows, int behind, String text, int parameters) {
        insertions.add(new Insertion(tokens.get(behind - 1).end, text, parameters));
        return rows.hold(null);
    }

    /**
     * A mapper looks again at single rows that it has read, and names them by their keys alone. Plain columns of one table, asked for
     * by values of columns, get the tenant as one more.
     */
    private boolean completeSingle(Select select, Rows rows, Scope scope) {
        return scope.outer == null
                && scope.rows.size() == 1
                && select.more().isEmpty()
                && !select.into()
                && select.where() != null
                && select.items().stream().allMatch(this::isOfSingleRow)
                && completeByKey(select.where(), rows, scope);
    }

    // Columns; and for the size of a collection and its next position, count(x), max(x) + 1 and 1.
    private boolean isOfSingleRow(Item item) {
        Expression expression = item.expression();
        for (int i = expression.start(); i < expression.end(); i++) {
            Token token = tokens.get(i);
            boolean expected = token.isName()
                    || token.kind == Token.Kind.NUMBER
                    || token.isMark('.')
                    || token.isMark('(')
                    || token.isMark(')')
                    || token.isOperator("+");
            if (!expected) {
                return false;
            }
        }
        return !item.star()
                && expression.queries().isEmpty()
                && expression.calls().stream()
                        .allMatch(call ->
                                Set.of("count", "max", "min", "lower", "upper").contains(tokens.get(call).word));
    }

    private boolean completeByKey(Expression where, Rows rows, Scope scope) {
        if (rows.tenantColumn == null || !isByKey(where, scope)) {
            return false;
        }
        return insertTenant(rows, where.end());
    }

    /** Whether a condition is nothing but columns that are equal to parameters, or to the mark of a row that is not deleted. */
    private boolean isByKey(Expression where, Scope scope) {
        if (!where.queries().isEmpty() || !where.calls().isEmpty()) {
            return false;
        }
        for (int i = where.start(); i < where.end(); i++) {
            Token token = tokens.get(i);
            // As mappers write it; nobody else's SQL is changed.
            if (token.isOperator("=")
                    && (tokens.get(i - 1).end != token.start || tokens.get(i + 1).start != token.end)) {
                return false;
            }
            boolean expected = token.isName() && !COMPARING.contains(token.word)
                    || token.isMark('.')
                    || token.isMark(',')
                    || token.isMark('(')
                    || token.isMark(')')
                    || token.isOperator("=")
                    || token.kind == Token.Kind.PARAMETER
                    || isMark(token);
            if (!expected) {
                return false;
            }
        }
        return where.end() > where.start();
    }

    // ---- statements that write

    private Output insert(Insert insert, @Nullable Scope outer) {
        Scope scope = new Scope(outer);
        withQueries(insert.with(), scope);
        Rows target = target(insert.table());
        Relation relation = relation(insert.table());
        Query source = insert.source();
        if (relation.owner() != null) {
            insertOwned(insert, relation, target, scope);
        } else if (source != null) {
            close(query(source, scope));
        }
        if (source != null) {
            inserted(insert.columns(), query(source, scope).columns(), relation);
        }
        if (insert.conflict() != null && relation.owner() == null) {
            Scope update = new Scope(scope);
            update.add(target);
            update.add(excluded(relation));
            if (!insert.conflict().assignments().isEmpty()) {
                notOthers(relation);
            }
            conflictParts(insert.conflict(), relation, update);
        }
        target.hold(null);
        return returned(insert.returning(), target, scope);
    }

    private Output returned(@Nullable Returning returning, Rows target, Scope scope) {
        if (returning == null) {
            return Output.NOTHING;
        }
        Scope rows = new Scope(scope);
        rows.add(target);
        return returned(returning, rows);
    }

    private Output returned(@Nullable Returning returning, Scope scope) {
        if (returning == null) {
            return Output.NOTHING;
        }
        returning.items().forEach(item -> expression(item.expression(), scope));
        return output(returning.items(), scope, null);
    }

    private void insertOwned(Insert insert, Relation relation, Rows target, Scope scope) {
        String whose = Objects.requireNonNull(relation.owner());
        Query source = insert.source();
        int position = position(insert.columns(), relation);
        if (position < 0 && completeInsert(insert, relation, scope)) {
            return;
        }
        if (position < 0 || source == null) {
            throw Refused.unproven(
                    whose,
                    "it inserts rows without saying whose they are",
                    "List the column "
                            + Objects.requireNonNull(relation.tenantColumn()).text()
                            + " among the columns, with the current tenant's id.");
        }
        if (source.body() instanceof Tree.Rows values && source.with().tables().isEmpty()) {
            for (List<Expression> row : values.rows()) {
                demand(whose, row.size() == insert.columns().size() ? value(part(row.get(position)), scope) : null);
            }
            query(source, scope);
        } else {
            Output output = query(source, scope);
            close(output);
            Trait trait = trait(output, position, insert.columns().size());
            if (!trait.tenant() && !completeFromTemporary(source, position, relation, scope)) {
                demand(whose, trait.value());
            }
        }
        if (insert.conflict() != null) {
            conflict(insert, relation, target, scope);
        }
    }

    /** What a mapper has put into a temporary table of its own comes back as the tenant's, whatever stands there. */
    private boolean completeFromTemporary(Query source, int position, Relation relation, Scope scope) {
        if (!(source.body() instanceof Select select)
                || select.from().size() != 1
                || !(select.from().get(0) instanceof Table table)
                || select.items().size() <= position) {
            return false;
        }
        Relation from = scope.query(table.name().name()) == null ? relation(table) : null;
        Item item = select.items().get(position);
        Column column = conditions.column(part(item.expression()));
        if (from == null
                || from.owner() != null
                || from.keys().isEmpty()
                || column == null
                || !column.name()
                        .columnKey(dialect)
                        .equals(Objects.requireNonNull(relation.tenantColumn()).key())) {
            return false;
        }
        insertions.add(new Insertion(
                tokens.get(item.expression().start()).start,
                tokens.get(item.expression().end() - 1).end,
                "?",
                1));
        return true;
    }

    /** A mapper has no attribute for the tenant of a dependent table, and leaves its column out. */
    private boolean completeInsert(Insert insert, Relation relation, Scope scope) {
        Query source = insert.source();
        if (!relation.dependent()
                || source == null
                || insert.columnsEnd() < 0
                || !source.with().tables().isEmpty()) {
            return false;
        }
        String column = "," + Objects.requireNonNull(relation.tenantColumn()).sql();
        insertions.add(new Insertion(tokens.get(insert.columnsEnd()).start, column, 0));
        if (source.body() instanceof Tree.Rows values) {
            for (List<Expression> row : values.rows()) {
                int end = row.get(row.size() - 1).end();
                insertions.add(new Insertion(tokens.get(end - 1).end, ",?", 1));
            }
        } else if (source.body() instanceof Select select && !select.items().isEmpty()) {
            Item last = select.items().get(select.items().size() - 1);
            int end = last.alias() == null ? last.expression().end() : -1;
            if (end < 0 || last.star()) {
                return false;
            }
            insertions.add(new Insertion(tokens.get(end - 1).end, ",?", 1));
        } else {
            return false;
        }
        close(query(source, scope));
        if (insert.conflict() != null) {
            Conflict conflict = insert.conflict();
            Scope update = new Scope(scope);
            update.add(excluded(relation));
            conflictParts(conflict, relation, update);
            if (!conflict.assignments().isEmpty()) {
                String table = spelled(insert.table().called());
                String condition = table + "."
                        + Objects.requireNonNull(relation.tenantColumn()).sql() + "=?";
                insertions.add(new Insertion(
                        tokens.get(conflict.end() - 1).end,
                        conflict.where() == null ? " where " + condition : " and " + condition,
                        1));
            }
        }
        return true;
    }

    /** Where the tenant's column stands in a list; -1 if it does not, or if that is not certain. */
    private int position(List<Token> columns, Relation relation) {
        SqlName tenant = relation.tenantColumn();
        int found = -1;
        for (int i = 0; tenant != null && i < columns.size(); i++) {
            if (columns.get(i).key().equals(tenant.key())) {
                boolean certain = columns.get(i).name().columnKey(dialect).equals(tenant.columnKey(dialect));
                if (found >= 0 || !certain) {
                    return -1;
                }
                found = i;
            }
        }
        return found;
    }

    private void demand(String whose, @Nullable Value value) {
        if (value == null) {
            throw Refused.unproven(
                    whose,
                    "it may insert rows for another tenant",
                    "Give the tenant's column the current tenant's id, as a parameter or from a table that is restricted to it.");
        }
        demands.add(new Demand(whose, List.of(value), false));
    }

    /** The rows of an insert that meet one that is there already: what they refer to was judged where they are inserted. */
    private Rows excluded(Relation relation) {
        Rows excluded = new Rows(new SqlName("excluded", false), "excluded", relation, dialect);
        relation.references().forEach(excluded::refer);
        excluded.hold(null);
        return excluded;
    }

    private void conflictParts(Conflict conflict, Relation relation, Scope scope) {
        expression(conflict.target(), scope);
        assignments(conflict.assignments(), relation, scope);
        if (conflict.where() != null) {
            expression(conflict.where(), scope);
        }
    }

    private void conflict(Insert insert, Relation relation, Rows target, Scope scope) {
        Conflict conflict = Objects.requireNonNull(insert.conflict());
        Scope update = new Scope(scope);
        update.add(target);
        if (!conflict.assignments().isEmpty()) {
            boolean within = conflict.targetColumns().stream()
                    .anyMatch(one -> one.name()
                            .columnKey(dialect)
                            .equals(Objects.requireNonNull(relation.tenantColumn())
                                    .columnKey(dialect)));
            update.add(excluded(relation));
            if (conflict.where() != null) {
                condition(conflict.where(), Set.of(target), Set.copyOf(update.rows.values()), update);
            }
            settle(update);
            if (!target.restricted && !within) {
                throw Refused.unproven(
                        Objects.requireNonNull(relation.owner()),
                        "it may take over a row of another tenant",
                        "Let the conflict be on a key with the tenant, or restrict the update by the tenant.");
            }
        }
        target.hold(null);
        if (!conflict.assignments().isEmpty()) {
            notMoved(conflict.assignments(), relation, target, update);
        }
        conflictParts(conflict, relation, update);
    }

    /** A row stays with its tenant: its column may be set to the current one only. */
    private void notMoved(List<Assignment> assignments, Relation relation, Rows target, Scope scope) {
        String whose = Objects.requireNonNull(relation.owner());
        for (Assignment assignment : assignments) {
            List<Expression> columns = assignment.columns();
            for (int i = 0; i < columns.size(); i++) {
                if (!names(columns.get(i), relation)) {
                    continue;
                }
                Column column = conditions.column(part(columns.get(i)));
                Part given = columns.size() == 1
                        ? conditions.bare(part(assignment.value()))
                        : conditions.ofRow(part(assignment.value()), columns.size(), i);
                boolean certain = column != null
                        && column.qualifier() == null
                        && column.name()
                                .columnKey(dialect)
                                .equals(Objects.requireNonNull(relation.tenantColumn())
                                        .columnKey(dialect));
                if (!certain || given == null || !target.restricted) {
                    throw Refused.moved(whose);
                }
                kept(given, whose, scope);
            }
        }
    }

    private void kept(Part given, String whose, Scope scope) {
        Column of = conditions.column(given);
        String name = of == null ? "" : of.name().columnKey(dialect);
        Rows from = of == null ? null : scope.shown(of.qualifier(), name);
        if (from != null && from.restricted && from.trait(name).tenant()) {
            return;
        }
        Value value = value(given, scope);
        if (value == null) {
            throw Refused.moved(whose);
        }
        demands.add(new Demand(whose, List.of(value), true));
    }

    private boolean names(Expression column, Relation relation) {
        // A field or an element of a column is one of the column's.
        for (int i = column.start(); i < column.end(); i++) {
            if (tokens.get(i).isName()
                    && tokens.get(i)
                            .key()
                            .equals(Objects.requireNonNull(relation.tenantColumn())
                                    .key())) {
                return true;
            }
        }
        return false;
    }

    private void assignments(List<Assignment> assignments, Relation relation, Scope scope) {
        for (Assignment assignment : assignments) {
            assignment.columns().forEach(column -> column(column, scope));
            expression(assignment.value(), scope);
            if (relation.references().isEmpty()) {
                continue;
            }
            List<Expression> columns = assignment.columns();
            for (int i = 0; i < columns.size(); i++) {
                Reference reference = reference(columns.get(i), relation);
                if (reference != null) {
                    refer(
                            reference,
                            columns.size() == 1
                                    ? refers(assignment.value(), scope)
                                    : refers(assignment.value(), i, columns.size(), scope));
                }
            }
        }
    }

    // ---- references that no foreign key holds to the tenant

    private @Nullable Reference reference(Expression column, Relation relation) {
        for (int i = column.start(); i < column.end(); i++) {
            Reference reference = tokens.get(i).isName()
                    ? relation.references().get(tokens.get(i).key())
                    : null;
            if (reference != null) {
                return reference;
            }
        }
        return null;
    }

    /** @param values what is inserted; null if that is not known column by column */
    private void inserted(List<Token> columns, @Nullable List<Out> values, Relation relation) {
        if (columns.isEmpty()) {
            relation.references().values().forEach(reference -> refer(reference, null));
        }
        for (int i = 0; i < columns.size(); i++) {
            Reference reference = relation.references().get(columns.get(i).key());
            if (reference != null) {
                boolean known = values != null && values.size() == columns.size();
                refer(
                        reference,
                        known ? Objects.requireNonNull(values).get(i).trait().refers() : null);
            }
        }
    }

    /** Makes a reference to what {@code refers} tells of, which is to be the tenant's. */
    private void refer(Reference reference, @Nullable Refers refers) {
        if (reference.enforced()) {
            return;
        }
        if (refers == null || refers.own() != null && !refers.own().equals(reference.of())) {
            throw Refused.reference(reference.holder());
        }
        refers.values().forEach(value -> references.add(new Written(reference, value)));
    }

    /** What an expression may be besides null, as far as it is an id; null if that is not known. */
    private @Nullable Refers refers(Expression expression, Scope scope) {
        Statement query = query(expression);
        if (query != null) {
            List<Out> columns = within(query, scope).columns();
            return columns == null || columns.size() != 1
                    ? null
                    : columns.get(0).trait().refers();
        }
        return refers(part(expression), scope);
    }

    /** The same of one of several that are assigned together. */
    private @Nullable Refers refers(Expression row, int position, int size, Scope scope) {
        Statement query = query(row);
        if (query != null) {
            List<Out> columns = within(query, scope).columns();
            return columns == null || columns.size() != size
                    ? null
                    : columns.get(position).trait().refers();
        }
        List<Part> parts = conditions.row(part(row));
        return parts.size() == size ? refers(parts.get(position), scope) : null;
    }

    private @Nullable Refers refers(Part part, Scope scope) {
        Part bare = conditions.uncast(part);
        Value value = conditions.value(part);
        if (value == null) {
            value = conditions.value(bare);
        }
        if (value != null) {
            return new Refers(null, List.of(value));
        }
        if (bare.end() - bare.start() == 1
                && (tokens.get(bare.start()).is("null")
                        || tokens.get(bare.start()).is("default"))) {
            return Refers.TO_NOTHING;
        }
        Column column = conditions.column(bare);
        Rows rows = column == null
                ? null
                : scope.rows(column.qualifier(), column.name().columnKey(dialect));
        return column == null || rows == null
                ? null
                : rows.trait(column.name().columnKey(dialect)).refers();
    }

    /** The sub-select that an expression is, if it is nothing else. */
    private @Nullable Statement query(Expression expression) {
        int start = expression.start();
        int end = expression.end();
        while (end - start > 2 && tokens.get(start).isMark('(') && reader.partner(start) == end - 1) {
            if (expression.queries().containsKey(start)) {
                return expression.queries().get(start);
            }
            start++;
            end--;
        }
        return null;
    }

    private void notOthers(Relation relation) {
        relation.references().values().stream()
                .filter(Reference::decides)
                .findFirst()
                .ifPresent(reference -> {
                    throw Refused.link(reference.holder());
                });
    }

    /**
     * Whose a row of nobody's is, the row tells that it leads to: those of others are not changed.
     *
     * @param behind the position behind the condition, or where one would stand
     */
    private void ownOnly(Rows target, Relation relation, @Nullable Expression where, int behind, Scope scope) {
        String before = where == null ? " where " : " and ";
        for (Reference reference : relation.references().values()) {
            if (!reference.decides()) {
                continue;
            }
            owner = owner == null ? reference.holder() : owner;
            if (scope.conditions.stream().anyMatch(condition -> leadsToOwn(condition, target, reference, scope))) {
                continue;
            }
            if (where != null && !conditions.isConjunction(where)) {
                throw Refused.link(reference.holder());
            }
            String own = reference.targets().stream()
                    .map(to -> "select own_." + to.column().sql() + " from " + to.table() + " own_ where own_."
                            + to.tenantColumn().sql() + "=?")
                    .collect(Collectors.joining(" union all "));
            insertions.add(new Insertion(
                    tokens.get(behind - 1).end,
                    before + (target.qualifier == null ? "" : target.qualifier + ".")
                            + reference.column().sql() + " in (" + own + ")",
                    reference.targets().size()));
            before = " and ";
        }
    }

    private boolean leadsToOwn(Condition condition, Rows target, Reference reference, Scope scope) {
        Column column = conditions.column(condition.conjunct().left());
        Statement query = condition.conjunct().query();
        if (column == null
                || query == null
                || !condition.restricted().contains(target)
                || !(column.name().isSame(reference.column())
                        || column.name()
                                .columnKey(dialect)
                                .equals(reference.column().key()))
                || rows(column, condition, scope) != target) {
            return false;
        }
        List<Out> columns = within(query, scope).columns();
        Refers to = columns == null || columns.size() != 1
                ? null
                : columns.get(0).trait().refers();
        return to != null && to.values().isEmpty() && reference.of().equals(to.own());
    }

    // ---- more statements that write

    private void column(Expression column, Scope scope) {
        column.fields().forEach(judged::add);
        if (!column.queries().isEmpty() || !column.calls().isEmpty()) {
            expression(column, scope);
        }
    }

    private Output update(Update update, @Nullable Scope outer) {
        Scope scope = new Scope(outer);
        withQueries(update.with(), scope);
        Rows target = added(target(update.table()), scope);
        Relation relation = relation(update.table());
        List<Later> later = from(update.from(), scope);
        if (update.where() != null) {
            condition(update.where(), Set.copyOf(scope.rows.values()), Set.copyOf(scope.rows.values()), scope);
            later.add(new Later(update.where(), null));
        }
        settle(scope);
        if (!target.restricted && update.from().isEmpty() && update.where() != null) {
            completeChange(target, update.where(), isValuesWritten(update), scope);
        }
        ownOnly(target, relation, update.where(), update.tail().start(), scope);
        if (relation.owner() != null) {
            notMoved(update.assignments(), relation, target, scope);
        }
        allHeld(scope);
        laterals(update.from(), scope);
        assignments(update.assignments(), relation, scope);
        later.forEach(one -> one.judge(this, scope));
        expression(update.tail(), scope);
        return returned(update.returning(), scope);
    }

    // The values of a row, the key of a one-to-many in the table of its elements, or the mark of a row that counts as
    // deleted.
    private boolean isValuesWritten(Update update) {
        return update.assignments().stream().allMatch(assignment -> {
            Expression value = assignment.value();
            Token token = tokens.get(value.start());
            return value.end() - value.start() == 1
                    && (token.kind == Token.Kind.PARAMETER || isMark(token) || token.is("null"));
        });
    }

    // What a mapper writes into a column that tells rows which count as deleted from the others.
    private static boolean isMark(Token token) {
        return token.kind == Token.Kind.NUMBER
                || token.kind == Token.Kind.STRING
                || token.is("true")
                || token.is("false");
    }

    private void completeChange(Rows target, Expression where, boolean byMapper, Scope scope) {
        if (conditions.isConjunction(where) && (target.dependent || isIdentifiedInside(where, target))) {
            insert(target, where.end(), " and " + qualified(target) + "=?", 1);
        } else if (byMapper && target.stored) {
            completeByKey(where, target, scope);
        }
    }

    /** Whether a mapper joins the rows to change in EXISTS, by the identity of the row or with its tenant. */
    private boolean isIdentifiedInside(Expression where, Rows target) {
        if (target.tenantColumn == null
                || !tokens.get(where.start()).is("exists")
                || where.queries().size() != 1
                || !where.queries().containsKey(where.start() + 1)
                || !(where.queries().get(where.start() + 1) instanceof Query query)
                || !(query.body() instanceof Select select)
                || select.where() == null) {
            return false;
        }
        for (Conjunct conjunct : conditions.conjuncts(select.where())) {
            Column column = conditions.column(conjunct.left());
            if (column != null
                    && column.qualifier() != null
                    && column.qualifier().isSame(target.name)
                    && conjunct.right() != null
                    && isWrittenByMapper(conjunct.left(), conjunct.right())) {
                Trait trait = target.trait(column.name().columnKey(dialect));
                if (trait.tenant() || isRow(trait)) {
                    return true;
                }
            }
        }
        return false;
    }

    private Output delete(Delete delete, @Nullable Scope outer) {
        Scope scope = new Scope(outer);
        withQueries(delete.with(), scope);
        deleted.add(delete.table().name().key());
        Rows target = added(target(delete.table()), scope);
        Relation relation = relation(delete.table());
        List<Later> later = from(delete.using(), scope);
        if (delete.where() != null) {
            condition(delete.where(), Set.copyOf(scope.rows.values()), Set.copyOf(scope.rows.values()), scope);
            later.add(new Later(delete.where(), null));
        }
        settle(scope);
        if (!target.restricted && delete.using().isEmpty() && delete.where() != null) {
            completeChange(target, delete.where(), true, scope);
        }
        ownOnly(target, relation, delete.where(), delete.tail().start(), scope);
        allHeld(scope);
        laterals(delete.using(), scope);
        later.forEach(one -> one.judge(this, scope));
        expression(delete.tail(), scope);
        return returned(delete.returning(), scope);
    }

    private static void allHeld(Scope scope) {
        for (Rows rows : scope.rows.values()) {
            if (!rows.isReadable()) {
                throw unrestricted(Objects.requireNonNull(rows.owner));
            }
        }
    }

    private Output merge(Merge merge, @Nullable Scope outer) {
        Scope scope = new Scope(outer);
        withQueries(merge.with(), scope);
        deleted.add(merge.table().name().key());
        Rows target = added(target(merge.table()), scope);
        Relation relation = relation(merge.table());
        if (merge.source() == null) {
            return mergeByKey(merge, relation, scope);
        }
        Expression on = Objects.requireNonNull(merge.on());
        List<Later> later = from(List.of(merge.source()), scope);
        scope.mergeTarget = target;
        condition(on, Set.of(target), Set.copyOf(scope.rows.values()), scope);
        settle(scope);
        // For rows that are matched only, the target's tenant shows nothing yet.
        expression(on, scope);
        for (When when : merge.whens()) {
            if (relation.owner() != null) {
                mergeOwned(when, target, relation, scope);
            }
        }
        // What is matched and not changed would still tell that another tenant has it.
        if (!target.restricted) {
            if (!conditions.isConjunction(on)) {
                throw unrestricted(Objects.requireNonNull(relation.owner()));
            }
            insert(target, on.end(), " and " + qualified(target) + "=?", 1);
        }
        allHeld(scope);
        later.forEach(one -> one.judge(this, scope));
        laterals(List.of(merge.source()), scope);
        for (When when : merge.whens()) {
            if (when.and() != null) {
                expression(when.and(), scope);
            }
            assignments(when.assignments(), relation, scope);
            when.values().forEach(one -> expression(one, scope));
            if (when.action() == Action.INSERT) {
                inserted(
                        when.columns(),
                        when.values().stream()
                                .map(one -> new Out("", new Trait(false, null, null, refers(one, scope))))
                                .toList(),
                        relation);
            } else if (when.action() != Action.NOTHING) {
                notOthers(relation);
            }
        }
        return returned(merge.returning(), scope);
    }

    /** H2's MERGE INTO … KEY (…): a row that is there already is the tenant's only if the tenant is part of the key. */
    private Output mergeByKey(Merge merge, Relation relation, Scope scope) {
        Query rows = Objects.requireNonNull(merge.rows());
        if (relation.owner() != null) {
            int position = position(merge.columns(), relation);
            if (position < 0 || position(merge.keys(), relation) < 0) {
                throw Refused.unproven(
                        relation.owner(),
                        "it may take over a row of another tenant",
                        "List the tenant's column among the columns and in KEY.");
            }
            if (rows.body() instanceof Tree.Rows values && rows.with().tables().isEmpty()) {
                for (List<Expression> row : values.rows()) {
                    demand(
                            relation.owner(),
                            row.size() == merge.columns().size() ? value(part(row.get(position)), scope) : null);
                }
            } else {
                Output output = query(rows, new Scope(scope.outer));
                Trait trait = trait(output, position, merge.columns().size());
                if (!trait.tenant()) {
                    demand(relation.owner(), trait.value());
                }
            }
        }
        Output merged = query(rows, new Scope(scope.outer));
        close(merged);
        inserted(merge.columns(), merged.columns(), relation);
        notOthers(relation);
        return Output.NOTHING;
    }

    private static Trait trait(Output output, int position, int columns) {
        return output.columns() != null && output.columns().size() == columns
                ? output.columns().get(position).trait()
                : Trait.NONE;
    }

    private void mergeOwned(When when, Rows target, Relation relation, Scope scope) {
        String whose = Objects.requireNonNull(relation.owner());
        if (when.bySource()) {
            // Rows that match nothing meet no ON.
            if (when.action() != Action.NOTHING) {
                throw notUnderstood("it merges in a way that cannot be followed");
            }
        } else if (when.action() == Action.INSERT) {
            int position = position(when.columns(), relation);
            if (position < 0 && relation.dependent() && when.columnsEnd() >= 0 && when.valuesEnd() >= 0) {
                insertions.add(new Insertion(
                        tokens.get(when.columnsEnd()).start,
                        "," + Objects.requireNonNull(relation.tenantColumn()).sql(),
                        0));
                insertions.add(new Insertion(tokens.get(when.valuesEnd()).start, ",?", 1));
                return;
            }
            demand(
                    whose,
                    position < 0 || when.values().size() != when.columns().size()
                            ? null
                            : value(part(when.values().get(position)), scope));
        } else if (when.action() != Action.NOTHING) {
            matched(when, target, relation, scope);
        }
    }

    private void matched(When when, Rows target, Relation relation, Scope scope) {
        // The ON of a dependent table's MERGE gets the tenant.
        if (target.restricted || relation.dependent()) {
            notMoved(when.assignments(), relation, target, scope);
            return;
        }
        Scope matched = new Scope(scope);
        Rows again = new Rows(target.name, target.qualifier, relation, dialect);
        matched.add(again);
        scope.rows.values().stream().filter(rows -> rows != target).forEach(matched::add);
        if (when.and() != null) {
            condition(when.and(), Set.of(again), Set.copyOf(matched.rows.values()), matched);
        }
        settle(matched);
        notMoved(when.assignments(), relation, again, matched);
        if (!again.restricted) {
            throw Refused.unproven(
                    Objects.requireNonNull(relation.owner()),
                    "it may change a row of another tenant",
                    "Restrict the rows that match by the tenant: … on (t.tenant_id = s.tenant_id and …).");
        }
    }

    // ---- everything else

    private void expression(Expression expression, Scope scope) {
        for (int i = expression.start(); i < expression.end(); i++) {
            if (tokens.get(i).kind == Token.Kind.OPERATOR && !catalog.isHarmlessOperator(tokens.get(i).text)) {
                throw Refused.function(tokens.get(i).text);
            }
            if (tokens.get(i).isName() && SIZES.contains(tokens.get(i).key())) {
                throw counting("(column " + tokens.get(i).text + ")");
            }
        }
        for (Statement query : expression.queries().values()) {
            close(within(query, scope));
        }
        for (int call : expression.calls()) {
            judged.add(call);
            if (!catalog.isHarmlessFunction(tokens.get(call).name())) {
                throw Refused.function(tokens.get(call).text);
            }
        }
        for (int field : expression.fields()) {
            judged.add(field);
            if (isFunctionOfRows(field, scope)) {
                throw Refused.function(tokens.get(field).text);
            }
        }
    }

    // PostgreSQL takes p.name for name(p) if p has no such column.
    private boolean isFunctionOfRows(int field, Scope scope) {
        return dialect == SqlDialect.POSTGRESQL
                && catalog.isFunctionOfRows(tokens.get(field).name());
    }
}

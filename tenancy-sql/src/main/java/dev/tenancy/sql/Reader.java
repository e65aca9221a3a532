package dev.tenancy.sql;

import dev.tenancy.sql.Token.Kind;
import dev.tenancy.sql.Tree.Action;
import dev.tenancy.sql.Tree.Assignment;
import dev.tenancy.sql.Tree.Body;
import dev.tenancy.sql.Tree.Conflict;
import dev.tenancy.sql.Tree.Expression;
import dev.tenancy.sql.Tree.Item;
import dev.tenancy.sql.Tree.JoinKind;
import dev.tenancy.sql.Tree.Query;
import dev.tenancy.sql.Tree.Returning;
import dev.tenancy.sql.Tree.Select;
import dev.tenancy.sql.Tree.Source;
import dev.tenancy.sql.Tree.Statement;
import dev.tenancy.sql.Tree.Table;
import dev.tenancy.sql.Tree.When;
import dev.tenancy.sql.Tree.With;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the structure of a statement from its tokens. It knows the clauses of a statement and the tables in them, and demands that
 * each token has its place; what stands within an expression it does not judge, but for sub-queries and calls. So an operator that
 * it has never heard of hides nothing, and a clause that it does not know is an {@link Unreadable}.
 */
final class Reader {

    // Each level takes a few frames of the stack; nobody writes so many by hand, and no generator known here does.
    private static final int DEEPEST = 60;

    private static final Set<String> CLAUSES = Set.of(
            "from",
            "where",
            "group",
            "having",
            "window",
            "union",
            "except",
            "intersect",
            "order",
            "limit",
            "offset",
            "fetch",
            "for",
            "on");
    private static final Set<String> H2_CLAUSES = Set.of("qualify", "minus");
    private static final Set<String> POSTGRESQL_CLAUSES = Set.of("into", "returning");
    // Reserved words that stand before a parenthesis and are no functions. Any other word there is taken for one.
    private static final Set<String> SYNTAX = Set.of(
            "all",
            "and",
            "any",
            "array",
            "as",
            "asymmetric",
            "between",
            "case",
            "cast",
            "collate",
            "distinct",
            "else",
            "end",
            "except",
            "exists",
            "extract",
            "for",
            "from",
            "group",
            "grouping",
            "having",
            "in",
            "intersect",
            "interval",
            "is",
            "lateral",
            "limit",
            "not",
            "null",
            "offset",
            "on",
            "or",
            "order",
            "overlay",
            "position",
            "returning",
            "row",
            "select",
            "some",
            "substring",
            "symmetric",
            "table",
            "then",
            "to",
            "treat",
            "trim",
            "union",
            "unique",
            "using",
            "values",
            "when",
            "where",
            "window",
            "with");
    // Of JDBC's functions, those that have names which SQL keeps for itself.
    private static final Set<String> RESERVED_FUNCTIONS =
            Set.of("left", "right", "year", "month", "day", "hour", "minute", "second");
    // An operand ends before these, so that they give it no name.
    private static final Set<String> POSTFIX = Set.of(
            "isnull", "notnull", "like", "ilike", "over", "filter", "within", "escape", "at", "similar", "overlaps");

    private final List<Token> tokens;
    private final SqlDialect dialect;
    private final int[] partner;
    /** For each position that of the first token from there on which opens no parenthesis. */
    private final int[] inside;

    /** The positions of all names of tables, of functions, and of fields that were read. */
    final List<Integer> tables = new ArrayList<>();

    final List<Integer> calls = new ArrayList<>();
    final List<Integer> fields = new ArrayList<>();
    /** Arguments of TABLESAMPLE, which refer to no rows. */
    final List<Expression> samples = new ArrayList<>();
    /** Whether anything that was read is more than a query. */
    boolean writes;
    /** Whether a query makes a table of what it yields. */
    boolean intoTable;

    // Every token has to be part of a name, a keyword or a stretch that was looked through; what was only passed is
    // not.
    private final BitSet seen = new BitSet();
    private int at;
    private int end;
    private int depth;

    Reader(List<Token> tokens, SqlDialect dialect) {
        this.tokens = tokens;
        this.dialect = dialect;
        this.partner = partners(tokens);
        this.end = tokens.size();
        this.inside = new int[end + 1];
        inside[end] = end;
        for (int i = end - 1; i >= 0; i--) {
            inside[i] = tokens.get(i).isMark('(') ? inside[i + 1] : i;
        }
    }

    /** For each bracket the position of the one that belongs to it, else -1. */
    private static int[] partners(List<Token> tokens) {
        int[] partner = new int[tokens.size()];
        int[] open = new int[tokens.size() + 1];
        int depth = 0;
        for (int i = 0; i < partner.length; i++) {
            partner[i] = -1;
            Token token = tokens.get(i);
            if (token.isMark('{')
                    && !isLiteral(tokens, i)
                    && !(i + 1 < tokens.size() && tokens.get(i + 1).is("fn"))) {
                throw escape(token);
            }
            if (token.isMark('(') || token.isMark('[') || token.isMark('{')) {
                open[depth++] = i;
            } else if (token.isMark(')') || token.isMark(']') || token.isMark('}')) {
                char wanted = token.isMark(')') ? '(' : token.isMark(']') ? '[' : '{';
                if (depth == 0 || !tokens.get(open[depth - 1]).isMark(wanted)) {
                    throw new Unreadable("a bracket has no partner", token.start);
                }
                partner[i] = open[--depth];
                partner[partner[i]] = i;
                if (wanted == '{' && !isLiteral(tokens, partner[i]) && !isCallAlone(tokens, partner, i)) {
                    throw escape(token);
                }
            }
        }
        if (depth > 0) {
            throw new Unreadable("a bracket has no partner", tokens.get(open[depth - 1]).start);
        }
        return partner;
    }

    // Drivers take the braces away, and what was inside binds with what is outside.
    private static Unreadable escape(Token brace) {
        return new Unreadable("a JDBC escape is neither a literal nor one call", brace.start);
    }

    // {d '…'}, {t '…'} and {ts '…'}; {escape '…'}
    private static boolean isLiteral(List<Token> tokens, int open) {
        return open + 3 < tokens.size()
                && Set.of("d", "t", "ts", "escape").contains(tokens.get(open + 1).word)
                && tokens.get(open + 2).kind == Kind.STRING
                && tokens.get(open + 3).isMark('}');
    }

    // {fn f(…)}
    private static boolean isCallAlone(List<Token> tokens, int[] partner, int close) {
        int open = close > 0 && tokens.get(close - 1).isMark(')') ? partner[close - 1] : -1;
        if (open < 3 || !tokens.get(open - 2).is("fn") || !tokens.get(open - 3).isMark('{')) {
            return false;
        }
        Token name = tokens.get(open - 1);
        // Drivers find the parts by their own rules, which do not know comments everywhere.
        boolean plain = tokens.get(open - 3).end == tokens.get(open - 2).start
                && tokens.get(open - 2).end + 1 == name.start
                && name.end == tokens.get(open).start
                && tokens.get(close - 1).end == tokens.get(close).start;
        return plain && name.kind == Kind.WORD && (!name.name().isReserved() || RESERVED_FUNCTIONS.contains(name.word));
    }

    /** The bracket that belongs to the one at a position. */
    int partner(int position) {
        return partner[position];
    }

    /** The stretches between the semicolons. */
    List<int[]> statements() {
        List<int[]> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= tokens.size(); i++) {
            if (i == tokens.size() || tokens.get(i).isMark(';')) {
                if (i > start) {
                    parts.add(new int[] {start, i});
                }
                start = i + 1;
            } else if (partner[i] > i) {
                i = partner[i];
            }
        }
        return parts;
    }

    /** Whether a statement that {@link #statement} can read begins here. */
    boolean isReadable(int position, int to) {
        Token token = tokens.get(position);
        return isQueryStart(position)
                // It shows the value of an expression. Without a query in it, a command as any other.
                || isH2()
                        && token.is("call")
                        && tokens.subList(position, to).stream().anyMatch(one -> one.is("select"))
                || token.is("insert")
                || token.is("update")
                || token.is("delete")
                || token.is("merge");
    }

    /** Reads the statement that is all of a stretch. */
    Statement statement(int from, int to) {
        at = from;
        end = to;
        Statement statement = statement();
        if (at < end) {
            throw unexpected();
        }
        int missed = seen.nextClearBit(from);
        if (missed < to) {
            throw new Unreadable("«" + shown(tokens.get(missed)) + "» was not looked at", tokens.get(missed).start);
        }
        return statement;
    }

    // ---- where the reading is

    private Token token() {
        if (at >= end) {
            throw new Unreadable("it ends too early", tokens.isEmpty() ? 0 : tokens.get(end - 1).end);
        }
        return tokens.get(at);
    }

    private Unreadable unexpected() {
        return at < end
                ? new Unreadable("«" + shown(tokens.get(at)) + "» is not expected there", tokens.get(at).start)
                : new Unreadable("it ends too early", tokens.get(end - 1).end);
    }

    private static String shown(Token token) {
        return token.isName() || token.kind == Kind.OPERATOR || token.kind == Kind.MARK ? token.text : "…";
    }

    private boolean is(String word) {
        return at < end && tokens.get(at).is(word);
    }

    private boolean is(int ahead, String word) {
        return at + ahead < end && tokens.get(at + ahead).is(word);
    }

    private boolean isMark(char mark) {
        return at < end && tokens.get(at).isMark(mark);
    }

    private boolean isMark(int ahead, char mark) {
        return at + ahead < end && tokens.get(at + ahead).isMark(mark);
    }

    private void advance() {
        seen.set(at);
        at++;
    }

    private boolean take(String word) {
        boolean there = is(word);
        if (there) {
            advance();
        }
        return there;
    }

    private boolean takeMark(char mark) {
        boolean there = isMark(mark);
        if (there) {
            advance();
        }
        return there;
    }

    private void expect(String word) {
        if (!take(word)) {
            throw unexpected();
        }
    }

    private void expectMark(char mark) {
        if (!takeMark(mark)) {
            throw unexpected();
        }
    }

    private Token name() {
        Token token = token();
        if (!token.isName()) {
            throw unexpected();
        }
        advance();
        return token;
    }

    private List<Token> names() {
        List<Token> names = new ArrayList<>();
        expectMark('(');
        do {
            names.add(name());
        } while (takeMark(','));
        expectMark(')');
        return names;
    }

    private boolean isH2() {
        return dialect == SqlDialect.H2;
    }

    // ---- statements

    private Statement statement() {
        if (++depth > DEEPEST) {
            throw new Unreadable("it is nested more than " + DEEPEST + " deep", token().start);
        }
        With with = with();
        Statement statement;
        writes |= is("insert") || is("update") || is("delete") || is("merge");
        if (is("insert")) {
            statement = insert(with);
        } else if (is("update")) {
            statement = update(with);
        } else if (is("delete")) {
            statement = delete(with);
        } else if (is("merge")) {
            statement = merge(with);
        } else {
            statement = query(with);
        }
        depth--;
        return statement;
    }

    private With with() {
        if (!take("with")) {
            return With.NOTHING;
        }
        boolean recursive = take("recursive");
        List<Tree.Named> tables = new ArrayList<>();
        do {
            Token name = name();
            List<Token> columns = isMark('(') ? names() : List.of();
            expect("as");
            if (take("not")) {
                expect("materialized");
            } else {
                take("materialized");
            }
            expectMark('(');
            Statement statement = statement();
            expectMark(')');
            Expression more = searchAndCycle();
            tables.add(new Tree.Named(name, columns, statement, more));
        } while (takeMark(','));
        return new With(recursive, tables);
    }

    // search depth first by a, b set s   cycle a set c to 1 default 0 using p
    private Expression searchAndCycle() {
        int start = at;
        while (is("search") || is("cycle")) {
            at++;
            while (at < end
                    && !is("search")
                    && !is("cycle")
                    && !isReadable(at, end)
                    && !(isMark(',') && (is(2, "as") || isMark(2, '(')))) {
                skip();
            }
        }
        return stretch(start, at);
    }

    private boolean isQueryStart(int position) {
        int i = inside[position];
        if (i >= end) {
            return false;
        }
        Token token = tokens.get(i);
        return token.is("select")
                || token.is("with")
                || token.is("values")
                // TABLE (…) is a function of H2.
                || token.is("table") && i + 1 < end && tokens.get(i + 1).isName();
    }

    private Query query(With with) {
        Body body = body();
        int start = at;
        boolean cut = false;
        while (at < end && !isMark(')') && !isMark(',') && !is("returning") && !is("on")) {
            if (is("order")) {
                clause();
            } else if (is("limit") || is("offset") || is("fetch") || is("for")) {
                cut = true;
                clause();
            } else {
                throw unexpected();
            }
        }
        return new Query(with, body, stretch(start, at), cut);
    }

    // The tail's clauses are one stretch together; where each ends matters only for what may come next.
    private void clause() {
        boolean locking = is("for");
        at++;
        while (at < end && !isMark(')') && !isMark(';')) {
            if (is("order") || is("limit") || is("offset") || is("fetch") || is("returning") || is("on")) {
                return;
            }
            if (is("for") && !isValueFor()) {
                return;
            }
            if (locking && (is("select") || is("from"))) {
                throw unexpected();
            }
            if (isClause(at)) {
                throw unexpected();
            }
            skip();
        }
    }

    /** Passes one token, or a pair of brackets with all that is in it. */
    private void skip() {
        if (partner[at] > at) {
            at = partner[at] + 1;
        } else if (partner[at] >= 0) {
            throw unexpected();
        } else {
            at++;
        }
    }

    private Body body() {
        List<Body> parts = new ArrayList<>();
        boolean union = true;
        parts.add(term());
        while (is("union") || is("except") || is("intersect") || is("minus") && isH2()) {
            union &= is("union");
            advance();
            if (!take("all")) {
                take("distinct");
            }
            parts.add(term());
        }
        return parts.size() == 1 ? parts.get(0) : new Tree.Sets(parts, union);
    }

    private Body term() {
        if (takeMark('(')) {
            Statement inside = statement();
            expectMark(')');
            if (inside instanceof Query query) {
                return new Tree.Nested(query);
            }
            throw unexpected();
        }
        if (take("select")) {
            return select();
        }
        if (take("values")) {
            return new Tree.Rows(rows());
        }
        if (isH2() && take("call")) {
            return new Tree.Rows(List.of(List.of(expression(true, false))));
        }
        if (take("table")) {
            return new Tree.Whole(table(false));
        }
        throw unexpected();
    }

    private List<List<Expression>> rows() {
        List<List<Expression>> rows = new ArrayList<>();
        do {
            if (isMark('(') && isRow(partner[at] + 1)) {
                advance();
                rows.add(expressions(')'));
                expectMark(')');
            } else if (is("row") && isMark(1, '(') && isRow(partner[at + 1] + 1)) {
                advance();
                advance();
                rows.add(expressions(')'));
                expectMark(')');
            } else if (isH2()) {
                rows.add(List.of(expression(true, false)));
            } else {
                throw unexpected();
            }
        } while (takeMark(','));
        return rows;
    }

    // H2 takes values without parentheses, of which the first may begin with one: values (1) + 2.
    private boolean isRow(int behind) {
        return behind >= end
                || tokens.get(behind).isMark(',')
                || tokens.get(behind).isMark(')')
                || isClause(behind)
                || tokens.get(behind).isName();
    }

    private List<Expression> expressions(char close) {
        List<Expression> list = new ArrayList<>();
        if (!isMark(close)) {
            do {
                Expression one = expression(true, false);
                if (isExpanded(one)) {
                    throw new Unreadable("a row is expanded where values are counted", tokens.get(one.start()).start);
                }
                list.add(one);
            } while (takeMark(','));
        }
        return list;
    }

    private Select select() {
        List<Expression> more = new ArrayList<>();
        boolean perRow = true;
        boolean distinct = take("distinct");
        boolean groupable = true;
        if (distinct) {
            perRow = false;
            if (take("on")) {
                groupable = false;
                more.add(group());
            }
        } else {
            take("all");
        }
        if (isH2() && is("top") && at + 1 < end && isCount(tokens.get(at + 1))) {
            // The first of all rows, not of each tenant's.
            perRow = false;
            groupable = false;
            more.add(top());
        }
        List<Item> items = isItemsEnd() ? List.of() : items();
        boolean into = false;
        if (!isH2() && take("into")) {
            into = true;
            writes = true;
            intoTable = true;
            while (at < end && !isClause(at)) {
                name();
                takeMark('.');
            }
        }
        List<Source> from = take("from") ? sources() : List.of();
        Expression where = take("where") ? expression(false, false) : null;
        List<Expression> groups = new ArrayList<>();
        boolean grouped = false;
        while (is("group") || is("having") || is("window") || is("qualify") && isH2()) {
            perRow = false;
            grouped |= is("group");
            groupable &= is("group") || is("having");
            boolean keys = is("group") && is(1, "by");
            advance();
            Expression clause = expression(false, true);
            more.add(clause);
            if (keys) {
                groups.addAll(keys(clause));
            }
        }
        if (distinct && !grouped) {
            items.forEach(item -> groups.add(item.expression()));
        }
        boolean plain = items.stream().allMatch(this::isPlain);
        boolean perGroup = groupable && items.stream().allMatch(grouped ? this::isOfGroup : this::isPlain);
        return new Select(items, from, where, more, perRow && plain, perGroup ? groups : List.of(), into);
    }

    // top 5, top ? percent, top (1 + 1) with ties
    private Expression top() {
        int start = at;
        at++;
        skip();
        if (is("percent")) {
            at++;
        }
        if (is("with") && is(1, "ties")) {
            at += 2;
        }
        return stretch(start, at);
    }

    /** What commas part in GROUP BY. */
    private List<Expression> keys(Expression clause) {
        List<Expression> keys = new ArrayList<>();
        int start = clause.start() + 1;
        for (int i = start; i <= clause.end(); i++) {
            if (i == clause.end() || tokens.get(i).isMark(',')) {
                keys.add(new Expression(start, i, Map.of(), List.of(), List.of()));
                start = i + 1;
            } else if (partner[i] > i) {
                i = partner[i];
            }
        }
        return keys;
    }

    /** Whether an expression looks at the rows of one group only. */
    private boolean isOfGroup(Item item) {
        for (int i = item.expression().start(); i < item.expression().end(); i++) {
            if (tokens.get(i).is("over")) {
                return false;
            }
        }
        return item.expression().queries().isEmpty() && !item.star();
    }

    private static boolean isCount(Token token) {
        return token.kind == Kind.NUMBER || token.kind == Kind.PARAMETER || token.isMark('(');
    }

    private boolean isItemsEnd() {
        return at >= end || isMark(')') || isClause(at);
    }

    /** Whether an expression can be evaluated for a row of another tenant without telling of it. */
    private boolean isPlain(Item item) {
        if (!item.expression().queries().isEmpty() || !item.expression().calls().isEmpty()) {
            return false;
        }
        for (int i = item.expression().start(); i < item.expression().end(); i++) {
            Token token = tokens.get(i);
            boolean plain = token.isName()
                    || token.kind == Kind.NUMBER
                    || token.kind == Kind.STRING
                    || token.kind == Kind.MARK
                    || token.isOperator("::")
                    || token.isOperator("*") && item.star()
                    || token.isOperator("-");
            if (!plain || token.is("over")) {
                return false;
            }
        }
        return true;
    }

    private List<Item> items() {
        List<Item> items = new ArrayList<>();
        do {
            items.add(item());
        } while (takeMark(','));
        return items;
    }

    private Item item() {
        int start = at;
        if (at < end && tokens.get(at).isOperator("*")) {
            at++;
            return new Item(stretch(start, at), null, true);
        }
        int i = at;
        while (i + 2 < end && tokens.get(i).isName() && tokens.get(i + 1).isMark('.')) {
            i += 2;
        }
        if (i > at && i < end && tokens.get(i).isOperator("*")) {
            at = i + 1;
            return new Item(stretch(start, at), null, true);
        }
        Expression expression = expression(true, false);
        if (expression.isEmpty()) {
            throw unexpected();
        }
        if (isExpanded(expression)) {
            return new Item(expression, null, true);
        }
        Token alias = null;
        if (take("as")) {
            alias = name();
        } else {
            // An alias without AS is the last name of what was read: a name behind something that is complete.
            int last = expression.end() - 1;
            if (last > expression.start() && isAlias(last, expression.start())) {
                alias = tokens.get(last);
                expression = stretch(expression.start(), last);
            }
        }
        return new Item(expression, alias, false);
    }

    // (row).* stands for as many columns as the row has.
    private boolean isExpanded(Expression expression) {
        int last = expression.end() - 1;
        return last > expression.start()
                && tokens.get(last).isOperator("*")
                && tokens.get(last - 1).isMark('.');
    }

    private boolean isAlias(int position, int start) {
        Token token = tokens.get(position);
        Token before = tokens.get(position - 1);
        if (token.kind == Kind.QUOTED) {
            return !before.isMark('.') && before.kind != Kind.OPERATOR;
        }
        if (token.kind != Kind.WORD || before.isMark('.') || before.kind == Kind.OPERATOR) {
            return false;
        }
        boolean complete = before.isMark(')')
                || before.isMark(']')
                || before.kind == Kind.QUOTED
                || before.kind == Kind.STRING
                || before.kind == Kind.NUMBER
                || before.kind == Kind.PARAMETER
                || before.is("end")
                || before.kind == Kind.WORD && !SYNTAX.contains(before.word);
        return complete && !SYNTAX.contains(token.word) && !POSTFIX.contains(token.word) && start < position;
    }

    // ---- FROM

    private List<Source> sources() {
        List<Source> sources = new ArrayList<>();
        do {
            sources.add(joined());
        } while (takeMark(','));
        return sources;
    }

    private boolean isJoin() {
        return is("join")
                || is("inner")
                || is("cross")
                || is("natural")
                || (is("left") || is("right") || is("full")) && (is(1, "join") || is(1, "outer"));
    }

    /** A table and all that is joined to it. What is joined to a table before ON belongs to that table. */
    private Source joined() {
        if (++depth > DEEPEST) {
            throw new Unreadable("it is nested more than " + DEEPEST + " deep", token().start);
        }
        Source left = source();
        while (isJoin()) {
            boolean natural = take("natural");
            boolean cross = !natural && take("cross");
            JoinKind kind = JoinKind.INNER;
            if (take("left")) {
                kind = JoinKind.LEFT;
            } else if (take("right")) {
                kind = JoinKind.RIGHT;
            } else if (take("full")) {
                kind = JoinKind.FULL;
            } else {
                take("inner");
            }
            if (kind != JoinKind.INNER) {
                take("outer");
            }
            expect("join");
            Source right = cross || natural ? source() : joined();
            Expression on = null;
            List<Token> using = List.of();
            Token alias = null;
            if (!cross && !natural) {
                if (take("on")) {
                    on = condition();
                } else if (is("using") && isMark(1, '(')) {
                    advance();
                    using = names();
                    alias = take("as") ? name() : null;
                } else if (!isH2()) {
                    throw unexpected();
                }
            }
            left = new Tree.Join(left, kind, natural, right, on, using, alias);
        }
        depth--;
        return left;
    }

    /** The ON of a join, which the next join, a second ON or a comma ends. */
    private Expression condition() {
        int start = at;
        while (at < end
                && !isMark(')')
                && !isMark(',')
                && !isMark(';')
                && !isJoin()
                && !is("using")
                && !is("when")
                && !is("set")
                && !isClause(at)) {
            if (is("case") && !isNamed(at)) {
                skipCase();
            } else {
                skip();
            }
        }
        return stretch(start, at);
    }

    /** Whether a point before it makes any word a name. */
    private boolean isNamed(int position) {
        return position > 0 && tokens.get(position - 1).isMark('.');
    }

    private void skipCase() {
        int open = 0;
        int start = at;
        do {
            if (at >= end) {
                throw new Unreadable("a CASE has no end", tokens.get(start).start);
            }
            // A bare label may have either name; nothing of another clause stands within.
            if (isMark(',') || isClause(at)) {
                throw unexpected();
            }
            open += is("case") && !isNamed(at) ? 1 : 0;
            open -= is("end") && !isNamed(at) ? 1 : 0;
            skip();
        } while (open > 0);
    }

    private Source source() {
        int start = at;
        boolean lateral = take("lateral");
        Source source;
        if (isMark('(')) {
            source = inParentheses(lateral);
        } else if (isH2() && is("values")) {
            Query rows = query(With.NOTHING);
            Token alias = alias();
            source = new Tree.Derived(rows, false, alias, columns(alias), start);
        } else if (is("table") && isMark(1, '(')
                || is("rows") && is(1, "from") && isMark(2, '(')
                || is("unnest") && isMark(1, '(')) {
            source = call();
        } else if (isDelta()) {
            advance();
            advance();
            expectMark('(');
            Statement change = statement();
            expectMark(')');
            Token alias = alias();
            source = new Tree.Derived(change, false, alias, columns(alias), start);
        } else if (isCall()) {
            source = call();
        } else if (lateral) {
            throw unexpected();
        } else {
            source = table(true);
        }
        if (take("tablesample")) {
            name();
            samples.add(group());
            if (take("repeatable")) {
                samples.add(group());
            }
        }
        return source;
    }

    private boolean isDelta() {
        return isH2() && (is("final") || is("old") || is("new")) && is(1, "table") && isMark(2, '(');
    }

    private boolean isCall() {
        int i = at;
        while (i + 1 < end && tokens.get(i).isName() && tokens.get(i + 1).isMark('.')) {
            i += 2;
        }
        return i + 1 < end
                && tokens.get(i).isName()
                && tokens.get(i + 1).isMark('(')
                && !tokens.get(i).is("only")
                && !tokens.get(i).is("lateral");
    }

    private Source call() {
        int start = at;
        while (at < end && !isMark('(')) {
            at++;
        }
        if (isH2() && is(1, "index")) {
            throw unexpected();
        }
        skip();
        Expression expression = stretch(start, at);
        if (take("with")) {
            expect("ordinality");
        }
        Token alias = null;
        if (take("as") && !isMark('(') || isAliasHere()) {
            alias = name();
        }
        Expression columns = isMark('(') ? group() : nothing();
        return new Tree.Call(expression, columns, alias, start);
    }

    private Source inParentheses(boolean lateral) {
        int start = at;
        if (isQueryStart(at) && isQueryInParentheses()) {
            advance();
            Statement query = statement();
            expectMark(')');
            Token alias = alias();
            return new Tree.Derived(query, lateral, alias, columns(alias), start);
        }
        if (lateral) {
            throw unexpected();
        }
        advance();
        Source inside = joined();
        expectMark(')');
        if (isAliasHere() || is("as")) {
            throw new Unreadable("a join in parentheses has a name of its own", token().start);
        }
        return inside;
    }

    // ((select …) union …) is a query; ((select …) x join …) is a join.
    private boolean isQueryInParentheses() {
        int i = at + 1;
        while (i < end && tokens.get(i).isMark('(')) {
            i = partner[i] + 1;
            boolean more = i < end
                    && (tokens.get(i).isMark(')')
                            || tokens.get(i).is("union")
                            || tokens.get(i).is("except")
                            || tokens.get(i).is("intersect")
                            || tokens.get(i).is("minus")
                            || tokens.get(i).is("order")
                            || tokens.get(i).is("limit")
                            || tokens.get(i).is("offset")
                            || tokens.get(i).is("fetch")
                            || tokens.get(i).is("for"));
            return more;
        }
        return true;
    }

    private @Nullable Token alias() {
        if (take("as")) {
            return name();
        }
        return isAliasHere() ? name() : null;
    }

    private boolean isAliasHere() {
        if (at >= end || !tokens.get(at).isName()) {
            return false;
        }
        Token token = tokens.get(at);
        return token.kind == Kind.QUOTED
                || !isClause(at)
                        && !isJoin()
                        && !token.is("using")
                        && !token.is("set")
                        && !token.is("when")
                        && !token.is("tablesample")
                        && !token.is("with")
                        && !token.is("left")
                        && !token.is("right")
                        && !token.is("full")
                        && !token.is("values")
                        && !token.is("default")
                        && !token.is("overriding")
                        && !(isH2() && (token.is("use") || token.is("key")))
                        && !token.is("select")
                        && !token.is("lateral");
    }

    private List<Token> columns(@Nullable Token alias) {
        return alias != null && isMark('(') ? names() : List.of();
    }

    private Table table(boolean withAlias) {
        boolean only = take("only");
        boolean parentheses = only && takeMark('(');
        int position = at;
        Token schema = null;
        Token name = name();
        while (takeMark('.')) {
            schema = name;
            position = at;
            name = name();
        }
        tables.add(position);
        if (parentheses) {
            expectMark(')');
        }
        if (at < end && tokens.get(at).isOperator("*")) {
            advance();
        }
        Token alias = withAlias ? alias() : null;
        return new Table(schema, name, alias, columns(alias), position);
    }

    // ---- statements that write

    private Tree.Insert insert(With with) {
        expect("insert");
        expect("into");
        Table table = table(false);
        if (take("as")) {
            table = new Table(table.schema(), table.name(), name(), List.of(), table.position());
        }
        List<Token> columns = List.of();
        int columnsEnd = -1;
        if (isMark('(') && !isQueryStart(at)) {
            columns = names();
            columnsEnd = at - 1;
        }
        if (take("overriding")) {
            if (!take("system")) {
                expect("user");
            }
            expect("value");
        }
        Query source = null;
        if (take("default")) {
            expect("values");
        } else if (isQueryStart(at)) {
            Statement select = statementAsQuery();
            source = (Query) select;
        } else if (isH2() && columns.isEmpty() && take("set")) {
            List<Expression> values = new ArrayList<>();
            columns = new ArrayList<>();
            for (Assignment assignment : assignments()) {
                Expression column = assignment.columns().get(0);
                if (assignment.columns().size() > 1 || column.end() - column.start() > 1) {
                    throw unexpected();
                }
                columns.add(tokens.get(column.start()));
                values.add(assignment.value());
            }
            source = new Query(With.NOTHING, new Tree.Rows(List.of(values)), nothing(), false);
        } else {
            throw unexpected();
        }
        Conflict conflict = null;
        if (is("on")) {
            conflict = conflict();
        }
        Returning returning = returning();
        return new Tree.Insert(with, table, columns, columnsEnd, source, conflict, returning);
    }

    private Statement statementAsQuery() {
        Statement statement = statement();
        if (statement instanceof Query) {
            return statement;
        }
        throw unexpected();
    }

    private @Nullable Conflict conflict() {
        expect("on");
        expect("conflict");
        int start = at;
        List<Token> columns = new ArrayList<>();
        if (isMark('(')) {
            for (int i = at + 1; i < partner[at]; i++) {
                boolean alone = (tokens.get(i - 1).isMark('(')
                                || tokens.get(i - 1).isMark(','))
                        && (tokens.get(i + 1).isMark(')') || tokens.get(i + 1).isMark(','));
                if (tokens.get(i).isName() && alone) {
                    columns.add(tokens.get(i));
                } else if (partner[i] > i) {
                    i = partner[i];
                }
            }
            skip();
            if (take("where")) {
                while (at < end && !is("do")) {
                    skip();
                }
            }
        } else if (take("on")) {
            expect("constraint");
            name();
        }
        Expression target = stretch(start, at);
        expect("do");
        if (take("nothing")) {
            return new Conflict(target, columns, List.of(), null, at);
        }
        expect("update");
        expect("set");
        List<Assignment> assignments = assignments();
        Expression where = take("where") ? expression(false, false) : null;
        return new Conflict(target, columns, assignments, where, at);
    }

    private @Nullable Returning returning() {
        if (!take("returning")) {
            return null;
        }
        // PostgreSQL 18 names the rows before and after: returning with (old as o, new as n) …
        if (take("with")) {
            expectMark('(');
            do {
                name();
                expect("as");
                name();
            } while (takeMark(','));
            expectMark(')');
        }
        return new Returning(items());
    }

    private List<Assignment> assignments() {
        List<Assignment> assignments = new ArrayList<>();
        do {
            List<Expression> columns = new ArrayList<>();
            if (takeMark('(')) {
                do {
                    columns.add(target());
                } while (takeMark(','));
                expectMark(')');
            } else {
                columns.add(target());
            }
            if (at >= end || !tokens.get(at).isOperator("=")) {
                throw unexpected();
            }
            advance();
            assignments.add(new Assignment(columns, expression(true, false)));
        } while (takeMark(','));
        return assignments;
    }

    private Expression target() {
        int start = at;
        name();
        while (isMark('.') || isMark('[')) {
            if (takeMark('.')) {
                name();
            } else {
                skip();
            }
        }
        return stretch(start, at);
    }

    private Tree.Update update(With with) {
        expect("update");
        Table table = table(true);
        expect("set");
        List<Assignment> assignments = assignments();
        List<Source> from = take("from") ? sources() : List.of();
        Expression where = take("where") ? expression(false, false) : null;
        Expression tail = tail();
        Returning returning = returning();
        return new Tree.Update(with, table, assignments, from, where, tail, returning, at);
    }

    private Tree.Delete delete(With with) {
        expect("delete");
        expect("from");
        Table table = table(true);
        List<Source> using = take("using") ? sources() : List.of();
        Expression where = take("where") ? expression(false, false) : null;
        Expression tail = tail();
        Returning returning = returning();
        return new Tree.Delete(with, table, using, where, tail, returning, at);
    }

    // H2 limits how many rows are changed.
    private Expression tail() {
        int start = at;
        while (isH2() && (is("limit") || is("fetch") || is("order") || is("offset"))) {
            clause();
        }
        return stretch(start, at);
    }

    private Tree.Merge merge(With with) {
        expect("merge");
        expect("into");
        Table table = table(true);
        if (isH2() && (isMark('(') || is("key") || isQueryStart(at))) {
            List<Token> columns = isMark('(') && !isQueryStart(at) ? names() : List.of();
            List<Token> keys = List.of();
            if (take("key")) {
                keys = names();
            }
            Query rows = (Query) statementAsQuery();
            return new Tree.Merge(with, table, null, null, List.of(), columns, keys, rows, null);
        }
        expect("using");
        Source source = joined();
        expect("on");
        Expression on = condition();
        List<When> whens = new ArrayList<>();
        while (take("when")) {
            whens.add(when());
        }
        return new Tree.Merge(with, table, source, on, whens, List.of(), List.of(), null, returning());
    }

    private When when() {
        boolean matched = !take("not");
        expect("matched");
        boolean bySource = false;
        if (take("by")) {
            bySource = take("source");
            if (!bySource) {
                expect("target");
            }
        }
        Expression and = null;
        if (take("and")) {
            int start = at;
            while (at < end && !is("then")) {
                if (is("case")) {
                    skipCase();
                } else {
                    skip();
                }
            }
            and = stretch(start, at);
        }
        expect("then");
        List<Assignment> assignments = List.of();
        List<Token> columns = List.of();
        List<Expression> values = List.of();
        int columnsEnd = -1;
        int valuesEnd = -1;
        Action action;
        if (take("update")) {
            expect("set");
            action = Action.UPDATE;
            assignments = assignments();
        } else if (take("delete")) {
            action = Action.DELETE;
        } else if (take("do")) {
            expect("nothing");
            action = Action.NOTHING;
        } else {
            expect("insert");
            action = Action.INSERT;
            if (isMark('(')) {
                columns = names();
                columnsEnd = at - 1;
            }
            if (take("overriding")) {
                name();
                expect("value");
            }
            if (take("default")) {
                expect("values");
            } else {
                expect("values");
                expectMark('(');
                values = expressions(')');
                expectMark(')');
                valuesEnd = at - 1;
            }
        }
        return new When(matched, bySource, and, action, assignments, columns, columnsEnd, values, valuesEnd);
    }

    // ---- expressions

    /** Whether a keyword that ends an expression stands at a position, rather than a name or a part of an operator. */
    private boolean isClause(int position) {
        Token token = tokens.get(position);
        if (!CLAUSES.contains(token.word) && !(isH2() ? H2_CLAUSES : POSTGRESQL_CLAUSES).contains(token.word)) {
            return false;
        }
        Token before = position == 0 ? null : tokens.get(position - 1);
        if (before == null) {
            return true;
        }
        if (before.isMark('.')) {
            return false;
        }
        if (token.is("from")) {
            return !(before.is("distinct") && position > 1 && isIs(position - 2)) && !isFromLast(position);
        }
        if (token.is("group")) {
            return !before.is("within");
        }
        if (token.is("for")) {
            return !isValueFor(position);
        }
        return true;
    }

    private boolean isIs(int position) {
        Token token = tokens.get(position);
        return token.is("is") && !isNamed(position)
                || token.is("not") && position > 0 && tokens.get(position - 1).is("is") && !isNamed(position - 1);
    }

    // nth_value(…) from last over (…)
    private boolean isFromLast(int position) {
        return isH2()
                && position + 2 < end
                && tokens.get(position - 1).isMark(')')
                && partner[position - 1] > 0
                && tokens.get(partner[position - 1] - 1).is("nth_value")
                && (tokens.get(position + 1).is("first")
                        || tokens.get(position + 1).is("last"))
                && (tokens.get(position + 2).is("over")
                        || tokens.get(position + 2).is("respect")
                        || tokens.get(position + 2).is("ignore"));
    }

    private boolean isValueFor() {
        return isValueFor(at);
    }

    // next value for s
    private boolean isValueFor(int position) {
        return isH2()
                && position > 1
                && tokens.get(position - 1).is("value")
                && (tokens.get(position - 2).is("next")
                        || tokens.get(position - 2).is("current"));
    }

    /** @param more whether ON and OFFSET are words like any other, as in GROUP BY and frames */
    private Expression expression(boolean one, boolean more) {
        int start = at;
        while (at < end && !isMark(')') && !isMark(']') && !isMark('}') && !isMark(';') && !(one && isMark(','))) {
            if (isClause(at)) {
                break;
            }
            if (!isNamed(at) && (is("as") && one || is("when"))) {
                break;
            }
            if (is("case") && !isNamed(at)) {
                skipCase();
            } else {
                skip();
            }
        }
        if (at == start && !more) {
            throw unexpected();
        }
        return stretch(start, at);
    }

    private Expression group() {
        int start = at;
        skip();
        return stretch(start, at);
    }

    private Expression nothing() {
        return new Expression(at, at, Map.of(), List.of(), List.of());
    }

    /** Looks for what matters in tokens that were passed. */
    private Expression stretch(int from, int to) {
        if (from == to) {
            return new Expression(from, to, Map.of(), List.of(), List.of());
        }
        Map<Integer, Statement> queries = new HashMap<>();
        List<Integer> called = new ArrayList<>();
        List<Integer> named = new ArrayList<>();
        int outerAt = at;
        int outerEnd = end;
        for (int i = from; i < to; i++) {
            Token token = tokens.get(i);
            if (token.isMark('(')) {
                boolean call = i > from && isFunction(i - 1);
                if (call) {
                    called.add(i - 1);
                }
                if (i + 1 < to
                        && isSubQuery(i + 1)
                        && !(call && tokens.get(i + 1).isMark('('))) {
                    at = i + 1;
                    end = partner[i];
                    queries.put(i, statement());
                    if (at < end) {
                        throw unexpected();
                    }
                    i = partner[i];
                }
            } else if (token.isName() && i > from && tokens.get(i - 1).isMark('.') && !isFollowed(i, '(')) {
                named.add(i);
            } else if (isStray(i)) {
                throw new Unreadable("«" + token.text + "» is not expected there", token.start);
            }
        }
        at = outerAt;
        end = outerEnd;
        seen.set(from, to);
        calls.addAll(called);
        fields.addAll(named);
        return new Expression(from, to, queries, called, named);
    }

    // Within an expression a query is always in parentheses.
    private boolean isStray(int position) {
        Token token = tokens.get(position);
        boolean named =
                isNamed(position) || position > 0 && tokens.get(position - 1).is("as");
        return token.is("select") && !named || token.isMark(';');
    }

    private boolean isFollowed(int position, char mark) {
        return position + 1 < tokens.size() && tokens.get(position + 1).isMark(mark);
    }

    /** Whether what a parenthesis encloses, which begins at a position, is a query and nothing else. */
    private boolean isSubQuery(int position) {
        int first = inside[position];
        if (first >= tokens.size() || first - position > DEEPEST) {
            return false;
        }
        // ((select …) + 1) is an expression: what is inside is found by itself.
        for (int i = position; i < first; i++) {
            if (!isQueryBehind(partner[i] + 1)) {
                return false;
            }
        }
        Token token = tokens.get(first);
        return token.is("select")
                || token.is("with")
                || token.is("values")
                || token.is("insert")
                        && first == position
                        && first + 1 < tokens.size()
                        && tokens.get(first + 1).is("into")
                || token.is("table")
                        && first + 1 < tokens.size()
                        && tokens.get(first + 1).isName();
    }

    private boolean isQueryBehind(int position) {
        Token token = tokens.get(position);
        return token.isMark(')')
                || token.is("union")
                || token.is("except")
                || token.is("intersect")
                || token.is("minus")
                || token.is("order")
                || token.is("limit")
                || token.is("offset")
                || token.is("fetch");
    }

    private boolean isFunction(int position) {
        Token token = tokens.get(position);
        if (token.kind == Kind.QUOTED) {
            return true;
        }
        if (token.kind != Kind.WORD) {
            return false;
        }
        boolean qualified = position > 0 && tokens.get(position - 1).isMark('.');
        return qualified || !SYNTAX.contains(token.word);
    }
}

package dev.tenancy.sql;

import dev.tenancy.sql.Judgement.Insertion;
import dev.tenancy.sql.Proof.Demand;
import dev.tenancy.sql.Proof.Effect;
import dev.tenancy.sql.Proof.Written;
import dev.tenancy.sql.Refusal.Reason;
import dev.tenancy.sql.Token.Kind;
import dev.tenancy.sql.Tree.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Proves from the text of a statement, for one database, that it keeps to one tenant.
 *
 * <p>A text is read as the database reads it: cut into tokens by the database's own rules, then into clauses, in which each token has
 * to have its place. Two readings have to agree before a statement is accepted: the structure of query blocks, in which each owned
 * table has to be restricted, and the tokens alone, in which no name of an owned table may stand behind FROM, JOIN, INTO, UPDATE or
 * TABLE that the first reading did not see. Expressions are not understood, but for conditions that are a whole conjunct, so that an
 * operator or function that nobody here knows hides nothing and is refused for nothing.
 *
 * <p>Thread-safe if its catalogue is. The time it takes grows with the length of the text.
 */
public final class StatementProver {

    private static final Set<String> BEFORE_TABLES = Set.of("from", "join", "into", "update", "table", "only", "using");
    private static final int SHOWN = 120;

    private final SqlDialect dialect;
    private final Catalog catalog;

    /** @param catalog says what the names in statements stand for */
    public StatementProver(SqlDialect dialect, Catalog catalog) {
        this.dialect = dialect;
        this.catalog = catalog;
    }

    /** {@linkplain #prove(SqlText) Proves} a text of which nothing else is asked. */
    public Proof prove(String sql) {
        return prove(SqlText.of(sql, dialect));
    }

    /**
     * Looks for the proof. Never throws for what a statement says; what the catalogue throws passes through.
     *
     * @param text one or several statements, with question marks for parameters
     */
    public Proof prove(SqlText text) {
        Reading reading = read(text);
        if (reading.refusal != null || reading.insertions.isEmpty()) {
            return reading.proof(text, List.of());
        }
        // What names the tenant now has to be proven like any other text.
        Completed completed = completed(text, reading.insertions);
        Reading again = read(completed.text());
        if (again.refusal == null && !again.insertions.isEmpty()) {
            again.refusal = new Refusal(
                    Reason.UNPROVEN,
                    again.owner == null ? "(statement)" : again.owner,
                    "nothing holds it to the current tenant",
                    "Restrict each table in its own query block: … where tenant_id = ?");
        }
        return again.proof(completed.text(), completed.parameters());
    }

    /** Whether code, such as the body of a function, names nothing that may reach an owned row, and makes no text to run. */
    public boolean isHarmlessCode(String code) {
        try {
            List<Token> tokens = Lexer.read(code, dialect);
            if (!tokens.isEmpty()) {
                new Commands(tokens, 0, tokens.size(), catalog, dialect).code();
            }
            return true;
        } catch (Unreadable | Refused refused) {
            return false;
        }
    }

    /** What a text does to the session that runs it, besides its rows. */
    public SessionEffects sessionEffects(SqlText text) {
        return text.unreadable() == null ? SessionEffects.of(text.tokens(), dialect) : SessionEffects.UNKNOWN;
    }

    /** The comments at the beginning of a text, without their marks; empty if the text cannot be read. */
    public List<String> leadingComments(String sql) {
        try {
            return Lexer.leadingComments(sql, dialect);
        } catch (Unreadable unreadable) {
            return List.of();
        }
    }

    /**
     * The beginning of a text as a message may show it: without the values in it.
     *
     * @return empty if the text cannot be cut into tokens
     */
    public static String beginning(SqlText text) {
        StringBuilder shown = new StringBuilder();
        Token before = null;
        for (Token token : text.tokens()) {
            if (shown.length() > SHOWN) {
                return shown.append(" …").toString();
            }
            if (before != null && token.start > before.end) {
                shown.append(' ');
            }
            boolean value = token.kind == Kind.STRING || token.kind == Kind.OTHER_LITERAL || token.kind == Kind.NUMBER;
            String written = token.kind == Kind.QUOTED ? token.name().sql() : token.text;
            shown.append(value ? "…" : written.length() > SHOWN ? written.substring(0, SHOWN) : written);
            before = token;
        }
        return shown.toString();
    }

    private static Refusal unreadable(Unreadable unreadable, @Nullable String owner) {
        return new Refusal(
                Reason.UNREADABLE,
                owner == null ? "(statement)" : owner,
                "it cannot be read from position " + (unreadable.position + 1) + " on, where " + unreadable.what,
                "Write it in plain SQL, or give the reason why it is safe in a comment at its beginning:"
                        + " /* tenancy: trusted because … */");
    }

    // ---- one reading of a text

    private static final class Reading {

        final List<Demand> demands = new ArrayList<>();
        final List<Written> references = new ArrayList<>();
        final Set<Insertion> insertions = new LinkedHashSet<>();
        final Set<Effect> effects = EnumSet.noneOf(Effect.class);
        final Set<String> written = new LinkedHashSet<>();
        final Set<String> deleted = new LinkedHashSet<>();
        boolean reads = true;

        @Nullable String owner;

        @Nullable Refusal refusal;

        Proof proof(SqlText text, List<Integer> parameters) {
            return new Proof(
                    text,
                    parameters,
                    owner,
                    refusal == null ? List.copyOf(demands) : List.of(),
                    refusal == null ? List.copyOf(references) : List.of(),
                    refusal,
                    reads,
                    Set.copyOf(effects),
                    Set.copyOf(written),
                    Set.copyOf(deleted));
        }
    }

    private Reading read(SqlText text) {
        Reading reading = new Reading();
        List<Token> tokens = text.tokens();
        if (text.unreadable() != null) {
            reading.reads = false;
            reading.refusal = unreadable(text.unreadable(), null);
            return reading;
        }
        Reader reader;
        try {
            reader = new Reader(tokens, dialect);
        } catch (Unreadable unreadable) {
            reading.reads = false;
            unread(reading, tokens, 0, tokens.size(), unreadable);
            return reading;
        }
        List<int[]> statements = reader.statements();
        for (int[] range : statements) {
            statement(reading, tokens, range[0], range[1]);
            if (reading.refusal != null) {
                reading.reads &= statements.size() == 1;
                return reading;
            }
        }
        return reading;
    }

    private void statement(Reading reading, List<Token> tokens, int start, int end) {
        int first = explained(tokens, start, end);
        Reader reader = new Reader(tokens, dialect);
        if (!reader.isReadable(first, end)) {
            command(reading, tokens, first, end);
            return;
        }
        Statement statement;
        try {
            statement = reader.statement(first, end);
        } catch (Unreadable unreadable) {
            reading.reads = false;
            unread(reading, tokens, start, end, unreadable);
            return;
        }
        Judgement judgement = new Judgement(tokens, reader, catalog, dialect);
        try {
            judgement.judge(statement);
            agree(tokens, start, end, reader, judgement);
        } catch (Refused refused) {
            reading.refusal = refused.refusal;
        }
        reading.reads &= !reader.writes && isHarmless(tokens, reader);
        reading.demands.addAll(judgement.demands);
        reading.references.addAll(judgement.references);
        reading.insertions.addAll(judgement.insertions);
        reading.written.addAll(judgement.written);
        reading.deleted.addAll(judgement.deleted);
        reading.owner = reading.owner == null ? judgement.owner : reading.owner;
        if (reading.refusal == null && judgement.owner != null && analyzes(tokens, start, first)) {
            reading.refusal = new Refusal(
                    Reason.UNPROVEN,
                    judgement.owner,
                    "what is counted while it is analyzed are the rows of all tenants",
                    "Use EXPLAIN without ANALYZE.");
        }
    }

    private static boolean analyzes(List<Token> tokens, int start, int first) {
        return tokens.subList(start, first).stream().anyMatch(token -> token.is("analyze") || token.is("analyse"));
    }

    // EXPLAIN shows what a query would read, and with ANALYZE reads it.
    private static int explained(List<Token> tokens, int start, int end) {
        int at = start;
        if (!tokens.get(at).is("explain")) {
            return at;
        }
        at++;
        while (at + 1 < end
                && (tokens.get(at).is("analyze")
                        || tokens.get(at).is("analyse")
                        || tokens.get(at).is("verbose")
                        || tokens.get(at).is("plan")
                        || tokens.get(at).is("for"))) {
            at++;
        }
        if (at + 1 < end && tokens.get(at).isMark('(') && !isQuery(tokens.get(at + 1))) {
            while (at + 1 < end && !tokens.get(at).isMark(')')) {
                at++;
            }
            at++;
        }
        return Math.min(at, end - 1);
    }

    private static boolean isQuery(Token token) {
        return token.is("select") || token.is("with") || token.is("values") || token.is("table") || token.isMark('(');
    }

    private boolean isHarmless(List<Token> tokens, Reader reader) {
        return reader.calls.stream()
                        .allMatch(call ->
                                catalog.isHarmlessFunction(tokens.get(call).name()))
                && (dialect == SqlDialect.H2
                        || reader.fields.stream()
                                .noneMatch(field -> catalog.isFunctionOfRows(
                                        tokens.get(field).name())));
    }

    private void command(Reading reading, List<Token> tokens, int start, int end) {
        Commands commands = new Commands(tokens, start, end, catalog, dialect);
        int query = commands.ownCopy();
        if (query >= 0) {
            statement(reading, tokens, query, end);
            if (reading.refusal == null || reading.refusal.reason() != Reason.UNREADABLE) {
                return;
            }
            reading.refusal = null;
        }
        try {
            commands.judge();
        } catch (Refused refused) {
            reading.refusal = refused.refusal;
        }
        reading.reads &= commands.reads;
        reading.effects.addAll(commands.effects);
        reading.owner = reading.owner == null ? commands.owner : reading.owner;
    }

    /** What cannot be read is refused, unless nothing in it can reach an owned row. */
    private void unread(Reading reading, List<Token> tokens, int start, int end, Unreadable unreadable) {
        Commands commands = new Commands(tokens, start, end, catalog, dialect);
        try {
            commands.reach();
        } catch (Refused refused) {
            reading.owner = reading.owner == null ? commands.owner : reading.owner;
            reading.refusal = unreadable(unreadable, commands.owner);
        }
    }

    /** The second reading: tokens alone, against what the first has judged. */
    private void agree(List<Token> tokens, int start, int end, Reader reader, Judgement judgement) {
        for (List<Integer> named : List.of(reader.tables, reader.calls, reader.fields)) {
            for (int position : named) {
                if (!judgement.judged.contains(position)) {
                    throw disagreement(tokens.get(position));
                }
            }
        }
        Set<Integer> calls = Set.copyOf(reader.calls);
        for (int i = start + 1; i < end; i++) {
            // What was taken for a call may be a table with its columns, such as behind INTO.
            if (!tokens.get(i).isName()
                    || judgement.judged.contains(i) && !calls.contains(i)
                    || i + 2 < end
                            && tokens.get(i + 1).isMark('.')
                            && !tokens.get(i + 2).isOperator("*")) {
                continue;
            }
            int before = i - 1;
            while (before > start && tokens.get(before).isMark('.')) {
                before -= 2;
            }
            Token word = tokens.get(before);
            boolean compared =
                    word.is("from") && before > start && tokens.get(before - 1).is("distinct");
            if (BEFORE_TABLES.contains(word.word)
                    && !compared
                    && catalog.isOwned(tokens.get(i).name())) {
                throw disagreement(tokens.get(i));
            }
        }
    }

    private static Refused disagreement(Token token) {
        return Refused.unproven(
                "(name " + token.text + ")",
                "it stands where a table is named, and was not understood there",
                "Write the statement in plain SQL, or give the reason why it is safe in a comment at its beginning:"
                        + " /* tenancy: trusted because … */");
    }

    // ---- texts that name the tenant

    private record Completed(SqlText text, List<Integer> parameters) {}

    private Completed completed(SqlText given, Set<Insertion> insertions) {
        String sql = given.sql();
        List<Token> tokens = given.tokens();
        List<Insertion> sorted = insertions.stream()
                .sorted(Comparator.comparingInt(Insertion::position))
                .toList();
        StringBuilder text = new StringBuilder();
        List<Integer> parameters = new ArrayList<>();
        int from = 0;
        int token = 0;
        int position = 0;
        for (Insertion insertion : sorted) {
            text.append(sql, from, insertion.position()).append(insertion.text());
            from = insertion.until();
            while (token < tokens.size() && tokens.get(token).start < insertion.position()) {
                position += tokens.get(token).kind == Kind.PARAMETER ? 1 : 0;
                token++;
            }
            for (int i = 0; i < insertion.parameters(); i++) {
                position++;
                parameters.add(position);
            }
        }
        return new Completed(SqlText.of(text.append(sql, from, sql.length()).toString(), dialect), parameters);
    }

    /**
     * Hibernate restricts updates and deletes with {@code tenant_id=coalesce(?,tenant_id)} (HHH-20883), where null means any tenant.
     * The function keeps the database from its index, its partition and its shard; without it the parameter stands alone.
     *
     * @param tenantColumns {@linkplain SqlName#key() keys} of names
     */
    public String narrowed(String sql, Set<String> tenantColumns) {
        if (!sql.contains("coalesce(?,")) {
            return sql;
        }
        List<Token> tokens = SqlText.of(sql, dialect).tokens();
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (int i = 0; i < tokens.size(); i++) {
            int column = columnBefore(tokens, i, tenantColumns);
            if (column >= 0
                    && i + 5 < tokens.size()
                    && tokens.get(i + 1).is("coalesce")
                    && tokens.get(i + 3).kind == Kind.PARAMETER
                    && tokens.get(i + 4).isMark(',')) {
                int length = i - column;
                int close = i + 5 + length;
                if (close < tokens.size() && tokens.get(close).isMark(')') && isSame(tokens, column, i + 5, length)) {
                    text.append(sql, from, tokens.get(i).end).append('?');
                    from = tokens.get(close).end;
                }
            }
        }
        return text.append(sql, from, sql.length()).toString();
    }

    /**
     * The same query for all tenants, once null is bound in the tenant's place: the opposite of {@link #narrowed}. Only what is
     * written without white space, as mappers do, is changed; of {@code tenant_id in (?,?)}, which asks for the library's rows
     * as well, the first parameter.
     *
     * @param tenantColumns {@linkplain SqlName#key() keys} of names
     */
    public static String widened(SqlText given, Set<String> tenantColumns) {
        String sql = given.sql();
        List<Token> tokens = given.tokens();
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (int i = 0; i < tokens.size(); i++) {
            int column = columnBefore(tokens, i, tenantColumns);
            int parameter = i + 1;
            boolean widens =
                    column >= 0 && tokens.get(i - 1).end == tokens.get(i).start && isParameterBehind(tokens, i);
            if (!widens && isPairBehind(tokens, i)) {
                column = columnOf(tokens, i - 1, tenantColumns);
                parameter = i + 2;
                widens = column >= 0;
            }
            if (widens) {
                text.append(sql, from, tokens.get(parameter).start)
                        .append("coalesce(?,")
                        .append(sql, tokens.get(column).start, tokens.get(i - 1).end)
                        .append(')');
                from = tokens.get(parameter).end;
            }
        }
        return text.append(sql, from, sql.length()).toString();
    }

    private static boolean isParameterBehind(List<Token> tokens, int at) {
        return at + 1 < tokens.size()
                && tokens.get(at + 1).kind == Kind.PARAMETER
                && tokens.get(at + 1).start == tokens.get(at).end;
    }

    /** Whether IN and a list stand there, of a parameter and one more value. */
    private static boolean isPairBehind(List<Token> tokens, int in) {
        return in > 0
                && in + 5 < tokens.size()
                && tokens.get(in).is("in")
                && tokens.get(in + 1).isMark('(')
                && isParameterBehind(tokens, in + 1)
                && tokens.get(in + 3).isMark(',')
                && tokens.get(in + 3).start == tokens.get(in + 2).end
                && tokens.get(in + 4).start == tokens.get(in + 3).end
                && tokens.get(in + 5).isMark(')');
    }

    /** Where the tenant's column before an equals sign begins; -1 if there is none. */
    private static int columnBefore(List<Token> tokens, int equals, Set<String> tenantColumns) {
        return equals < 1 || !tokens.get(equals).isOperator("=") ? -1 : columnOf(tokens, equals - 1, tenantColumns);
    }

    /** Where the tenant's column begins that ends there; -1 if there is none. */
    private static int columnOf(List<Token> tokens, int end, Set<String> tenantColumns) {
        if (!tokens.get(end).isName() || !tenantColumns.contains(tokens.get(end).key())) {
            return -1;
        }
        int start = end;
        while (start > 1
                && tokens.get(start - 1).isMark('.')
                && tokens.get(start - 2).isName()) {
            start -= 2;
        }
        return start;
    }

    private static boolean isSame(List<Token> tokens, int one, int other, int length) {
        for (int i = 0; i < length; i++) {
            if (other + i >= tokens.size() || !tokens.get(one + i).text.equals(tokens.get(other + i).text)) {
                return false;
            }
        }
        return true;
    }
}

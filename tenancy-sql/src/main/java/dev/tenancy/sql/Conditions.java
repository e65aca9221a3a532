package dev.tenancy.sql;

import dev.tenancy.sql.Proof.Value;
import dev.tenancy.sql.Token.Kind;
import dev.tenancy.sql.Tree.Expression;
import dev.tenancy.sql.Tree.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes conditions apart, by their tokens alone. A part counts only where it is a whole conjunct: between ANDs of its own depth, in
 * a clause without OR. Both databases bind OR weaker than AND and everything else stronger, so that no operator beside it, known or
 * not, can take a conjunct into itself; and a conjunct counts only if it is nothing but one comparison.
 */
final class Conditions {

    // They change nothing in a tenant's id; what a length cuts off is compared with the value.
    private static final Set<String> FAITHFUL_CASTS =
            Set.of("uuid", "bigint", "int8", "varchar", "text", "character varying");

    private static final Set<String> KEEPING_CASTS =
            Set.of("uuid", "bigint", "int8", "integer", "int", "int4", "smallint", "int2", "text", "varchar");

    // Conditions nested deeper prove nothing.
    private static final int DEEPEST = 100;

    private final List<Token> tokens;
    private final Reader reader;

    Conditions(List<Token> tokens, Reader reader) {
        this.tokens = tokens;
        this.reader = reader;
    }

    /** A stretch of tokens. */
    record Part(int start, int end) {}

    /**
     * A conjunct: two sides that are equal, or of which the left is among the rows of a query, or among several parts.
     *
     * @param among the parts, of which each may be equal to the left; empty for the others
     * @param end where its tokens end
     */
    record Conjunct(
            Part left, @Nullable Part right, @Nullable Statement query, List<Part> among, int end) {

        Conjunct(Part left, @Nullable Part right, @Nullable Statement query, int end) {
            this(left, right, query, List.of(), end);
        }
    }

    /** The conjuncts of a condition, without those that cannot serve as a proof. */
    List<Conjunct> conjuncts(Expression condition) {
        List<Conjunct> found = new ArrayList<>();
        split(new Part(condition.start(), condition.end()), condition.queries(), found, 0);
        return found;
    }

    private void split(Part part, Map<Integer, Statement> queries, List<Conjunct> found, int depth) {
        Part bare = bare(part);
        if (depth > DEEPEST) {
            return;
        }
        if (hasWeaker(bare)) {
            alternatives(bare, part.end(), found);
            return;
        }
        int start = bare.start();
        int between = 0;
        int cases = 0;
        for (int i = bare.start(); i <= bare.end(); i++) {
            Token token = i < bare.end() ? tokens.get(i) : null;
            boolean named = i > bare.start() && tokens.get(i - 1).isMark('.');
            if (token != null && !named) {
                cases += token.is("case") ? 1 : token.is("end") && cases > 0 ? -1 : 0;
                between += token.is("between") && cases == 0 ? 1 : 0;
            }
            if (token != null && reader.partner(i) > i) {
                i = reader.partner(i);
            } else if (token == null || token.is("and") && !named && cases == 0) {
                // The first AND behind a BETWEEN is its own.
                if (token != null && between > 0) {
                    between--;
                } else {
                    conjunct(new Part(start, i), queries, found, depth);
                    start = i + 1;
                }
            }
        }
    }

    /** {@code c = ? or c = ?} of one column, as {@code c in (?, ?)}; anything else with an OR is left out. */
    private void alternatives(Part part, int end, List<Conjunct> found) {
        Part left = null;
        Column column = null;
        List<Part> among = new ArrayList<>();
        int start = part.start();
        for (int i = part.start(); i <= part.end(); i++) {
            if (i < part.end() && reader.partner(i) > i) {
                i = reader.partner(i);
            } else if (i == part.end()
                    || tokens.get(i).is("or") && !tokens.get(i - 1).isMark('.')) {
                Part one = bare(new Part(start, i));
                int equals = only(one, "=");
                Part of = equals < 0 ? null : new Part(one.start(), equals);
                Column again = of == null ? null : column(of);
                if (of == null || again == null || column != null && !column.equals(again)) {
                    return;
                }
                left = of;
                column = again;
                among.add(new Part(equals + 1, one.end()));
                start = i + 1;
            }
        }
        if (left != null && among.size() > 1) {
            found.add(new Conjunct(left, null, null, List.copyOf(among), end));
        }
    }

    private void conjunct(Part part, Map<Integer, Statement> queries, List<Conjunct> found, int depth) {
        Part bare = bare(part);
        if (!bare.equals(part)) {
            split(part, queries, found, depth + 1);
            return;
        }
        int equals = only(bare, "=");
        if (equals >= 0) {
            pair(new Part(bare.start(), equals), new Part(equals + 1, bare.end()), queries, found, part.end());
            return;
        }
        for (int i = bare.start(); i + 2 < bare.end(); i++) {
            // IS NOT DISTINCT FROM is = for what is not null, and the tenant never is.
            if (tokens.get(i).is("is")
                    && i + 4 < bare.end()
                    && tokens.get(i + 1).is("not")
                    && tokens.get(i + 2).is("distinct")
                    && tokens.get(i + 3).is("from")
                    && (i == bare.start() || !tokens.get(i - 1).isMark('.'))) {
                pair(new Part(bare.start(), i), new Part(i + 4, bare.end()), queries, found, part.end());
                return;
            }
            if (tokens.get(i).is("in")
                    && i > bare.start()
                    && !tokens.get(i - 1).is("not")
                    && !tokens.get(i - 1).isMark('.')
                    && tokens.get(i + 1).isMark('(')
                    && reader.partner(i + 1) == bare.end() - 1) {
                Part left = new Part(bare.start(), i);
                Statement query = queries.get(i + 1);
                if (query != null) {
                    found.add(new Conjunct(left, null, query, part.end()));
                } else if (list(new Part(i + 1, bare.end())).size() == 1) {
                    pair(left, new Part(i + 2, bare.end() - 1), queries, found, part.end());
                } else {
                    found.add(new Conjunct(left, null, null, list(new Part(i + 1, bare.end())), part.end()));
                }
                return;
            }
        }
    }

    private void pair(Part left, Part right, Map<Integer, Statement> queries, List<Conjunct> found, int end) {
        List<Part> lefts = list(bareRow(left));
        List<Part> rights = list(bareRow(right));
        Part element = onlyElement(right);
        if (element != null) {
            found.add(new Conjunct(bare(left), bare(element), null, end));
            return;
        }
        if (lefts.size() > 1 && lefts.size() == rights.size()) {
            for (int i = 0; i < lefts.size(); i++) {
                pair(lefts.get(i), rights.get(i), queries, found, end);
            }
            return;
        }
        Part one = bare(left);
        Part other = bare(right);
        Statement query = other.start() == other.end() ? null : queries.get(right.start());
        if (query != null && reader.partner(right.start()) == right.end() - 1) {
            found.add(new Conjunct(one, null, query, end));
        } else {
            found.add(new Conjunct(one, other, null, end));
        }
    }

    /** The one element of {@code any (array [ … ])}; null if a part is anything else. */
    private @Nullable Part onlyElement(Part part) {
        int start = part.start();
        if (part.end() - start < 7
                || !tokens.get(start).is("any") && !tokens.get(start).is("some")
                || !tokens.get(start + 1).isMark('(')
                || reader.partner(start + 1) != part.end() - 1
                || !tokens.get(start + 2).is("array")
                || !tokens.get(start + 3).isMark('[')) {
            return null;
        }
        int close = reader.partner(start + 3);
        for (int i = start + 4; i < close; i++) {
            if (tokens.get(i).isMark(',')) {
                return null;
            }
        }
        return close == part.end() - 2 || isArrayCast(close + 1, part.end() - 1) ? new Part(start + 4, close) : null;
    }

    // ::uuid[]
    private boolean isArrayCast(int start, int end) {
        return end - start == 4
                && tokens.get(start).isOperator("::")
                && FAITHFUL_CASTS.contains(tokens.get(start + 1).word)
                && tokens.get(start + 2).isMark('[')
                && tokens.get(start + 3).isMark(']');
    }

    // row (a, b) is (a, b)
    private Part bareRow(Part part) {
        return part.end() - part.start() > 2 && tokens.get(part.start()).is("row")
                ? new Part(part.start() + 1, part.end())
                : part;
    }

    /** The position of an operator that stands once at the part's own depth, with no other operator beside it; else -1. */
    private int only(Part part, String operator) {
        int found = -1;
        for (int i = part.start(); i < part.end(); i++) {
            Token token = tokens.get(i);
            if (reader.partner(i) > i) {
                i = reader.partner(i);
            } else if (token.isOperator(operator)) {
                if (found >= 0) {
                    return -1;
                }
                found = i;
            }
        }
        return found;
    }

    /** Whether something at the part's own depth binds weaker than AND: OR, or an assignment, which takes all behind it. */
    private boolean hasWeaker(Part part) {
        int cases = 0;
        for (int i = part.start(); i < part.end(); i++) {
            Token token = tokens.get(i);
            if (reader.partner(i) > i) {
                i = reader.partner(i);
            } else if (!(i > 0 && tokens.get(i - 1).isMark('.'))) {
                cases += token.is("case") ? 1 : token.is("end") && cases > 0 ? -1 : 0;
                if (cases == 0 && (token.is("or") || token.is("xor") || token.isOperator(":="))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether one more condition behind AND would be one for the whole. */
    boolean isConjunction(Expression condition) {
        return !hasWeaker(new Part(condition.start(), condition.end()));
    }

    /** A part without the parentheses that are around all of it. */
    Part bare(Part part) {
        int start = part.start();
        int end = part.end();
        while (end - start > 2 && tokens.get(start).isMark('(') && reader.partner(start) == end - 1) {
            start++;
            end--;
        }
        return new Part(start, end);
    }

    /** What commas part within parentheses around all of a part; empty if there are none around it. */
    private List<Part> list(Part part) {
        if (part.end() - part.start() < 3
                || !tokens.get(part.start()).isMark('(')
                || reader.partner(part.start()) != part.end() - 1) {
            return List.of();
        }
        List<Part> parts = new ArrayList<>();
        int start = part.start() + 1;
        for (int i = start; i < part.end(); i++) {
            if (reader.partner(i) > i) {
                i = reader.partner(i);
            } else if (i == part.end() - 1 || tokens.get(i).isMark(',')) {
                parts.add(new Part(start, i));
                start = i + 1;
            }
        }
        return parts;
    }

    /** What is assigned together; empty if a part is no row. */
    List<Part> row(Part part) {
        return list(bareRow(part));
    }

    /** An id without a cast to a type of ids, and a null without any: the cast keeps it, or fails. */
    Part uncast(Part part) {
        Part bare = bare(part);
        if (bare.end() - bare.start() > 2
                && tokens.get(bare.end() - 2).isOperator("::")
                && KEEPING_CASTS.contains(tokens.get(bare.end() - 1).word)) {
            return bare(new Part(bare.start(), bare.end() - 2));
        }
        if (bare.end() - bare.start() < 6
                || !tokens.get(bare.start()).is("cast")
                || reader.partner(bare.start() + 1) != bare.end() - 1) {
            return bare;
        }
        for (int i = bare.end() - 2; i > bare.start() + 1; i--) {
            if (tokens.get(i).is("as")) {
                Part inside = bare(new Part(bare.start() + 2, i));
                boolean kept = tokens.get(inside.start()).is("null")
                        || i + 3 == bare.end() && KEEPING_CASTS.contains(tokens.get(i + 1).word);
                return kept ? inside : bare;
            }
        }
        return bare;
    }

    /** One of so many values in a row; null if a part is no such row. */
    @Nullable Part ofRow(Part part, int size, int index) {
        List<Part> values = list(bareRow(part));
        return values.size() == size ? values.get(index) : null;
    }

    /** A column, if a part is nothing else. */
    record Column(@Nullable SqlName qualifier, SqlName name) {}

    @Nullable Column column(Part part) {
        Part bare = bare(part);
        int length = bare.end() - bare.start();
        if (length < 1 || length % 2 == 0 || length > 7) {
            return null;
        }
        for (int i = bare.start(); i < bare.end(); i++) {
            Token token = tokens.get(i);
            if ((i - bare.start()) % 2 == 0 ? !token.isName() : !token.isMark('.')) {
                return null;
            }
        }
        return new Column(
                length == 1 ? null : tokens.get(bare.end() - 3).name(),
                tokens.get(bare.end() - 1).name());
    }

    /** A value, if a part is nothing else: a parameter or a literal, perhaps cast to a type that keeps it as it is. */
    @Nullable Value value(Part part) {
        return value(part, null, 0);
    }

    private @Nullable Value value(Part part, @Nullable String type, int longest) {
        Part bare = bare(part);
        int length = bare.end() - bare.start();
        if (length < 1) {
            return null;
        }
        Token first = tokens.get(bare.start());
        if (length == 1) {
            return switch (first.kind) {
                case PARAMETER -> new Value(first.parameter, null, false, type, longest);
                case STRING -> new Value(0, first.text, false, type, longest);
                case NUMBER -> isWhole(first.text) ? new Value(0, first.text, true, type, longest) : null;
                default -> null;
            };
        }
        if (length == 2 && first.isOperator("-") && isWhole(tokens.get(bare.start() + 1).text)) {
            return new Value(0, "-" + tokens.get(bare.start() + 1).text, true, type, longest);
        }
        if (first.is("cast")
                && tokens.get(bare.start() + 1).isMark('(')
                && reader.partner(bare.start() + 1) == bare.end() - 1) {
            for (int i = bare.end() - 2; i > bare.start() + 1; i--) {
                if (tokens.get(i).is("as")) {
                    return cast(new Part(bare.start() + 2, i), new Part(i + 1, bare.end() - 1), type);
                }
            }
            return null;
        }
        for (int i = bare.end() - 1; i > bare.start(); i--) {
            if (tokens.get(i).isOperator("::")) {
                return cast(new Part(bare.start(), i), new Part(i + 1, bare.end()), type);
            }
        }
        return null;
    }

    private static boolean isWhole(String number) {
        return number.matches("[0-9]{1,18}");
    }

    private @Nullable Value cast(Part value, Part type, @Nullable String outer) {
        StringBuilder name = new StringBuilder();
        int longest = 0;
        for (int i = type.start(); i < type.end(); i++) {
            Token token = tokens.get(i);
            if (token.isMark('(') && i + 3 == type.end() && tokens.get(i + 1).kind == Kind.NUMBER) {
                String length = tokens.get(i + 1).text;
                if (!isWhole(length) || length.length() > 9) {
                    return null;
                }
                longest = Integer.parseInt(length);
                break;
            }
            if (token.kind != Kind.WORD) {
                return null;
            }
            name.append(name.isEmpty() ? "" : " ").append(token.text.toLowerCase(Locale.ROOT));
        }
        String kind = name.toString();
        boolean text = kind.equals("varchar") || kind.equals("text") || kind.equals("character varying");
        // Of two casts, the second would have to be judged by what the first made of the value.
        return outer == null && FAITHFUL_CASTS.contains(kind) && (longest == 0 || text)
                ? value(value, kind, longest)
                : null;
    }
}

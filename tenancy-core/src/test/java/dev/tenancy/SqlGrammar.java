package dev.tenancy;

import dev.tenancy.SqlProductions.Binding;
import dev.tenancy.SqlProductions.Kind;
import dev.tenancy.SqlProductions.Level;
import dev.tenancy.SqlProductions.Production;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Composes one statement over the oracle's tables. It says the tenant in each block for each owned table by a plain conjunct, or
 * holds one planted attack. Each choice is recorded, and the first of each is the simplest, so that a statement can be made smaller
 * by making choices smaller.
 */
final class SqlGrammar {

    /** A text with the values of its parameters. */
    record Step(String sql, List<Object> values) {

        @Override
        public String toString() {
            return values.isEmpty() ? sql : sql + "  -- " + values;
        }
    }

    /**
     * Statements that are run one after the other, in most cases one.
     *
     * @param attack what was planted, and in which production; null if nothing was
     * @param productions those that are in it, the plainest aside
     * @param choices from which it can be composed again
     */
    record Sentence(List<Step> steps, String attack, Set<String> productions, int[] choices) {}

    /** What decides between alternatives. */
    private static final class Choices {

        private static final int MOST = 4_000;
        private final SplittableRandom random;
        private final int[] given;
        private int[] made = new int[128];
        private int count;

        Choices(SplittableRandom random, int... given) {
            this.random = random;
            this.given = given;
        }

        int below(int bound) {
            int choice = count >= MOST
                    ? 0
                    : random != null ? random.nextInt(bound) : count < given.length ? given[count] % bound : 0;
            if (count == made.length) {
                made = Arrays.copyOf(made, count * 2);
            }
            if (count < MOST) {
                made[count++] = choice;
            }
            return choice;
        }
    }

    /** What a query yields: a row for each of its rows, for each group, or a single one. */
    private enum Rows {
        EACH,
        GROUPS,
        ONE
    }

    private enum Attack {
        NONE,
        SUB_QUERY,
        CONDITION,
        PLACE,
        TRICK,
        DANGER,
        STATEMENT
    }

    private static final Attack[] ATTACKS = {
        Attack.NONE,
        Attack.NONE,
        Attack.NONE,
        Attack.NONE,
        Attack.SUB_QUERY,
        Attack.SUB_QUERY,
        Attack.SUB_QUERY,
        Attack.CONDITION,
        Attack.CONDITION,
        Attack.CONDITION,
        Attack.CONDITION,
        Attack.PLACE,
        Attack.PLACE,
        Attack.TRICK,
        Attack.DANGER,
        Attack.STATEMENT
    };
    private static final List<Kind> TYPES =
            List.of(Kind.INT, Kind.TEXT, Kind.BOOL, Kind.JSON, Kind.ARRAY, Kind.UUID, Kind.DATE);
    private static final AtomicLong NUMBERS = new AtomicLong();

    private record Column(String name, Kind type) {}

    private static final List<Column> ALL_COLUMNS = List.of(
            new Column("id", Kind.INT),
            new Column("name", Kind.TEXT),
            new Column("amount", Kind.INT),
            new Column("data", Kind.JSON),
            new Column("tags", Kind.ARRAY),
            new Column("ref", Kind.INT),
            new Column("partner_id", Kind.UUID));

    /** What stands in FROM. {@code table}: the owned table, as it is spelled, if it is one. {@code key}: what no two rows share. */
    private record Source(String text, String alias, List<Column> columns, String table, List<String> key) {

        boolean isOwned() {
            return table != null;
        }
    }

    private record Scope(List<Source> sources, Scope outer) {

        List<String> totalOrder() {
            return sources.isEmpty()
                            || sources.stream().anyMatch(one -> one.key().isEmpty())
                    ? List.of()
                    : sources.stream()
                            .flatMap(one -> one.key().stream().map(column -> one.alias() + "." + column))
                            .toList();
        }
    }

    private record Text(String sql, Binding binding) {}

    private record Query(String sql, List<Column> columns) {}

    /** A join, or one source. */
    private static final class Join {
        final Source source;
        final Join left;
        final Join right;
        final String kind;
        final List<String> on = new ArrayList<>();
        Join parent;

        Join(Source source) {
            this(source, null, null, "");
        }

        Join(Join left, Join right, String kind) {
            this(null, left, right, kind);
            left.parent = this;
            right.parent = this;
        }

        private Join(Source source, Join left, Join right, String kind) {
            this.source = source;
            this.left = left;
            this.right = right;
            this.kind = kind;
        }

        boolean hasOn() {
            return kind.endsWith("join") && !kind.startsWith("cross") && !kind.startsWith("natural");
        }

        /** Whether a condition of one side's in ON keeps that side's other rows out. */
        boolean restricts(Join side) {
            return hasOn()
                    && !kind.startsWith("full")
                    && (!kind.startsWith("left") || side == right)
                    && (!kind.startsWith("right") || side == left);
        }

        List<Join> leaves() {
            return source != null
                    ? List.of(this)
                    : Stream.concat(left.leaves().stream(), right.leaves().stream())
                            .toList();
        }
    }

    private final SqlProductions productions;
    private final boolean postgres;
    private final String secretFile;
    private final Choices choices;
    private final Set<String> used = new TreeSet<>();
    private final Deque<String> inside = new ArrayDeque<>();
    private final List<Source> named = new ArrayList<>();
    private boolean ownsNothing;
    private Attack attack;
    private int untilAttack;
    private String planted;
    private int aliases;
    private final long number = NUMBERS.incrementAndGet();

    private SqlGrammar(SqlProductions productions, boolean postgres, String secretFile, Choices choices) {
        this.productions = productions;
        this.postgres = postgres;
        this.secretFile = secretFile;
        this.choices = choices;
    }

    /** Makes statements for one database. */
    record Composer(SqlProductions productions, boolean postgres, String secretFile) {

        Sentence compose(long seed, long number) {
            return compose(new Choices(new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number)));
        }

        Sentence again(int... choices) {
            return compose(new Choices(null, choices));
        }

        private Sentence compose(Choices choices) {
            return new SqlGrammar(productions, postgres, secretFile, choices).sentence();
        }
    }

    private Sentence sentence() {
        attack = ATTACKS[choices.below(ATTACKS.length)];
        untilAttack = choices.below(
                switch (attack) {
                    case SUB_QUERY, DANGER -> 10;
                    case CONDITION -> 3;
                    default -> 1;
                });
        ownsNothing = attack == Attack.NONE && choices.below(8) == 7;
        String text = attack == Attack.STATEMENT ? whole(Kind.HOSTILE) : statement();
        List<Step> steps = Stream.of(text.replace("¦", "\n").split(" ¶ "))
                .map(SqlGrammar::step)
                .toList();
        return new Sentence(steps, planted, used, Arrays.copyOf(choices.made, choices.count));
    }

    private String statement() {
        int kind = choices.below(20);
        if (kind >= 18) {
            return whole(Kind.HONEST);
        } else if (ownsNothing || kind < 9) {
            return query(types(), null, depth(), true).sql();
        } else if (kind < 14) {
            return with();
        }
        return changing(kind % 4, true);
    }

    // What an attack yields is easily lost in a large statement.
    private int depth() {
        return attack == Attack.NONE ? 3 : 2;
    }

    private String whole(Kind kind) {
        Production one = any(productions.of(kind, Level.ANYWHERE));
        used.add(one.template());
        if (kind == Kind.HOSTILE) {
            planted = "statement: " + one.template();
        }
        return fill(one, new Scope(List.of(), null), 2, null).sql();
    }

    // ---- parameters: marked in the text until it is complete

    private static String parameter(Object value) {
        return "\u0001" + (value instanceof UUID ? 'U' : value instanceof Integer ? 'I' : 'S') + value + "\u0002";
    }

    private static Step step(String marked) {
        StringBuilder sql = new StringBuilder();
        List<Object> values = new ArrayList<>();
        int at = 0;
        for (int start = marked.indexOf('\u0001'); start >= 0; start = marked.indexOf('\u0001', at)) {
            int end = marked.indexOf('\u0002', start);
            String value = marked.substring(start + 2, end);
            char type = marked.charAt(start + 1);
            values.add(type == 'U' ? UUID.fromString(value) : type == 'I' ? (Object) Integer.valueOf(value) : value);
            sql.append(marked, at, start).append('?');
            at = end + 1;
        }
        return new Step(sql.append(marked.substring(at)).toString(), values);
    }

    private static String quoted(UUID tenant) {
        return "'" + tenant + "'";
    }

    // ---- choices

    private <T> T any(List<T> some) {
        return some.get(choices.below(some.size()));
    }

    private String any(String... some) {
        String one = some[choices.below(some.length)];
        if (!one.equals(some[0]) && !one.isBlank()) {
            used.add(one.strip());
        }
        return one;
    }

    private boolean now(int outOf) {
        return choices.below(outOf) == outOf - 1;
    }

    private List<Kind> types() {
        return Stream.generate(() -> any(TYPES)).limit(1 + choices.below(3)).toList();
    }

    /** A space, or what databases take for one. */
    private String space() {
        return switch (choices.below(120)) {
            case 116 -> any(" ", " /* x */ ", "/**/", " /* 'q */ ", " /* \"q */ ", " /* ; */ ");
            case 117 -> any(" ", " -- c 'q¦", " --c¦", "¦", "\t", " /* -- */ ");
            case 118 -> any(" ", " /* /* */ ' */ ", " /* $$ */ ");
            case 119 -> postgres ? "¦¦" : any(" ", " // c 'q¦", " //¦");
            default -> " ";
        };
    }

    private String attacked(String what) {
        planted = what + (inside.isEmpty() ? "" : " in " + inside.peek());
        used.add(planted);
        return planted;
    }

    private boolean isDue(Attack kind) {
        return attack == kind && planted == null && untilAttack-- <= 0;
    }

    // ---- expressions

    private String part(Kind type, Scope scope, int depth) {
        Text text = expression(type, Level.ANYWHERE, scope, depth);
        return text.binding() == Binding.LOOSE || text.binding() == Binding.OPERATOR && choices.below(3) < 2
                ? "(" + text.sql() + ")"
                : text.sql();
    }

    /** One that stands between ANDs. */
    private String conjunct(Scope scope, int depth) {
        Text text = expression(Kind.BOOL, Level.ANYWHERE, scope, depth);
        return text.binding() == Binding.LOOSE ? "(" + text.sql() + ")" : text.sql();
    }

    private Text expression(Kind type, Level level, Scope scope, int depth) {
        if (level == Level.ANYWHERE && isDue(Attack.SUB_QUERY)) {
            attacked("sub-query");
            return new Text(naked(type), Binding.ATOM);
        }
        if (level == Level.ANYWHERE && type == Kind.TEXT && isDue(Attack.DANGER)) {
            Production danger = any(productions.of(Kind.DANGER, Level.ANYWHERE));
            attacked(danger.template());
            return new Text(fill(danger, scope, 0, null).sql(), danger.binding());
        }
        List<Production> possible = productions.of(type, level);
        if (level == Level.ANYWHERE && (depth <= 0 || choices.below(5) < 2) || possible.isEmpty()) {
            return new Text(leaf(type, scope), Binding.ATOM);
        }
        Production one = any(possible);
        if (one.template().contains("§K") && scope.totalOrder().isEmpty()
                || one.template().contains("§w") && row(scope) == null) {
            return new Text(leaf(type, scope), Binding.ATOM);
        }
        used.add(one.template());
        return fill(one, scope, depth - 1, null);
    }

    private String leaf(Kind type, Scope scope) {
        int choice = choices.below(8);
        Scope from =
                choice == 6 && scope.outer() != null && !scope.outer().sources().isEmpty() ? scope.outer() : scope;
        List<String> columns = new ArrayList<>();
        for (Source source : from.sources()) {
            for (Column column : source.columns()) {
                if (column.type() == type) {
                    columns.add(source.alias() + "." + column.name());
                }
            }
        }
        if (choice != 5 && choice != 7 && !columns.isEmpty()) {
            return any(columns);
        }
        return switch (type) {
            case INT -> choice == 7 ? typed(parameter(choices.below(9)), "int") : String.valueOf(choices.below(9));
            case TEXT ->
                choice == 7 ? typed(parameter("o" + choices.below(3)), "varchar") : any("'x'", "'own-b1'", "'%'", "''");
            case BOOL -> any("true", "(1 = 1)", "(null is null)");
            case JSON ->
                postgres ? any("'{\"k\":\"x\"}'::jsonb", "jsonb '[1,2]'") : any("json '{\"k\":\"x\"}'", "json '[1,2]'");
            case ARRAY -> any("array['x', 'own-b1']", "array['y']");
            case UUID -> "cast(" + (choice == 7 ? parameter(OracleTables.B) : quoted(OracleTables.B)) + " as uuid)";
            default -> any("date '2024-01-02'", "cast('2024-03-04' as date)");
        };
    }

    private String typed(String parameter, String type) {
        return postgres && choices.below(2) == 0 ? parameter : "cast(" + parameter + " as " + type + ")";
    }

    /** Reads what no condition restricts. */
    private String naked(Kind type) {
        String from = " from " + table(any(OracleTables.owned())) + " z";
        String ordered = " order by z.name";
        return switch (type) {
            case INT ->
                any(
                        "(select case when max(z.amount) > 100 then 1 else 2 end" + from + ")",
                        "(select max(z.amount)" + from + ")",
                        "(select cast(count(*) as int)" + from + ")");
            case BOOL -> any("exists (select 1" + from + " where z.id > 3)", "(5 in (select z.id" + from + "))");
            case JSON ->
                postgres
                        ? "(select jsonb_agg(z.name" + ordered + ")" + from + ")"
                        : "(select json_arrayagg(z.name" + ordered + ")" + from + ")";
            case ARRAY ->
                any(
                        "array(select z.name" + from + ordered + ")",
                        "(select array_agg(z.name" + ordered + ")" + from + ")");
            case UUID -> "(select z.partner_id" + from + ordered + " fetch first 1 row only)";
            case DATE ->
                postgres
                        ? "(select date '2024-01-01' + max(z.amount)" + from + ")"
                        : "(select dateadd(day, max(z.amount), date '2024-01-01')" + from + ")";
            default ->
                any(
                        "(select max(z.name)" + from + ")",
                        "(select case when max(z.amount) > 100 then 'k' else 'z' end" + from + ")",
                        "(select z.name" + from + ordered + " desc fetch first 1 row only)",
                        "(select '' || min(z.name) from (table customer) z)");
        };
    }

    private Source row(Scope scope) {
        return scope.sources().stream()
                .filter(one -> one.columns() == ALL_COLUMNS)
                .findFirst()
                .orElse(null);
    }

    private Text fill(Production production, Scope scope, int depth, Source restricted) {
        inside.push(production.template());
        String template = production.template();
        StringBuilder text = new StringBuilder();
        String last = "";
        for (int at = 0; at < template.length(); at++) {
            if (template.charAt(at) != '§') {
                text.append(template.charAt(at));
                continue;
            }
            char code = template.charAt(++at);
            if (code == 'Q' || code == 'L') {
                Kind type = Kind.of(template.charAt(++at));
                text.append(
                        code == 'Q'
                                ? single(type, scope, depth)
                                : query(List.of(type), scope, depth, false).sql());
                continue;
            }
            last = code == '=' ? last : filled(code, scope, depth, restricted);
            text.append(last);
        }
        inside.pop();
        return new Text(text.toString(), production.binding());
    }

    private String filled(char code, Scope scope, int depth, Source restricted) {
        return switch (code) {
            case 'M' -> query(List.of(Kind.INT, Kind.TEXT), scope, depth, false).sql();
            case 'q' -> query(List.of(Kind.INT), scope, depth, false).sql();
            case 'T' -> table(any(OracleTables.owned()));
            case 'G' -> table(any(OracleTables.global()));
            case 'K' -> String.join(", ", scope.totalOrder());
            case 'w' -> row(scope).alias();
            case 'o' -> operator(scope, depth);
            case '?' -> parameter(OracleTables.B);
            case '!' -> parameter(OracleTables.A);
            case 'B' -> quoted(OracleTables.B);
            case 'A' -> quoted(OracleTables.A);
            case 'p' -> parameter("o");
            case 'C' -> plainCondition(restricted);
            case 'F' -> restricted.alias() + ".tenant_id = ?";
            case 'x' -> restricted.columns().isEmpty() ? restricted.alias() : restricted.alias() + ".tenant_id";
            case 'k' -> restricted.alias() + "." + restricted.key().get(0);
            case 'c' -> restricted.alias() + ".ctid";
            case 's' -> restricted == null ? any(OracleTables.owned()) : restricted.table();
            case 'f' -> secretFile;
            case 'N' -> String.valueOf(number);
            default -> part(Kind.of(code), scope, depth);
        };
    }

    private String operator(Scope scope, int depth) {
        List<Production> operators = productions.of(Kind.BOOL, Level.ANYWHERE).stream()
                .filter(one ->
                        one.binding() == Binding.OPERATOR && !one.template().contains("§w"))
                .toList();
        Production one = any(operators);
        planted = "… and " + one.template() + " or true";
        return fill(one, scope, 0, null).sql();
    }

    // ---- tables

    /** As it can be spelled. */
    private String table(String name) {
        String bare = name.replace("\"", "");
        boolean reserved = name.startsWith("\"");
        String quoted = reserved ? name : "\"" + (postgres ? bare : bare.toUpperCase(Locale.ROOT)) + "\"";
        return switch (choices.below(16)) {
            case 11 -> reserved ? name : tagged("NAME", bare.toUpperCase(Locale.ROOT));
            case 12 -> tagged("\"name\"", quoted);
            case 13 -> tagged("public.name", "public." + name);
            case 14 ->
                reserved || !postgres ? name : tagged("name cut off", bare.length() == 63 ? bare + "more" : bare);
            case 15 ->
                reserved || ownsNothing && now(2)
                        ? name
                        : tagged("U&\"name\"", "U&\"" + escaped(quoted.substring(1, quoted.length() - 1)) + "\"");
            default -> name;
        };
    }

    private static String escaped(String name) {
        return name.charAt(0) + String.format("\\%04x", (int) name.charAt(1)) + name.substring(2);
    }

    private String tagged(String tag, String text) {
        used.add(tag);
        return text;
    }

    private String alias(boolean first) {
        aliases++;
        return switch (choices.below(10)) {
            case 7 -> tagged("aliäs", "ä" + aliases);
            case 8 -> tagged("\"Alias\"", "\"X" + aliases + "\"");
            case 9 -> first ? tagged("same alias as outside", "x1") : "x" + aliases;
            default -> "x" + aliases;
        };
    }

    private Source source(Scope outer, List<Source> beside, int depth, boolean first) {
        int kind = choices.below(16);
        String alias = alias(first);
        if (kind >= 14 && !named.isEmpty() || !named.isEmpty() && kind == 0) {
            Source query = any(named);
            return new Source(query.text() + " " + alias, alias, query.columns(), null, List.of());
        } else if (kind == 13) {
            Production one = any(productions.of(Kind.FROM, Level.ANYWHERE));
            used.add(one.template());
            Source self = new Source("", alias, List.of(), null, List.of());
            String text = fill(one, new Scope(beside, null), depth - 1, self).sql();
            List<Column> columns = Stream.of(new Column("id", Kind.INT), new Column("name", Kind.TEXT))
                    .filter(column -> one.template().matches(".*\\b" + column.name() + "\\b.*"))
                    .toList();
            return new Source(text, alias, columns, null, List.of());
        } else if ((kind == 11 || kind == 12) && depth > 0) {
            boolean lateral = postgres && !beside.isEmpty() && now(2);
            Query query = query(types(), lateral ? new Scope(beside, outer) : null, depth - 1, now(3));
            used.add(lateral ? "lateral" : "(select …) in FROM");
            return new Source(
                    (lateral ? "lateral (" : "(") + query.sql() + ") " + alias,
                    alias,
                    query.columns(),
                    null,
                    List.of());
        } else if (ownsNothing || kind == 9 || kind == 10) {
            String table = table(any(OracleTables.global()));
            return new Source(table + " " + alias, alias, ALL_COLUMNS, null, List.of("id"));
        } else if (kind == 8) {
            List<String> part = any(OracleTables.dependent());
            used.add(part.get(0));
            List<Column> columns = List.of(new Column(part.get(1), Kind.INT), new Column(part.get(2), Kind.TEXT));
            List<String> key = part.get(1).equals("id") ? List.of("id") : part.subList(1, 3);
            return new Source(part.get(0) + " " + alias, alias, columns, part.get(0), key);
        }
        String table = table(any(unnamed()));
        if (isDue(Attack.TRICK)) {
            Production trick = any(productions.of(Kind.TRICK, Level.ANYWHERE));
            attacked(trick.template());
            Source self = new Source("", alias, List.of(), table, List.of("id"));
            return new Source(fill(trick, outer, 0, self).sql(), alias, ALL_COLUMNS, table, List.of("id"));
        }
        String as = any(" ", " as ");
        String only = postgres && now(12) ? tagged("only", "only ") : "";
        String sample = postgres && now(20) ? tagged("tablesample", " tablesample system (100)") : "";
        return new Source(only + table + as + alias + sample, alias, ALL_COLUMNS, table, List.of("id"));
    }

    // Those whose names WITH has not given to something else.
    private List<String> unnamed() {
        return OracleTables.owned().stream()
                .filter(table -> named.stream().noneMatch(query -> query.text().equals(table)))
                .toList();
    }

    private String plainCondition(Source source) {
        String column = source.alias() + "."
                + (now(12) ? tagged("\"column\"", postgres ? "\"tenant_id\"" : "\"TENANT_ID\"") : "tenant_id");
        return switch (choices.below(6)) {
            case 4 -> column + " = " + quoted(OracleTables.B);
            case 5 -> "(" + column + " = " + parameter(OracleTables.B) + ")";
            default -> column + " = " + parameter(OracleTables.B);
        };
    }

    private String condition(Source source, Scope scope) {
        if (!isDue(Attack.CONDITION)) {
            return plainCondition(source);
        }
        Production weak = any(productions.of(Kind.WEAK, Level.ANYWHERE));
        attacked("condition: " + weak.template());
        String kind = planted;
        String text = fill(weak, scope, 1, source).sql();
        planted = planted.equals(kind) ? kind : "condition: " + planted;
        return text;
    }

    // ---- FROM

    private Join join(Scope outer, int depth) {
        int sources = 1 + Math.max(0, choices.below(depth > 1 ? 5 : 3) - 1);
        Join join = new Join(source(outer, List.of(), depth, true));
        for (int i = 1; i < sources; i++) {
            List<Source> beside = join.leaves().stream().map(one -> one.source).toList();
            String kind = any(
                    "join",
                    "left join",
                    "inner join",
                    "cross join",
                    "left outer join",
                    "right join",
                    postgres ? "full join" : "left join");
            boolean nested = now(4);
            boolean sees = !nested && !kind.startsWith("right") && !kind.startsWith("full");
            Join right = new Join(source(outer, sees ? beside : List.of(), depth, false));
            if (nested) {
                Join more = new Join(source(outer, List.of(), depth, false));
                right = new Join(right, more, any("join", "left join", "right join"));
                used.add("nested join");
            }
            String columns = shared(join, right);
            join = new Join(join, right, columns.isEmpty() || !now(3) ? kind : columns);
        }
        return join;
    }

    /** How two tables are joined by columns of one name. */
    private String shared(Join left, Join right) {
        if (left.source == null
                || right.source == null
                || left.source.columns() != ALL_COLUMNS
                || right.source.columns() != ALL_COLUMNS) {
            return "";
        }
        boolean owned = left.source.isOwned() && right.source.isOwned();
        return any(
                "natural join",
                "using (id)",
                owned ? "using (tenant_id, id)" : "using (id)",
                "natural left join",
                postgres ? "using (tenant_id, id) as j" + ++aliases : "using (id)");
    }

    private void restrict(Join join, List<String> where, Scope scope) {
        for (Join leaf : join.leaves()) {
            if (!leaf.source.isOwned()) {
                continue;
            }
            if (join != leaf && isHeldByColumns(leaf) || isHeldByAnother(leaf, join, where, scope)) {
                continue;
            }
            List<List<String>> places = new ArrayList<>(List.of(where));
            List<List<String>> wrong = new ArrayList<>();
            List<String> shapes = new ArrayList<>();
            for (Join side = leaf; side.parent != null; side = side.parent) {
                if (side.parent.restricts(side)) {
                    places.add(side.parent.on);
                } else if (side.parent.hasOn()) {
                    wrong.add(side.parent.on);
                    shapes.add((side == side.parent.left ? "left" : "right") + " of " + side.parent.kind);
                }
            }
            if (!wrong.isEmpty() && isDue(Attack.PLACE)) {
                int place = choices.below(wrong.size());
                attacked("tenant condition in ON: " + shapes.get(place));
                wrong.get(place).add(plainCondition(leaf.source));
            } else {
                List<String> place = any(places);
                place.add(
                        choices.below(place.size() + 1),
                        condition(leaf.source, new Scope(scope.sources(), scope.outer())));
            }
        }
    }

    /** Whether the columns by which it is joined are the tenant's as well, and another condition may be left out. */
    private boolean isHeldByColumns(Join leaf) {
        boolean joined = leaf.parent.right == leaf
                && leaf.parent.left.source != null
                && leaf.parent.left.source.isOwned()
                && (leaf.parent.kind.startsWith("using (tenant_id") || leaf.parent.kind.startsWith("natural"));
        return joined && now(2) && used.add("held by USING");
    }

    /** Names the tenant by that of the first table, or of one outside, in place of a value. */
    private boolean isHeldByAnother(Join leaf, Join join, List<String> where, Scope scope) {
        List<Source> others = new ArrayList<>();
        Join first = join.leaves().get(0);
        if (leaf != first && first.source.isOwned()) {
            others.add(first.source);
        } else if (scope.outer() != null) {
            scope.outer().sources().stream()
                    .filter(Source::isOwned)
                    .filter(one -> scope.sources().stream()
                            .noneMatch(other -> bare(other).equalsIgnoreCase(bare(one))))
                    .forEach(others::add);
        }
        if (others.isEmpty() || attack == Attack.CONDITION || attack == Attack.PLACE || !now(4)) {
            return false;
        }
        String left = leaf.source.alias() + ".tenant_id";
        String right = others.get(0).alias() + ".tenant_id";
        where.add(
                choices.below(where.size() + 1),
                tagged("t.tenant_id = s.tenant_id", now(2) ? left + " = " + right : right + " = " + left));
        return true;
    }

    private static String bare(Source source) {
        return source.alias().replace("\"", "");
    }

    private void conditions(Join join, int depth) {
        if (join.source != null) {
            return;
        }
        conditions(join.left, depth);
        conditions(join.right, depth);
        if (join.hasOn()) {
            Scope scope =
                    new Scope(join.leaves().stream().map(one -> one.source).toList(), null);
            inside.push("on");
            join.on.add(now(4) ? conjunct(scope, depth - 1) : ids(join));
            inside.pop();
        }
    }

    private static String ids(Join join) {
        Source left = join.left.leaves().get(0).source;
        Source right = join.right.leaves().get(0).source;
        return left.key().isEmpty() || right.key().isEmpty()
                ? "true"
                : left.alias() + "." + left.key().get(0) + " = " + right.alias() + "."
                        + right.key().get(0);
    }

    private String text(Join join) {
        if (join.source != null) {
            return join.source.text();
        }
        String right = text(join.right);
        if (join.right.source == null && !now(2)) {
            right = "(" + right + ")";
        }
        boolean using = join.kind.startsWith("using");
        String on =
                join.hasOn() ? space() + "on " + String.join(space() + "and ", join.on) : using ? " " + join.kind : "";
        return text(join.left) + space() + (using ? "join" : join.kind) + " " + right + on;
    }

    // ---- queries

    /** @param whole whether it may have an order, a limit, locks */
    private Query query(List<Kind> types, Scope outer, int depth, boolean whole) {
        if (depth > 0 && now(8)) {
            String operation =
                    any(" union all ", " union ", " except ", " intersect ", " except all ", " intersect all ");
            Query first = block(types, outer, depth - 1, false, Rows.EACH);
            Query second = block(types, outer, depth - 1, false, Rows.EACH);
            String sql = now(2)
                    ? "(" + first.sql() + ")" + operation + "(" + second.sql() + ")"
                    : first.sql() + operation + second.sql();
            return new Query(sql, first.columns());
        }
        return block(types, outer, depth, whole, now(5) ? Rows.GROUPS : Rows.EACH);
    }

    private String single(Kind type, Scope outer, int depth) {
        return "(" + block(List.of(type), outer, depth, false, Rows.ONE).sql() + ")";
    }

    private Query block(List<Kind> types, Scope outer, int depth, boolean whole, Rows rows) {
        boolean aggregated = rows != Rows.EACH;
        Join join = join(outer, depth);
        List<Source> sources = join.leaves().stream().map(one -> one.source).toList();
        Scope scope = new Scope(sources, outer);
        conditions(join, depth);
        List<String> where = new ArrayList<>();
        for (int i = choices.below(depth == 3 ? 3 : 2); i > 0; i--) {
            inside.push("where");
            where.add(conjunct(scope, depth));
            inside.pop();
        }
        restrict(join, where, scope);
        List<Column> columns = new ArrayList<>();
        List<String> items = new ArrayList<>();
        Level level = aggregated ? Level.AGGREGATE : Level.ANYWHERE;
        for (Kind type : types) {
            boolean window = !aggregated
                    && depth > 0
                    && now(6)
                    && !productions.of(type, Level.WINDOW).isEmpty();
            inside.push("select");
            Text item =
                    expression(type, window ? Level.WINDOW : level, aggregated || window ? bare(scope) : scope, depth);
            inside.pop();
            columns.add(new Column("k" + columns.size(), type));
            String label = now(24) ? tagged("label without AS", " ") : " as ";
            items.add((label.isBlank() ? "(" + item.sql() + ")" : item.sql()) + label + "k" + (columns.size() - 1));
        }
        String from = space() + "from" + space() + text(join);
        String window = "";
        String condition =
                where.isEmpty() ? "" : space() + "where" + space() + String.join(space() + "and" + space(), where);
        if (depth > 0 && !aggregated && now(12)) {
            inside.push("window");
            used.add("window");
            window = " window v" + ++aliases + " as (order by " + part(Kind.INT, scope, depth - 1) + ")";
            inside.pop();
        }
        String distinct = whole && !aggregated ? any("", "distinct ", "all ") : "";
        String tail = rows == Rows.GROUPS
                ? grouping(scope, depth) + window
                : window + (whole && !aggregated ? tail(scope, items.size(), distinct, depth) : "");
        return new Query("select" + space() + distinct + String.join(", ", items) + from + condition + tail, columns);
    }

    // An aggregate belongs to the query whose columns it takes.
    private static Scope bare(Scope scope) {
        return new Scope(scope.sources(), null);
    }

    private String grouping(Scope scope, int depth) {
        List<String> columns = scope.sources().stream()
                .flatMap(one -> one.columns().stream()
                        .filter(column -> column.type() == Kind.INT || column.type() == Kind.TEXT)
                        .map(column -> one.alias() + "." + column.name()))
                .toList();
        if (columns.isEmpty() || now(2)) {
            return "";
        }
        String by = any(columns);
        String sets = !postgres ? by : any("", "rollup ", "cube ", "grouping sets ") + "(" + by + ")";
        inside.push("having");
        String having = now(3)
                ? " having "
                        + expression(Kind.BOOL, Level.AGGREGATE, bare(scope), depth - 1)
                                .sql()
                : "";
        inside.pop();
        return " group by " + sets + having;
    }

    private String tail(Scope scope, int items, String distinct, int depth) {
        List<String> order = scope.totalOrder();
        boolean bounded = !order.isEmpty() && distinct.isBlank() && now(3);
        if (bounded) {
            inside.push("limit");
            String limit = any(
                    " fetch first 2 rows only",
                    " limit 2",
                    " limit 2 offset 1",
                    " offset 1 rows fetch next 1 rows only",
                    " fetch first 2 rows with ties",
                    " limit §");
            if (limit.endsWith("§")) {
                limit = " limit abs(" + part(Kind.INT, new Scope(List.of(), null), 1) + ")";
            }
            inside.pop();
            return " order by " + String.join(", ", order) + limit;
        }
        return switch (choices.below(8)) {
            case 5 -> " order by 1 desc nulls last";
            case 6 ->
                scope.sources().stream().allMatch(one -> one.columns() == ALL_COLUMNS)
                                && distinct.isBlank()
                                && scope.sources().size() == 1
                                && items > 0
                        ? any("", " for update", postgres ? " for share" : " for update")
                        : "";
            case 7 -> distinct.isBlank() ? " order by " + part(Kind.INT, scope, depth - 1) : "";
            default -> "";
        };
    }

    private String with() {
        List<String> queries = new ArrayList<>();
        String recursive = "";
        for (int i = 1 + choices.below(2); i > 0; i--) {
            String name = postgres && now(4)
                    ? tagged("with an owned table's name", any(List.of("customer", "doc")))
                    : "q" + i;
            if (named.stream().anyMatch(one -> one.text().equals(name))) {
                continue;
            }
            Source self;
            if (now(4)) {
                used.add("recursive");
                recursive = "recursive ";
                Query first = block(List.of(Kind.INT, Kind.TEXT), null, 1, false, Rows.EACH);
                queries.add(name + " (n, t) as (" + first.sql() + " union all select " + name + ".n + 1, " + name
                        + ".t from " + name + " where " + name + ".n < 4)");
                self = new Source(
                        name, "", List.of(new Column("n", Kind.INT), new Column("t", Kind.TEXT)), null, List.of());
            } else if (postgres && now(4)) {
                used.add("with … that writes");
                queries.add(name + " (n, t) as (" + changing(any(List.of(0, 1, 2)), false) + ")");
                self = new Source(
                        name, "", List.of(new Column("n", Kind.INT), new Column("t", Kind.TEXT)), null, List.of());
            } else {
                Query query = query(types(), null, 2, now(3));
                String materialized = postgres ? any("", "materialized ", "not materialized ") : "";
                queries.add(name + " as " + materialized + "(" + query.sql() + ")");
                self = new Source(name, "", query.columns(), null, List.of());
            }
            named.add(self);
        }
        return "with " + recursive + String.join(", ", queries) + " "
                + query(types(), null, 2, true).sql();
    }

    // ---- changes

    private String changing(int kind, boolean top) {
        String table = table(any(unnamed()));
        String alias = "w" + ++aliases;
        Source target = new Source(table, alias, ALL_COLUMNS, table, List.of("id"));
        boolean more = postgres && kind < 2 && now(3);
        Source other = more ? new Source(table + " y", "y", ALL_COLUMNS, table, List.of("id")) : null;
        Scope scope = new Scope(more ? List.of(target, other) : List.of(target), null);
        inside.push(new String[] {"update", "delete", "insert", "merge"}[kind]);
        used.add(inside.peek());
        String sql = switch (kind) {
            case 0 ->
                "update " + table + " as " + alias + " set " + sets(scope) + (more ? " from " + other.text() : "")
                        + where(scope);
            case 1 -> "delete from " + table + " " + alias + (more ? " using " + other.text() : "") + where(scope);
            case 2 -> insert(table, alias, scope);
            default -> merge(table, alias, scope);
        };
        if (postgres && kind < 3 && (!top || now(3))) {
            inside.push("returning");
            Scope row = new Scope(List.of(target), null);
            sql += " returning " + (top ? part(Kind.TEXT, row, 2) : alias + ".id, " + part(Kind.TEXT, row, 1));
            inside.pop();
        }
        inside.pop();
        return sql;
    }

    private String sets(Scope scope) {
        return switch (choices.below(6)) {
            case 1 -> {
                String own = scope.sources().get(0).alias() + ".tenant_id";
                yield "tenant_id = " + any(parameter(OracleTables.B), own, quoted(OracleTables.B)) + ", name = "
                        + part(Kind.TEXT, scope, 2);
            }
            case 2 -> "amount = " + part(Kind.INT, scope, 2) + ", tags = " + part(Kind.ARRAY, scope, 2);
            case 3 -> "data = " + part(Kind.JSON, scope, 2);
            case 4 -> "(amount, name) = (" + part(Kind.INT, scope, 1) + ", " + part(Kind.TEXT, scope, 1) + ")";
            case 5 ->
                "(amount, name) = ("
                        + block(List.of(Kind.INT, Kind.TEXT), scope, 1, false, Rows.ONE)
                                .sql() + ")";
            default -> "name = " + part(Kind.TEXT, scope, 2);
        };
    }

    private String where(Scope scope) {
        List<String> where = new ArrayList<>();
        if (scope.sources().size() > 1) {
            where.add("y.id = " + scope.sources().get(0).alias() + ".id");
        }
        for (int i = choices.below(3); i > 0; i--) {
            where.add(conjunct(scope, 2));
        }
        for (Source source : scope.sources()) {
            where.add(choices.below(where.size() + 1), condition(source, scope));
        }
        return space() + "where" + space() + String.join(space() + "and" + space(), where);
    }

    private String insert(String table, String alias, Scope scope) {
        Scope nothing = new Scope(List.of(), null);
        boolean few = now(4);
        boolean last = now(4);
        String columns = few
                ? last ? " (id, name, tenant_id)" : " (tenant_id, id, name)"
                : " (tenant_id, id, name, amount, data, tags)";
        String rest = (few ? Stream.of(Kind.TEXT) : Stream.of(Kind.TEXT, Kind.INT, Kind.JSON, Kind.ARRAY))
                .map(type -> part(type, nothing, 2))
                .collect(Collectors.joining(", "));
        String tenant = any(List.of(parameter(OracleTables.B), quoted(OracleTables.B)));
        String into = "insert into " + table + (postgres ? " as " + alias : "") + columns;
        if (now(3)) {
            Source from = new Source(table + " y", "y", ALL_COLUMNS, table, List.of("id"));
            Scope inner = new Scope(List.of(from), null);
            String row = few
                    ? from.alias() + ".id + 20, " + part(Kind.TEXT, inner, 2)
                    : from.alias() + ".id + 20, " + part(Kind.TEXT, inner, 2) + ", " + part(Kind.INT, inner, 2)
                            + ", null, null";
            String whose = now(2) ? tagged("insert … select tenant_id", "y.tenant_id") : tenant;
            return into + " select " + (few && last ? row + ", " + whose : whose + ", " + row) + " from " + from.text()
                    + where(inner);
        }
        String id = any("91", "1");
        String values =
                " values (" + (few && last ? id + ", " + rest + ", " + tenant : tenant + ", " + id + ", " + rest)
                        + ")"
                        + (!few && now(3) ? ", (" + parameter(OracleTables.B) + ", 92, 'x', 1, null, null)" : "");
        String conflict = !postgres
                ? ""
                : any(
                        "",
                        " on conflict do nothing",
                        " on conflict (tenant_id, id) do nothing",
                        " on conflict (tenant_id, id) do update set ");
        if (conflict.endsWith("set ")) {
            Scope both = new Scope(
                    List.of(scope.sources().get(0), new Source("", "excluded", ALL_COLUMNS, null, List.of())), null);
            conflict += "name = " + part(Kind.TEXT, both, 2) + (now(2) ? where(scope) : "");
        }
        return into + values + conflict;
    }

    private String merge(String table, String alias, Scope scope) {
        Query query = query(List.of(Kind.TEXT), null, 1, false);
        Source from =
                new Source("", "y", List.of(new Column("n", Kind.INT), new Column("t", Kind.TEXT)), null, List.of());
        Scope both = new Scope(List.of(scope.sources().get(0), from), null);
        String on = condition(scope.sources().get(0), scope) + " and y.n = " + alias + ".id";
        String matched = (now(3) ? " and " + conjunct(both, 1) : "") + any(" then update set name = ", " then delete");
        return "merge into " + table + " as " + alias + " using (select 1 as n, max(z.k0) as t from (" + query.sql()
                + ") z union all select 91, 'x') y on " + on
                + (now(6)
                        ? ""
                        : " when matched" + matched + (matched.endsWith("delete") ? "" : part(Kind.TEXT, both, 2)))
                + any(
                        "",
                        postgres ? " when not matched then do nothing" : "",
                        " when not matched then insert (tenant_id, id, name) values (" + parameter(OracleTables.B)
                                + ", y.n, y.t)");
    }
}

package dev.tenancy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What expressions, tricks and whole statements are made of: the lines of productions.txt. Each says the kind, the level, for which
 * database (* both, h H2, p PostgreSQL), and the text, in which § and a letter stand for a part that the grammar composes:
 *
 * <pre>
 * i t b j a u d  a number, text, boolean, JSON, array, UUID or date    =  the part before it again    o  a bare operator
 * Qx a sub-query of one value    Lx of one column    M of two columns (a number, a text)    q of any shape
 * T an owned table    G a global one    K what orders the rows totally    w a whole row
 * ? the tenant as a parameter    B as a literal    ! and A the same of the other tenant    p a text as a parameter
 * C the tenant condition    F its text, not to be understood as such    x k c the tenant, id and ctid column    s the table
 * f a file that holds a secret    N a number that no other statement has    ¦ a new line    ¶ between statements that follow
 * </pre>
 */
final class SqlProductions {

    /** What a line makes. The first seven are the types of expressions. */
    enum Kind {
        INT('i'),
        TEXT('t'),
        BOOL('b'),
        JSON('j'),
        ARRAY('a'),
        UUID('u'),
        DATE('d'),
        /** A condition that does not hold what the tenant condition would. */
        WEAK('W'),
        /** An owned table in FROM whose columns are not what they seem. */
        TRICK('R'),
        /** A text that reads what no condition restricts. */
        DANGER('D'),
        /** A whole statement that reaches for the other tenant. */
        HOSTILE('H'),
        /** A whole statement that keeps to the tenant, or names no owned table. */
        HONEST('O'),
        /** What stands in FROM and is no table. */
        FROM('F');

        final char code;

        Kind(char code) {
            this.code = code;
        }

        static Kind of(char code) {
            return Stream.of(values())
                    .filter(one -> one.code == code)
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no kind " + code));
        }
    }

    /** Where an expression may stand. */
    enum Level {
        ANYWHERE,
        AGGREGATE,
        WINDOW
    }

    /** Whether a text has to be bracketed when it becomes a part of another: never, now and then, always. */
    enum Binding {
        ATOM,
        OPERATOR,
        LOOSE
    }

    record Production(Kind kind, Level level, String template, Binding binding) {

        private static Production of(String line) {
            String template = line.substring(4);
            Level level = switch (line.charAt(1)) {
                case 'A' -> Level.AGGREGATE;
                case 'W' -> Level.WINDOW;
                default -> Level.ANYWHERE;
            };
            return new Production(Kind.of(line.charAt(0)), level, template, binding(template));
        }

        private static Binding binding(String template) {
            String bare = template.replaceAll("'[^']*'", "").replaceAll("\\bcase\\b.*\\bend\\b", "");
            for (String before = ""; !before.equals(bare); ) {
                before = bare;
                bare = before.replaceAll("\\([^()]*\\)|\\[[^\\[\\]]*]", "");
            }
            return bare.contains(" or ") || bare.contains(" and ") && !bare.contains("between")
                    ? Binding.LOOSE
                    : bare.matches("\\w*|§[QLK=?].?") ? Binding.ATOM : Binding.OPERATOR;
        }
    }

    private final Map<Kind, Map<Level, List<Production>>> all = new EnumMap<>(Kind.class);

    private SqlProductions(char database) {
        for (String line : lines()) {
            if (!line.startsWith("# ") && (line.charAt(2) == '*' || line.charAt(2) == database)) {
                Production one = Production.of(line);
                all.computeIfAbsent(one.kind(), kind -> new EnumMap<>(Level.class))
                        .computeIfAbsent(one.level(), level -> new ArrayList<>())
                        .add(one);
            }
        }
    }

    private static List<String> lines() {
        try (InputStream file = Objects.requireNonNull(
                SqlProductions.class.getResourceAsStream("productions.txt"), "productions.txt")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    static SqlProductions ofPostgres() {
        return new SqlProductions('p');
    }

    static SqlProductions ofH2() {
        return new SqlProductions('h');
    }

    List<Production> of(Kind kind, Level level) {
        return all.getOrDefault(kind, Map.of()).getOrDefault(level, List.of());
    }
}

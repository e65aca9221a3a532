package dev.tenancy.sql;

import dev.tenancy.sql.Token.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a text does to the session that runs it, besides reading and writing rows. Read off its tokens alone, and rather too much than
 * too little: an effect that it does not have costs a look at the session. Immutable.
 *
 * @param endsTransaction whether it ends the transaction, or goes back to a savepoint
 * @param goesOn whether a statement stands behind the one that does so
 * @param beginsTransaction whether it begins one by its text, of which the driver does not know
 * @param leavesTraces whether it may leave something that outlives the transaction, and that the session can be asked for
 * @param beyondRepair whether it may change what nobody can read again, so that it cannot be put back
 * @param locks whether it may take locks that outlive the transaction
 * @param settings the settings that it changes for the session
 * @param localSettings the settings that it changes until the transaction ends
 * @param tables the temporary tables that it makes
 */
public record SessionEffects(
        boolean endsTransaction,
        boolean goesOn,
        boolean beginsTransaction,
        boolean leavesTraces,
        boolean beyondRepair,
        boolean locks,
        Set<String> settings,
        Set<String> localSettings,
        Set<String> tables) {

    public static final SessionEffects NONE =
            new SessionEffects(false, false, false, false, false, false, Set.of(), Set.of(), Set.of());

    // Of a text that cannot be read.
    static final SessionEffects UNKNOWN =
            new SessionEffects(true, true, true, true, true, true, Set.of(), Set.of(), Set.of());

    // What a block of code may change by a name that cannot be read off, or of which the session does not tell.
    private static final Pattern HIDDEN_IN_CODE =
            Pattern.compile("(?i)\\b(?:set_config|execute)\\b|\\bset\\s+(?:session\\s+)?[\"\\w]+\\s*\\.");
    private static final Set<String> OF_TRANSACTIONS =
            Set.of("begin", "start", "commit", "end", "abort", "rollback", "savepoint", "release");
    // Nobody can ask H2 for these; the others belong to the JDBC driver, which changes them by itself as well.
    private static final Set<String> UNREADABLE =
            Set.of("autocommit", "throttle", "lazy_query_execution", "non_keywords", "schema_search_path");

    /** @param dialect by whose rules literals within the tokens are read */
    static SessionEffects of(List<Token> tokens, SqlDialect dialect) {
        Finder finder = new Finder(dialect);
        finder.lookAll(tokens);
        return finder.found();
    }

    /** A change of a setting that did not come as a text. */
    public static SessionEffects ofSetting(String name) {
        return new SessionEffects(false, false, false, true, false, false, Set.of(name), Set.of(), Set.of());
    }

    /** What two texts do together. */
    public SessionEffects and(SessionEffects other) {
        if (this == NONE || other == NONE) {
            return this == NONE ? other : this;
        }
        return new SessionEffects(
                endsTransaction || other.endsTransaction,
                goesOn || other.goesOn,
                beginsTransaction || other.beginsTransaction,
                leavesTraces || other.leavesTraces,
                beyondRepair || other.beyondRepair,
                locks || other.locks,
                union(settings, other.settings),
                union(localSettings, other.localSettings),
                union(tables, other.tables));
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
        Set<String> all = new HashSet<>(some);
        all.addAll(others);
        return all;
    }

    /** Whether the session has to be looked at before the text runs. */
    public boolean outlivesTransaction() {
        return leavesTraces || beyondRepair || locks || beginsTransaction;
    }

    /** Gathers the effects of the statements of a text. */
    private static final class Finder {

        private final SqlDialect dialect;
        private boolean ends;
        private boolean goesOn;
        private boolean begins;
        private boolean traces;
        private boolean beyond;
        private boolean locks;
        private final Set<String> settings = new HashSet<>();
        private final Set<String> local = new HashSet<>();
        private final Set<String> tables = new HashSet<>();

        Finder(SqlDialect dialect) {
            this.dialect = dialect;
        }

        SessionEffects found() {
            boolean none = !ends && !begins && !traces && !beyond && !locks && local.isEmpty();
            return none
                    ? NONE
                    : new SessionEffects(ends, goesOn, begins, traces, beyond, locks, settings, local, tables);
        }

        void lookAll(List<Token> tokens) {
            int start = 0;
            for (int i = 0; i <= tokens.size(); i++) {
                if (i == tokens.size() || tokens.get(i).isMark(';')) {
                    look(tokens.subList(start, i));
                    start = i + 1;
                }
            }
        }

        private void look(List<Token> words) {
            String first = name(words, 0);
            goesOn |= ends && !words.isEmpty() && !OF_TRANSACTIONS.contains(first);
            switch (first) {
                case "commit", "end", "abort", "rollback" -> ends = true;
                case "begin", "start" -> begins = true;
                case "prepare" -> {
                    ends |= name(words, 1).equals("transaction");
                    traces = true;
                }
                case "declare" -> traces |= contains(words, "hold") || contains(words, "temporary");
                case "deallocate", "listen", "unlisten", "use" -> traces = true;
                case "load" -> beyond = true;
                case "do" -> {
                    traces = true;
                    beyond |= words.stream()
                            .anyMatch(token -> token.kind == Kind.OTHER_LITERAL
                                    || token.kind == Kind.STRING
                                            && HIDDEN_IN_CODE
                                                    .matcher(token.text)
                                                    .find());
                }
                case "execute" -> {
                    if (name(words, 1).equals("immediate")) {
                        executed(words);
                    }
                }
                case "discard" -> {
                    beyond |= name(words, 1).equals("all");
                    traces |= name(words, 1).startsWith("temp");
                }
                case "reset" -> changes(words, 1, settings);
                case "set" -> {
                    int from =
                            name(words, 1).equals("session") && !name(words, 2).equals("authorization") ? 2 : 1;
                    boolean isLocal = name(words, 1).equals("local");
                    changes(words, isLocal ? 2 : from, isLocal ? local : settings);
                }
                default -> {}
            }
            anywhere(words);
        }

        private void executed(List<Token> words) {
            traces = true;
            if (words.size() == 3 && words.get(2).kind == Kind.STRING) {
                try {
                    lookAll(Lexer.read(words.get(2).text, dialect));
                } catch (Unreadable unreadable) {
                    beyond = true;
                }
            } else {
                beyond = true;
            }
        }

        private void changes(List<Token> words, int at, Set<String> names) {
            String name = name(words, at);
            String next = name(words, at + 1);
            if (name.equals("transaction") || name.equals("constraints") || isMark(words, at, '(')) {
                return;
            }
            if (isOperator(words, at, "@")) {
                traces = true;
                return;
            }
            if (name.equals("session") && next.equals("authorization")) {
                name = "session_authorization";
            } else if (name.equals("time") && next.equals("zone")) {
                name = "timezone";
            } else if (name.equals("names")) {
                name = "client_encoding";
            } else if (name.equals("xml") && next.equals("option")) {
                name = "xmloption";
            } else if (name.equals("schema")) {
                name = "search_path";
            }
            StringBuilder full = new StringBuilder(name);
            for (int dot = at + 1; isMark(words, dot, '.'); dot += 2) {
                full.append('.').append(name(words, dot + 1));
            }
            names.add(full.toString());
            if (names == settings) {
                traces = true;
                beyond |= name.isEmpty()
                        || name.equals("all")
                        || name.equals("characteristics")
                        || name.startsWith("default_transaction_")
                        || UNREADABLE.contains(name);
            }
        }

        private void anywhere(List<Token> words) {
            boolean creates = false;
            for (int i = 0; i < words.size(); i++) {
                String name = name(words, i);
                if (name.equals("create") || name.equals("declare")) {
                    creates = true;
                } else if (name.equals("temp") || name.equals("temporary")) {
                    if (creates || name(words, i - 1).equals("into")) {
                        traces = true;
                        tables.add(tableBehind(words, i + 1));
                    }
                } else if (name.startsWith("pg_temp")) {
                    traces = true;
                } else if (name.startsWith("pg_advisory_lock") || name.startsWith("pg_try_advisory_lock")) {
                    locks = true;
                } else if (name.equals("set_config") && isMark(words, i + 1, '(')) {
                    configures(words, i + 2);
                } else if (isOperator(words, i, "@")) {
                    // A variable of H2 is set by an operator, and by a function.
                    traces |= isOperator(words, i + 2, ":=")
                            || isMark(words, i - 1, '(') && name(words, i - 2).equals("set");
                }
            }
        }

        private void configures(List<Token> words, int first) {
            int depth = 0;
            int argument = 1;
            int begin = first;
            int at = first;
            for (; at < words.size() && (depth > 0 || !isMark(words, at, ')')); at++) {
                depth += isMark(words, at, '(') ? 1 : isMark(words, at, ')') ? -1 : 0;
                if (depth == 0 && isMark(words, at, ',')) {
                    argument++;
                    begin = at + 1;
                }
            }
            boolean named =
                    first < words.size() && words.get(first).kind == Kind.STRING && isMark(words, first + 1, ',');
            String setting = named ? words.get(first).text.toLowerCase(Locale.ROOT) : "";
            if (argument == 3 && at == begin + 1 && words.get(begin).is("true")) {
                if (named) {
                    local.add(setting);
                }
                return;
            }
            traces = true;
            if (named) {
                settings.add(setting);
                beyond |= setting.startsWith("default_transaction_");
            } else {
                beyond = true;
            }
        }

        private static String tableBehind(List<Token> words, int from) {
            int at = from;
            while (Set.of("table", "if", "not", "exists").contains(name(words, at))) {
                at++;
            }
            while (isMark(words, at + 1, '.')) {
                at += 2;
            }
            return name(words, at);
        }

        private static boolean contains(List<Token> words, String keyword) {
            return words.stream().anyMatch(token -> token.is(keyword));
        }

        private static boolean isMark(List<Token> words, int at, char mark) {
            return at >= 0 && at < words.size() && words.get(at).isMark(mark);
        }

        private static boolean isOperator(List<Token> words, int at, String operator) {
            return at >= 0 && at < words.size() && words.get(at).isOperator(operator);
        }

        /** In small letters, quoted or not; empty for what is no name. */
        private static String name(List<Token> words, int at) {
            return at >= 0 && at < words.size() && words.get(at).isName()
                    ? words.get(at).text.toLowerCase(Locale.ROOT)
                    : "";
        }
    }
}

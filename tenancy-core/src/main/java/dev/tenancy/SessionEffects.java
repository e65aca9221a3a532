package dev.tenancy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a text does to the session that runs it, besides reading and writing rows. Told by its words alone, and rather too much than
 * too little: what is told in vain costs a look at the session.
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
record SessionEffects(
        boolean endsTransaction,
        boolean goesOn,
        boolean beginsTransaction,
        boolean leavesTraces,
        boolean beyondRepair,
        boolean locks,
        Set<String> settings,
        Set<String> localSettings,
        Set<String> tables) {

    static final SessionEffects NONE =
            new SessionEffects(false, false, false, false, false, false, Set.of(), Set.of(), Set.of());

    // What a block of code may change by a name that cannot be read off, or of which the session does not tell.
    private static final Pattern HIDDEN_IN_CODE =
            Pattern.compile("(?i)\\b(?:set_config|execute)\\b|\\bset\\s+(?:session\\s+)?[\"\\w]+\\s*\\.");
    private static final Set<String> OF_TRANSACTIONS =
            Set.of("begin", "start", "commit", "end", "abort", "rollback", "savepoint", "release");
    // Nobody can ask H2 for these; the others belong to the JDBC driver, which changes them by itself as well.
    private static final Set<String> UNREADABLE =
            Set.of("autocommit", "throttle", "lazy_query_execution", "non_keywords", "schema_search_path");

    static SessionEffects of(String sql) {
        Finder finder = new Finder();
        new Words(sql).statements().forEach(finder::look);
        return finder.found();
    }

    /** A change of a setting that did not come as a text. */
    static SessionEffects ofSetting(String name) {
        return new SessionEffects(false, false, false, true, false, false, Set.of(name), Set.of(), Set.of());
    }

    SessionEffects and(SessionEffects other) {
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
    boolean outlivesTransaction() {
        return leavesTraces || beyondRepair || locks || beginsTransaction;
    }

    /** Gathers the effects of the statements of a text. */
    private static final class Finder {

        private boolean ends;
        private boolean goesOn;
        private boolean begins;
        private boolean traces;
        private boolean beyond;
        private boolean locks;
        private final Set<String> settings = new HashSet<>();
        private final Set<String> local = new HashSet<>();
        private final Set<String> tables = new HashSet<>();

        SessionEffects found() {
            boolean none = !ends && !begins && !traces && !beyond && !locks && local.isEmpty();
            return none
                    ? NONE
                    : new SessionEffects(ends, goesOn, begins, traces, beyond, locks, settings, local, tables);
        }

        void look(List<String> words) {
            String first = word(words, 0);
            goesOn |= ends && !first.isEmpty() && !OF_TRANSACTIONS.contains(first);
            switch (first) {
                case "commit", "end", "abort", "rollback" -> ends = true;
                case "begin", "start" -> begins = true;
                case "prepare" -> {
                    ends |= word(words, 1).equals("transaction");
                    traces = true;
                }
                case "declare" -> traces |= words.contains("hold") || words.contains("temporary");
                case "deallocate", "listen", "unlisten", "use" -> traces = true;
                case "load" -> beyond = true;
                case "do" -> {
                    traces = true;
                    beyond |= words.stream()
                            .anyMatch(word -> word.startsWith("'")
                                    && HIDDEN_IN_CODE.matcher(word).find());
                }
                case "execute" -> {
                    if (word(words, 1).equals("immediate")) {
                        executed(word(words, 2));
                    }
                }
                case "discard" -> {
                    beyond |= word(words, 1).equals("all");
                    traces |= word(words, 1).startsWith("temp");
                }
                case "reset" -> changes(words, 1, settings);
                case "set" -> {
                    int from =
                            word(words, 1).equals("session") && !word(words, 2).equals("authorization") ? 2 : 1;
                    boolean isLocal = word(words, 1).equals("local");
                    changes(words, isLocal ? 2 : from, isLocal ? local : settings);
                }
                default -> {}
            }
            anywhere(words);
        }

        private void executed(String literal) {
            traces = true;
            if (literal.startsWith("'")) {
                new Words(literal.substring(1)).statements().forEach(this::look);
            } else {
                beyond = true;
            }
        }

        private void changes(List<String> words, int at, Set<String> names) {
            String name = word(words, at);
            String next = word(words, at + 1);
            if (name.equals("transaction") || name.equals("constraints") || name.equals("(")) {
                return;
            }
            if (name.startsWith("@")) {
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
            for (int dot = at + 1; word(words, dot).equals("."); dot += 2) {
                full.append('.').append(word(words, dot + 1));
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

        private void anywhere(List<String> words) {
            boolean creates = false;
            for (int i = 0; i < words.size(); i++) {
                String word = words.get(i);
                if (word.equals("create") || word.equals("declare")) {
                    creates = true;
                } else if (word.equals("temp") || word.equals("temporary")) {
                    if (creates || word(words, i - 1).equals("into")) {
                        traces = true;
                        tables.add(tableBehind(words, i + 1));
                    }
                } else if (word.startsWith("pg_temp")) {
                    traces = true;
                } else if (word.startsWith("pg_advisory_lock") || word.startsWith("pg_try_advisory_lock")) {
                    locks = true;
                } else if (word.equals("set_config") && word(words, i + 1).equals("(")) {
                    configures(words, i + 2);
                } else if (word.startsWith("@")) {
                    // A variable of H2 is set by an operator, and by a function; its name may be quoted.
                    int end = word.equals("@") ? i + 2 : i + 1;
                    traces |=
                            word(words, end).equals(":") && word(words, end + 1).equals("=")
                                    || word(words, i - 1).equals("(")
                                            && word(words, i - 2).equals("set");
                }
            }
        }

        private void configures(List<String> words, int first) {
            int depth = 0;
            int argument = 1;
            String last = "";
            for (int i = first; i < words.size() && (depth > 0 || !words.get(i).equals(")")); i++) {
                String word = words.get(i);
                depth += word.equals("(") ? 1 : word.equals(")") ? -1 : 0;
                if (depth == 0 && word.equals(",")) {
                    argument++;
                    last = "";
                } else {
                    last += word;
                }
            }
            String name = word(words, first);
            boolean named = name.startsWith("'") && word(words, first + 1).equals(",");
            if (argument == 3 && last.equals("true")) {
                if (named) {
                    local.add(name.substring(1).toLowerCase(Locale.ROOT));
                }
                return;
            }
            traces = true;
            if (named) {
                String setting = name.substring(1).toLowerCase(Locale.ROOT);
                settings.add(setting);
                beyond |= setting.startsWith("default_transaction_");
            } else {
                beyond = true;
            }
        }

        private static String tableBehind(List<String> words, int from) {
            int at = from;
            while (Set.of("table", "if", "not", "exists").contains(word(words, at))) {
                at++;
            }
            while (word(words, at + 1).equals(".")) {
                at += 2;
            }
            return word(words, at);
        }

        private static String word(List<String> words, int at) {
            return at >= 0 && at < words.size() ? words.get(at) : "";
        }
    }

    /**
     * Splits a text into statements, and these into words: names without their quotes, in small letters; literals with one quote
     * before them; single characters. Comments are gone.
     */
    private static final class Words {

        private final String sql;
        private int at;

        Words(String sql) {
            this.sql = sql;
        }

        List<List<String>> statements() {
            List<List<String>> statements = new ArrayList<>();
            List<String> words = new ArrayList<>();
            while (at < sql.length()) {
                char c = sql.charAt(at);
                if (Character.isWhitespace(c)) {
                    at++;
                } else if (sql.startsWith("--", at)) {
                    at = end(sql.indexOf('\n', at), 1);
                } else if (sql.startsWith("/*", at)) {
                    comment();
                } else if (c == '\'') {
                    // Only PostgreSQL knows E'…', and H2 none of it.
                    boolean escapes = at > 0
                            && !words.isEmpty()
                            && words.get(words.size() - 1).equals("e")
                            && Character.toLowerCase(sql.charAt(at - 1)) == 'e';
                    words.add("'" + quoted('\'', escapes));
                } else if (c == '"' || c == '`') {
                    words.add(quoted(c, false).toLowerCase(Locale.ROOT));
                } else if (c == '$' && dollarQuote() != null) {
                    words.add("'" + dollarQuoted());
                } else if (c == ';') {
                    at++;
                    statements.add(words);
                    words = new ArrayList<>();
                } else {
                    words.add(word());
                }
            }
            statements.add(words);
            return statements;
        }

        private int end(int found, int length) {
            return found < 0 ? sql.length() : found + length;
        }

        private void comment() {
            int depth = 0;
            do {
                if (sql.startsWith("/*", at)) {
                    depth++;
                    at += 2;
                } else if (sql.startsWith("*/", at)) {
                    depth--;
                    at += 2;
                } else {
                    at++;
                }
            } while (depth > 0 && at < sql.length());
        }

        private String quoted(char quote, boolean escapes) {
            StringBuilder text = new StringBuilder();
            for (at++; at < sql.length(); at++) {
                char c = sql.charAt(at);
                if (c == '\\' && escapes) {
                    at++;
                } else if (c == quote) {
                    if (at + 1 == sql.length() || sql.charAt(at + 1) != quote) {
                        at++;
                        break;
                    }
                    at++;
                }
                if (at < sql.length()) {
                    text.append(sql.charAt(at));
                }
            }
            return text.toString();
        }

        private @Nullable String dollarQuote() {
            int end = at + 1;
            while (end < sql.length() && isPartOfWord(sql.charAt(end)) && sql.charAt(end) != '$') {
                end++;
            }
            return end < sql.length() && sql.charAt(end) == '$' ? sql.substring(at, end + 1) : null;
        }

        private String dollarQuoted() {
            String tag = String.valueOf(dollarQuote());
            int begin = at + tag.length();
            int end = sql.indexOf(tag, begin);
            at = end(end, tag.length());
            return sql.substring(begin, end < 0 ? sql.length() : end);
        }

        private String word() {
            int begin = at;
            boolean variable = sql.charAt(at) == '@' && at + 1 < sql.length() && isPartOfWord(sql.charAt(at + 1));
            if (variable || isPartOfWord(sql.charAt(at))) {
                at++;
                while (at < sql.length() && isPartOfWord(sql.charAt(at))) {
                    at++;
                }
            } else {
                at++;
            }
            return sql.substring(begin, at).toLowerCase(Locale.ROOT);
        }

        private static boolean isPartOfWord(char c) {
            return Character.isLetterOrDigit(c) || c == '_' || c == '$';
        }
    }
}

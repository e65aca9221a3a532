package dev.tenancy.sql;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The name of a table, column or function, as SQL spells it. Immutable.
 *
 * @param text the name itself, without quotes
 * @param quoted whether it is spelled in quotes, so that the database takes its letters as they are
 */
public record SqlName(String text, boolean quoted) {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z_0-9$]*");
    // PostgreSQL keeps 63 bytes of a name, quoted or not, and drops the rest without an error.
    private static final int LONGEST = 63;
    // Reserved by H2 2.4 or PostgreSQL 18; a name of these has to be quoted.
    private static final Set<String> RESERVED = Set.of(
            ("all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate"
                            + " collation column concurrently constraint create cross current_catalog current_date current_path current_role"
                            + " current_schema current_time current_timestamp current_user day default deferrable desc distinct do else"
                            + " end except exists false fetch for foreign freeze from full grant group having hour if ilike in initially"
                            + " inner intersect interval into is isnull join key lateral leading left like limit localtime localtimestamp"
                            + " minus minute month natural not notnull null offset on only or order outer overlaps placing primary"
                            + " qualify references returning right row rownum second select session_user set similar some symmetric"
                            + " system_user table tablesample then to trailing true uescape union unique unknown user using value values"
                            + " variadic verbose when where window with year _rowid_")
                    .split(" "));

    /** Reads a name as SQL, JPA or Hibernate spell it: quotes, backquotes or brackets around it are not part of it. */
    public static SqlName of(String spelling) {
        if (spelling.length() > 1) {
            char first = spelling.charAt(0);
            String inside = spelling.substring(1, spelling.length() - 1);
            if (first == '"') {
                return new SqlName(inside.replace("\"\"", "\""), true);
            }
            if (first == '`') {
                return new SqlName(inside.replace("``", "`"), true);
            }
            if (first == '[') {
                return new SqlName(inside, true);
            }
        }
        return new SqlName(spelling, false);
    }

    /**
     * What two names are compared by. Quotes and case do not count, which errs on the safe side: a database may hold
     * {@code customer} and {@code "Customer"}, and both are taken for the same.
     */
    public String key() {
        return key(text);
    }

    /** The key of a name that is given without quotes. */
    public static String key(String name) {
        // Upper case first: databases fold letters such as the long s that way.
        String folded = name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        if (folded.length() * 3 <= LONGEST || folded.getBytes(StandardCharsets.UTF_8).length <= LONGEST) {
            return folded;
        }
        int end = 0;
        int bytes = 0;
        while (end < folded.length()) {
            int character = folded.codePointAt(end);
            bytes += character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
            if (bytes > LONGEST) {
                break;
            }
            end += Character.charCount(character);
        }
        return folded.substring(0, end);
    }

    /** Whether the database certainly takes both for the same name. */
    public boolean isSame(SqlName other) {
        return quoted == other.quoted
                && (text.equals(other.text)
                        || !quoted
                                && text.equalsIgnoreCase(other.text)
                                && PLAIN.matcher(text).matches()
                                && PLAIN.matcher(other.text).matches());
    }

    /** Whether the name without quotes is a word that SQL keeps for itself, on any database that is known here. */
    public boolean isReserved() {
        return RESERVED.contains(text.toLowerCase(Locale.ROOT));
    }

    /**
     * The key of a column that is to show something: in quotes, a name is the same as one without only where it is spelled as the
     * database folds names.
     */
    String columnKey(SqlDialect dialect) {
        String folded = dialect == SqlDialect.H2 ? text.toUpperCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT);
        return !quoted || text.equals(folded) ? key() : '"' + text;
    }

    /** The name for a generated statement, in quotes where it needs them. */
    public String sql() {
        return !quoted && PLAIN.matcher(text).matches() && !isReserved()
                ? text
                : '"' + text.replace("\"", "\"\"") + '"';
    }

    @Override
    public String toString() {
        return sql();
    }
}

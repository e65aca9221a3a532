package dev.tenancy.sql;

import dev.tenancy.sql.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a text into tokens by the rules of one database, in time that grows with its length. Where the database itself would
 * reject the text, or where what the driver does to it before it is sent cannot be told, there is an {@link Unreadable}.
 */
abstract class Lexer {

    final String sql;
    int at;
    private final List<Token> tokens = new ArrayList<>();
    private int parameters;

    Lexer(String sql) {
        this.sql = sql;
    }

    /** The tokens, without white space and comments. */
    static List<Token> read(String sql, SqlDialect dialect) {
        Lexer lexer = dialect == SqlDialect.H2 ? new H2Lexer(sql) : new PostgreSqlLexer(sql);
        lexer.run();
        for (Token token : lexer.tokens) {
            if (token.is("uescape")) {
                throw new Unreadable("the escape character of a literal is changed", token.start);
            }
        }
        return lexer.tokens;
    }

    /** The comments that stand before the first token, without their marks. */
    static List<String> leadingComments(String sql, SqlDialect dialect) {
        Lexer lexer = dialect == SqlDialect.H2 ? new H2Lexer(sql) : new PostgreSqlLexer(sql);
        List<String> comments = new ArrayList<>();
        while (lexer.at < sql.length()) {
            int start = lexer.at;
            if (sql.startsWith("/*", start)) {
                lexer.skipBlockComment();
                comments.add(sql.substring(start + 2, lexer.at - 2).strip());
            } else if (!lexer.skipBlank()) {
                break;
            }
        }
        return comments;
    }

    private void run() {
        while (at < sql.length()) {
            if (!skipBlank()) {
                token();
            }
        }
    }

    /** Whether there was white space or a comment to pass over. */
    final boolean skipBlank() {
        int start = at;
        if (isSpace(sql.codePointAt(at))) {
            at += Character.charCount(sql.codePointAt(at));
        } else if (sql.startsWith("/*", at)) {
            skipBlockComment();
        } else if (isLineComment()) {
            while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
                at++;
            }
        }
        return at > start;
    }

    // Both databases nest them.
    private void skipBlockComment() {
        int start = at;
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
            if (at >= sql.length() && depth > 0) {
                throw new Unreadable("a comment has no end", start);
            }
        } while (depth > 0);
    }

    abstract boolean isSpace(int character);

    abstract boolean isLineComment();

    /** Reads the token at {@link #at}, and moves behind it. */
    abstract void token();

    abstract boolean isNameStart(int character);

    abstract boolean isNamePart(int character);

    final char peek(int ahead) {
        return at + ahead < sql.length() ? sql.charAt(at + ahead) : '\0';
    }

    final void add(Kind kind, int start, String text) {
        tokens.add(new Token(kind, start, at, text, 0));
    }

    final void addParameter() {
        at++;
        tokens.add(new Token(Kind.PARAMETER, at - 1, at, "?", ++parameters));
    }

    final void mark() {
        at++;
        add(Kind.MARK, at - 1, sql.substring(at - 1, at));
    }

    final void name() {
        int start = at;
        while (at < sql.length() && isNamePart(sql.codePointAt(at))) {
            at += Character.charCount(sql.codePointAt(at));
        }
        add(Kind.WORD, start, sql.substring(start, at));
    }

    /** What stands between two quotes, a doubled one standing for itself; {@link #at} is on the first. */
    final String quoted(char quote, boolean backslash) {
        int start = at;
        at++;
        boolean doubled = false;
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (c == quote && peek(1) == quote) {
                doubled = true;
                at += 2;
            } else if (c == quote) {
                at++;
                String inside = sql.substring(start + 1, at - 1);
                return doubled ? inside.replace("" + quote + quote, "" + quote) : inside;
            } else {
                at += c == '\\' && backslash ? 2 : 1;
            }
        }
        throw new Unreadable("a quote has no end", start);
    }

    /** A name in quotes with Unicode escapes; {@link #at} is on the U. Another escape character may be given later. */
    final void unicodeName() {
        int start = at;
        at += 2;
        String escaped = quoted('"', false);
        StringBuilder name = new StringBuilder();
        int from = 0;
        for (int i = escaped.indexOf('\\'); i >= 0; i = escaped.indexOf('\\', from)) {
            name.append(escaped, from, i);
            if (escaped.startsWith("\\\\", i)) {
                name.append('\\');
                from = i + 2;
                continue;
            }
            int digits = escaped.startsWith("+", i + 1) ? 6 : 4;
            int first = i + (digits == 6 ? 2 : 1);
            from = first + digits;
            if (from > escaped.length() || !escaped.substring(first, from).matches("[0-9a-fA-F]+")) {
                throw new Unreadable("a name has an escape that is none", start);
            }
            int character = Integer.parseInt(escaped.substring(first, from), 16);
            if (!Character.isValidCodePoint(character)) {
                throw new Unreadable("a name has an escape that is none", start);
            }
            name.appendCodePoint(character);
        }
        add(Kind.QUOTED, start, name.append(escaped.substring(from)).toString());
    }

    final void digits() {
        while (Character.digit(peek(0), 10) >= 0 && peek(0) < 0x80 || peek(0) == '_') {
            at++;
        }
    }

    /** A decimal number; {@link #at} is on its first digit or point. */
    final void decimal() {
        int start = at;
        digits();
        if (peek(0) == '.' && peek(1) != '.') {
            at++;
            digits();
        }
        if (peek(0) == 'e' || peek(0) == 'E') {
            int sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
            if (Character.isDigit(peek(1 + sign))) {
                at += 1 + sign;
                digits();
            }
        }
        endNumber(start);
    }

    /** A number in another base than ten, such as 0x1F. */
    final boolean based() {
        if (peek(0) != '0' || "xXoObB".indexOf(peek(1)) < 0 || peek(1) == '\0') {
            return false;
        }
        int start = at;
        at += 2;
        while (Character.digit(peek(0), 16) >= 0 && peek(0) < 0x80 || peek(0) == '_') {
            at++;
        }
        endNumber(start);
        return true;
    }

    // Databases differ in what they make of letters behind a number, from one version to the next.
    private void endNumber(int start) {
        if (at < sql.length() && isNamePart(sql.codePointAt(at))) {
            throw new Unreadable("a number runs into a name", start);
        }
        add(Kind.NUMBER, start, sql.substring(start, at));
    }
}

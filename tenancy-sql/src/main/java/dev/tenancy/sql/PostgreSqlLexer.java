package dev.tenancy.sql;

import dev.tenancy.sql.Token.Kind;

/**
 * The tokens of PostgreSQL, by chapter 4.1 of its manual and its scanner, after what its JDBC driver does to question marks: one
 * is a parameter, two stand for one that is part of an operator.
 */
final class PostgreSqlLexer extends Lexer {

    private static final String OPERATOR = "+-*/<>=~!@#%^&|`?";
    // An operator may end in + or - only if it has one of these.
    private static final String FREE = "~!@#%^&|`?";

    PostgreSqlLexer(String sql) {
        super(sql);
    }

    @Override
    boolean isSpace(int character) {
        return character == ' ' || character >= '\t' && character <= '\r';
    }

    @Override
    boolean isLineComment() {
        return sql.startsWith("--", at);
    }

    @Override
    boolean isNameStart(int character) {
        return character == '_'
                || character >= 'a' && character <= 'z'
                || character >= 'A' && character <= 'Z'
                || character >= 0x80;
    }

    @Override
    boolean isNamePart(int character) {
        return isNameStart(character) || character == '$' || character >= '0' && character <= '9';
    }

    @Override
    void token() {
        int start = at;
        char c = sql.charAt(at);
        if (c == '\'') {
            add(Kind.STRING, start, quoted('\'', false));
        } else if (c == '"') {
            add(Kind.QUOTED, start, quoted('"', false));
        } else if (peek(1) == '\'' && "eEbBxXnN".indexOf(c) >= 0) {
            at++;
            quoted('\'', c == 'e' || c == 'E');
            add(Kind.OTHER_LITERAL, start, sql.substring(start, at));
            if (c == 'e' || c == 'E') {
                checkEnd(start);
            }
        } else if ((c == 'u' || c == 'U') && peek(1) == '&' && (peek(2) == '\'' || peek(2) == '"')) {
            if (peek(2) == '"') {
                unicodeName();
                return;
            }
            at += 2;
            quoted('\'', false);
            add(Kind.OTHER_LITERAL, start, sql.substring(start, at));
        } else if (c == '$') {
            dollar(start);
        } else if (isNameStart(sql.codePointAt(at))) {
            name();
        } else if (c >= '0' && c <= '9' || c == '.' && peek(1) >= '0' && peek(1) <= '9') {
            if (!based()) {
                decimal();
            }
        } else if (c == '?' && peek(1) != '?') {
            addParameter();
        } else if (c == ':') {
            at += peek(1) == ':' || peek(1) == '=' ? 2 : 1;
            add(Kind.OPERATOR, start, sql.substring(start, at));
        } else if ("()[]{},;.".indexOf(c) >= 0) {
            mark();
        } else if (OPERATOR.indexOf(c) >= 0) {
            operator(start);
        } else {
            throw new Unreadable("it has a character that PostgreSQL does not know", start);
        }
    }

    // One literal goes on in the next, and its escapes hold there as well; the driver does not know.
    private void checkEnd(int start) {
        int end = at;
        while (at < sql.length() && skipBlank()) {
            // What is passed tells nothing.
        }
        if (at < sql.length() && sql.charAt(at) == '\'') {
            throw new Unreadable("a literal with escapes goes on in another", start);
        }
        at = end;
    }

    private void dollar(int start) {
        if (Character.isDigit(peek(1))) {
            at++;
            digits();
            add(Kind.NUMBERED_PARAMETER, start, sql.substring(start, at));
            return;
        }
        int end = at + 1;
        while (end < sql.length() && sql.charAt(end) != '$' && isNamePart(sql.codePointAt(end))) {
            end += Character.charCount(sql.codePointAt(end));
        }
        if (end >= sql.length() || sql.charAt(end) != '$') {
            throw new Unreadable("a dollar sign begins neither a quote nor a parameter", start);
        }
        String tag = sql.substring(at, end + 1);
        int close = sql.indexOf(tag, end + 1);
        if (close < 0) {
            throw new Unreadable("a quote has no end", start);
        }
        at = close + tag.length();
        add(Kind.STRING, start, sql.substring(end + 1, close));
    }

    private void operator(int start) {
        StringBuilder operator = new StringBuilder();
        while (at < sql.length() && OPERATOR.indexOf(sql.charAt(at)) >= 0) {
            if (sql.startsWith("--", at) || sql.startsWith("/*", at)) {
                break;
            }
            if (sql.charAt(at) == '?') {
                if (peek(1) != '?') {
                    break;
                }
                at++;
            }
            operator.append(sql.charAt(at));
            at++;
        }
        while (operator.length() > 1
                && "+-".indexOf(operator.charAt(operator.length() - 1)) >= 0
                && operator.chars().noneMatch(one -> FREE.indexOf(one) >= 0)) {
            operator.setLength(operator.length() - 1);
            at--;
        }
        add(Kind.OPERATOR, start, operator.toString());
    }
}

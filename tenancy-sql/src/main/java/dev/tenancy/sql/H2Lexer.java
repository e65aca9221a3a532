package dev.tenancy.sql;

import dev.tenancy.sql.Token.Kind;

/** The tokens of H2 2.x, by its own {@code org.h2.command.Tokenizer}. */
final class H2Lexer extends Lexer {

    private static final String[] OPERATORS = {
        "<>", "!=", "<=", ">=", "||", "&&", "!~", "::", ":=", "=", "<", ">", "+", "-", "*", "/", "%", "~", ":", "@"
    };

    H2Lexer(String sql) {
        super(sql);
    }

    @Override
    boolean isSpace(int character) {
        return character <= ' ' || character >= 0x80 && Character.isSpaceChar(character);
    }

    @Override
    boolean isLineComment() {
        return sql.startsWith("--", at) || sql.startsWith("//", at);
    }

    @Override
    boolean isNameStart(int character) {
        return character != '$' && Character.isJavaIdentifierStart(character);
    }

    @Override
    boolean isNamePart(int character) {
        return Character.isJavaIdentifierPart(character) && !Character.isIdentifierIgnorable(character);
    }

    @Override
    void token() {
        int start = at;
        char c = sql.charAt(at);
        if (c == '\'') {
            add(Kind.STRING, start, quoted('\'', false));
        } else if (c == '"' || c == '`') {
            String name = quoted(c, false);
            add(Kind.QUOTED, start, name);
        } else if ((c == 'n' || c == 'N' || c == 'x' || c == 'X') && peek(1) == '\'') {
            at++;
            quoted('\'', false);
            add(Kind.OTHER_LITERAL, start, sql.substring(start, at));
        } else if ((c == 'u' || c == 'U') && peek(1) == '&' && (peek(2) == '\'' || peek(2) == '"')) {
            if (peek(2) == '"') {
                unicodeName();
                return;
            }
            at += 2;
            quoted('\'', false);
            add(Kind.OTHER_LITERAL, start, sql.substring(start, at));
        } else if (c == '$' && peek(1) == '$') {
            int end = sql.indexOf("$$", at + 2);
            if (end < 0) {
                throw new Unreadable("a quote has no end", start);
            }
            at = end + 2;
            add(Kind.STRING, start, sql.substring(start + 2, end));
        } else if (c == '?' && !Character.isDigit(peek(1)) && peek(1) != '?') {
            addParameter();
        } else if (c == '?' || c == '$') {
            at++;
            if (!Character.isDigit(peek(0))) {
                throw new Unreadable("a parameter has neither a number nor is it a plain question mark", start);
            }
            digits();
            add(Kind.NUMBERED_PARAMETER, start, sql.substring(start, at));
        } else if (c >= '0' && c <= '9' || c == '.' && peek(1) >= '0' && peek(1) <= '9') {
            number();
        } else if ("()[]{},;.".indexOf(c) >= 0) {
            mark();
        } else if (isNameStart(sql.codePointAt(at))) {
            name();
        } else {
            operator(start);
        }
    }

    private void number() {
        if (based()) {
            return;
        }
        int start = at;
        while (Character.isDigit(peek(0))) {
            at++;
        }
        // A number may say that it is a BIGINT.
        if ((peek(0) == 'L' || peek(0) == 'l') && !isNamePart(peek(1))) {
            at++;
            add(Kind.OTHER_LITERAL, start, sql.substring(start, at));
        } else {
            at = start;
            decimal();
        }
    }

    private void operator(int start) {
        for (String operator : OPERATORS) {
            if (sql.startsWith(operator, at)) {
                at += operator.length();
                add(Kind.OPERATOR, start, operator);
                return;
            }
        }
        throw new Unreadable("it has a character that H2 does not know", start);
    }
}

package dev.tenancy.sql;

import java.util.Locale;

/** A piece of a statement's text, as the database cuts it. */
final class Token {

    enum Kind {
        /** A name or keyword without quotes. */
        WORD,
        /** A name in quotes. */
        QUOTED,
        /** A character string whose value is known. */
        STRING,
        /** Any other literal in quotes: with escapes, of bits, of bytes. */
        OTHER_LITERAL,
        NUMBER,
        /** A question mark that JDBC binds. */
        PARAMETER,
        /** A parameter of the database's own, such as $1 or ?1. */
        NUMBERED_PARAMETER,
        OPERATOR,
        /** One of ( ) [ ] { } , ; . */
        MARK
    }

    final Kind kind;
    final int start;
    final int end;
    /** The name without quotes, a string's value, or else the token as it is written. */
    final String text;
    /** A keyword in lower case; empty for what cannot be one. */
    final String word;
    /** Counted from 1 for a parameter, else 0. */
    final int parameter;

    Token(Kind kind, int start, int end, String text, int parameter) {
        this.kind = kind;
        this.start = start;
        this.end = end;
        this.text = text;
        this.parameter = parameter;
        this.word = kind == Kind.WORD && isAscii(text) ? text.toLowerCase(Locale.ROOT) : "";
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    boolean is(String keyword) {
        return word.equals(keyword);
    }

    boolean isMark(char mark) {
        return kind == Kind.MARK && text.charAt(0) == mark;
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    boolean isName() {
        return kind == Kind.WORD || kind == Kind.QUOTED;
    }

    SqlName name() {
        return new SqlName(text, kind == Kind.QUOTED);
    }

    String key() {
        return SqlName.key(text);
    }

    @Override
    public String toString() {
        return text;
    }
}

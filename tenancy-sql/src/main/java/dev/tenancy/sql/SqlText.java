package dev.tenancy.sql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text of one or several statements, cut once into tokens for all that a {@link StatementProver} is asked about it.
 * Immutable.
 */
public final class SqlText {

    private final String sql;
    private final List<Token> tokens;
    private final @Nullable Unreadable unreadable;

    private SqlText(String sql, List<Token> tokens, @Nullable Unreadable unreadable) {
        this.sql = sql;
        this.tokens = tokens;
        this.unreadable = unreadable;
    }

    /** Never throws for what the text says: one that cannot be cut is refused by the proof. */
    public static SqlText of(String sql, SqlDialect dialect) {
        try {
            return new SqlText(sql, Lexer.read(sql, dialect), null);
        } catch (Unreadable unreadable) {
            return new SqlText(sql, List.of(), unreadable);
        }
    }

    /** The text as it was given. */
    public String sql() {
        return sql;
    }

    /** None if the text is unreadable. */
    List<Token> tokens() {
        return tokens;
    }

    /** Why the text cannot be cut into tokens; null if it can. */
    @Nullable Unreadable unreadable() {
        return unreadable;
    }
}

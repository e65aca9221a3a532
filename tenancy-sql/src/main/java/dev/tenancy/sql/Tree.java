package dev.tenancy.sql;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a statement says, as far as it matters for whose rows it reaches: query blocks, what stands in their FROM, and stretches of
 * tokens in which nothing but sub-queries and calls is told apart. Positions are indexes of tokens; each token belongs to one node.
 */
final class Tree {

    private Tree() {}

    sealed interface Statement permits Query, Insert, Update, Delete, Merge {}

    /**
     * A stretch of tokens that is one or several expressions.
     *
     * @param queries the sub-queries in it, by the position of the parenthesis before each
     * @param calls the positions of the names of the functions that it calls
     * @param fields the positions of names behind a point, which may be functions of rows
     */
    record Expression(int start, int end, Map<Integer, Statement> queries, List<Integer> calls, List<Integer> fields) {

        boolean isEmpty() {
            return start == end;
        }
    }

    record With(boolean recursive, List<Named> tables) {
        static final With NOTHING = new With(false, List.of());
    }

    /** A query, or a statement that writes, to which WITH gives a name. {@code more}: SEARCH and CYCLE. */
    record Named(Token name, List<Token> columns, Statement statement, Expression more) {}

    /**
     * @param tail ORDER BY, LIMIT, FOR UPDATE and the like
     * @param cut whether a condition that comes later would pick other rows than one inside
     */
    record Query(With with, Body body, Expression tail, boolean cut) implements Statement {}

    sealed interface Body permits Select, Sets, Rows, Nested, Whole {}

    /**
     * @param perRow whether each row of FROM gives a row by itself: no DISTINCT, GROUP BY, HAVING, and no function in what is selected
     * @param groups the expressions of which each row of the result has one value, of GROUP BY or DISTINCT; empty if that cannot be
     *     told, or if what is selected looks beyond them
     * @param more what stands behind WHERE, and in DISTINCT ON and TOP
     * @param into whether it makes a table
     */
    record Select(
            List<Item> items,
            List<Source> from,
            @Nullable Expression where,
            List<Expression> more,
            boolean perRow,
            List<Expression> groups,
            boolean into)
            implements Body {}

    /** Something selected; the qualifier of a star with one, {@code star} alone for all columns. */
    record Item(Expression expression, @Nullable Token alias, boolean star) {}

    /** {@code union}: whether it keeps the rows of all its parts. */
    record Sets(List<Body> parts, boolean union) implements Body {}

    /** VALUES. */
    record Rows(List<List<Expression>> rows) implements Body {}

    record Nested(Query query) implements Body {}

    /** TABLE t. */
    record Whole(Table table) implements Body {}

    sealed interface Source permits Table, Derived, Call, Join {}

    /** {@code columns}: new names for its columns. */
    record Table(
            @Nullable Token schema, Token name, @Nullable Token alias, List<Token> columns, int position)
            implements Source {

        Token called() {
            return alias == null ? name : alias;
        }
    }

    /** A query, or a statement that writes, in FROM. {@code lateral}: whether it may refer to what stands before it. */
    record Derived(
            Statement statement, boolean lateral, @Nullable Token alias, List<Token> columns, int position)
            implements Source {}

    /** A function in FROM, with the columns that are given names or types. */
    record Call(
            Expression expression,
            Expression columns,
            @Nullable Token alias,
            int position) implements Source {}

    enum JoinKind {
        INNER,
        LEFT,
        RIGHT,
        FULL,
        /** Commas in FROM: they join everything, but bind weaker. */
        CROSS
    }

    /** {@code alias}: what the columns of USING are called together. */
    record Join(
            Source left,
            JoinKind kind,
            boolean natural,
            Source right,
            @Nullable Expression on,
            List<Token> using,
            @Nullable Token alias)
            implements Source {}

    record Assignment(List<Expression> columns, Expression value) {}

    /**
     * @param columns empty if none are listed
     * @param columnsEnd the position of the parenthesis behind the columns; -1 without any
     * @param source null for DEFAULT VALUES
     * @param conflict null without ON CONFLICT, or if it does nothing
     */
    record Insert(
            With with,
            Table table,
            List<Token> columns,
            int columnsEnd,
            @Nullable Query source,
            @Nullable Conflict conflict,
            @Nullable Returning returning)
            implements Statement {}

    record Conflict(
            Expression target,
            List<Token> targetColumns,
            List<Assignment> assignments,
            @Nullable Expression where,
            int end) {}

    record Returning(List<Item> items) {}

    record Update(
            With with,
            Table table,
            List<Assignment> assignments,
            List<Source> from,
            @Nullable Expression where,
            Expression tail,
            @Nullable Returning returning,
            int end)
            implements Statement {}

    record Delete(
            With with,
            Table table,
            List<Source> using,
            @Nullable Expression where,
            Expression tail,
            @Nullable Returning returning,
            int end)
            implements Statement {}

    /** {@code keys}: of H2's MERGE INTO … KEY (…), empty for the standard's. */
    record Merge(
            With with,
            Table table,
            @Nullable Source source,
            @Nullable Expression on,
            List<When> whens,
            List<Token> columns,
            List<Token> keys,
            @Nullable Query rows,
            @Nullable Returning returning)
            implements Statement {}

    enum Action {
        INSERT,
        UPDATE,
        DELETE,
        NOTHING
    }

    /** {@code matched}: whether it is about rows of the table; {@code bySource}: about those that nothing matches. */
    record When(
            boolean matched,
            boolean bySource,
            @Nullable Expression and,
            Action action,
            List<Assignment> assignments,
            List<Token> columns,
            int columnsEnd,
            List<Expression> values,
            int valuesEnd) {}
}

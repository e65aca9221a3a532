package dev.tenancy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the database whose rows a transaction is for, where it has policies. One for each connection, and no more thread-safe than
 * that.
 */
final class TenantAnnouncement {

    /** What the text of a statement has besides the statement: the tenant, and the commit of the transaction. */
    enum InText {
        NOTHING(0),
        /** The tenant, before a query. The driver sends both at once. */
        TENANT(1),
        /**
         * A transaction, begun and ended in the text, around a query. Without it, outside of a transaction, the tenant would last until
         * the driver's next Sync, which it may send between any two statements of a text (pgjdbc does so where it awaits many rows of the
         * second).
         */
        TRANSACTION(2),
        /** The commit, after a statement in a transaction that knows the tenant. */
        COMMIT(0),
        /** The tenant before a statement, and the commit after it. */
        TENANT_AND_COMMIT(1);

        private static final String SET = "select set_config('" + RowPolicies.SETTING + "',?,true);";

        private final int results;

        InText(int results) {
            this.results = results;
        }

        /** Whether the tenant is bound to the first parameter of the text. */
        boolean announces() {
            return this != NOTHING && this != COMMIT;
        }

        boolean commits() {
            return this == COMMIT || this == TENANT_AND_COMMIT;
        }

        /** Whether the statement is good for one execution only, in the connection's mode of when it was prepared. */
        boolean ends() {
            return this == TRANSACTION || commits();
        }

        /** How many results come before the statement's own. */
        int results() {
            return results;
        }

        String around(String sql, Connection connection) throws SQLException {
            String begin = this != TRANSACTION ? "" : connection.isReadOnly() ? "begin read only;" : "begin;";
            // A text may end with a comment.
            return begin + (announces() ? SET : "") + sql + (ends() ? "\n;commit" : "");
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(TenantAnnouncement.class);

    private static final Object EVERYONE = new Object();
    private static final Object NOBODY = new Object();

    private final Connection connection;
    private final StatementGuard guard;
    private @Nullable Object announced;
    // Until the transaction ends: a rollback to a savepoint from across tenants brings that role back.
    private boolean crossed;
    private @Nullable Boolean needed;

    TenantAnnouncement(Connection connection, StatementGuard guard) {
        this.connection = connection;
        this.guard = guard;
    }

    /** Runs a statement, once the database knows whose rows it is for. */
    <T> T before(StatementCheck check, Statement statement, GuardedConnection.Execution<T> execution)
            throws SQLException {
        if (!isNeeded() || !(check.concernsTenants() || mayTakeBackRole(check))) {
            return execution.run();
        }
        if (connection.getAutoCommit()) {
            return runAlone(statement, () -> {
                announce();
                return execution.run();
            });
        }
        announce();
        return execution.run();
    }

    // A role that reads all rows is for nobody else, whatever the statement is about. A transaction that has failed
    // lets itself be ended only.
    private boolean mayTakeBackRole(StatementCheck check) {
        return crossed && !CurrentTenant.isCrossing() && !check.effects().endsTransaction();
    }

    // Where a data source of the application's stands between two that are guarded, the inner one announces, which
    // would not let ours pass. Asked late, since a connection that is fetched lazily would be fetched.
    boolean isNeeded() throws SQLException {
        if (!guard.announces()) {
            return false;
        }
        if (needed == null) {
            GuardedConnection inside = GuardedConnection.find(connection);
            needed = inside == null || !inside.announcement().isNeeded();
        }
        return needed;
    }

    // The setting ends with its transaction, so a statement outside of one gets its own.
    private <T> T runAlone(Statement statement, GuardedConnection.Execution<T> execution) throws SQLException {
        int fetchSize = statement.getFetchSize();
        connection.setAutoCommit(false);
        try {
            // A cursor would not outlive the commit.
            statement.setFetchSize(0);
            T result = execution.run();
            connection.commit();
            connection.setAutoCommit(true);
            return result;
        } catch (SQLException | RuntimeException | Error failure) {
            try {
                connection.rollback();
                connection.setAutoCommit(true);
            } catch (SQLException again) {
                failure.addSuppressed(again);
            }
            throw failure;
        } finally {
            ended();
            if (!statement.isClosed()) {
                statement.setFetchSize(fetchSize);
            }
        }
    }

    // SET and not set_config, since Citus passes only the first on to its workers. LOCAL, so that neither a pool nor a
    // proxy carries it over to the next transaction.
    private void announce() throws SQLException {
        TenantPrincipal principal = CurrentTenant.peek();
        Object whose = principal != null ? principal.tenantId() : CurrentTenant.isCrossing() ? EVERYONE : NOBODY;
        if (whose.equals(announced)) {
            return;
        }
        StringBuilder sql = new StringBuilder();
        if (whose == EVERYONE) {
            crossed = true;
            sql.append("set local role ").append(RowPolicies.ACROSS);
        } else if (whose == NOBODY) {
            sql.append("set local role none");
        } else {
            if (crossed) {
                sql.append("set local role none; ");
            }
            sql.append("set local ")
                    .append(RowPolicies.SETTING)
                    .append(" = '")
                    .append(whose.toString().replace("'", "''"))
                    .append('\'');
        }
        announced = null;
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql.toString());
        }
        announced = whose;
    }

    /**
     * Whether the driver takes a text of several statements for what it is. One that asks for all values in binary
     * ({@code prepareThreshold=-1} of pgjdbc) describes the first only, and awaits the columns of the others from that.
     */
    static boolean canBeInText(Connection connection) throws SQLException {
        try (PreparedStatement two = connection.prepareStatement("select ?;select 1, 2")) {
            two.setInt(1, 0);
            return two.execute() && two.getMoreResults();
        } catch (SQLException refusal) {
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            LOG.debug(
                    "A statement and the tenant that it is for are told to the database one after the other", refusal);
            return false;
        }
    }

    /**
     * What the text of a statement can have besides it.
     *
     * @param byStatement whether each statement is to commit by itself, and is run at once
     */
    InText inText(StatementCheck check, boolean byStatement) throws SQLException {
        boolean writes = byStatement && check.isPlainWrite();
        if (!isNeeded()
                || !(check.isPlainQuery() || writes)
                || !guard.ridesAlong()
                || !check.concernsTenants()
                || crossed) {
            return InText.NOTHING;
        }
        TenantPrincipal principal = CurrentTenant.peek();
        if (principal == null) {
            return InText.NOTHING;
        }
        boolean known = principal.tenantId().equals(announced);
        if (byStatement && connection.getAutoCommit()) {
            return writes ? InText.NOTHING : InText.TRANSACTION;
        }
        // What is read for a write to come is of that one's transaction.
        if (writes || byStatement && connection.isReadOnly()) {
            return known ? InText.COMMIT : InText.TENANT_AND_COMMIT;
        }
        return known ? InText.NOTHING : InText.TENANT;
    }

    /**
     * Refuses a statement whose text would end another transaction than the one it was prepared for.
     *
     * @param byStatement whether each statement is to commit by itself now
     */
    void checkStillEnds(InText how, boolean byStatement) throws SQLException {
        if (how.ends() && (!byStatement || connection.getAutoCommit() != (how == InText.TRANSACTION))) {
            throw new SQLException(
                    "A statement that was prepared to commit by itself was to run in a transaction, which it would end."
                            + " Prepare it anew in that.");
        }
    }

    /**
     * Runs a statement whose text has more than itself. It may have been prepared earlier, and cannot take back a role.
     *
     * @return whether rows come of it
     */
    boolean riding(InText how, PreparedStatement statement) throws SQLException {
        if (how == InText.TRANSACTION) {
            return ridingAlone(statement);
        }
        if (connection.getAutoCommit()) {
            return runAlone(statement, () -> executed(how, statement));
        }
        if (crossed || !how.announces()) {
            announce();
        }
        int fetchSize = how.commits() ? statement.getFetchSize() : 0;
        try {
            if (fetchSize != 0) {
                // A cursor would not outlive the commit.
                statement.setFetchSize(0);
            }
            boolean rows = executed(how, statement);
            TenantPrincipal principal = CurrentTenant.peek();
            announced = principal == null ? null : principal.tenantId();
            return rows;
        } catch (SQLException | RuntimeException | Error failure) {
            // A commit that is refused ends the transaction as well.
            announced = null;
            if (how.commits() && !(failure instanceof SQLException)) {
                abort(failure);
            }
            throw failure;
        } finally {
            if (fetchSize != 0 && !statement.isClosed()) {
                statement.setFetchSize(fetchSize);
            }
        }
    }

    private boolean ridingAlone(PreparedStatement statement) throws SQLException {
        try {
            return executed(InText.TRANSACTION, statement);
        } catch (SQLException | RuntimeException | Error failure) {
            takeBack(failure);
            throw failure;
        }
    }

    // What comes after the failure is not run, the commit included.
    private void takeBack(Throwable failure) {
        if (failure instanceof SQLException) {
            try (Statement end = connection.createStatement()) {
                end.execute("rollback");
                return;
            } catch (SQLException refused) {
                failure.addSuppressed(refused);
            }
        }
        abort(failure);
    }

    // Where it is not known what the driver has sent, or the rollback is refused, the transaction ends with the
    // connection.
    private void abort(Throwable failure) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException lost) {
            failure.addSuppressed(lost);
        }
    }

    private static boolean executed(InText how, PreparedStatement statement) throws SQLException {
        boolean rows = statement.execute();
        for (int before = 0; before < how.results(); before++) {
            // Closed, the last that is open would close a statement that is to be closed with its results.
            rows = statement.getMoreResults(Statement.KEEP_CURRENT_RESULT);
        }
        return rows;
    }

    /** The transaction goes on, but perhaps without what was announced; the role may be another as well. */
    void rolledBack() {
        announced = null;
    }

    /** The transaction is over. */
    void ended() {
        announced = null;
        crossed = false;
    }
}

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

    /** How the text of a statement tells the tenant, if it does. */
    enum InText {
        NOT(0),
        /** Before the statement: the driver sends both at once. */
        BEFORE(1),
        /**
         * In a transaction that the text begins and ends. Outside of one, the setting would last until the driver's next Sync, which it
         * may send between any two statements of a text (pgjdbc does so where it awaits many rows of the second).
         */
        ALONE(2);

        private static final String SET = "select set_config('" + RowPolicies.SETTING + "',?,true);";

        private final int results;

        InText(int results) {
            this.results = results;
        }

        boolean announces() {
            return this != NOT;
        }

        /** How many results come before the statement's own. */
        int results() {
            return results;
        }

        String around(String sql, Connection connection) throws SQLException {
            return switch (this) {
                case NOT -> sql;
                case BEFORE -> SET + sql;
                // A text may end with a comment.
                case ALONE -> (connection.isReadOnly() ? "begin read only;" : "begin;") + SET + sql + "\n;commit";
            };
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
     * How a statement can announce the current tenant by itself.
     *
     * @param alone whether it is run at once, and will be in no transaction and no batch, so that a write may do so as well
     */
    InText inText(StatementCheck check, boolean alone) throws SQLException {
        if (!isNeeded()
                || !(check.isPlainQuery() || alone && check.isPlainWrite())
                || !guard.ridesAlong()
                || !check.concernsTenants()
                || crossed) {
            return InText.NOT;
        }
        TenantPrincipal principal = CurrentTenant.peek();
        if (principal == null || principal.tenantId().equals(announced)) {
            return InText.NOT;
        }
        return alone ? InText.ALONE : InText.BEFORE;
    }

    /**
     * Runs a statement that announces by itself. It may have been prepared earlier, and cannot take back a role.
     *
     * @return whether rows come of it
     */
    boolean riding(InText how, PreparedStatement statement) throws SQLException {
        if (how == InText.ALONE) {
            return ridingAlone(statement);
        }
        if (connection.getAutoCommit()) {
            return runAlone(statement, () -> executed(how, statement));
        }
        if (crossed) {
            announce();
        }
        boolean rows = executed(how, statement);
        TenantPrincipal principal = CurrentTenant.peek();
        announced = principal == null ? null : principal.tenantId();
        return rows;
    }

    private boolean ridingAlone(PreparedStatement statement) throws SQLException {
        if (!connection.getAutoCommit()) {
            throw new SQLException(
                    "A statement that was prepared to commit by itself was to run in a transaction, which it would end."
                            + " Prepare it anew in that.");
        }
        try {
            return executed(InText.ALONE, statement);
        } catch (SQLException | RuntimeException | Error failure) {
            takeBack(failure);
            throw failure;
        }
    }

    // What comes after the failure is not run, the commit included. Where it is not known what the driver has sent, or
    // the rollback is refused, the transaction ends with the connection.
    private void takeBack(Throwable failure) {
        try {
            if (failure instanceof SQLException) {
                try (Statement end = connection.createStatement()) {
                    end.execute("rollback");
                    return;
                } catch (SQLException refused) {
                    failure.addSuppressed(refused);
                }
            }
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

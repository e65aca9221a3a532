package dev.tenancy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Tells the database whose rows a transaction is for, where it has policies. One for each connection, and no more thread-safe than
 * that.
 */
final class TenantAnnouncement {

    /** Before the first query of a transaction, or a statement that commits by itself: the driver sends both at once. */
    static final String WITH_QUERY = "select set_config('" + RowPolicies.SETTING + "',?,true);";

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
            return runAlone(statement, execution);
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
            announce();
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
     * Whether a statement can announce the current tenant by itself, with {@link #WITH_QUERY} before its text.
     *
     * @param alone whether a write may do so as well, since it will be in no batch
     */
    boolean ridesAlong(StatementCheck check, boolean alone) throws SQLException {
        if (!isNeeded()
                || !(check.isPlainQuery() || alone && check.isPlainWrite())
                || !guard.ridesAlong()
                || !check.concernsTenants()
                || crossed) {
            return false;
        }
        TenantPrincipal principal = CurrentTenant.peek();
        return principal != null && !principal.tenantId().equals(announced);
    }

    /** A statement that announces by itself is about to run; it may have been prepared earlier, and cannot take back a role. */
    void beforeQuery() throws SQLException {
        if (crossed) {
            announce();
        }
    }

    /** A statement has announced the current tenant. */
    void afterQuery() throws SQLException {
        TenantPrincipal principal = CurrentTenant.peek();
        announced = principal == null || connection.getAutoCommit() ? null : principal.tenantId();
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

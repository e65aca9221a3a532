package dev.tenancy;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A connection that runs what the guard lets through; and, where the database has policies, tells it who the tenant is. */
abstract class GuardedConnection implements Connection {

    /** Before the first query of a transaction: the driver sends both at once. */
    static final String ANNOUNCEMENT = "select set_config('" + RowPolicies.SETTING + "',?,true);";

    private static final Object EVERYONE = new Object();

    final Connection delegate;
    private final StatementGuard guard;
    private @Nullable Object announced;
    // Until the transaction ends: a rollback to a savepoint from across tenants brings that role back.
    private boolean crossed;
    private @Nullable Boolean announcing;
    // Whether the transaction has written what decides who may act for whom.
    private boolean decided;

    GuardedConnection(Connection delegate, StatementGuard guard) {
        this.delegate = delegate;
        this.guard = guard;
    }

    @FunctionalInterface
    interface Execution<T> {
        T run() throws SQLException;
    }

    /** Rules on a text, and refuses what may not even be prepared. */
    Ruling rule(String sql) throws SQLException {
        Ruling ruling = guard.rule(sql, delegate, false);
        ruling.checkText();
        return ruling;
    }

    // ---- the tenant of a transaction, for row-level security

    /** Runs a statement that was let through, once the database knows whose rows it is for. */
    <T> T run(Ruling ruling, Statement statement, Execution<T> execution) throws SQLException {
        return ruling.decides()
                ? deciding(ruling, () -> send(ruling, statement, execution))
                : send(ruling, statement, execution);
    }

    /** Runs what may change the answers of {@link Memberships}. One that fails may have done so, too: a batch, half of it. */
    <T> T deciding(Ruling ruling, Execution<T> execution) throws SQLException {
        boolean atOnce = ruling.commits() || delegate.getAutoCommit();
        decided = true;
        try {
            return execution.run();
        } finally {
            if (atOnce) {
                MembershipChanges.tell();
                // What has committed by itself may have begun something that is yet to be committed.
                decided = ruling.commits();
            }
        }
    }

    /** The transaction is over, or may be. */
    void tell() {
        if (decided) {
            decided = false;
            MembershipChanges.tell();
        }
    }

    private <T> T send(Ruling ruling, Statement statement, Execution<T> execution) throws SQLException {
        try {
            if (!announces() || !ruling.concernsTenants()) {
                return execution.run();
            }
            if (delegate.getAutoCommit()) {
                return runAlone(statement, execution);
            }
            announce();
            return execution.run();
        } catch (SQLException failure) {
            throw guard.told(failure, ruling);
        }
    }

    // Where a data source of the application's stands between two that are guarded, the inner one announces, which
    // would
    // not let ours pass. Asked late, since a connection that is fetched lazily would be fetched.
    private boolean announces() throws SQLException {
        if (!guard.announces()) {
            return false;
        }
        if (announcing == null) {
            announcing = !delegate.isWrapperFor(GuardedConnection.class)
                    || !delegate.unwrap(GuardedConnection.class).announces();
        }
        return announcing;
    }

    /** The guard of a connection that this one stands before, whatever is between; null if there is none. */
    @Nullable StatementGuard guardInside() throws SQLException {
        GuardedConnection inside = find(delegate);
        return inside == null ? null : inside.guard;
    }

    /** The guarded connection that one is, or stands before; null if it is not guarded. */
    static @Nullable GuardedConnection find(Connection connection) throws SQLException {
        if (connection instanceof GuardedConnection guarded) {
            return guarded;
        }
        return connection.isWrapperFor(GuardedConnection.class) ? connection.unwrap(GuardedConnection.class) : null;
    }

    StatementGuard guard() {
        return guard;
    }

    // The setting ends with its transaction, so a statement outside of one gets its own.
    private <T> T runAlone(Statement statement, Execution<T> execution) throws SQLException {
        int fetchSize = statement.getFetchSize();
        delegate.setAutoCommit(false);
        try {
            announce();
            // A cursor would not outlive the commit.
            statement.setFetchSize(0);
            T result = execution.run();
            delegate.commit();
            delegate.setAutoCommit(true);
            return result;
        } catch (SQLException | RuntimeException | Error failure) {
            try {
                delegate.rollback();
                delegate.setAutoCommit(true);
            } catch (SQLException again) {
                failure.addSuppressed(again);
            }
            throw failure;
        } finally {
            forget();
            if (!statement.isClosed()) {
                statement.setFetchSize(fetchSize);
            }
        }
    }

    // SET and not set_config, since Citus passes only the first on to its workers. LOCAL, so that neither a pool nor a
    // proxy carries it over to the next transaction.
    private void announce() throws SQLException {
        TenantPrincipal principal = CurrentTenant.peek();
        Object whose = principal == null ? EVERYONE : principal.tenantId();
        if (whose.equals(announced)) {
            return;
        }
        StringBuilder sql = new StringBuilder();
        if (whose == EVERYONE) {
            crossed = true;
            sql.append("set local role ").append(RowPolicies.ACROSS);
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
        try (Statement statement = delegate.createStatement()) {
            statement.execute(sql.toString());
        }
        announced = whose;
    }

    private boolean ridesAlong(Ruling ruling) throws SQLException {
        TenantPrincipal principal = CurrentTenant.peek();
        return announces()
                && guard.ridesAlong()
                && principal != null
                && ruling.isQuery()
                && ruling.concernsTenants()
                && !crossed
                && !principal.tenantId().equals(announced);
    }

    /** A query, which may have been prepared earlier, is about to announce the current tenant; a role it cannot take back. */
    void comeBack() throws SQLException {
        if (crossed) {
            announce();
        }
    }

    /** A query has announced the current tenant. */
    void announced() throws SQLException {
        TenantPrincipal principal = CurrentTenant.peek();
        announced = principal == null || delegate.getAutoCommit() ? null : principal.tenantId();
    }

    private void forget() {
        announced = null;
        crossed = false;
    }

    @Override
    public void commit() throws SQLException {
        forget();
        try {
            delegate.commit();
        } finally {
            // A commit of which no answer came back may have happened.
            tell();
        }
    }

    @Override
    public void rollback() throws SQLException {
        forget();
        delegate.rollback();
        decided = false;
    }

    @Override
    public void rollback(Savepoint savepoint) throws SQLException {
        announced = null;
        delegate.rollback(savepoint);
    }

    @Override
    public void setAutoCommit(boolean autoCommit) throws SQLException {
        if (autoCommit != delegate.getAutoCommit()) {
            forget();
        }
        try {
            delegate.setAutoCommit(autoCommit);
        } finally {
            if (autoCommit) {
                // It commits what was begun.
                tell();
            }
        }
    }

    @Override
    public void close() throws SQLException {
        try {
            delegate.close();
        } finally {
            tell();
        }
    }

    // ---- statements

    @Override
    public Statement createStatement() throws SQLException {
        return GuardedJdbc.statement(delegate.createStatement(), this);
    }

    @Override
    public Statement createStatement(int type, int concurrency) throws SQLException {
        checkReadOnly(concurrency);
        return GuardedJdbc.statement(delegate.createStatement(type, concurrency), this);
    }

    @Override
    public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
        checkReadOnly(concurrency);
        return GuardedJdbc.statement(delegate.createStatement(type, concurrency, holdability), this);
    }

    @Override
    public PreparedStatement prepareStatement(String sql) throws SQLException {
        Ruling ruling = rule(sql);
        return ridesAlong(ruling)
                ? GuardedJdbc.announcing(delegate.prepareStatement(ANNOUNCEMENT + ruling.sql()), this, ruling)
                : GuardedJdbc.prepared(delegate.prepareStatement(ruling.sql()), this, ruling);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int type, int concurrency) throws SQLException {
        checkReadOnly(concurrency);
        Ruling ruling = rule(sql);
        return type == ResultSet.TYPE_FORWARD_ONLY && ridesAlong(ruling)
                ? GuardedJdbc.announcing(
                        delegate.prepareStatement(ANNOUNCEMENT + ruling.sql(), type, concurrency), this, ruling)
                : GuardedJdbc.prepared(delegate.prepareStatement(ruling.sql(), type, concurrency), this, ruling);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
            throws SQLException {
        checkReadOnly(concurrency);
        Ruling ruling = rule(sql);
        return GuardedJdbc.prepared(
                delegate.prepareStatement(ruling.sql(), type, concurrency, holdability), this, ruling);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int autoGeneratedKeys) throws SQLException {
        Ruling ruling = rule(sql);
        return GuardedJdbc.prepared(delegate.prepareStatement(ruling.sql(), autoGeneratedKeys), this, ruling);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int[] columnIndexes) throws SQLException {
        Ruling ruling = rule(sql);
        return GuardedJdbc.prepared(delegate.prepareStatement(ruling.sql(), columnIndexes), this, ruling);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, String[] columnNames) throws SQLException {
        Ruling ruling = rule(sql);
        return GuardedJdbc.prepared(delegate.prepareStatement(ruling.sql(), columnNames), this, ruling);
    }

    @Override
    public CallableStatement prepareCall(String sql) throws SQLException {
        Ruling ruling = rule(sql);
        return GuardedJdbc.callable(delegate.prepareCall(ruling.sql()), this, ruling);
    }

    @Override
    public CallableStatement prepareCall(String sql, int type, int concurrency) throws SQLException {
        checkReadOnly(concurrency);
        Ruling ruling = rule(sql);
        return GuardedJdbc.callable(delegate.prepareCall(ruling.sql(), type, concurrency), this, ruling);
    }

    @Override
    public CallableStatement prepareCall(String sql, int type, int concurrency, int holdability) throws SQLException {
        checkReadOnly(concurrency);
        Ruling ruling = rule(sql);
        return GuardedJdbc.callable(delegate.prepareCall(ruling.sql(), type, concurrency, holdability), this, ruling);
    }

    // Rows that are changed through a result set never become a statement.
    private static void checkReadOnly(int concurrency) {
        if (concurrency != ResultSet.CONCUR_READ_ONLY) {
            throw new UnprovenStatementException(
                    "(updatable result set)",
                    "what is written through it cannot be seen",
                    "Ask for ResultSet.CONCUR_READ_ONLY, and write with statements.");
        }
    }

    // ---- no way behind

    @Override
    public DatabaseMetaData getMetaData() throws SQLException {
        return GuardedJdbc.metaData(delegate.getMetaData(), this);
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return unwrap(this, delegate, type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(this) || !guard.isKnowing() && delegate.isWrapperFor(type);
    }

    <T> T unwrap(Object wrapper, java.sql.Wrapper behind, Class<T> type) throws SQLException {
        if (type.isInstance(wrapper)) {
            return type.cast(wrapper);
        }
        if (guard.isKnowing()) {
            throw new SQLException(
                    "unwrap(" + type.getName() + ") was refused: statements would pass by the tenant guard."
                            + " For work that no tenant has a part in, unwrap the data source, and take a connection from there.");
        }
        return type.isInstance(behind) ? type.cast(behind) : behind.unwrap(type);
    }
}

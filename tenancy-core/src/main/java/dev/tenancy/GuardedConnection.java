package dev.tenancy;

import dev.tenancy.sql.SessionEffects;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection that runs what the guard lets through; and, where the database has policies, tells it who the tenant is. */
abstract class GuardedConnection implements Connection {

    /** Before the first query of a transaction: the driver sends both at once. */
    static final String ANNOUNCEMENT = "select set_config('" + RowPolicies.SETTING + "',?,true);";

    private static final Logger LOG = LoggerFactory.getLogger(GuardedConnection.class);
    private static final Object EVERYONE = new Object();
    private static final Object NOBODY = new Object();

    final Connection delegate;
    private final StatementGuard guard;
    private @Nullable Object announced;
    // Whether a text has changed where the database looks names up: the mapping does not tell then what they mean.
    private boolean namesMoved;
    // Until the transaction ends: a rollback to a savepoint from across tenants brings that role back.
    private boolean crossed;
    private @Nullable Boolean announcing;
    // Null unless a text was about to change what outlives its transaction.
    private @Nullable SessionState session;
    private @Nullable Object sessionOf;
    private Set<String> localSettings = Set.of();
    // Whether the transaction has written what Memberships answers from.
    private boolean membershipsChanged;

    GuardedConnection(Connection delegate, StatementGuard guard) {
        this.delegate = delegate;
        this.guard = guard;
    }

    @FunctionalInterface
    interface Execution<T> {
        T run() throws SQLException;
    }

    /** Rules on a text, and refuses what may not even be prepared. */
    StatementCheck check(String sql) throws SQLException {
        StatementCheck check = guard.check(sql, delegate, namesMoved);
        check.checkText();
        namesMoved |= check.movesNames();
        return check;
    }

    // ---- the tenant of a transaction, for row-level security

    /** Runs a statement that was let through, once the database knows whose rows it is for. */
    <T> T run(StatementCheck check, Statement statement, Execution<T> execution) throws SQLException {
        SessionEffects effects = check.effects();
        if (effects == SessionEffects.NONE && session == null) {
            return changingOrSend(check, statement, execution);
        }
        return affecting(effects, check, () -> changingOrSend(check, statement, execution));
    }

    private <T> T changingOrSend(StatementCheck check, Statement statement, Execution<T> execution)
            throws SQLException {
        return check.changesMemberships()
                ? changingMemberships(check, () -> send(check, statement, execution))
                : send(check, statement, execution);
    }

    /** Runs what may change the answers of {@link Memberships}. One that fails may have done so, too: a batch, half of it. */
    <T> T changingMemberships(StatementCheck check, Execution<T> execution) throws SQLException {
        boolean atOnce = check.commits() || delegate.getAutoCommit();
        membershipsChanged = true;
        try {
            return execution.run();
        } finally {
            if (atOnce) {
                MembershipChanges.tell();
                // What has committed by itself may have begun something that is yet to be committed.
                membershipsChanged = check.commits();
            }
        }
    }

    /** The transaction is over, or may be. */
    void tell() {
        if (membershipsChanged) {
            membershipsChanged = false;
            MembershipChanges.tell();
        }
    }

    /** What the caller of a statement gets to know of its failure. */
    SQLException translate(SQLException failure, StatementCheck check) {
        return guard.translate(failure, check);
    }

    private <T> T send(StatementCheck check, Statement statement, Execution<T> execution) throws SQLException {
        try {
            if (!announces() || !(check.concernsTenants() || mayTakeBackRole(check))) {
                return execution.run();
            }
            if (delegate.getAutoCommit()) {
                return runAlone(statement, execution);
            }
            announce();
            return execution.run();
        } catch (SQLException failure) {
            throw guard.translate(failure, check);
        }
    }

    // A role that reads all rows is for nobody else, whatever the statement is about. A transaction that has failed
    // lets
    // itself be ended only.
    private boolean mayTakeBackRole(StatementCheck check) {
        return crossed && !CurrentTenant.isCrossing() && !check.effects().endsTransaction();
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
        try (Statement statement = delegate.createStatement()) {
            statement.execute(sql.toString());
        }
        announced = whose;
    }

    private boolean ridesAlong(StatementCheck check) throws SQLException {
        TenantPrincipal principal = CurrentTenant.peek();
        return announces()
                && check.effects() == SessionEffects.NONE
                && guard.ridesAlong()
                && principal != null
                && check.isQuery()
                && check.concernsTenants()
                && !crossed
                && !principal.tenantId().equals(announced);
    }

    /** A query, which may have been prepared earlier, is about to announce the current tenant; a role it cannot take back. */
    void comeBack(StatementCheck check) throws SQLException {
        keepApart(check.entity());
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
        localSettings = Set.of();
    }

    // ---- what outlives a transaction

    /** Runs what may end the transaction, or change what outlives it. */
    <T> T affecting(SessionEffects effects, StatementCheck check, Execution<T> execution) throws SQLException {
        if (effects.goesOn()) {
            checkGoingOn(check);
        }
        keepApart(check.entity());
        attend(effects);
        try {
            return execution.run();
        } finally {
            if (effects.endsTransaction()) {
                // The role as well may be another, which a rollback to a savepoint brings back: crossed stays as it is.
                announced = null;
            }
        }
    }

    /** Refuses what would run in a transaction in which the database was not told the tenant, or as another role. */
    void checkGoingOn(StatementCheck check) throws SQLException {
        if (check.concernsTenants() && CurrentTenant.peek() != null && announces()) {
            throw new UnprovenStatementException(
                    check.entity() == null ? "(any)" : check.entity(),
                    "it stands behind one that ends the transaction, in which alone the database knows the tenant",
                    "Run each statement by itself.");
        }
    }

    /** What one tenant has left on the connection is not for another. */
    private void keepApart(@Nullable String entity) throws SQLException {
        TenantPrincipal principal = CurrentTenant.peek();
        SessionState left = session;
        if (left == null || principal == null || principal.tenantId().equals(sessionOf)) {
            return;
        }
        if (!delegate.getAutoCommit()) {
            // What is put back inside of a transaction comes again with its rollback.
            throw new UnprovenStatementException(
                    entity == null ? "(any)" : entity,
                    "another tenant has left temporary tables, settings or variables on the connection",
                    "Close the connection first, and take another inside of CurrentTenant.runAs(tenant, …).");
        }
        try {
            left.putBack();
        } catch (SQLException failed) {
            LOG.error(
                    "What a tenant left on a connection could not be taken away, so the connection is closed", failed);
            session = null;
            SessionState.end(delegate);
            throw failed;
        }
        sessionOf = principal.tenantId();
    }

    private void attend(SessionEffects effects) throws SQLException {
        TenantPrincipal principal = CurrentTenant.peek();
        if (principal == null && !CurrentTenant.isCrossing()) {
            return; // What is done for nobody, such as a schema tool's, is the application's own.
        }
        if (effects.outlivesTransaction() && !delegate.isWrapperFor(GuardedConnection.class)) {
            SessionState state = session;
            if (state == null) {
                state = new SessionState(delegate);
                session = state;
                sessionOf = principal == null ? EVERYONE : principal.tenantId();
            } else if (principal == null) {
                sessionOf = EVERYONE;
            }
            state.beforeRunning(effects, localSettings);
        }
        if (!effects.localSettings().isEmpty() && !delegate.getAutoCommit()) {
            Set<String> all = new HashSet<>(localSettings);
            all.addAll(effects.localSettings());
            localSettings = all;
        }
    }

    /**
     * Puts the database's session back as it was. To be called before the connection is somebody else's.
     *
     * @return false if it could not be, so that the connection was ended
     */
    boolean putBack() {
        SessionState state = session;
        if (state == null) {
            return true;
        }
        session = null;
        try {
            if (delegate.isClosed()) {
                return true;
            }
            forget();
            boolean autoCommit = delegate.getAutoCommit();
            if (autoCommit) {
                state.endWhatATextBegan();
            } else {
                delegate.rollback();
            }
            state.putBack();
            if (!autoCommit) {
                delegate.commit();
            }
            return true;
        } catch (SQLException | RuntimeException failure) {
            LOG.error(
                    "What a tenant left on a connection could not be taken away, so the connection is closed", failure);
            if (!SessionState.end(delegate)) {
                throw new IllegalStateException(
                        "A connection that a tenant has changed can neither be put back nor closed. It is not given back to its pool.",
                        failure);
            }
            return false;
        }
    }

    @Override
    public void setSchema(String schema) throws SQLException {
        keepApart(null);
        attend(SessionEffects.ofSetting("search_path"));
        delegate.setSchema(schema);
    }

    @Override
    public void setClientInfo(String name, String value) throws SQLClientInfoException {
        attendToClientInfo();
        delegate.setClientInfo(name, value);
    }

    @Override
    public void setClientInfo(Properties properties) throws SQLClientInfoException {
        attendToClientInfo();
        delegate.setClientInfo(properties);
    }

    private void attendToClientInfo() throws SQLClientInfoException {
        try {
            keepApart(null);
            attend(SessionEffects.ofSetting("application_name"));
        } catch (SQLException failed) {
            throw new SQLClientInfoException(Map.of(), failed);
        }
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
        membershipsChanged = false;
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
            if (putBack()) {
                delegate.close();
            } else {
                closeEnded();
            }
        } finally {
            tell();
        }
    }

    private void closeEnded() {
        try {
            delegate.close();
        } catch (SQLException over) {
            LOG.debug("A connection that was ended says so", over);
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
        StatementCheck check = check(sql);
        return ridesAlong(check)
                ? GuardedJdbc.announcing(delegate.prepareStatement(ANNOUNCEMENT + check.sql()), this, check)
                : GuardedJdbc.prepared(delegate.prepareStatement(check.sql()), this, check);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int type, int concurrency) throws SQLException {
        checkReadOnly(concurrency);
        StatementCheck check = check(sql);
        return type == ResultSet.TYPE_FORWARD_ONLY && ridesAlong(check)
                ? GuardedJdbc.announcing(
                        delegate.prepareStatement(ANNOUNCEMENT + check.sql(), type, concurrency), this, check)
                : GuardedJdbc.prepared(delegate.prepareStatement(check.sql(), type, concurrency), this, check);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
            throws SQLException {
        checkReadOnly(concurrency);
        StatementCheck check = check(sql);
        return GuardedJdbc.prepared(
                delegate.prepareStatement(check.sql(), type, concurrency, holdability), this, check);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int autoGeneratedKeys) throws SQLException {
        StatementCheck check = check(sql);
        return GuardedJdbc.prepared(delegate.prepareStatement(check.sql(), autoGeneratedKeys), this, check);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int[] columnIndexes) throws SQLException {
        StatementCheck check = check(sql);
        return GuardedJdbc.prepared(delegate.prepareStatement(check.sql(), columnIndexes), this, check);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, String[] columnNames) throws SQLException {
        StatementCheck check = check(sql);
        return GuardedJdbc.prepared(delegate.prepareStatement(check.sql(), columnNames), this, check);
    }

    @Override
    public CallableStatement prepareCall(String sql) throws SQLException {
        StatementCheck check = check(sql);
        return GuardedJdbc.callable(delegate.prepareCall(check.sql()), this, check);
    }

    @Override
    public CallableStatement prepareCall(String sql, int type, int concurrency) throws SQLException {
        checkReadOnly(concurrency);
        StatementCheck check = check(sql);
        return GuardedJdbc.callable(delegate.prepareCall(check.sql(), type, concurrency), this, check);
    }

    @Override
    public CallableStatement prepareCall(String sql, int type, int concurrency, int holdability) throws SQLException {
        checkReadOnly(concurrency);
        StatementCheck check = check(sql);
        return GuardedJdbc.callable(delegate.prepareCall(check.sql(), type, concurrency, holdability), this, check);
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

package dev.tenancy;

import dev.tenancy.TenantAnnouncement.InText;
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
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection that runs what the guard lets through. */
abstract class GuardedConnection implements Connection {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedConnection.class);

    private static final String CONNECTION_FAILURES = "08"; // the class of SQLSTATE
    private static final String FAILED_TRANSACTION = "25P02"; // PostgreSQL's

    final Connection delegate;
    final ReferredRows referred = new ReferredRows();
    private final StatementGuard guard;
    private final TenantAnnouncement announcement;
    private final SessionLeftovers leftovers;
    // Whether a text has changed where the database looks names up: the mapping does not tell then what they mean.
    private boolean namesMoved;
    // Whether the transaction has written what Memberships answers from.
    private boolean membershipsChanged;
    // Whether a statement has run since the last transaction ended.
    private boolean begun;
    private boolean committingByStatement;
    // Whether there is no transaction meanwhile, but was before that.
    private boolean takenOut;
    // Whether what was to end the transaction has failed. It may be over by that: another one is not to take its place.
    private boolean failed;

    GuardedConnection(Connection delegate, StatementGuard guard) {
        this.delegate = delegate;
        this.guard = guard;
        this.announcement = new TenantAnnouncement(delegate, guard);
        this.leftovers = new SessionLeftovers(delegate);
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

    /** Runs a statement that was let through, once the database knows whose rows it is for. */
    <T> T run(StatementCheck check, Statement statement, Execution<T> execution) throws SQLException {
        begin(check);
        SessionEffects effects = check.effects();
        if (effects == SessionEffects.NONE && leftovers.isClean()) {
            return send(check, statement, execution);
        }
        return affecting(effects, check, () -> send(check, statement, execution));
    }

    private <T> T send(StatementCheck check, Statement statement, Execution<T> execution) throws SQLException {
        return check.changesMemberships()
                ? changingMemberships(check, () -> announceAndRun(check, statement, execution))
                : announceAndRun(check, statement, execution);
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
        SQLException told = guard.translate(failure, check);
        return ReadOnlyTransactionException.SQL_STATE.equals(told.getSQLState()) && isDeclaredReadOnly(told)
                ? new ReadOnlyTransactionException(told)
                : told;
    }

    private boolean isDeclaredReadOnly(SQLException refusal) {
        try {
            return delegate.isReadOnly();
        } catch (SQLException lost) {
            refusal.addSuppressed(lost);
            return false;
        }
    }

    private <T> T announceAndRun(StatementCheck check, Statement statement, Execution<T> execution)
            throws SQLException {
        try {
            return announcement.before(check, statement, execution);
        } catch (SQLException failure) {
            throw translate(failure, check);
        }
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

    /** Tells the database the tenant of a transaction. */
    TenantAnnouncement announcement() {
        return announcement;
    }

    /**
     * Runs a statement whose text tells the tenant, or commits.
     *
     * @return whether rows come of it
     */
    boolean ride(StatementCheck check, InText besides, PreparedStatement statement) throws SQLException {
        announcement.checkStillEnds(besides, committingByStatement);
        begin(check);
        leftovers.keepFromOthers(check.entity());
        try {
            boolean rows = announcement.riding(besides, statement);
            if (besides.commits()) {
                transactionEnded();
                tell();
            }
            return rows;
        } catch (SQLException failure) {
            if (besides.commits()) {
                failed = true;
                if (membershipsChanged) {
                    // A commit of which no answer came back may have happened.
                    MembershipChanges.tell();
                }
            }
            throw translate(failure, check);
        }
    }

    private void begin(StatementCheck check) throws SQLException {
        if (failed && !check.effects().endsTransaction()) {
            throw failedTransaction();
        }
        if (committingByStatement && delegate.isReadOnly() && check.mayWrite()) {
            // The database is told with the transaction that it is read-only, and there is none.
            throw new ReadOnlyTransactionException();
        }
        begun = true;
    }

    private static SQLException failedTransaction() {
        return new SQLException(
                "A statement that was to end the transaction has failed, so that it is not committed. Roll it back.",
                FAILED_TRANSACTION);
    }

    /**
     * Lets each of the following statements commit by itself, in the place of the transaction that was asked for, if any.
     *
     * @return false if a statement has run in that transaction, or the database has to be told the tenant otherwise than with a
     *     statement
     */
    boolean commitByStatement() throws SQLException {
        boolean inTransaction = !delegate.getAutoCommit();
        boolean announces = announcement.isNeeded();
        if (inTransaction && begun
                || committingByStatement
                || !leftovers.isClean()
                || find(delegate) != null
                || announces && !guard.ridesAlong()) {
            return false;
        }
        // Told the tenant, a statement needs a transaction: it ends the one that there is.
        takenOut = inTransaction && !announces;
        if (takenOut) {
            delegate.setAutoCommit(true);
        }
        committingByStatement = true;
        return true;
    }

    /**
     * Ends what {@link #commitByStatement} began, if it has begun: what follows is committed as it would be without.
     *
     * @return whether it had begun
     */
    boolean commitTogether() throws SQLException {
        if (!committingByStatement) {
            return false;
        }
        committingByStatement = false;
        begun = false;
        if (takenOut) {
            transactionEnded();
            delegate.setAutoCommit(false);
        }
        return true;
    }

    private void transactionEnded() {
        begun = false;
        failed = false;
        announcement.ended();
        leftovers.transactionEnded();
    }

    // Whoever may go back to it wants nothing committed before.
    private void beginSavepoint() throws SQLException {
        if (failed) {
            throw failedTransaction();
        }
        commitTogether();
        begun = true;
    }

    @Override
    public Savepoint setSavepoint() throws SQLException {
        beginSavepoint();
        return delegate.setSavepoint();
    }

    @Override
    public Savepoint setSavepoint(String name) throws SQLException {
        beginSavepoint();
        return delegate.setSavepoint(name);
    }

    // ---- what outlives a transaction

    /** Runs what may end the transaction, or change what outlives it. */
    <T> T affecting(SessionEffects effects, StatementCheck check, Execution<T> execution) throws SQLException {
        begun = true;
        if (effects.goesOn()) {
            checkGoingOn(check);
        }
        leftovers.keepFromOthers(check.entity());
        leftovers.beforeRunning(effects);
        try {
            T result = execution.run();
            failed &= !effects.endsTransaction();
            return result;
        } finally {
            if (effects.endsTransaction()) {
                announcement.rolledBack();
            }
        }
    }

    /** Refuses what would run in a transaction in which the database was not told the tenant, or as another role. */
    void checkGoingOn(StatementCheck check) throws SQLException {
        if (check.concernsTenants() && CurrentTenant.peek() != null && announcement.isNeeded()) {
            throw new UnprovenStatementException(
                    check.entity() == null ? "(any)" : check.entity(),
                    "it stands behind one that ends the transaction, in which alone the database knows the tenant",
                    "Run each statement by itself.");
        }
    }

    /**
     * Puts the database's session back as it was. To be called before the connection is somebody else's.
     *
     * @return false if it could not be, so that the connection was ended
     */
    boolean putBack() {
        try {
            commitTogether();
        } catch (SQLException lost) {
            LOG.debug("A connection is lost", lost);
        }
        if (!leftovers.isClean()) {
            transactionEnded();
        }
        return leftovers.putBack();
    }

    @Override
    public void setSchema(String schema) throws SQLException {
        leftovers.keepFromOthers(null);
        leftovers.beforeRunning(SessionEffects.ofSetting("search_path"));
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
            leftovers.keepFromOthers(null);
            leftovers.beforeRunning(SessionEffects.ofSetting("application_name"));
        } catch (SQLException failed) {
            throw new SQLClientInfoException(Map.of(), failed);
        }
    }

    @Override
    public void commit() throws SQLException {
        if (failed) {
            rollback();
            throw failedTransaction();
        }
        try {
            commitTogether();
            transactionEnded();
            delegate.commit();
        } catch (SQLException refusal) {
            SQLException outage = FailureText.ofOutage(refusal);
            throw outage == null ? refusal : outage;
        } finally {
            // A commit of which no answer came back may have happened.
            tell();
        }
    }

    @Override
    public void rollback() throws SQLException {
        try {
            commitTogether();
            transactionEnded();
            delegate.rollback();
        } catch (SQLException refusal) {
            if (!isLost(refusal)) {
                throw refusal;
            }
            // The database takes back what a lost connection has begun. Thrown, this would hide by what it was lost.
            LOG.debug("A connection is lost, and so is its transaction", refusal);
        }
        membershipsChanged = false;
    }

    private boolean isLost(SQLException refusal) throws SQLException {
        return String.valueOf(refusal.getSQLState()).startsWith(CONNECTION_FAILURES) || delegate.isClosed();
    }

    @Override
    public void rollback(Savepoint savepoint) throws SQLException {
        announcement.rolledBack();
        delegate.rollback(savepoint);
    }

    @Override
    public void setAutoCommit(boolean autoCommit) throws SQLException {
        commitTogether();
        if (autoCommit != delegate.getAutoCommit()) {
            transactionEnded();
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
        InText besides = announcement.inText(check, committingByStatement);
        String text = besides.around(check.sql(), delegate);
        return GuardedJdbc.prepared(delegate.prepareStatement(text), this, check, besides);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int type, int concurrency) throws SQLException {
        checkReadOnly(concurrency);
        StatementCheck check = check(sql);
        InText besides = type == ResultSet.TYPE_FORWARD_ONLY
                ? announcement.inText(check, committingByStatement)
                : InText.NOTHING;
        String text = besides.around(check.sql(), delegate);
        return GuardedJdbc.prepared(delegate.prepareStatement(text, type, concurrency), this, check, besides);
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

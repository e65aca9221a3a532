package dev.tenancy;

import dev.tenancy.TenantAnnouncement.InText;
import java.math.BigDecimal;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLType;
import java.sql.Types;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A prepared statement that runs if the values bound to it are the current tenant's where its text says they have to be. */
abstract class GuardedPreparedStatement extends GuardedStatement implements PreparedStatement {

    final PreparedStatement prepared;
    private final StatementCheck check;
    private final InText besides;
    private final int[] watched;
    private final int[] own;
    private final @Nullable Object[] bound;
    private @Nullable ExpectedRow expected;

    /** @param besides what the text of {@code prepared} has besides the statement */
    GuardedPreparedStatement(
            PreparedStatement prepared, GuardedConnection connection, StatementCheck check, InText besides) {
        super(prepared, connection);
        this.prepared = prepared;
        this.check = check;
        this.besides = besides;
        this.watched = check.watched();
        this.own = check.own();
        this.bound = new Object[watched.length];
    }

    @Override
    final @Nullable StatementCheck ran() {
        return check;
    }

    /** Lets each execution fail that finds no row. */
    final void expect(ExpectedRow row) {
        expected = row;
    }

    private void admit() throws SQLException {
        TenantPrincipal principal = CurrentTenant.peek();
        check.check(bound, principal);
        check.checkReferences(bound, principal, connection);
        ran(check, principal);
        for (int position : own) {
            if (principal == null) {
                prepared.setNull(sent(position), Types.NULL);
            } else {
                prepared.setObject(sent(position), principal.tenantId());
            }
        }
        if (besides.announces() && principal != null) {
            prepared.setString(1, principal.tenantId().toString());
        }
    }

    @Override
    public @Nullable ResultSet executeQuery() throws SQLException {
        admit();
        if (besides == InText.NOTHING) {
            return guarded(connection.run(check, prepared, prepared::executeQuery));
        }
        if (besides.commits() && check.isPlainWrite() || !ride()) {
            throw new SQLException(
                    "A statement that answers with no rows was run as a query: call executeUpdate or execute.");
        }
        return guarded(prepared.getResultSet());
    }

    private void rideAndUpdate() throws SQLException {
        if (ride()) {
            throw new SQLException(
                    "A statement that answers with rows was run as an update: call executeQuery or execute.");
        }
    }

    private boolean ride() throws SQLException {
        return connection.ride(check, besides, prepared);
    }

    @Override
    public int executeUpdate() throws SQLException {
        admit();
        int count;
        if (besides != InText.NOTHING) {
            rideAndUpdate();
            count = prepared.getUpdateCount();
        } else {
            count = connection.run(check, prepared, prepared::executeUpdate);
        }
        if (expected != null) {
            expected.check(count);
        }
        return count;
    }

    @Override
    public int[] executeBatch() throws SQLException {
        int[] counts = super.executeBatch();
        if (expected != null) {
            expected.check(counts);
        }
        return counts;
    }

    @Override
    public long executeLargeUpdate() throws SQLException {
        admit();
        if (besides != InText.NOTHING) {
            rideAndUpdate();
            return prepared.getLargeUpdateCount();
        }
        return connection.run(check, prepared, prepared::executeLargeUpdate);
    }

    @Override
    public boolean execute() throws SQLException {
        admit();
        return besides != InText.NOTHING ? ride() : connection.run(check, prepared, prepared::execute);
    }

    @Override
    public void addBatch() throws SQLException {
        if (besides.ends()) {
            throw new SQLFeatureNotSupportedException(
                    "A statement that commits by itself is in no batch: set the session's JDBC batch size to 1.");
        }
        admit();
        intoBatch(check);
        prepared.addBatch();
    }

    // Before it runs, the driver would describe the announcement.
    @Override
    public ResultSetMetaData getMetaData() throws SQLException {
        if (besides == InText.NOTHING) {
            return prepared.getMetaData();
        }
        try (PreparedStatement query = connection.delegate.prepareStatement(check.sql())) {
            return query.getMetaData();
        }
    }

    @Override
    public ParameterMetaData getParameterMetaData() throws SQLException {
        if (besides == InText.NOTHING) {
            return withoutOwn(prepared.getParameterMetaData());
        }
        try (PreparedStatement query = connection.delegate.prepareStatement(check.sql())) {
            return withoutOwn(query.getParameterMetaData());
        }
    }

    private ParameterMetaData withoutOwn(ParameterMetaData all) {
        return own.length == 0 ? all : new GuardedParameterMetaData(all, check);
    }

    // ---- the values. A setter that is not here leaves a value that the guard does not know. What it knows, it knows
    // once the driver has taken the value: one that was refused half-way may have been taken.

    /** Where the value at a position in the text is kept; negative if it is not one that is compared. */
    private int place(int inText) {
        return Arrays.binarySearch(watched, inText);
    }

    private void keep(int inText, @Nullable Object value) {
        int place = place(inText);
        if (place >= 0) {
            bound[place] = value;
        }
    }

    private void bind(int position, @Nullable Object value) {
        keep(check.inText(position), value);
    }

    /** The driver's number for a position in the text. */
    private int sent(int inText) {
        return besides.announces() ? inText + 1 : inText;
    }

    /** Called by the setters that {@link GuardedJdbc} generates as well; tells the position that the driver knows. */
    final int bindUnknown(int position) {
        int inText = check.inText(position);
        keep(inText, null);
        return sent(inText);
    }

    /** A name may stand for any of them. */
    final void bindAllUnknown() {
        Arrays.fill(bound, null);
    }

    @Override
    public void clearParameters() throws SQLException {
        bindAllUnknown();
        prepared.clearParameters();
    }

    @Override
    public void setNull(int position, int type) throws SQLException {
        prepared.setNull(bindUnknown(position), type);
        bind(position, SentValue.NOTHING);
    }

    @Override
    public void setNull(int position, int type, String typeName) throws SQLException {
        prepared.setNull(bindUnknown(position), type, typeName);
        bind(position, SentValue.NOTHING);
    }

    @Override
    public void setObject(int position, @Nullable Object value) throws SQLException {
        int inText = check.inText(position);
        int place = place(inText);
        if (place < 0) {
            prepared.setObject(sent(inText), value);
            return;
        }
        Object kept = SentValue.kept(value);
        bound[place] = null;
        prepared.setObject(sent(inText), kept);
        bound[place] = SentValue.of(kept);
    }

    @Override
    public void setObject(int position, @Nullable Object value, int type) throws SQLException {
        prepared.setObject(bindUnknown(position), value, type);
        bindIfWatched(position, value, type, SentValue.UNSCALED);
    }

    @Override
    public void setObject(int position, @Nullable Object value, int type, int scaleOrLength) throws SQLException {
        prepared.setObject(bindUnknown(position), value, type, scaleOrLength);
        bindIfWatched(position, value, type, scaleOrLength);
    }

    @Override
    public void setObject(int position, @Nullable Object value, SQLType type) throws SQLException {
        prepared.setObject(bindUnknown(position), value, type);
        bindIfWatched(position, value, SentValue.number(type), SentValue.UNSCALED);
    }

    @Override
    public void setObject(int position, @Nullable Object value, SQLType type, int scaleOrLength) throws SQLException {
        prepared.setObject(bindUnknown(position), value, type, scaleOrLength);
        bindIfWatched(position, value, SentValue.number(type), scaleOrLength);
    }

    private void bindIfWatched(int position, @Nullable Object value, int type, int scaleOrLength) {
        int place = place(check.inText(position));
        if (place >= 0) {
            bound[place] = SentValue.of(value, type, scaleOrLength);
        }
    }

    @Override
    public void setString(int position, @Nullable String value) throws SQLException {
        prepared.setString(bindUnknown(position), value);
        bind(position, SentValue.of(value));
    }

    @Override
    public void setNString(int position, @Nullable String value) throws SQLException {
        prepared.setNString(bindUnknown(position), value);
        bind(position, SentValue.of(value));
    }

    @Override
    public void setLong(int position, long value) throws SQLException {
        prepared.setLong(bindUnknown(position), value);
        bindNumber(position, value);
    }

    @Override
    public void setInt(int position, int value) throws SQLException {
        prepared.setInt(bindUnknown(position), value);
        bindNumber(position, value);
    }

    @Override
    public void setShort(int position, short value) throws SQLException {
        prepared.setShort(bindUnknown(position), value);
        bindNumber(position, value);
    }

    @Override
    public void setByte(int position, byte value) throws SQLException {
        prepared.setByte(bindUnknown(position), value);
        bindNumber(position, value);
    }

    private void bindNumber(int position, long value) {
        int place = place(check.inText(position));
        if (place >= 0) {
            bound[place] = value;
        }
    }

    @Override
    public void setBigDecimal(int position, @Nullable BigDecimal value) throws SQLException {
        prepared.setBigDecimal(bindUnknown(position), value);
        bind(position, SentValue.of(value));
    }

    @Override
    public void setBytes(int position, byte @Nullable [] value) throws SQLException {
        if (value == null || place(check.inText(position)) < 0) {
            prepared.setBytes(bindUnknown(position), value);
            if (value == null) {
                bind(position, SentValue.NOTHING);
            }
            return;
        }
        byte[] kept = value.clone();
        prepared.setBytes(bindUnknown(position), kept);
        bind(position, kept);
    }
}

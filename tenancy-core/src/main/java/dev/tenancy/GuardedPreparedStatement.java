package dev.tenancy;

import java.math.BigDecimal;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.Types;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A prepared statement that runs if the values bound to it are the current tenant's where its text says they have to be. */
abstract class GuardedPreparedStatement extends GuardedStatement implements PreparedStatement {

    final PreparedStatement prepared;
    private final Ruling ruling;
    private final boolean announcing;
    private final int[] watched;
    private final @Nullable Object[] bound;

    /** @param announcing whether the text begins with {@link GuardedConnection#ANNOUNCEMENT} */
    GuardedPreparedStatement(
            PreparedStatement prepared, GuardedConnection connection, Ruling ruling, boolean announcing) {
        super(prepared, connection);
        this.prepared = prepared;
        this.ruling = ruling;
        this.announcing = announcing;
        this.watched = ruling.watched();
        this.bound = new Object[watched.length];
    }

    private void admit() throws SQLException {
        ruling.check(bound);
        TenantPrincipal principal = CurrentTenant.peek();
        for (int position : ruling.own()) {
            if (principal == null) {
                prepared.setNull(shifted(position), Types.NULL);
            } else {
                prepared.setObject(shifted(position), principal.tenantId());
            }
        }
        if (announcing && principal != null) {
            prepared.setString(1, principal.tenantId().toString());
        }
    }

    @Override
    public ResultSet executeQuery() throws SQLException {
        admit();
        if (!announcing) {
            return connection.run(ruling, prepared, prepared::executeQuery);
        }
        announceAndExecute();
        return prepared.getResultSet();
    }

    private boolean announceAndExecute() throws SQLException {
        connection.comeBack();
        prepared.execute();
        connection.announced();
        return prepared.getMoreResults();
    }

    @Override
    public int executeUpdate() throws SQLException {
        admit();
        return connection.run(ruling, prepared, prepared::executeUpdate);
    }

    @Override
    public long executeLargeUpdate() throws SQLException {
        admit();
        return connection.run(ruling, prepared, prepared::executeLargeUpdate);
    }

    @Override
    public boolean execute() throws SQLException {
        admit();
        return announcing ? announceAndExecute() : connection.run(ruling, prepared, prepared::execute);
    }

    @Override
    public void addBatch() throws SQLException {
        admit();
        intoBatch(ruling);
        prepared.addBatch();
    }

    // Before it runs, the driver would describe the announcement.
    @Override
    public ResultSetMetaData getMetaData() throws SQLException {
        if (!announcing) {
            return prepared.getMetaData();
        }
        try (PreparedStatement query = connection.delegate.prepareStatement(ruling.sql())) {
            return query.getMetaData();
        }
    }

    @Override
    public ParameterMetaData getParameterMetaData() throws SQLException {
        if (!announcing) {
            return prepared.getParameterMetaData();
        }
        try (PreparedStatement query = connection.delegate.prepareStatement(ruling.sql())) {
            return query.getParameterMetaData();
        }
    }

    // ---- the values; a setter that is not here leaves a value that the guard does not know

    private int bind(int position, @Nullable Object value) {
        for (int i = 0; i < watched.length; i++) {
            if (watched[i] == position) {
                bound[i] = value;
            }
        }
        return shifted(position);
    }

    private int shifted(int position) {
        return announcing ? position + 1 : position;
    }

    /** Called by the setters that {@link GuardedJdbc} generates; tells the position that the driver knows. */
    final int bindUnknown(int position) {
        return bind(position, null);
    }

    @Override
    public void clearParameters() throws SQLException {
        Arrays.fill(bound, null);
        prepared.clearParameters();
    }

    @Override
    public void setObject(int position, @Nullable Object value) throws SQLException {
        prepared.setObject(bind(position, value), value);
    }

    @Override
    public void setObject(int position, @Nullable Object value, int type) throws SQLException {
        prepared.setObject(bind(position, value), value, type);
    }

    @Override
    public void setObject(int position, @Nullable Object value, int type, int scaleOrLength) throws SQLException {
        prepared.setObject(bind(position, value), value, type, scaleOrLength);
    }

    @Override
    public void setObject(int position, @Nullable Object value, SQLType type) throws SQLException {
        prepared.setObject(bind(position, value), value, type);
    }

    @Override
    public void setObject(int position, @Nullable Object value, SQLType type, int scaleOrLength) throws SQLException {
        prepared.setObject(bind(position, value), value, type, scaleOrLength);
    }

    @Override
    public void setString(int position, @Nullable String value) throws SQLException {
        prepared.setString(bind(position, value), value);
    }

    @Override
    public void setNString(int position, @Nullable String value) throws SQLException {
        prepared.setNString(bind(position, value), value);
    }

    @Override
    public void setLong(int position, long value) throws SQLException {
        prepared.setLong(bind(position, value), value);
    }

    @Override
    public void setInt(int position, int value) throws SQLException {
        prepared.setInt(bind(position, value), value);
    }

    @Override
    public void setBigDecimal(int position, @Nullable BigDecimal value) throws SQLException {
        prepared.setBigDecimal(bind(position, value), value);
    }

    @Override
    public void setBytes(int position, byte @Nullable [] value) throws SQLException {
        prepared.setBytes(bind(position, value == null ? null : value.clone()), value);
    }
}

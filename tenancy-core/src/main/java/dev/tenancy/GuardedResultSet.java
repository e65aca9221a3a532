package dev.tenancy;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are read by whoever asked for them, as long as that is who acts. They may be fetched in parts, so that a statement can
 * fail after it has returned. Leads back to the guarded statement.
 */
abstract class GuardedResultSet implements ResultSet {

    final ResultSet delegate;
    private final GuardedStatement statement;
    private final @Nullable StatementCheck check;
    private final @Nullable String entity;
    private final @Nullable TenantPrincipal reader;

    /**
     * @param check on the statement that ran, null if none is known
     * @param reader for whom the statement ran, null if for nobody or across tenants
     */
    GuardedResultSet(
            ResultSet delegate,
            GuardedStatement statement,
            @Nullable StatementCheck check,
            @Nullable TenantPrincipal reader) {
        this.delegate = delegate;
        this.statement = statement;
        this.check = check;
        this.entity = check != null && check.concernsTenants() ? String.valueOf(check.entity()) : null;
        this.reader = entity == null ? null : reader;
    }

    /** Called before a value of the current row is read. A row of all tenants may be worked on for each. */
    final ResultSet readable() {
        return reader == null ? delegate : checked(reader, CurrentTenant.peek());
    }

    // Before another row becomes the current one.
    private ResultSet movable() {
        if (entity == null) {
            return delegate;
        }
        TenantPrincipal current = CurrentTenant.peek();
        if (reader != null) {
            return checked(reader, current);
        }
        if (current != null) {
            throw new ForeignSessionException(entity);
        }
        if (!CurrentTenant.isCrossing()) {
            throw noTenant();
        }
        return delegate;
    }

    private ResultSet checked(TenantPrincipal mine, @Nullable TenantPrincipal current) {
        if (current != mine && (current == null || !current.tenantId().equals(mine.tenantId()))) {
            throw current == null && !CurrentTenant.isCrossing()
                    ? noTenant()
                    : new ForeignSessionException(String.valueOf(entity));
        }
        return delegate;
    }

    private NoTenantException noTenant() {
        return new NoTenantException("Reading on in rows of the tenant-owned entity " + entity + " was refused");
    }

    private SQLException translate(SQLException failure) {
        return check == null ? failure : statement.connection.translate(failure, check);
    }

    private boolean move(GuardedConnection.Execution<Boolean> move) throws SQLException {
        try {
            return move.run();
        } catch (SQLException failure) {
            throw translate(failure);
        }
    }

    @Override
    public boolean next() throws SQLException {
        ResultSet rows = movable();
        try {
            return rows.next();
        } catch (SQLException failure) {
            throw translate(failure);
        }
    }

    @Override
    public boolean previous() throws SQLException {
        return move(movable()::previous);
    }

    @Override
    public boolean first() throws SQLException {
        return move(movable()::first);
    }

    @Override
    public boolean last() throws SQLException {
        return move(movable()::last);
    }

    @Override
    public boolean absolute(int row) throws SQLException {
        ResultSet rows = movable();
        return move(() -> rows.absolute(row));
    }

    @Override
    public boolean relative(int count) throws SQLException {
        ResultSet rows = movable();
        return move(() -> rows.relative(count));
    }

    @Override
    public void beforeFirst() throws SQLException {
        movable().beforeFirst();
    }

    @Override
    public void afterLast() throws SQLException {
        ResultSet rows = movable();
        move(() -> {
            rows.afterLast();
            return true;
        });
    }

    @Override
    public void refreshRow() throws SQLException {
        ResultSet rows = movable();
        move(() -> {
            rows.refreshRow();
            return true;
        });
    }

    @Override
    public Statement getStatement() {
        return statement;
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return statement.connection.unwrap(this, delegate, type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }
}

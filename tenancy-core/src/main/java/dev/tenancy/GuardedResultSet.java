package dev.tenancy;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Rows that are read by whoever asked for them, as long as that is who acts. Leads back to the guarded statement. */
abstract class GuardedResultSet implements ResultSet {

    final ResultSet delegate;
    private final GuardedStatement statement;
    private final @Nullable String entity;
    private final @Nullable TenantPrincipal reader;

    /**
     * @param entity the owned entity whose rows they may be, null if they are nobody's
     * @param reader for whom the statement ran, null if for nobody or across tenants
     */
    GuardedResultSet(
            ResultSet delegate, GuardedStatement statement, @Nullable String entity, @Nullable TenantPrincipal reader) {
        this.delegate = delegate;
        this.statement = statement;
        this.entity = entity;
        this.reader = entity == null ? null : reader;
    }

    /** Called before a value of the current row is read. A row of all tenants may be worked on for each. */
    final ResultSet readable() {
        return reader == null ? delegate : checked(reader, CurrentTenant.peek());
    }

    /** Called before another row becomes the current one. */
    final ResultSet movable() {
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

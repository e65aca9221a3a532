package dev.tenancy;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;

/** Leads back to the guarded connection. */
abstract class GuardedMetaData implements DatabaseMetaData {

    final DatabaseMetaData delegate;
    private final GuardedConnection connection;

    GuardedMetaData(DatabaseMetaData delegate, GuardedConnection connection) {
        this.delegate = delegate;
        this.connection = connection;
    }

    @Override
    public Connection getConnection() {
        return connection;
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return connection.unwrap(this, delegate, type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }
}

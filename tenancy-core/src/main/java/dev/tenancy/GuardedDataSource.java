package dev.tenancy;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A data source whose connections run what the guard lets through, and nothing else. */
final class GuardedDataSource implements DataSource {

    private final DataSource delegate;
    private final StatementGuard guard;

    GuardedDataSource(DataSource delegate, StatementGuard guard) {
        this.delegate = delegate;
        this.guard = guard;
    }

    StatementGuard guard() {
        return guard;
    }

    /** The guarded one that a data source of somebody else's stands before; null if it tells of none. */
    static @Nullable GuardedDataSource behind(DataSource dataSource) throws SQLException {
        if (dataSource instanceof GuardedDataSource guarded) {
            return guarded;
        }
        return dataSource.isWrapperFor(GuardedDataSource.class) ? dataSource.unwrap(GuardedDataSource.class) : null;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return GuardedJdbc.connection(delegate.getConnection(), guard);
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        return GuardedJdbc.connection(delegate.getConnection(username, password), guard);
    }

    /**
     * The data source behind, for pools' metrics and for migrations, which the guard has no part in. Who asks for no more than a
     * {@code DataSource} wants that too: Spring Boot derives the one of {@code spring.flyway.user} from it.
     */
    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type != DataSource.class && type.isInstance(this)) {
            return type.cast(this);
        }
        return type.isInstance(delegate) ? type.cast(delegate) : delegate.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(this) || type.isInstance(delegate) || delegate.isWrapperFor(type);
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return delegate.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        delegate.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        delegate.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return delegate.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return delegate.getParentLogger();
    }
}

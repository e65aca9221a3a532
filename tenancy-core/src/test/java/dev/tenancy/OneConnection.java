package dev.tenancy;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A pool of one connection, which resets as little as the common pools do: what is left of a transaction is rolled back. */
final class OneConnection implements DataSource, AutoCloseable {

    private final String url;
    private Connection physical;
    private boolean lent;

    OneConnection(String url) {
        this.url = url;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (lent) {
            throw new SQLException("The one connection is in use");
        }
        if (physical == null || physical.isClosed()) {
            physical = DriverManager.getConnection(url);
        }
        lent = true;
        Connection pooled = physical;
        boolean[] closed = {false};
        return (Connection) Proxy.newProxyInstance(
                OneConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        if (!closed[0]) {
                            closed[0] = true;
                            lent = false;
                            comeBack(pooled);
                        }
                        return null;
                    }
                    try {
                        return method.invoke(pooled, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    private static void comeBack(Connection pooled) throws SQLException {
        if (!pooled.isClosed() && !pooled.getAutoCommit()) {
            pooled.rollback();
            pooled.setAutoCommit(true);
        }
    }

    /** What the server would tell whoever came next over this connection: the tenant and the role. */
    String left() throws SQLException {
        if (lent) {
            throw new SQLException("The one connection is in use");
        }
        if (physical == null || physical.isClosed()) {
            return "closed";
        }
        try (Statement statement = physical.createStatement();
                ResultSet row = statement.executeQuery(
                        "select coalesce(current_setting('app.tenant', true), '') || ' ' || current_user")) {
            row.next();
            return row.getString(1).strip();
        }
    }

    /** Whether the connection that it had is closed. */
    boolean isOver() throws SQLException {
        return physical == null || physical.isClosed();
    }

    /** The server's name for the connection. */
    int pid() throws SQLException {
        try (Statement statement = physical.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    @Override
    public void close() throws SQLException {
        if (physical != null) {
            physical.close();
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("not wrapped");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }
}

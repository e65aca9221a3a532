package dev.tenancy;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.hibernate.cfg.JdbcSettings;
import org.hibernate.dialect.Dialect;
import org.hibernate.engine.jdbc.connections.internal.ConnectionProviderInitiator;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.jdbc.connections.spi.DatabaseConnectionInfo;
import org.hibernate.engine.jdbc.env.spi.ExtractedDatabaseMetaData;
import org.hibernate.service.Service;
import org.hibernate.service.spi.Configurable;
import org.hibernate.service.spi.InjectService;
import org.hibernate.service.spi.ServiceRegistryAwareService;
import org.hibernate.service.spi.ServiceRegistryImplementor;
import org.hibernate.service.spi.Startable;
import org.hibernate.service.spi.Stoppable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Guards the connections of whichever provider the settings of a session factory bring. */
final class GuardedConnections
        implements ConnectionProvider, Configurable, ServiceRegistryAwareService, Startable, Stoppable {

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(GuardedConnections.class);

    private final transient @Nullable Object configured;
    private transient StatementGuard guard = new StatementGuard();
    private transient boolean isGuarded;
    private transient @Nullable ServiceRegistryImplementor registry;
    private transient @Nullable ConnectionProvider delegate;

    /** @param configured what the application's own setting names, null if it leaves the choice to Hibernate */
    GuardedConnections(@Nullable Object configured) {
        this.configured = configured;
    }

    StatementGuard guard() {
        return guard;
    }

    @Override
    public void injectServices(ServiceRegistryImplementor services) {
        registry = services;
    }

    @Override
    public void configure(Map<String, Object> settings) {
        Map<String, Object> theirs = new HashMap<>(settings);
        theirs.remove(JdbcSettings.CONNECTION_PROVIDER);
        if (configured != null) {
            theirs.put(JdbcSettings.CONNECTION_PROVIDER, configured);
        }
        ServiceRegistryImplementor services = Objects.requireNonNull(registry);
        ConnectionProvider provider =
                Objects.requireNonNull(ConnectionProviderInitiator.INSTANCE.initiateService(theirs, services));
        inject(provider, services);
        if (provider instanceof Configurable configurable) {
            configurable.configure(theirs);
        }
        if (provider.isUnwrappableAs(DataSource.class)) {
            GuardedDataSource guarded = guarded(provider.unwrap(DataSource.class));
            if (guarded != null) {
                guard = guarded.guard();
                isGuarded = true;
            }
        }
        delegate = provider;
    }

    private static @Nullable GuardedDataSource guarded(DataSource dataSource) {
        try {
            return GuardedDataSource.behind(dataSource);
        } catch (SQLException | UnsupportedOperationException silent) {
            // A wrapper may leave out that part of JDBC. The guard inside is then met with the first connection.
            LOG.debug("{} does not tell what it wraps", dataSource.getClass().getName(), silent);
            return null;
        }
    }

    // What the registry does for the services that it knows of.
    private static void inject(ConnectionProvider provider, ServiceRegistryImplementor services) {
        for (Method method : provider.getClass().getMethods()) {
            InjectService wish = method.getAnnotation(InjectService.class);
            if (wish != null) {
                try {
                    method.invoke(
                            provider, services.getService(method.getParameterTypes()[0].asSubclass(Service.class)));
                } catch (ReflectiveOperationException refused) {
                    throw new IllegalStateException(refused);
                }
            }
        }
        if (provider instanceof ServiceRegistryAwareService aware) {
            aware.injectServices(services);
        }
    }

    private ConnectionProvider delegate() {
        return Objects.requireNonNull(delegate);
    }

    @Override
    public void start() {
        if (delegate instanceof Startable startable) {
            startable.start();
        }
    }

    @Override
    public void stop() {
        if (delegate instanceof Stoppable stoppable) {
            stoppable.stop();
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        return GuardedJdbc.connection(delegate().getConnection(), guard);
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return GuardedJdbc.connection(delegate().getConnection(user, password), guard);
    }

    @Override
    public Connection getReadOnlyConnection() throws SQLException {
        return GuardedJdbc.connection(delegate().getReadOnlyConnection(), guard);
    }

    @Override
    public void closeConnection(Connection connection) throws SQLException {
        try {
            putBack(connection);
            delegate().closeConnection(bare(connection));
        } finally {
            closed(connection);
        }
    }

    @Override
    public void closeReadOnlyConnection(Connection connection) throws SQLException {
        try {
            putBack(connection);
            delegate().closeReadOnlyConnection(bare(connection));
        } finally {
            closed(connection);
        }
    }

    private static void putBack(Connection connection) {
        if (connection instanceof GuardedConnection guarded) {
            guarded.putBack();
        }
    }

    private static void closed(Connection connection) {
        if (connection instanceof GuardedConnection guarded) {
            guarded.tell();
        }
    }

    // A provider may know its connections by identity, DriverManager's does: it gets back what it gave.
    private Connection bare(Connection connection) {
        return !isGuarded && connection instanceof GuardedConnection guarded ? guarded.delegate : connection;
    }

    @Override
    public boolean supportsAggressiveRelease() {
        return delegate().supportsAggressiveRelease();
    }

    @Override
    public boolean handlesConnectionSchema() {
        return delegate().handlesConnectionSchema();
    }

    @Override
    public boolean handlesConnectionReadOnly() {
        return delegate().handlesConnectionReadOnly();
    }

    @Override
    public DatabaseConnectionInfo getDatabaseConnectionInfo(Dialect dialect) {
        return delegate().getDatabaseConnectionInfo(dialect);
    }

    @Override
    public DatabaseConnectionInfo getDatabaseConnectionInfo(Dialect dialect, ExtractedDatabaseMetaData metaData) {
        return delegate().getDatabaseConnectionInfo(dialect, metaData);
    }

    @Override
    public boolean isUnwrappableAs(Class<?> type) {
        return type.isInstance(this) || delegate().isUnwrappableAs(type);
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        return type.isInstance(this) ? type.cast(this) : delegate().unwrap(type);
    }
}

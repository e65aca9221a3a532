package dev.tenancy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.hibernate.boot.registry.StandardServiceInitiator;
import org.hibernate.cfg.MultiTenancySettings;
import org.hibernate.engine.jdbc.spi.JdbcCoordinator;
import org.hibernate.resource.jdbc.spi.LogicalConnectionImplementor;
import org.hibernate.resource.jdbc.spi.PhysicalConnectionHandlingMode;
import org.hibernate.resource.transaction.internal.TransactionCoordinatorBuilderInitiator;
import org.hibernate.resource.transaction.spi.DdlTransactionIsolator;
import org.hibernate.resource.transaction.spi.TransactionCoordinator;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorBuilder;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorOwner;
import org.hibernate.service.spi.ServiceRegistryImplementor;
import org.hibernate.tool.schema.internal.exec.JdbcContext;
import org.jspecify.annotations.Nullable;

/**
 * The application's own transactions, local or JTA. Each session asks for one when it is opened, which is where one over a
 * connection of the application's is seen: it would send native queries past the guard.
 */
final class GuardedTransactions implements TransactionCoordinatorBuilder {

    private static final long serialVersionUID = 1L;

    private final transient TransactionCoordinatorBuilder delegate;

    private GuardedTransactions(TransactionCoordinatorBuilder delegate) {
        this.delegate = delegate;
    }

    /** In place of Hibernate's own, so that it sees the settings as they are in the end. */
    static final class Initiator implements StandardServiceInitiator<TransactionCoordinatorBuilder> {

        @Override
        public Class<TransactionCoordinatorBuilder> getServiceInitiated() {
            return TransactionCoordinatorBuilder.class;
        }

        @Override
        public @Nullable TransactionCoordinatorBuilder initiateService(
                Map<String, Object> settings, ServiceRegistryImplementor registry) {
            TransactionCoordinatorBuilder configured =
                    TransactionCoordinatorBuilderInitiator.INSTANCE.initiateService(settings, registry);
            return settings.get(MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER) instanceof SessionTenant
                            && configured != null
                    ? new GuardedTransactions(configured)
                    : configured;
        }
    }

    @Override
    public TransactionCoordinator buildTransactionCoordinator(TransactionCoordinatorOwner owner, Options options) {
        if (owner instanceof JdbcCoordinator session) {
            LogicalConnectionImplementor connection = session.getLogicalConnection();
            // A session that takes its connection from the provider takes it later, or has a guarded one.
            if (connection.isPhysicallyConnected() && !isGuarded(connection.getPhysicalConnection())) {
                throw new TenancySetupException(
                        "The connection that was given to a session is not guarded.",
                        "Take it from a data source that TenantIsolation.guard(dataSource) returned.");
            }
        }
        return delegate.buildTransactionCoordinator(owner, options);
    }

    private static boolean isGuarded(Connection connection) {
        try {
            return connection instanceof GuardedConnection || connection.isWrapperFor(GuardedConnection.class);
        } catch (SQLException unknown) {
            throw new IllegalStateException("It is not known whether a session's connection is guarded.", unknown);
        }
    }

    @Override
    public boolean isJta() {
        return delegate.isJta();
    }

    @Override
    public PhysicalConnectionHandlingMode getDefaultConnectionHandlingMode() {
        return delegate.getDefaultConnectionHandlingMode();
    }

    @Override
    public DdlTransactionIsolator buildDdlTransactionIsolator(JdbcContext context) {
        return delegate.buildDdlTransactionIsolator(context);
    }
}

package dev.tenancy.spring.crud;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.orm.jpa.EntityManagerFactoryInfo;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs what only reads. A statement by itself is a transaction to the database, so none is begun around it, which would take a round
 * trip more; whatever the application has begun is joined.
 */
final class ReadScope {

    private final EntityManagerFactory factory;
    private final TransactionTemplate transaction;
    private final boolean alone;

    /**
     * @param alone whether what is read needs no transaction around it, for its own part; where the transactions of the application are
     *     more than what Spring makes of them by itself, it gets one in any case
     */
    ReadScope(EntityManagerFactory factory, PlatformTransactionManager transactions, boolean alone) {
        this.factory = factory;
        this.transaction = new TransactionTemplate(transactions);
        this.transaction.setReadOnly(true);
        this.alone = alone && isPlain(transactions);
    }

    // What subclasses, initializers, listeners and timeouts do to a transaction would not be done to a read.
    private static boolean isPlain(PlatformTransactionManager transactions) {
        return transactions.getClass() == JpaTransactionManager.class
                && transactions instanceof JpaTransactionManager manager
                && manager.getJpaPropertyMap().isEmpty()
                && manager.getDefaultTimeout() == TransactionDefinition.TIMEOUT_DEFAULT
                && manager.getTransactionExecutionListeners().isEmpty()
                // It has a setter only.
                && new DirectFieldAccessor(manager).getPropertyValue("entityManagerInitializer") == null;
    }

    <T> T inTransaction(Supplier<T> work) {
        return Objects.requireNonNull(transaction.execute(status -> work.get()));
    }

    <T> T read(Supplier<T> work) {
        if (!alone || TransactionSynchronizationManager.isActualTransactionActive()) {
            return inTransaction(work);
        }
        if (TransactionSynchronizationManager.hasResource(factory)
                || TransactionSynchronizationManager.isSynchronizationActive()) {
            return work.get();
        }
        boolean before = TransactionSynchronizationManager.isCurrentTransactionReadOnly();
        EntityManager own = factory instanceof EntityManagerFactoryInfo spring
                ? spring.createNativeEntityManager(null)
                : factory.createEntityManager();
        Optional<T> read;
        try {
            // Data sources that lead to replicas ask for this when a connection is taken, or what the connection says.
            TransactionSynchronizationManager.setCurrentTransactionReadOnly(true);
            Session session = own.unwrap(Session.class);
            session.setHibernateFlushMode(FlushMode.MANUAL);
            session.setDefaultReadOnly(true);
            read = session.doReturningWork(connection ->
                    connection.getAutoCommit() ? Optional.of(alone(own, connection, work)) : Optional.empty());
        } finally {
            TransactionSynchronizationManager.setCurrentTransactionReadOnly(before);
            EntityManagerFactoryUtils.closeEntityManager(own);
        }
        // Over a connection that does not commit by itself, whatever runs begins a transaction, which somebody has to
        // end.
        return read.orElseGet(() -> inTransaction(work));
    }

    private <T> T alone(EntityManager own, Connection connection, Supplier<T> work) throws SQLException {
        boolean was = connection.isReadOnly();
        connection.setReadOnly(true);
        TransactionSynchronizationManager.bindResource(factory, new EntityManagerHolder(own));
        T result;
        try {
            result = work.get();
        } catch (RuntimeException | Error failure) {
            putBack(connection, was, failure);
            throw failure;
        } finally {
            TransactionSynchronizationManager.unbindResource(factory);
        }
        connection.setReadOnly(was);
        return result;
    }

    // A connection that is lost refuses, and its refusal is not to stand in the place of what it was lost by.
    private static void putBack(Connection connection, boolean was, Throwable failure) {
        try {
            connection.setReadOnly(was);
        } catch (SQLException lost) {
            failure.addSuppressed(lost);
        }
    }
}

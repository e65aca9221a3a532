package dev.tenancy.spring.crud;

import dev.tenancy.TenantIsolation;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.springframework.orm.jpa.EntityManagerFactoryInfo;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Runs what only reads. A statement by itself is a transaction to the database, so none is begun around it, which would take a round
 * trip more; whatever the application has begun is joined.
 */
final class ReadScope {

    private final OwnTransactions transactions;
    private final boolean alone;
    private final boolean narrowed;

    /**
     * @param alone whether what is read needs no transaction around it, for its own part; where the transactions of the application are
     *     more than what Spring makes of them by itself, it gets one in any case
     * @param narrowed whether code of the application, which is promised a transaction, tells which rows are in reach
     */
    ReadScope(OwnTransactions transactions, boolean alone, boolean narrowed) {
        this.transactions = transactions;
        this.alone = alone;
        this.narrowed = narrowed;
    }

    <T> T inTransaction(Supplier<T> work) {
        return transactions.execute(commit -> work.get());
    }

    /** @param work calls what it is given as soon as no code of the application follows */
    <T> T read(Function<Runnable, T> work) {
        if (!alone || TransactionSynchronizationManager.isActualTransactionActive() || !transactions.arePlain()) {
            return inTransaction(() -> work.apply(() -> {}));
        }
        return narrowed
                ? transactions.execute(commit -> work.apply(commit::byStatement))
                : withoutTransaction(() -> work.apply(() -> {}));
    }

    private <T> T withoutTransaction(Supplier<T> work) {
        EntityManagerFactory factory = transactions.factory();
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
                    connection.getAutoCommit() ? Optional.of(over(own, connection, work)) : Optional.empty());
        } finally {
            TransactionSynchronizationManager.setCurrentTransactionReadOnly(before);
            EntityManagerFactoryUtils.closeEntityManager(own);
        }
        // Over a connection that does not commit by itself, whatever runs begins a transaction, which somebody has to
        // end.
        return read.orElseGet(() -> inTransaction(work));
    }

    private <T> T over(EntityManager own, Connection connection, Supplier<T> work) throws SQLException {
        boolean was = connection.isReadOnly();
        connection.setReadOnly(true);
        TransactionSynchronizationManager.bindResource(transactions.factory(), new EntityManagerHolder(own));
        T result;
        try {
            TenantIsolation.commitByStatement(own);
            result = work.get();
        } catch (RuntimeException | Error failure) {
            putBack(connection, was, failure);
            throw failure;
        } finally {
            TransactionSynchronizationManager.unbindResource(transactions.factory());
            TenantIsolation.commitTogether(own);
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

package dev.tenancy.spring.crud;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.Objects;
import java.util.function.Supplier;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.springframework.orm.jpa.EntityManagerFactoryInfo;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
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

    /** @param alone whether what is read needs no transaction around it */
    ReadScope(EntityManagerFactory factory, PlatformTransactionManager transactions, boolean alone) {
        this.factory = factory;
        this.transaction = new TransactionTemplate(transactions);
        this.transaction.setReadOnly(true);
        // Others may do with a transaction what only they know of.
        this.alone = alone && transactions instanceof JpaTransactionManager;
    }

    <T> T inTransaction(Supplier<T> work) {
        return Objects.requireNonNull(transaction.execute(status -> work.get()));
    }

    <T> T read(Supplier<T> work) {
        if (!alone || TransactionSynchronizationManager.isActualTransactionActive()) {
            return inTransaction(work);
        }
        if (TransactionSynchronizationManager.hasResource(factory)) {
            return work.get();
        }
        EntityManager own = factory instanceof EntityManagerFactoryInfo spring
                ? spring.createNativeEntityManager(null)
                : factory.createEntityManager();
        boolean before = TransactionSynchronizationManager.isCurrentTransactionReadOnly();
        try {
            Session session = own.unwrap(Session.class);
            session.setHibernateFlushMode(FlushMode.MANUAL);
            session.setDefaultReadOnly(true);
            TransactionSynchronizationManager.bindResource(factory, new EntityManagerHolder(own));
            // Data sources that lead to replicas ask for it.
            TransactionSynchronizationManager.setCurrentTransactionReadOnly(true);
            return work.get();
        } finally {
            TransactionSynchronizationManager.setCurrentTransactionReadOnly(before);
            TransactionSynchronizationManager.unbindResourceIfPossible(factory);
            EntityManagerFactoryUtils.closeEntityManager(own);
        }
    }
}

package dev.tenancy.spring.crud;

import dev.tenancy.TenantIsolation;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hibernate.ConnectionReleaseMode;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.core.InfrastructureProxy;
import org.springframework.orm.jpa.JpaDialect;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.vendor.HibernateJpaDialect;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The transactions in which a controller answers a request. One that the controller begins by itself, and in which a single statement
 * decides, may leave the commit to that statement: a round trip less.
 */
final class OwnTransactions {

    private final EntityManagerFactory factory;
    private final EntityManager entityManager;
    private final TransactionTemplate template;
    private final @Nullable JpaTransactionManager plain;

    OwnTransactions(
            EntityManagerFactory factory,
            EntityManager entityManager,
            PlatformTransactionManager transactions,
            boolean readOnly) {
        this.factory = factory;
        this.entityManager = entityManager;
        this.template = new TransactionTemplate(transactions);
        this.template.setReadOnly(readOnly);
        this.plain = transactions.getClass() == JpaTransactionManager.class
                        && keepsItsConnection(factory)
                        // It has a setter only.
                        && new DirectFieldAccessor(transactions).getPropertyValue("entityManagerInitializer") == null
                ? (JpaTransactionManager) transactions
                : null;
    }

    private static boolean isHibernates(@Nullable JpaDialect dialect) {
        Object own = dialect instanceof InfrastructureProxy proxy ? proxy.getWrappedObject() : dialect;
        return own != null && own.getClass() == HibernateJpaDialect.class;
    }

    private static boolean keepsItsConnection(EntityManagerFactory factory) {
        return factory.unwrap(SessionFactoryImplementor.class)
                        .getSessionFactoryOptions()
                        .getPhysicalConnectionHandlingMode()
                        .getReleaseMode()
                != ConnectionReleaseMode.AFTER_STATEMENT;
    }

    EntityManagerFactory factory() {
        return factory;
    }

    /**
     * Whether transactions are what Spring makes of them by itself: what subclasses, initializers, dialects, listeners and timeouts do to
     * one would not be done without it. To be asked for each, since an application may set some of them at any time.
     */
    boolean arePlain() {
        return plain != null
                && plain.getJpaPropertyMap().isEmpty()
                && plain.getDefaultTimeout() == TransactionDefinition.TIMEOUT_DEFAULT
                && plain.getTransactionExecutionListeners().isEmpty()
                && isHibernates(plain.getJpaDialect());
    }

    /** Whether a request has neither a transaction yet nor a session, in which somebody may hold rows or have changed them. */
    boolean begins() {
        return !TransactionSynchronizationManager.isActualTransactionActive()
                && !TransactionSynchronizationManager.hasResource(factory);
    }

    <T> T execute(Function<Commit, T> work) {
        boolean own = begins() && arePlain();
        return Objects.requireNonNull(template.execute(status -> work.apply(new Commit(status, own))));
    }

    /** Runs what is never committed. */
    void takeBack(Consumer<Commit> work) {
        template.executeWithoutResult(status -> {
            status.setRollbackOnly();
            work.accept(new Commit(status, false));
        });
    }

    /** How the statements of a transaction are committed. */
    final class Commit {

        private final TransactionStatus status;
        private final boolean own;
        private boolean byStatement;

        private Commit(TransactionStatus status, boolean own) {
            this.status = status;
            this.own = own;
        }

        /**
         * From here on each by itself, until {@link #together} or the end, if the transaction is the controller's own, no statement has
         * run in it since it began or since {@link #together}, it is to be committed, and nobody waits for that.
         */
        void byStatement() {
            if (own && !byStatement && !status.isRollbackOnly() && !isAwaited()) {
                byStatement = TenantIsolation.commitByStatement(entityManager);
            }
        }

        private static boolean isAwaited() {
            return TransactionSynchronizationManager.isSynchronizationActive()
                    && !TransactionSynchronizationManager.getSynchronizations().isEmpty();
        }

        void together() {
            if (byStatement) {
                byStatement = false;
                TenantIsolation.commitTogether(entityManager);
            }
        }
    }
}

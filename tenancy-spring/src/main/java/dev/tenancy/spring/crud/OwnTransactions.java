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
    private final boolean plain;

    OwnTransactions(
            EntityManagerFactory factory,
            EntityManager entityManager,
            PlatformTransactionManager transactions,
            boolean readOnly) {
        this.factory = factory;
        this.entityManager = entityManager;
        this.template = new TransactionTemplate(transactions);
        this.template.setReadOnly(readOnly);
        this.plain = isPlain(transactions) && keepsItsConnection(factory);
    }

    // What subclasses, initializers, dialects, listeners and timeouts do to a transaction would not be done without
    // one.
    private static boolean isPlain(PlatformTransactionManager transactions) {
        return transactions.getClass() == JpaTransactionManager.class
                && transactions instanceof JpaTransactionManager manager
                && manager.getJpaPropertyMap().isEmpty()
                && manager.getDefaultTimeout() == TransactionDefinition.TIMEOUT_DEFAULT
                && manager.getTransactionExecutionListeners().isEmpty()
                && isHibernates(manager.getJpaDialect())
                // It has a setter only.
                && new DirectFieldAccessor(manager).getPropertyValue("entityManagerInitializer") == null;
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

    /** Whether transactions are what Spring makes of them by itself. */
    boolean arePlain() {
        return plain;
    }

    /** Whether a request has neither a transaction yet nor a session, in which somebody may hold rows or have changed them. */
    boolean begins() {
        return !TransactionSynchronizationManager.isActualTransactionActive()
                && !TransactionSynchronizationManager.hasResource(factory);
    }

    <T> T execute(Function<Commit, T> work) {
        Commit commit = new Commit(plain && begins());
        return Objects.requireNonNull(template.execute(status -> {
            T result;
            try {
                result = work.apply(commit);
            } catch (RuntimeException | Error failure) {
                commit.putBack(failure);
                throw failure;
            }
            commit.together();
            return result;
        }));
    }

    /** Runs what is never committed. */
    void takeBack(Consumer<Commit> work) {
        template.executeWithoutResult(status -> {
            status.setRollbackOnly();
            work.accept(new Commit(false));
        });
    }

    /** How the statements of a transaction are committed. */
    final class Commit {

        private final boolean own;
        private boolean byStatement;

        private Commit(boolean own) {
            this.own = own;
        }

        /** From here on each by itself, if the transaction is the controller's own and no statement has run in it. */
        void byStatement() {
            if (own && !byStatement) {
                byStatement = TenantIsolation.commitByStatement(entityManager);
            }
        }

        boolean isByStatement() {
            return byStatement;
        }

        void together() {
            if (byStatement) {
                byStatement = false;
                TenantIsolation.commitTogether(entityManager);
            }
        }

        // A connection that is lost refuses, and its refusal is not to stand in the place of what it was lost by.
        private void putBack(Throwable failure) {
            try {
                together();
            } catch (RuntimeException lost) {
                failure.addSuppressed(lost);
            }
        }
    }
}

package dev.tenancy.test;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The transaction of Spring's that runs on this thread. */
final class SpringTransaction {

    private SpringTransaction() {}

    /** Its session of a session factory; null if there is none. */
    static @Nullable Session session(EntityManagerFactory factory) {
        if (TransactionSynchronizationManager.getResource(factory) instanceof EntityManagerHolder holder) {
            Session session = holder.getEntityManager().unwrap(Session.class);
            return session.isJoinedToTransaction() ? session : null;
        }
        return null;
    }
}

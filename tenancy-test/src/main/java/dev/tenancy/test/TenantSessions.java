package dev.tenancy.test;

import dev.tenancy.CurrentTenant;
import jakarta.persistence.EntityManagerFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Savepoint;
import java.util.Set;
import java.util.function.Function;
import org.hibernate.Session;
import org.hibernate.SessionBuilder;
import org.hibernate.SessionFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sessions of any tenant beside that of the test. Where a transaction of a Spring test is running, they share its connection, so that they
 * see what is not committed; each is under the guard, and what it does is rolled back.
 */
final class TenantSessions {

    private static final Set<String> ENDS = Set.of("close", "commit", "rollback", "setAutoCommit");

    private static final boolean SPRING = TenantAssert.isThere("org.springframework.orm.jpa.EntityManagerHolder");

    private final SessionFactory factory;
    private final @Nullable Session running;

    private TenantSessions(SessionFactory factory, @Nullable Session running) {
        this.factory = factory;
        this.running = running;
    }

    /** What the test has yet to write is written first, in its own name. */
    static TenantSessions of(EntityManagerFactory factory) {
        Session running = SPRING ? SpringTransaction.session(factory) : null;
        if (running != null) {
            running.flush();
        }
        return new TenantSessions(factory.unwrap(SessionFactory.class), running);
    }

    /** The session of the transaction that the test runs in; null if there is none. */
    @Nullable Session running() {
        return running;
    }

    <T> T as(Object tenantId, Function<Session, T> work) {
        if (running == null) {
            return CurrentTenant.callAs(tenantId, () -> rolledBack(factory.withOptions(), work));
        }
        return running.doReturningWork(connection -> {
            Savepoint before = connection.setSavepoint();
            try {
                return CurrentTenant.callAs(
                        tenantId, () -> rolledBack(factory.withOptions().connection(shared(connection)), work));
            } finally {
                connection.rollback(before);
            }
        });
    }

    private static <T> T rolledBack(SessionBuilder options, Function<Session, T> work) {
        try (Session session = options.openSession()) {
            session.beginTransaction();
            try {
                return work.apply(session);
            } finally {
                session.getTransaction().rollback();
            }
        }
    }

    /** A connection whose transaction is the test's to end. */
    private static Connection shared(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                TenantSessions.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    boolean ends = ENDS.contains(method.getName())
                            && (arguments == null || !(arguments[0] instanceof Savepoint));
                    if (ends) {
                        return null;
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }
}

package dev.tenancy.test;

import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import org.hibernate.Hibernate;
import org.jspecify.annotations.Nullable;
import org.springframework.test.context.TestContext;

/** The Spring test that runs on this thread, and its session factories. */
final class RunningSpringTest {

    private static final ThreadLocal<@Nullable TestContext> RUNNING = new ThreadLocal<>();

    private RunningSpringTest() {}

    static void begins(TestContext test) {
        RUNNING.set(test);
    }

    static void ends() {
        RUNNING.remove();
    }

    static boolean isRunning() {
        return RUNNING.get() != null;
    }

    /**
     * The session factory of a row's entity.
     *
     * @throws IllegalArgumentException if none of the application's has it, or several have
     */
    static EntityManagerFactory factoryOf(Object row) {
        TestContext test = RUNNING.get();
        Class<?> entity = Hibernate.getClass(row);
        List<EntityManagerFactory> factories = test == null
                ? List.of()
                : test.getApplicationContext().getBeanProvider(EntityManagerFactory.class).stream()
                        .filter(one -> one.getMetamodel().getEntities().stream()
                                .anyMatch(mapped -> mapped.getJavaType() == entity))
                        .toList();
        if (factories.size() != 1) {
            throw new IllegalArgumentException(
                    entity.getName() + " is an entity of " + (factories.isEmpty() ? "no" : "more than one")
                            + " session factory of the application context. "
                            + (factories.isEmpty()
                                    ? "Give a row of an entity."
                                    : "Name the one to ask: assertThatTenant(…).using(entityManagerFactory)."));
        }
        return factories.get(0);
    }
}

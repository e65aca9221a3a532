package dev.tenancy.test;

import dev.tenancy.EntityDecision.Ownership;
import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * What a tenant sees and changes, asked of the database. In a Spring test the session factory is found in the application context, and
 * within the transaction of the test, what it has written is seen although it is not committed; elsewhere name the factory by
 * {@link #using}.
 *
 * <p>A row is an instance of an entity, managed or detached. Each tenant looks by sessions of its own, and nothing is left changed. For
 * the thread of the test.
 */
public final class TenantAssert extends AbstractAssert<TenantAssert, Object> {

    private static final boolean SPRING = isThere("org.springframework.test.context.TestExecutionListener");

    private @Nullable EntityManagerFactory factory;

    TenantAssert(Object tenant) {
        super(tenant, TenantAssert.class);
    }

    /** Names the session factory of the row. */
    public TenantAssert using(EntityManagerFactory sessionFactory) {
        factory = sessionFactory;
        return this;
    }

    /**
     * The tenant does not reach the row by its id, by a query or by a count, and the tenant to whom it belongs does.
     *
     * @throws AssertionError if it reaches the row; or, as "not proven", if not even its own tenant does
     * @throws IllegalArgumentException if the row is no instance of an entity, or the tenant's id is of another type
     */
    public TenantAssert cannotSee(Object row) {
        return cannot(row, "see", StoredRow.READS);
    }

    /**
     * The tenant neither updates nor deletes the row by its id, and the tenant to whom it belongs can do both. What is tried is rolled
     * back.
     *
     * @throws AssertionError if it changes the row; or, as "not proven", if not even its own tenant does
     * @throws IllegalArgumentException if the row is no instance of an entity, or the tenant's id is of another type
     */
    public TenantAssert cannotChange(Object row) {
        return cannot(row, "change", StoredRow.CHANGES);
    }

    /**
     * The tenant reaches the row by its id, by a query and by a count.
     *
     * @throws AssertionError if one of these does not reach it
     * @throws IllegalArgumentException if the row is no instance of an entity, or the tenant's id is of another type
     */
    public TenantAssert sees(Object row) {
        isNotNull();
        StoredRow stored = stored(row);
        Object tenant = stored.tenantId(actual);
        List<String> missed = stored.missed(StoredRow.READS, tenant);
        if (!missed.isEmpty()) {
            Object owner = stored.owner();
            throw failure(
                    "%s",
                    "Tenant " + tenant + " does not see " + stored + " by " + listed(missed) + ". "
                            + (owner == null || owner.equals(tenant)
                                    ? unwritten(stored)
                                    : "It belongs to tenant " + owner + ": write it while tenant " + tenant
                                            + " is current."));
        }
        return this;
    }

    private TenantAssert cannot(Object row, String verb, List<String> paths) {
        isNotNull();
        StoredRow stored = stored(row);
        Object tenant = stored.tenantId(actual);
        if (stored.ownership() == Ownership.GLOBAL) {
            throw failure(
                    "%s",
                    stored + " belongs to no tenant: its entity is global, and every tenant can " + verb
                            + " its rows. Make the entity owned, or do not assert this.");
        }
        Object owner = stored.owner();
        if (owner == null) {
            throw failure("%s", "not proven: " + stored + " belongs to nobody yet. Persist it first.");
        }
        List<String> reached = stored.reached(paths, tenant);
        if (!reached.isEmpty()) {
            throw failure(
                    "%s",
                    "Tenant " + tenant + " can " + verb + " " + stored + " of tenant " + owner + ", by "
                            + listed(reached) + ". " + why(stored, owner.equals(tenant)));
        }
        List<String> missed = stored.missed(paths, owner);
        if (!missed.isEmpty()) {
            throw failure(
                    "%s",
                    "not proven: nobody can " + verb + " " + stored + " by " + listed(missed) + ", not even tenant "
                            + owner + ", to whom it belongs. " + unwritten(stored));
        }
        return this;
    }

    private StoredRow stored(Object row) {
        if (factory != null) {
            return StoredRow.of(row, factory);
        }
        if (!SPRING || !RunningSpringTest.isRunning()) {
            throw new IllegalStateException("assertThatTenant(…) knows no session factory: no Spring test runs on this"
                    + " thread. Name it: assertThatTenant(…).using(entityManagerFactory).");
        }
        return StoredRow.of(row, RunningSpringTest.factoryOf(row));
    }

    /** Whether a class of a library that not every application has is there. */
    static boolean isThere(String name) {
        return ReflectionSupport.tryToLoadClass(name, TenantAssert.class.getClassLoader())
                .toOptional()
                .isPresent();
    }

    private static String why(StoredRow row, boolean own) {
        if (own) {
            return "It is its own. Name another tenant, or act for another when the row is written.";
        }
        return row.ownership() == Ownership.OWNED_WITH_LIBRARY
                ? "Its entity has @LibraryRows: every tenant sees those of the library. Give a row of another tenant."
                : "That must not be. Attack the entity with EntityIsolationTests, and report what it says.";
    }

    private static String unwritten(StoredRow row) {
        return "Is the row deleted, rolled back or not committed yet? "
                + (row.isInTransaction()
                        ? "It is looked for in the running transaction of the test: persist it there, or commit it first."
                        : "It is looked for in a transaction of its own: commit the one that writes it first.");
    }

    private static String listed(List<String> paths) {
        return String.join(", ", paths);
    }
}

package dev.tenancy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The tenant for which this thread acts. There is no setter: a tenant is current for a block of code, blocks nest, and the
 * end of a block restores what was current before it, whatever happened inside.
 *
 * <pre>{@code
 * CurrentTenant.runAs(acme, () -> invoices.sendAll());
 * UUID tenant = CurrentTenant.require(UUID.class);
 * }</pre>
 *
 * <p>Rows of several tenants are read together with {@link #acrossTenants}, which says why.
 *
 * <p>Bound to the thread and not inherited by threads started from it: a pool would hand one tenant's work to another.
 * While a tenant is current, SLF4J's {@link MDC} holds its id under {@value #MDC_KEY}.
 */
public final class CurrentTenant {

    /** The key of the tenant's id in the logging context. */
    public static final String MDC_KEY = "tenant";

    private static final Logger LOG = LoggerFactory.getLogger(CurrentTenant.class);

    // The only ThreadLocal of the library; an architecture test keeps it so.
    private static final ThreadLocal<@Nullable Entered> HOLDER = new ThreadLocal<>();

    private static final List<Consumer<? super Crossing>> CROSSING_LISTENERS = new CopyOnWriteArrayList<>();

    private CurrentTenant() {}

    /** A block that acts for one tenant; {@link #close()} ends it. */
    public interface Scope extends AutoCloseable {

        /**
         * Restores what was current when the scope was entered. Closing twice does nothing the second time.
         *
         * @throws IllegalStateException if another thread closes it, or if a scope entered later is still open: the
         *     thread then acts for no tenant at all
         */
        @Override
        void close();
    }

    /** Code without a result that may throw. */
    @FunctionalInterface
    public interface Block<X extends Throwable> {
        void run() throws X;
    }

    /** Code with a result that may throw. */
    @FunctionalInterface
    public interface Call<T extends @Nullable Object, X extends Throwable> {
        T call() throws X;
    }

    /**
     * A block that reads the rows of all tenants.
     *
     * @param reason why, as the code that asked for it says
     * @param actor who acted, and for which tenant, where the block began; null if nobody did
     */
    public record Crossing(String reason, @Nullable TenantPrincipal actor) {}

    /** Who acts, and for which tenant. Empty inside {@link #acrossTenants}. */
    public static Optional<TenantPrincipal> find() {
        return Optional.ofNullable(peek());
    }

    /** As {@link #find()}, for what runs with each statement and each row. */
    static @Nullable TenantPrincipal peek() {
        Entered entered = HOLDER.get();
        return entered == null ? null : entered.principal;
    }

    static boolean isCrossing() {
        Entered entered = HOLDER.get();
        return entered != null && entered.principal == null;
    }

    /** Whether a crossing goes on, also if a tenant was entered inside of it. */
    static boolean isWithinCrossing() {
        Entered entered = HOLDER.get();
        return entered != null && entered.withinCrossing;
    }

    /**
     * Who acts, and for which tenant.
     *
     * @throws NoTenantException if no tenant is current
     */
    public static TenantPrincipal require() {
        TenantPrincipal principal = peek();
        if (principal == null) {
            throw new NoTenantException("CurrentTenant.require() was refused");
        }
        return principal;
    }

    /**
     * The id of the current tenant, as the application's type of tenant id.
     *
     * @throws NoTenantException if no tenant is current
     * @throws IllegalStateException if the current tenant's id has another type
     */
    public static <T> T require(Class<T> type) {
        Object id = require().tenantId();
        if (!type.isInstance(id)) {
            throw new IllegalStateException(
                    "The current tenant's id is a " + id.getClass().getName() + ", not a " + type.getName()
                            + ". Enter tenants with ids of one type throughout.");
        }
        return type.cast(id);
    }

    /** Runs {@code block} for a tenant, on nobody's behalf. */
    public static <X extends Throwable> void runAs(Object tenantId, Block<X> block) throws X {
        try (Scope scope = enter(TenantPrincipal.system(tenantId))) {
            block.run();
        }
    }

    /** Runs {@code call} for a tenant, on nobody's behalf, and returns its result. */
    public static <T extends @Nullable Object, X extends Throwable> T callAs(Object tenantId, Call<T, X> call)
            throws X {
        try (Scope scope = enter(TenantPrincipal.system(tenantId))) {
            return call.call();
        }
    }

    /**
     * Runs {@code block} once for each tenant, in the order given. A failure does not keep the others from their turn.
     *
     * @throws TenantsFailedException when all have had their turn, if any failed
     */
    public static <T> void forEach(Iterable<T> tenantIds, Consumer<? super T> block) {
        Map<Object, RuntimeException> failures = new LinkedHashMap<>();
        for (T tenantId : tenantIds) {
            try {
                runAs(tenantId, () -> block.accept(tenantId));
            } catch (RuntimeException failure) {
                failures.put(tenantId, failure);
            }
        }
        if (!failures.isEmpty()) {
            throw new TenantsFailedException(failures);
        }
    }

    /**
     * Runs {@code block} with the rows of all tenants in reach, for reading only: whoever writes acts for a tenant, so
     * {@link #runAs} is for that, inside of the block as well. Sessions and transactions have to begin inside the block.
     * Deliberately loud: logs a warning, and notifies each listener of {@link #onCrossing}.
     *
     * @param reason why one tenant's rows are not enough, for those who read the log: "nightly invoice roll-up"
     * @throws IllegalArgumentException if the reason is blank
     */
    public static <X extends Throwable> void acrossTenants(String reason, Block<X> block) throws X {
        try (Scope scope = cross(reason)) {
            block.run();
        }
    }

    /** As {@link #acrossTenants(String, Block)}, and returns the call's result. */
    public static <T extends @Nullable Object, X extends Throwable> T acrossTenants(String reason, Call<T, X> call)
            throws X {
        try (Scope scope = cross(reason)) {
            return call.call();
        }
    }

    /**
     * Has a listener called, on the same thread and before the block runs, whenever tenants are crossed: for audit trails and
     * counters. What it throws keeps the block from running.
     *
     * @return ends the listening
     */
    public static Runnable onCrossing(Consumer<? super Crossing> listener) {
        CROSSING_LISTENERS.add(listener);
        return () -> CROSSING_LISTENERS.remove(listener);
    }

    private static Scope cross(String reason) {
        if (reason.isBlank()) {
            throw new IllegalArgumentException(
                    "CurrentTenant.acrossTenants(…) was refused: it has no reason. Say why one tenant's rows are not enough.");
        }
        Crossing crossing = new Crossing(reason, peek());
        LOG.warn("Crossing tenants: {}", reason);
        CROSSING_LISTENERS.forEach(listener -> listener.accept(crossing));
        return new Entered(null, HOLDER.get());
    }

    /**
     * Makes a principal's tenant current until the scope is closed, in the same method and on the same thread. It is what
     * filters and interceptors need; other code reads better with {@link #runAs} and {@link #callAs}.
     */
    public static Scope enter(TenantPrincipal principal) {
        return new Entered(principal, HOLDER.get());
    }

    /** What is current on this thread, for {@link #take} on another one and {@link #putBack} on this one. */
    static @Nullable Object held() {
        return HOLDER.get();
    }

    /**
     * Makes what was {@link #held} on some thread current on this one, until {@link #putBack}. A crossing stays where it was
     * asked for: on another thread nothing is current then.
     */
    static void take(@Nullable Object held) {
        Entered there = (Entered) held;
        if (there == null || there.principal == null && there != HOLDER.get()) {
            set(null);
        } else if (there != HOLDER.get()) {
            set(new Entered(there.principal, HOLDER.get()));
        }
    }

    /** Makes current again what was {@link #held} on this thread. */
    static void putBack(@Nullable Object held) {
        set((Entered) held);
    }

    private static void set(@Nullable Entered acting) {
        if (acting == null) {
            HOLDER.remove();
        } else {
            HOLDER.set(acting);
        }
        if (acting != null && acting.principal != null) {
            MDC.put(MDC_KEY, acting.principal.tenantId().toString());
        } else {
            MDC.remove(MDC_KEY);
        }
    }

    private static final class Entered implements Scope {

        private final Thread owner = Thread.currentThread();
        /** Null in a crossing. */
        private final @Nullable TenantPrincipal principal;

        private final boolean withinCrossing;
        private final @Nullable Entered previous;
        private boolean closed;

        Entered(@Nullable TenantPrincipal principal, @Nullable Entered previous) {
            this.principal = principal;
            this.withinCrossing = principal == null || previous != null && previous.withinCrossing;
            this.previous = previous;
            set(this);
        }

        @Override
        public void close() {
            if (Thread.currentThread() != owner) {
                throw new IllegalStateException("A tenant's scope was closed by thread "
                        + Thread.currentThread().getName() + " but entered by " + owner.getName()
                        + ". Close it where it was entered, with try-with-resources.");
            }
            if (closed) {
                return;
            }
            closed = true;
            if (HOLDER.get() != this) {
                // Which tenant would be right is not known any more, so none is: work that goes on fails closed.
                set(null);
                throw new IllegalStateException("A tenant's scope was closed while one entered later was still open."
                        + " Close scopes in reverse order, with try-with-resources.");
            }
            set(previous);
        }
    }
}

package dev.tenancy.spring;

import dev.tenancy.TenancySetupException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Bounds how many requests of one tenant are worked on at a time, so that slow ones of one leave threads and connections to the others.
 * A few more may wait for a short time, in their order: a burst is no fault. Counts are those of this node.
 */
final class TenantBulkhead {

    private final int atOnce;
    private final int waiting;
    private final Duration wait;
    // Of tenants that are at work: whoever leaves last takes theirs along.
    private final Map<Object, Places> tenants = new ConcurrentHashMap<>();

    /** @param atOnce 0 if there is no bound */
    TenantBulkhead(int atOnce, int waiting, Duration wait) {
        if (atOnce < 0 || waiting < 0 || wait.isNegative()) {
            throw new TenancySetupException(
                    "tenancy.requests is refused: at-once is " + atOnce + ", waiting is " + waiting + ", max-wait is "
                            + wait + ".",
                    "Let none be negative; at-once=0 takes the bound away.");
        }
        this.atOnce = atOnce;
        this.waiting = waiting;
        this.wait = wait;
    }

    private static final class Places {

        private final Semaphore free;
        private int inside; // guarded by the entry of the map

        Places(int free) {
            this.free = new Semaphore(free, true);
        }
    }

    /** Whether the tenant's request may be worked on; who is told so calls {@link #leave} in the end, and nobody else does. */
    boolean enter(Object tenant) {
        if (atOnce == 0) {
            return true;
        }
        Places places = Objects.requireNonNull(tenants.compute(tenant, (id, known) -> {
            Places found = known == null ? new Places(atOnce) : known;
            found.inside++;
            return found;
        }));
        boolean entered = false;
        try {
            // Nobody's turn is taken: as long as anybody waits, nobody overtakes them.
            entered = !isCrowded(places) && places.free.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        } finally {
            if (!entered) {
                goes(tenant);
            }
        }
        return entered;
    }

    /** Whether all places of a tenant are taken, and as many wait for one as may. */
    boolean isCrowded(Object tenant) {
        Places places = tenants.get(tenant);
        return places != null && isCrowded(places);
    }

    private boolean isCrowded(Places places) {
        return places.free.availablePermits() == 0 && places.free.getQueueLength() >= waiting;
    }

    void leave(Object tenant) {
        Places places = tenants.get(tenant);
        if (places != null) {
            places.free.release();
            goes(tenant);
        }
    }

    private void goes(Object tenant) {
        tenants.computeIfPresent(tenant, (id, places) -> --places.inside == 0 ? null : places);
    }

    /** How many tenants are at work. */
    int size() {
        return tenants.size();
    }
}

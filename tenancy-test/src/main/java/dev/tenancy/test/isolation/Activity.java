package dev.tenancy.test.isolation;

import dev.tenancy.CurrentTenant;
import dev.tenancy.NoTenantException;
import dev.tenancy.TenancyException;
import dev.tenancy.TenantIsolation;
import dev.tenancy.TenantPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** What work, on any thread, does with owned rows, from its beginning until it is closed: for whom, and what was refused. */
final class Activity implements AutoCloseable {

    private static final Duration QUIET = Duration.ofMillis(300);

    private final Set<Object> tenants = ConcurrentHashMap.newKeySet();
    private final List<String> crossings = new CopyOnWriteArrayList<>();
    private final List<TenancyException> refusals = new CopyOnWriteArrayList<>();
    private final AtomicLong last = new AtomicLong(System.nanoTime());
    private final List<Runnable> ends;

    Activity() {
        ends = List.of(
                TenantIsolation.onOwnedStatement(entity -> {
                    CurrentTenant.find().map(TenantPrincipal::tenantId).ifPresent(tenants::add);
                    last.set(System.nanoTime());
                }),
                CurrentTenant.onCrossing(crossing -> {
                    crossings.add(crossing.reason());
                    last.set(System.nanoTime());
                }),
                TenancyException.onRefusal(refusal -> {
                    refusals.add(refusal);
                    last.set(System.nanoTime());
                }));
    }

    /** For which tenants statements on owned rows were sent. */
    Set<Object> tenants() {
        return tenants;
    }

    /** The reasons of blocks that read the rows of all. */
    List<String> crossings() {
        return crossings;
    }

    boolean wantedATenant() {
        return refusals.stream().anyMatch(NoTenantException.class::isInstance);
    }

    boolean touchedNothing() {
        return tenants.isEmpty() && crossings.isEmpty() && refusals.isEmpty();
    }

    /** Waits for work that others go on with: until something was seen and it is quiet again, and no longer than that. */
    void await(Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        while (System.nanoTime() < end && (touchedNothing() || System.nanoTime() - last.get() < QUIET.toNanos())) {
            Thread.sleep(10);
        }
    }

    /** Ends the listening; again, it does nothing. */
    @Override
    public void close() {
        ends.forEach(Runnable::run);
    }
}

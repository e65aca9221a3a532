package dev.tenancy;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Work that is done for many tenants, several at a time, each for a bounded time: a nightly job, a back-fill.
 *
 * <pre>{@code
 * ForEachTenant.of(companies.active())
 *         .parallel(8)
 *         .timeout(Duration.ofMinutes(5))
 *         .onProgress(progress -> log.info("{} of {}", progress.done(), progress.started()))
 *         .run(company -> invoices.sendAll());
 * }</pre>
 *
 * <p>No tenant waits for a slow one: one whose time is over is interrupted, counts as failed, and its place goes to the next; work that
 * ignores the interruption goes on beside it. {@link CurrentTenant#forEach} does the same on the caller's own thread, one by one and
 * without a bound.
 *
 * <p>Immutable, and safe for use by several threads.
 *
 * @param <T> the type of the tenants' ids
 */
public final class ForEachTenant<T> {

    private final Iterable<T> tenantIds;
    private final int parallel;
    private final Duration timeout;
    private final Executor executor;
    private final Consumer<? super Progress> listener;

    /**
     * How far the work has come.
     *
     * @param started how many tenants had their turn or have it now
     * @param done how many of them are through, the failed ones among them
     * @param failed how many failed
     */
    public record Progress(int started, int done, int failed) {}

    private ForEachTenant(
            Iterable<T> tenantIds,
            int parallel,
            Duration timeout,
            Executor executor,
            Consumer<? super Progress> listener) {
        this.tenantIds = tenantIds;
        this.parallel = parallel;
        this.timeout = timeout;
        this.executor = executor;
        this.listener = listener;
    }

    /** Work for these tenants: four at a time, each for an hour at most, on threads of its own. */
    public static <T> ForEachTenant<T> of(Iterable<T> tenantIds) {
        return new ForEachTenant<>(tenantIds, 4, Duration.ofHours(1), ForEachTenant::onThreadOfItsOwn, progress -> {});
    }

    private static void onThreadOfItsOwn(Runnable work) {
        Thread thread = new Thread(work, "tenant-work");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * How many tenants have their turn at the same time.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public ForEachTenant<T> parallel(int tenants) {
        if (tenants < 1) {
            throw new IllegalArgumentException("ForEachTenant.parallel(" + tenants + ") was refused. Give 1 or more.");
        }
        return new ForEachTenant<>(tenantIds, tenants, timeout, executor, listener);
    }

    /**
     * How long the work for one tenant may take.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public ForEachTenant<T> timeout(Duration each) {
        if (each.isNegative() || each.isZero()) {
            throw new IllegalArgumentException(
                    "ForEachTenant.timeout(" + each + ") was refused. Give a positive duration.");
        }
        return new ForEachTenant<>(tenantIds, parallel, each, executor, listener);
    }

    /** Where the work runs, in place of threads of its own. Time that it waits there counts. */
    public ForEachTenant<T> on(Executor threads) {
        return new ForEachTenant<>(tenantIds, parallel, timeout, threads, listener);
    }

    /** Is told on the caller's thread whenever a tenant is through. What it throws ends the work. */
    public ForEachTenant<T> onProgress(Consumer<? super Progress> told) {
        return new ForEachTenant<>(tenantIds, parallel, timeout, executor, told);
    }

    /**
     * Runs {@code block} once for each tenant, with that tenant current and on nobody's behalf, and returns when all have had their turn.
     *
     * @throws TenantsFailedException when all have had their turn, if any failed
     * @throws CancellationException if the caller's thread is interrupted: what runs is interrupted, and no further tenant begins
     */
    public void run(Consumer<? super T> block) {
        new Run(block).toTheEnd();
    }

    private final class Run {

        private final Consumer<? super T> block;
        private final Iterator<T> waiting = tenantIds.iterator();
        private final Set<Turn> running = new LinkedHashSet<>();
        private final BlockingQueue<Turn> through = new LinkedBlockingQueue<>();
        private final Map<Object, Throwable> failures = new LinkedHashMap<>();
        private int started;

        Run(Consumer<? super T> block) {
            this.block = block;
        }

        void toTheEnd() {
            try {
                startNext();
                while (!running.isEmpty()) {
                    end(nextThrough());
                    listener.accept(new Progress(started, started - running.size(), failures.size()));
                    startNext();
                }
            } catch (InterruptedException interruption) {
                Thread.currentThread().interrupt();
                throw new CancellationException("The work for tenants was interrupted after "
                        + (started - running.size()) + " were through. Run it again for the others.");
            } finally {
                running.forEach(turn -> turn.cancel(true));
            }
            if (!failures.isEmpty()) {
                throw new TenantsFailedException(failures);
            }
        }

        private void startNext() {
            while (running.size() < parallel && waiting.hasNext()) {
                Turn turn = new Turn(waiting.next());
                running.add(turn);
                started++;
                executor.execute(turn);
            }
        }

        // All have the same time, so that the first to start is the first whose time is over.
        private Turn nextThrough() throws InterruptedException {
            Turn eldest = running.iterator().next();
            while (true) {
                Turn turn = through.poll(eldest.deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (turn == null) {
                    return eldest;
                }
                if (running.contains(turn)) {
                    return turn;
                }
            }
        }

        private void end(Turn turn) throws InterruptedException {
            running.remove(turn);
            Throwable failure = turn.failure();
            if (failure != null) {
                failures.put(turn.tenantId, failure);
            }
        }

        private final class Turn extends FutureTask<@Nullable Void> {

            private final T tenantId;
            private final long deadline = System.nanoTime() + timeout.toNanos();

            Turn(T tenantId) {
                super(() -> CurrentTenant.runAs(tenantId, () -> block.accept(tenantId)), null);
                this.tenantId = tenantId;
            }

            @Override
            protected void done() {
                through.add(this);
            }

            @Nullable Throwable failure() throws InterruptedException {
                if (!isDone()) {
                    cancel(true);
                }
                try {
                    get();
                    return null;
                } catch (ExecutionException failure) {
                    return failure.getCause();
                } catch (CancellationException cancelled) {
                    return new TimeoutException("The work took longer than " + timeout + " and was interrupted.");
                }
            }
        }
    }
}

package dev.tenancy.test.isolation;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantPrincipal;
import java.util.Arrays;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tasks of both tenants and of nobody, handed to an executor in turn: each acts for whoever handed it over. */
final class HandedOver implements Callable<String> {

    // More than the threads of a pool, so that each works for somebody else next.
    private static final int ROUNDS = 12;

    private record Seen(@Nullable Object by, @Nullable Object as, String thread) {}

    private final String path;
    private final Consumer<Runnable> executor;
    private final Object owner;
    private final Object other;

    HandedOver(String path, Consumer<Runnable> executor, Object owner, Object other) {
        this.path = path;
        this.executor = executor;
        this.owner = owner;
        this.other = other;
    }

    @Override
    public String call() throws InterruptedException {
        Queue<Seen> seen = new ConcurrentLinkedQueue<>();
        for (int round = 0; round < ROUNDS; round++) {
            // A round at a time, for an executor with a short queue.
            CountDownLatch done = new CountDownLatch(3);
            for (Object by : Arrays.asList(owner, other, null)) {
                handOver(by, () -> {
                    seen.add(new Seen(by, current(), Thread.currentThread().getName()));
                    done.countDown();
                });
            }
            if (!done.await(Answers.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new Unproven("not proven: " + path + ": a task did not run within " + Answers.PATIENCE.toSeconds()
                        + " seconds. Is it started, with a thread that is free?");
            }
        }
        seen.forEach(this::judge);
        long threads = seen.stream().map(Seen::thread).distinct().count();
        return "each of " + seen.size() + " tasks acted for whoever handed it over, and those of nobody for nobody, on "
                + threads + " threads";
    }

    private void handOver(@Nullable Object by, Runnable task) {
        if (by == null) {
            executor.accept(task);
        } else {
            CurrentTenant.runAs(by, () -> executor.accept(task));
        }
    }

    private void judge(Seen seen) {
        if (Objects.equals(seen.by(), seen.as())) {
            return;
        }
        if (seen.as() != null) {
            throw Unproven.leak(path + ": a task of " + (seen.by() == null ? "nobody" : "one tenant")
                    + " acted for another tenant: its thread was left with the tenant of an earlier task, or was started by it."
                    + " Do not enter tenants in a thread without leaving them; let CurrentTenant.runAs do both.");
        }
        throw new Unproven(
                "not proven: " + path + ": a tenant's task acted for nobody, so that it reaches no owned row."
                        + " Make the executor a bean of the type ThreadPoolTaskExecutor, SimpleAsyncTaskExecutor or"
                        + " ThreadPoolTaskScheduler, or give it the bean tenantTaskDecorator; or list it in notProven() if no tenant's"
                        + " work is handed to it.");
    }

    private static @Nullable Object current() {
        return CurrentTenant.find().map(TenantPrincipal::tenantId).orElse(null);
    }
}

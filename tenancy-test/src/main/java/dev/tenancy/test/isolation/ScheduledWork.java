package dev.tenancy.test.isolation;

import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a schedule starts is run once, while nobody acts, as the schedule does it. */
final class ScheduledWork implements Callable<String> {

    private static final Duration MOST = Duration.ofMillis(500);

    private final String path;
    private final AttackedRows rows;
    private final Runnable work;

    ScheduledWork(String path, AttackedRows rows, Runnable work) {
        this.path = path;
        this.rows = rows;
        this.work = work;
    }

    @Override
    public String call() throws Exception {
        return rows.withOwners(stored -> {
            rows.marks(stored);
            String before = rows.state(rows.owner());
            try (Activity activity = new Activity()) {
                RuntimeException failure = started(activity);
                // What is asked for below is no part of it.
                activity.close();
                judge(activity, failure, before);
                return evidence(activity);
            }
        });
    }

    private void judge(Activity activity, @Nullable RuntimeException failure, String before) {
        if (activity.wantedATenant()) {
            throw new Unproven(
                    "not proven: " + path + ": it asks for owned rows, and nobody acts when a schedule starts it."
                            + " Put @EachTenant on it, so that it runs for each tenant, or read the rows of all in"
                            + " CurrentTenant.acrossTenants with a reason.");
        }
        if (failure != null) {
            throw new Unproven("not proven: " + path + ": it failed when it was started", failure);
        }
        if (!activity.tenants().contains(rows.owner())
                && !rows.state(rows.owner()).equals(before)) {
            throw Unproven.leak(path + ": it changed rows of a tenant for which it did not act. " + MethodAttack.fix());
        }
    }

    private @Nullable RuntimeException started(Activity activity) throws InterruptedException {
        try {
            work.run();
            activity.await(MOST);
            return null;
        } catch (RuntimeException failure) {
            return failure;
        }
    }

    private static String evidence(Activity activity) {
        if (activity.touchedNothing()) {
            return "no owned row is touched";
        }
        String tenants =
                activity.tenants().stream()
                        .map(Object::toString)
                        .collect(Collectors.toCollection(TreeSet::new))
                        .stream()
                        .collect(Collectors.joining(", "));
        List<String> crossings = activity.crossings();
        return (tenants.isEmpty() ? "it acts for no tenant" : "it acts for each tenant on its own: " + tenants)
                + (crossings.isEmpty() ? "" : "; it reads the rows of all, because " + String.join(", ", crossings));
    }
}

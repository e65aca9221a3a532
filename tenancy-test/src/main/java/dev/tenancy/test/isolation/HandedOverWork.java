package dev.tenancy.test.isolation;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.test.isolation.SampleRows.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** An asynchronous method or a listener is called by both tenants with what the owner has: it acts for the caller, and for nobody else. */
final class HandedOverWork implements Callable<String> {

    // What touches no owned row shows nothing of its end.
    private static final Duration MOST = Duration.ofSeconds(2);

    private record Ended(String answer, @Nullable Throwable failure, Set<Object> touched) {}

    private final String path;
    private final AttackedRows rows;
    private final BeanCall call;

    HandedOverWork(String path, AttackedRows rows, BeanCall call) {
        this.path = path;
        this.rows = rows;
        this.call = call;
    }

    @Override
    public String call() throws Exception {
        List<String> met = new ArrayList<>();
        for (int n = 0; ; n++) {
            int choice = n;
            int before = met.size();
            String evidence = rows.withOwners(stored -> attempt(stored, choice, met));
            if (!evidence.isEmpty()) {
                return evidence;
            }
            if (met.size() == before) {
                throw new Unproven("not proven: " + path + ": its owner's call failed"
                        + (met.isEmpty() ? "" : ": " + met.get(0)) + ". " + call.remedy());
            }
        }
    }

    private String attempt(List<Row> stored, int choice, List<String> met) throws Exception {
        List<@Nullable Object[]> choices = call.choices(stored);
        if (choice >= choices.size()) {
            return "";
        }
        Set<String> marks = new TreeSet<>(rows.marks(stored));
        String known = rows.answers().text(choices.get(choice));
        marks.removeIf(known::contains);
        String before = rows.state(rows.owner());
        Ended others = work(rows.other(), rows.owner(), choices.get(choice));
        if (!rows.state(rows.owner()).equals(before)) {
            throw Unproven.leak(
                    path + ": called by another tenant, it changed rows of their owner. " + MethodAttack.fix());
        }
        if (marks.stream().anyMatch(others.answer()::contains)) {
            throw Unproven.leak(
                    path + ": another tenant got an answer that holds the owner's row. " + MethodAttack.fix());
        }
        Ended owners = work(rows.owner(), rows.other(), choices.get(choice));
        if (owners.failure() != null) {
            met.add(Unproven.told(owners.failure()));
            return "";
        }
        return owners.touched().isEmpty()
                ? "no owned row is touched"
                : "for the other tenant: "
                        + (others.failure() == null
                                ? "only its own rows"
                                : "refused, " + Unproven.told(others.failure()))
                        + "; its owner's call touches the owner's";
    }

    /** Calls it as one tenant, and waits for its end. */
    private Ended work(Object tenant, Object stranger, @Nullable Object[] arguments) throws InterruptedException {
        try (Activity activity = new Activity()) {
            String answer = "";
            Throwable failure = null;
            try {
                answer = rows.answers().text(invoke(tenant, arguments, activity));
            } catch (RuntimeException failed) {
                failure = failed;
            }
            judge(activity, stranger);
            return new Ended(answer, failure, Set.copyOf(activity.tenants()));
        }
    }

    private @Nullable Object invoke(Object tenant, @Nullable Object[] arguments, Activity activity)
            throws InterruptedException {
        Object answer;
        try (CurrentTenant.Scope scope = CurrentTenant.enter(TenantPrincipal.system(tenant))) {
            answer = call.invoke(arguments);
        }
        // That of a future is awaited where its text is made.
        if (!(answer instanceof Future<?>)) {
            activity.await(MOST);
        }
        return answer;
    }

    private void judge(Activity activity, Object stranger) {
        if (activity.tenants().contains(stranger)) {
            throw Unproven.leak(
                    path + ": called by one tenant, it acted for another. Does it enter a tenant that it was told,"
                            + " or keep one in a field? Let it act for whoever calls it.");
        }
        if (activity.wantedATenant()) {
            throw new Unproven("not proven: " + path
                    + ": called by a tenant, it asked for owned rows while nobody acts. Let it run"
                    + " on an executor that carries who acts: a bean of the type ThreadPoolTaskExecutor, or one with the bean"
                    + " tenantTaskDecorator.");
        }
        if (!activity.crossings().isEmpty()) {
            throw new Unproven("not proven: " + path + ": called by a tenant, it reads the rows of all (\""
                    + String.join("\", \"", activity.crossings())
                    + "\"). Let it act for its caller, or list it in notProven() with a reason.");
        }
    }
}

package dev.tenancy.test;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.test.SampleRows.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** An asynchronous method or a listener is called by both tenants with what the owner has: it acts for the caller, and for nobody else. */
final class HandedOverWork implements Attack.Trial {

    // What touches no owned row shows nothing of its end.
    private static final Duration MOST = Duration.ofSeconds(2);

    private final String path;
    private final AttackedRows rows;
    private final BeanCall call;

    HandedOverWork(String path, AttackedRows rows, BeanCall call) {
        this.path = path;
        this.rows = rows;
        this.call = call;
    }

    @Override
    public String run() throws Exception {
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
        String before = rows.state(rows.owner());
        @Nullable Throwable others = work(rows.other(), choices.get(choice));
        if (!rows.state(rows.owner()).equals(before)) {
            throw Unproven.leak(
                    path + ": called by another tenant, it changed rows of their owner. " + MethodAttack.fix());
        }
        rows.marks(stored);
        Set<Object> touched;
        try (Activity activity = new Activity()) {
            Throwable failure = invoke(rows.owner(), choices.get(choice), activity);
            judge(activity, rows.owner(), rows.other());
            if (failure != null) {
                met.add(Unproven.told(failure));
                return "";
            }
            touched = Set.copyOf(activity.tenants());
        }
        return touched.isEmpty()
                ? "no owned row is touched"
                : "for the other tenant: "
                        + (others == null ? "only its own rows" : "refused, " + Unproven.told(others))
                        + "; its owner's call touches the owner's";
    }

    private @Nullable Throwable work(Object tenant, @Nullable Object[] arguments) throws InterruptedException {
        try (Activity activity = new Activity()) {
            Throwable failure = invoke(tenant, arguments, activity);
            judge(activity, tenant, rows.owner());
            return failure;
        }
    }

    private @Nullable Throwable invoke(Object tenant, @Nullable Object[] arguments, Activity activity)
            throws InterruptedException {
        try {
            Object answer;
            try (CurrentTenant.Scope scope = CurrentTenant.enter(TenantPrincipal.system(tenant))) {
                answer = call.invoke(arguments);
            }
            if (answer instanceof Future<?> future) {
                future.get(Answers.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } else {
                activity.await(MOST);
            }
            return null;
        } catch (RuntimeException | ExecutionException | TimeoutException failure) {
            return failure;
        }
    }

    private void judge(Activity activity, Object caller, Object stranger) {
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

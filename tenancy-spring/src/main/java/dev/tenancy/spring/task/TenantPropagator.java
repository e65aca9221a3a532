package dev.tenancy.spring.task;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.TenantPrincipal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Carries who acts in what leaves the process or is kept for later, as texts: the data of a job, the headers of a message. A bean of
 * this type is there.
 *
 * <pre>{@code
 * JobBuilder.newJob(Reminder.class).setJobData(new JobDataMap(propagator.inject()))
 *
 * propagator.callAs(context.getMergedJobDataMap()::getString, () -> reminders.send());
 * }</pre>
 *
 * <p>What comes back is believed by nobody: a user acts only as the member that they are now, with the role that they have now, and work on nobody's behalf
 * only for a tenant that {@link ActiveTenants} lists. Whoever can write such data can so name any tenant and
 * any of its members, as whoever writes to the database can; keep queues and stores of jobs to the application.
 *
 * <p>Safe for use by several threads.
 */
public final class TenantPropagator {

    /** The key of the tenant's id. */
    public static final String TENANT = "tenancy-tenant";

    /** The key of the user's id; absent where work is done on nobody's behalf. */
    public static final String USER = "tenancy-user";

    private final ObjectProvider<Memberships> memberships;
    private final ObjectProvider<ActiveTenants> tenants;

    TenantPropagator(ObjectProvider<Memberships> memberships, ObjectProvider<ActiveTenants> tenants) {
        this.memberships = memberships;
        this.tenants = tenants;
    }

    /** Who acts on this thread, as texts by the keys {@link #TENANT} and {@link #USER}; empty if nobody does, also in a crossing. */
    public Map<String, String> inject() {
        Map<String, String> carried = new LinkedHashMap<>();
        CurrentTenant.find().ifPresent(principal -> {
            carried.put(TENANT, principal.tenantId().toString());
            if (principal.userId() != null) {
                carried.put(USER, principal.userId());
            }
        });
        return carried;
    }

    /**
     * Who may act by what was carried.
     *
     * @param carried gives the text of a key, or null: {@code map::get}, {@code headers::getFirst}
     * @throws PropagationRefusedException if it names no tenant, a user who is no active member of it, or, without a user, one that
     *     {@link ActiveTenants} does not list
     */
    public TenantPrincipal extract(UnaryOperator<@Nullable String> carried) {
        String tenant = carried.apply(TENANT);
        String user = carried.apply(USER);
        if (tenant == null || tenant.isBlank()) {
            throw new PropagationRefusedException("its data name no tenant under " + TENANT
                    + ". Put there what TenantPropagator.inject() gives where the work is handed over");
        }
        if (user == null) {
            return TenantPrincipal.system(active(tenant)
                    .orElseThrow(() -> new PropagationRefusedException(
                            "the tenant that its data name under " + TENANT + " is none that ActiveTenants lists")));
        }
        return memberships
                .getObject()
                .find(user, tenant)
                .filter(membership -> membership.status() == Membership.Status.ACTIVE
                        // It was carried as an id, and a slug is another name.
                        && membership.tenantId().toString().equals(tenant))
                .map(membership -> new TenantPrincipal(membership.tenantId(), user, membership.role()))
                .orElseThrow(() -> new PropagationRefusedException(
                        "the user that its data name under " + USER + " is no active member of the tenant there"));
    }

    private Optional<?> active(String tenant) {
        ActiveTenants listed = tenants.getIfAvailable();
        if (listed == null) {
            throw new PropagationRefusedException(
                    "it acts on nobody's behalf, and nothing says which tenants there are."
                            + " Provide a bean of the type " + ActiveTenants.class.getName());
        }
        return listed.find(tenant);
    }

    /**
     * Runs {@code call} for whoever may act by what was carried, and returns its result.
     *
     * @throws PropagationRefusedException as {@link #extract} does
     */
    public <T extends @Nullable Object, X extends Throwable> T callAs(
            UnaryOperator<@Nullable String> carried, CurrentTenant.Call<T, X> call) throws X {
        try (CurrentTenant.Scope scope = CurrentTenant.enter(extract(carried))) {
            return call.call();
        }
    }

    /** As {@link #callAs}, for code without a result. */
    public <X extends Throwable> void runAs(UnaryOperator<@Nullable String> carried, CurrentTenant.Block<X> block)
            throws X {
        try (CurrentTenant.Scope scope = CurrentTenant.enter(extract(carried))) {
            block.run();
        }
    }
}

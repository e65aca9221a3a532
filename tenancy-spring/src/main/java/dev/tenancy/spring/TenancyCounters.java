package dev.tenancy.spring;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenancyException;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.event.EventListener;

/**
 * Counts how often tenants were crossed ({@value #CROSSINGS}) and how often something was refused
 * ({@value #REFUSALS}, with the kind of the refusal).
 */
final class TenancyCounters implements DisposableBean {

    static final String CROSSINGS = "tenancy.crossings";
    static final String REFUSALS = "tenancy.refusals";

    private final ObjectProvider<MeterRegistry> meters;
    private final Runnable end;

    TenancyCounters(ObjectProvider<MeterRegistry> meters) {
        this.meters = meters;
        this.end = TenancyException.onRefusal(this::count);
    }

    @EventListener
    void count(CurrentTenant.Crossing crossing) {
        count(CROSSINGS);
    }

    private void count(TenancyException refusal) {
        String kind = refusal.getClass()
                .getSimpleName()
                .replace("Exception", "")
                .replaceAll("(?<!^)(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT);
        count(REFUSALS, "kind", kind);
    }

    private void count(String name, String... tags) {
        // Of several registries, Spring Boot makes a primary one that writes to each.
        MeterRegistry one = meters.getIfUnique();
        if (one != null) {
            one.counter(name, tags).increment();
        } else {
            meters.forEach(registry -> registry.counter(name, tags).increment());
        }
    }

    @Override
    public void destroy() {
        end.run();
    }
}

package dev.tenancy.spring;

import dev.tenancy.CurrentTenant;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.event.EventListener;

/** Counts how often tenants were crossed: {@value #NAME}, in each meter registry. */
final class CrossingCounter {

    static final String NAME = "tenancy.crossings";

    private final ObjectProvider<MeterRegistry> meters;

    CrossingCounter(ObjectProvider<MeterRegistry> meters) {
        this.meters = meters;
    }

    @EventListener
    void count(CurrentTenant.Crossing crossing) {
        meters.forEach(registry -> registry.counter(NAME).increment());
    }
}

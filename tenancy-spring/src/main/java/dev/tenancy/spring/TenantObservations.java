package dev.tenancy.spring;

import dev.tenancy.CurrentTenant;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;

/**
 * Names the tenant in traces: each observation that ends while a tenant is current has its id under {@value #KEY}, as a value of high
 * cardinality, which is no tag of a metric.
 */
final class TenantObservations implements ObservationFilter {

    static final String KEY = "tenant";

    @Override
    public Observation.Context map(Observation.Context context) {
        CurrentTenant.find()
                .ifPresent(principal -> context.addHighCardinalityKeyValue(
                        KeyValue.of(KEY, principal.tenantId().toString())));
        return context;
    }
}

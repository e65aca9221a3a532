package dev.tenancy.spring;

import dev.tenancy.CurrentTenant;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.util.ClassUtils;

/**
 * Names the tenant in traces: each observation that ends while a tenant is current has its id under {@value #KEY}, as a value of high
 * cardinality, which is no tag of a metric. Where the application says so, the metrics of requests have the busiest tenants as a
 * tag, {@value #TAG}.
 */
final class TenantObservations implements ObservationFilter {

    static final String KEY = "tenant";
    static final String TAG = "tenancy.tenant";

    private static final boolean WEB = ClassUtils.isPresent(
            "org.springframework.http.server.observation.ServerRequestObservationContext",
            TenantObservations.class.getClassLoader());

    private final @Nullable BusiestTenants busiest;

    /** @param tagged how many tenants are named in the metrics of requests; 0 for no tag at all */
    TenantObservations(int tagged) {
        this.busiest = tagged == 0 ? null : new BusiestTenants(tagged);
    }

    @Override
    public Observation.Context map(Observation.Context context) {
        CurrentTenant.find()
                .ifPresent(principal -> context.addHighCardinalityKeyValue(
                        KeyValue.of(KEY, principal.tenantId().toString())));
        if (busiest != null && WEB && context instanceof ServerRequestObservationContext) {
            KeyValue tenant = context.getHighCardinalityKeyValue(KEY);
            context.addLowCardinalityKeyValue(
                    KeyValue.of(TAG, busiest.name(tenant == null ? null : tenant.getValue())));
        }
        return context;
    }
}

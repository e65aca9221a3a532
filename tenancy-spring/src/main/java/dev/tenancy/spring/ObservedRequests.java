package dev.tenancy.spring;

import io.micrometer.common.KeyValue;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.util.ClassUtils;
import org.springframework.web.filter.ServerHttpObservationFilter;

/** Names the tenant in the observation of a request, which ends when no tenant is current any more. */
final class ObservedRequests {

    private static final boolean PRESENT =
            ClassUtils.isPresent("io.micrometer.observation.Observation", ObservedRequests.class.getClassLoader());

    private ObservedRequests() {}

    static void name(HttpServletRequest request, Object tenant) {
        if (PRESENT) {
            ServerHttpObservationFilter.findObservationContext(request)
                    .ifPresent(context ->
                            context.addHighCardinalityKeyValue(KeyValue.of(TenantObservations.KEY, tenant.toString())));
        }
    }
}

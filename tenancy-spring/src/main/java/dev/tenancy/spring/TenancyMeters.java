package dev.tenancy.spring;

import dev.tenancy.TenantIsolation;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.beans.factory.ObjectProvider;

/** Counts what is asked of the database on behalf of the library: memberships ({@value #MEMBERSHIPS}), and texts of SQL that were judged. */
final class TenancyMeters implements MeterBinder {

    static final String MEMBERSHIPS = "tenancy.memberships";
    static final String JUDGED = "tenancy.statements.judged";

    private final ObjectProvider<MembershipCache> memberships;

    TenancyMeters(ObjectProvider<MembershipCache> memberships) {
        this.memberships = memberships;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder(JUDGED, this, meters -> TenantIsolation.judgedStatements())
                .description("Texts of SQL that were judged, each when it was first seen")
                .register(registry);
        memberships.ifAvailable(cache -> {
            FunctionCounter.builder(MEMBERSHIPS, cache, MembershipCache::asked)
                    .tag("result", "asked")
                    .description("Whether a user may act for a tenant")
                    .register(registry);
            FunctionCounter.builder(MEMBERSHIPS, cache, MembershipCache::remembered)
                    .tag("result", "remembered")
                    .description("Whether a user may act for a tenant")
                    .register(registry);
        });
    }
}

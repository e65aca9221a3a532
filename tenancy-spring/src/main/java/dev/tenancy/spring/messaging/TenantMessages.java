package dev.tenancy.spring.messaging;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenancySetupException;
import dev.tenancy.spring.task.TenantPropagator;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Who acts in the messages of each topic: nobody where it was declared, and otherwise whoever the headers name. */
final class TenantMessages {

    private final TenantPropagator propagator;
    private final Set<String> withoutTenant;

    TenantMessages(TenantPropagator propagator, TenancyMessagingProperties properties) {
        properties.withoutTenant().forEach((name, reason) -> {
            if (reason.isBlank()) {
                throw new TenancySetupException(
                        "tenancy.messages.without-tenant." + name
                                + " gives no reason for messages that name no tenant.",
                        "Say why they belong to no tenant, or remove the setting.");
            }
        });
        this.propagator = propagator;
        this.withoutTenant = Set.copyOf(properties.withoutTenant().keySet());
    }

    /** The headers for what is sent to {@code destination} now; empty if it belongs to no tenant, or nobody acts. */
    Map<String, String> headers(String destination) {
        return withoutTenant.contains(destination) ? Map.of() : propagator.inject();
    }

    /**
     * Lets this thread act for whoever the headers name, until the scope is closed. Null if nobody acts: where messages belong to no
     * tenant, and for one without the headers. Another application may have sent that, about what is no tenant's; a listener that touches
     * an owned row for it is refused.
     *
     * @throws dev.tenancy.spring.task.PropagationRefusedException if the headers name somebody who may not act
     */
    CurrentTenant.@Nullable Scope enter(String source, UnaryOperator<@Nullable String> headers) {
        boolean names = headers.apply(TenantPropagator.TENANT) != null || headers.apply(TenantPropagator.USER) != null;
        return !names || withoutTenant.contains(source) ? null : CurrentTenant.enter(propagator.extract(headers));
    }
}

package dev.tenancy;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Lets Micrometer's context propagation carry the current tenant to the threads that it captures for: Reactor, Spring's
 * {@code ContextPropagatingTaskDecorator}, {@code ContextExecutorService} and their like. Found by the {@link
 * java.util.ServiceLoader}; an application has nothing to register. A crossing of tenants is not carried.
 *
 * <p>The values are opaque. Safe for use by several threads.
 */
public final class TenantThreadLocalAccessor implements ThreadLocalAccessor<Object> {

    /** Made by the {@link java.util.ServiceLoader}. */
    public TenantThreadLocalAccessor() {}

    @Override
    public Object key() {
        return CurrentTenant.class.getName();
    }

    @Override
    public @Nullable Object getValue() {
        return CurrentTenant.held();
    }

    @Override
    public void setValue(Object held) {
        CurrentTenant.take(held);
    }

    @Override
    public void setValue() {
        CurrentTenant.take(null);
    }

    @Override
    public void restore(Object held) {
        CurrentTenant.putBack(held);
    }

    @Override
    public void restore() {
        CurrentTenant.putBack(null);
    }
}

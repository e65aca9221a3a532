package dev.tenancy.spring;

import dev.tenancy.NoTenantException;
import dev.tenancy.TenancyException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;

/** Logs each refusal for want of a tenant: where it happens on another thread, its exception often ends in a future that nobody reads. */
final class LostTenants implements DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(LostTenants.class);

    private final Runnable end = TenancyException.onRefusal(LostTenants::tell);

    private static void tell(TenancyException refusal) {
        if (refusal instanceof NoTenantException) {
            LOG.warn(
                    "Without a tenant, on the thread {}: {}",
                    Thread.currentThread().getName(),
                    refusal.getMessage());
            LOG.debug("It was asked for here", refusal);
        }
    }

    @Override
    public void destroy() {
        end.run();
    }
}

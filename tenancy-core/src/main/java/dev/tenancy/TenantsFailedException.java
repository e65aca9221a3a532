package dev.tenancy;

import java.util.Map;

/**
 * Thrown by {@link CurrentTenant#forEach} and {@link ForEachTenant} after every tenant had its turn and some failed. The message names them; each
 * failure is {@linkplain #getSuppressed() suppressed}, in the tenants' order.
 */
public final class TenantsFailedException extends TenancyException {

    private static final long serialVersionUID = 1L;

    TenantsFailedException(Map<Object, ? extends Throwable> failures) {
        super("The work failed for " + failures.size() + " tenant(s): " + failures.keySet()
                + ". The others had their turn; see the suppressed exceptions and run it again for those named.");
        failures.values().forEach(this::addSuppressed);
    }
}

package dev.tenancy.spring.crud;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenancySetupException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Bounds how many exports of one tenant are under way at this node. Each keeps a thread and a connection until its reader has all of it,
 * however slowly, and so a place among the tenant's requests. None waits for its turn: waiting would keep such a place as well.
 */
final class ExportShare {

    private final int most;
    // Of tenants that export: whoever ends last takes theirs along.
    private final Map<Object, Integer> running = new ConcurrentHashMap<>();

    /** @param most 0 if there is no bound */
    ExportShare(int most) {
        if (most < 0) {
            throw new TenancySetupException(
                    "tenancy.max-exports is refused: it is " + most + ".",
                    "Say how many exports of one tenant may be under way, or 0 for no bound.");
        }
        this.most = most;
    }

    /** @throws RefusedException if the current tenant has that many already */
    void during(Runnable export) {
        Object tenant = most == 0
                ? null
                : CurrentTenant.find().map(acting -> acting.tenantId()).orElse(null);
        if (tenant == null) {
            export.run();
            return;
        }
        int all = running.merge(tenant, 1, Integer::sum);
        try {
            if (all > most) {
                throw new RefusedException(RefusedException.Reason.TOO_MANY_EXPORTS);
            }
            export.run();
        } finally {
            running.computeIfPresent(tenant, (id, others) -> others == 1 ? null : others - 1);
        }
    }

    /** How many tenants export. */
    int size() {
        return running.size();
    }
}

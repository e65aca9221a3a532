package dev.tenancy.spring;

import dev.tenancy.EntityDecision;
import dev.tenancy.TenancyException;
import dev.tenancy.TenantIsolation;
import jakarta.persistence.EntityManagerFactory;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.cache.CacheManager;

/** {@code /actuator/tenancy}, for operators: what is isolated here, and what was refused since the start. */
@Endpoint(id = "tenancy")
final class TenancyEndpoint implements DisposableBean {

    // The latest kinds; whoever refuses more than these has one mistake in many texts.
    private static final int MOST_REFUSALS = 100;

    private final ListableBeanFactory beans;
    private final Map<String, String> sharedCaches;
    private final Map<String, Refused> refusals = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Refused> eldest) {
            return size() > MOST_REFUSALS;
        }
    };
    private final Runnable end = TenancyException.onRefusal(this::remember);

    /**
     * What the endpoint answers.
     *
     * @param entities what each entity decided, by the beans of the session factories
     * @param caches the names of the caches that are parted by tenant, by the beans of their managers
     * @param sharedCaches the caches that all tenants share, with the reasons
     * @param refusals what was refused, the latest last
     */
    record Report(
            Map<String, List<EntityDecision>> entities,
            Map<String, List<String>> caches,
            Map<String, String> sharedCaches,
            List<Refused> refusals) {}

    /**
     * A refusal that happened once or more.
     *
     * @param kind the name of its exception
     * @param message what the exception says; it holds no value of a row or a parameter
     * @param times how often
     * @param last when it happened last
     */
    record Refused(String kind, String message, long times, Instant last) {}

    TenancyEndpoint(ListableBeanFactory beans, Map<String, String> sharedCaches) {
        this.beans = beans;
        this.sharedCaches = sharedCaches;
    }

    private void remember(TenancyException refusal) {
        String message = String.valueOf(refusal.getMessage());
        String kind = refusal.getClass().getSimpleName();
        synchronized (refusals) {
            Refused before = refusals.get(message);
            refusals.put(message, new Refused(kind, message, before == null ? 1 : before.times() + 1, Instant.now()));
        }
    }

    @ReadOperation
    Report report() {
        Map<String, List<EntityDecision>> entities = new TreeMap<>();
        beans.getBeansOfType(EntityManagerFactory.class, false, false)
                .forEach((name, factory) -> entities.put(name, TenantIsolation.decisions(factory)));
        Map<String, List<String>> caches = new TreeMap<>();
        beans.getBeansOfType(CacheManager.class, false, false)
                .forEach((name, manager) -> caches.put(
                        name,
                        manager.getCacheNames().stream()
                                .filter(cache -> !sharedCaches.containsKey(cache))
                                .sorted()
                                .toList()));
        synchronized (refusals) {
            return new Report(entities, caches, sharedCaches, List.copyOf(refusals.values()));
        }
    }

    @Override
    public void destroy() {
        end.run();
    }
}

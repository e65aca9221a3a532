package dev.tenancy.test.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.UnprovenStatementException;
import dev.tenancy.zoo.BackgroundSpecimens;
import dev.tenancy.zoo.EndpointSpecimens;
import dev.tenancy.zoo.Shop;
import dev.tenancy.zoo.StateSpecimens;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.dynamic.loading.ClassReloadingStrategy;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.implementation.StubMethod;
import net.bytebuddy.matcher.ElementMatchers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanInitializationException;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Sound applications whose protections are taken away while they run: the attacks get through, and tell. No setting does that, so
 * the classes of the library are redefined.
 */
class ProtectionsOffTest {

    private static final Protection GUARD = new Protection("dev.tenancy.Knowledge", "tables", FixedValue.nullValue());
    private static final Protection MAPPING =
            new Protection("dev.tenancy.TenantRestriction", "apply", StubMethod.INSTANCE);
    private static final Protection LOADED_ROWS =
            new Protection("dev.tenancy.SessionTenant", "maySee", FixedValue.value(true));
    private static final Protection CACHE_KEYS =
            new Protection("dev.tenancy.spring.cache.CacheStore", "key", FixedValue.argument(1));
    private static final Protection EXECUTORS =
            new Protection("dev.tenancy.spring.task.TenantTaskDecorator", "decorate", FixedValue.argument(0));

    /** A method that protects, and what it does instead. */
    private record Protection(String type, String method, Implementation instead) {

        Class<?> switchOff(ClassReloadingStrategy agent) {
            try {
                Class<?> protects = Class.forName(type);
                new ByteBuddy()
                        .redefine(protects)
                        .method(ElementMatchers.named(method).and(ElementMatchers.isDeclaredBy(protects)))
                        .intercept(instead)
                        .make()
                        .load(protects.getClassLoader(), agent);
                return protects;
            } catch (ClassNotFoundException absent) {
                throw new IllegalStateException(absent);
            }
        }
    }

    private interface Body<T> {
        T run() throws Exception;
    }

    @BeforeAll
    static void installAgent() {
        ByteBuddyAgent.install();
    }

    private static <T> T without(List<Protection> protections, Body<T> body) throws Exception {
        ClassReloadingStrategy agent = ClassReloadingStrategy.fromInstalledAgent();
        List<Class<?>> changed = List.of();
        try {
            changed = protections.stream()
                    .<Class<?>>map(protection -> protection.switchOff(agent))
                    .toList();
            return body.run();
        } finally {
            agent.reset(changed.toArray(Class<?>[]::new));
        }
    }

    private static Map<String, Throwable> failuresWithout(Class<?> application, Protection... protections)
            throws Exception {
        try (ConfigurableApplicationContext context = Shop.start(application)) {
            return without(List.of(protections), () -> ZooTest.failures(context));
        }
    }

    private static void assertLeaks(Map<String, Throwable> failures, String... paths) {
        assertThat(failures).containsKeys(paths);
        for (String path : paths) {
            assertThat(failures.get(path)).as(path).hasMessageStartingWith("leak: ");
        }
    }

    @Test
    void withoutTheGuardNativeSqlLeaksAlone() throws Exception {
        Map<String, Throwable> failures = failuresWithout(EndpointSpecimens.Nothing.class, GUARD);

        assertThat(failures.keySet())
                .isEqualTo(Set.of("Customer, native SQL", "Purchase, native SQL", "Customer, tenant set: HQL update"));
        assertLeaks(failures, failures.keySet().toArray(String[]::new));
    }

    @Test
    void withoutTheMappingTheGuardRefusesTheOwnerAsWell() throws Exception {
        try (ConfigurableApplicationContext context = Shop.start(EndpointSpecimens.Nothing.class)) {
            assertThatExceptionOfType(UnprovenStatementException.class)
                    .isThrownBy(() -> without(List.of(MAPPING), () -> ZooTest.failures(context)));
        }
    }

    @Test
    void withoutTheGuardAndTheMappingEachRowThatIsLoadedIsLookedAt() throws Exception {
        Map<String, Throwable> failures = failuresWithout(EndpointSpecimens.Nothing.class, GUARD, MAPPING);

        for (String read : List.of(
                "GET /customers, rows that appear",
                "GET /customers/export, its owner",
                "GET /customers/{id}, its owner",
                "GET /purchases, its owner")) {
            assertThat(failures).containsKey(read);
            assertThat(failures.get(read)).as(read).hasMessageContaining("ForeignRowException");
        }
        assertLeaks(failures, "Customer, HQL count", "Customer, HQL update");
    }

    @Test
    void withoutAnyWallRowsAreReadAndChangedByHibernateAndOverHttp() throws Exception {
        Map<String, Throwable> failures = failuresWithout(EndpointSpecimens.Nothing.class, GUARD, MAPPING, LOADED_ROWS);

        assertLeaks(
                failures,
                "Customer, HQL by id",
                "Customer, criteria",
                "Customer, HQL update",
                "Purchase, reference joined: customer",
                "Purchase, no tenant",
                "GET /customers, rows that appear",
                "GET /customers/export, rows that appear",
                "PATCH /customers/{id}, foreign body: id",
                "PUT /purchases/{id}, owner's body: note",
                "GET /reports/turnover, rows that appear",
                "GET /reports/turnover/{customerId}, foreign path: customerId",
                "all endpoints together, what is stored");
    }

    @Test
    void withoutTheTenantInItsKeysACacheIsToldOf() throws Exception {
        assertLeaks(failuresWithout(StateSpecimens.PartedCache.class, CACHE_KEYS), "cache names, clear");
    }

    @Test
    void anExecutorThatCarriesNoTenantIsToldOf() throws Exception {
        assertThat(failuresWithout(BackgroundSpecimens.KnownExecutor.class, EXECUTORS))
                .containsKeys("executor applicationTaskExecutor, executed", "KnownExecutor, async: mail");
    }

    @Test
    void anApplicationWhoseGuardIsOffDoesNotStart() {
        assertThatExceptionOfType(BeanInitializationException.class)
                .isThrownBy(() -> without(List.of(GUARD), () -> Shop.start(EndpointSpecimens.Nothing.class)))
                .withMessageContaining("A data source is not guarded as it has to be");
    }
}

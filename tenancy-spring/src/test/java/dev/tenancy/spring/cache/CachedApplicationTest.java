package dev.tenancy.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tenancy.CurrentTenant;
import dev.tenancy.TenancySetupException;
import dev.tenancy.spring.TestApplication;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.cache.concurrent.ConcurrentMapCache;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.interceptor.KeyGenerator;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.transaction.annotation.Transactional;

/** Spring's annotations over a real Caffeine, with rows of a real database. */
@ExtendWith(OutputCaptureExtension.class)
class CachedApplicationTest {

    private static final UUID A = new UUID(0, 1);
    private static final UUID B = new UUID(0, 2);

    private static ConfigurableApplicationContext application;
    private static Shelves shelves;

    @BeforeAll
    static void start() {
        application = TestApplication.start(
                Caching.class, "tenancy.cache.shared.codes=ISO codes", "management.metrics.cache.instrument=true");
        shelves = application.getBean(Shelves.class);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @BeforeEach
    void empty() {
        application
                .getBean(CacheManager.class)
                .getCacheNames()
                .forEach(name -> cache(name).clear());
        for (UUID tenant : List.of(A, B)) {
            CurrentTenant.runAs(tenant, () -> shelves.replace("of " + tenant));
        }
        Shelves.READS.set(0);
    }

    private static Cache cache(String name) {
        Cache cache = application.getBean(CacheManager.class).getCache(name);
        assertThat(cache).isNotNull();
        return cache;
    }

    @Test
    void whatIsCachedByAKeyWithoutAnArgumentOrByAnOwnGeneratorIsTheTenantsOwn() {
        for (int round = 0; round < 2; round++) {
            for (UUID tenant : List.of(A, B)) {
                CurrentTenant.runAs(tenant, () -> {
                    assertThat(shelves.named("first")).isEqualTo("of " + tenant);
                    assertThat(shelves.any()).isEqualTo("of " + tenant);
                    assertThat(shelves.always()).isEqualTo("of " + tenant);
                    assertThat(shelves.synchronised("first")).isEqualTo("of " + tenant);
                });
            }
        }
        assertThat(Shelves.READS).hasValue(8);
    }

    @Test
    void whatIsPutOrEvictedIsTheTenantsOwn() {
        CurrentTenant.runAs(A, () -> shelves.put("first", "changed"));
        CurrentTenant.runAs(A, () -> assertThat(shelves.named("first")).isEqualTo("changed"));
        CurrentTenant.runAs(B, () -> assertThat(shelves.named("first")).isEqualTo("of " + B));
        assertThat(Shelves.READS).hasValue(1);

        CurrentTenant.runAs(A, shelves::evictAll);
        CurrentTenant.runAs(B, () -> assertThat(shelves.named("first")).isEqualTo("of " + B));
        assertThat(Shelves.READS).hasValue(1);
        CurrentTenant.runAs(A, () -> assertThat(shelves.named("first")).isEqualTo("of " + A));
        assertThat(Shelves.READS).hasValue(2);
    }

    @Test
    void withoutATenantWhatIsCachedIsAskedForEachTime() {
        assertThat(shelves.code("CH")).isEqualTo("CH1");
        assertThat(shelves.code("CH")).isEqualTo("CH1");
        assertThat(shelves.global("CH")).isEqualTo("CH2");
        assertThat(shelves.global("CH")).isEqualTo("CH3");
        CurrentTenant.runAs(A, () -> assertThat(shelves.code("CH")).isEqualTo("CH1"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsWorkedOutOnAnotherThreadIsKeptForWhoeverAsked(boolean asynchronous) {
        try (var small = new AnnotationConfigApplicationContext()) {
            small.register(Later.class, TenancyCacheAutoConfiguration.class);
            small.registerBean(CacheManager.class, () -> {
                CaffeineCacheManager caffeine = new CaffeineCacheManager();
                caffeine.setAsyncCacheMode(true);
                return asynchronous ? caffeine : new ConcurrentMapCacheManager();
            });
            small.refresh();
            Later.ASKED.set(0);
            Later later = small.getBean(Later.class);
            for (int round = 0; round < 2; round++) {
                for (UUID tenant : List.of(A, B)) {
                    assertThat(CurrentTenant.<String, RuntimeException>callAs(
                                    tenant, () -> later.of(tenant).join()))
                            .isEqualTo("of " + tenant);
                }
            }
            assertThat(Later.ASKED).hasValue(2);
            CompletableFuture<String> shared = new CompletableFuture<>();
            CurrentTenant.runAs(A, () -> later.given(shared));
            CurrentTenant.runAs(B, () -> shared.complete("of A"));
            CurrentTenant.runAs(
                    B,
                    () -> assertThat(later.given(CompletableFuture.completedFuture("of B"))
                                    .join())
                            .isEqualTo("of B"));
        }
    }

    @EnableCaching
    static class Later {

        @Cacheable(cacheNames = "later", key = "'given'")
        public CompletableFuture<String> given(CompletableFuture<String> one) {
            return one;
        }

        static final AtomicInteger ASKED = new AtomicInteger();

        @Cacheable(cacheNames = "later", key = "'key'")
        public CompletableFuture<String> of(UUID tenant) {
            return CompletableFuture.supplyAsync(
                    () -> {
                        ASKED.incrementAndGet();
                        return "of " + tenant;
                    },
                    CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS));
        }
    }

    @Test
    void anOwnedEntityIsRefusedInACacheForAll() {
        assertThatThrownBy(() -> CurrentTenant.runAs(A, () -> shelves.shelf("CH")))
                .isInstanceOf(TenancySetupException.class)
                .hasMessageContaining("The cache codes, which all tenants share, was given a")
                .hasMessageContaining("Shelf")
                .hasMessageContaining("tenancy.cache.shared.codes");
    }

    @Test
    void aCacheThatIsInjectedIsTheTenantsOwn() {
        Cache injected = application.getBean("injected", Cache.class);
        CurrentTenant.runAs(A, () -> injected.put("key", "of A"));
        assertThat(CurrentTenant.<Object, RuntimeException>callAs(B, () -> injected.get("key")))
                .isNull();
        assertThat(CurrentTenant.<Object, RuntimeException>callAs(A, () -> injected.get("key", String.class)))
                .isEqualTo("of A");
    }

    @Test
    void theManagerIsStillOfItsTypeAndItsCachesAreMeasured() {
        assertThat(application.getBean(CaffeineCacheManager.class)).isSameAs(application.getBean(CacheManager.class));
        CurrentTenant.runAs(A, () -> shelves.named("first"));
        CurrentTenant.runAs(A, () -> shelves.named("first"));
        assertThat(application
                        .getBean(MeterRegistry.class)
                        .get("cache.gets")
                        .tag("cache", "shelves")
                        .tag("result", "hit")
                        .functionCounter()
                        .count())
                .isPositive();
    }

    @Test
    void aFieldThatCanKeepRowsOfSeveralTenantsIsNamed(CapturedOutput output) {
        TestApplication.start(Keeping.class, "logging.level.dev.tenancy.spring.cache=warn")
                .close();
        for (String field : List.of("byName", "lists", "last", "caffeine")) {
            assertThat(output).contains("The field " + field + " of the bean keeper");
        }
        assertThat(output).doesNotContain("The field names").doesNotContain("The field repositories");
    }

    static class Keeping {

        @Bean
        Keeper keeper() {
            return new Keeper();
        }
    }

    @SuppressWarnings("unused")
    static class Keeper {

        private final Map<String, TestApplication.Shelf> byName = new ConcurrentHashMap<>();
        private final Map<String, List<TestApplication.Shelf>> lists = new HashMap<>();
        private final AtomicReference<TestApplication.Shelf> last = new AtomicReference<>();
        private final com.github.benmanes.caffeine.cache.Cache<UUID, TestApplication.Shelf> caffeine =
                Caffeine.newBuilder().build();
        private final Map<String, String> names = new HashMap<>();
        private final List<JpaRepository<TestApplication.Shelf, UUID>> repositories = List.of();
    }

    // 50 tenants, 8 threads, each answer compared with the row of the tenant that asked.
    @Test
    void underLoadNobodyGetsWhatIsAnothers() throws Exception {
        List<UUID> tenants =
                IntStream.range(100, 150).mapToObj(i -> new UUID(0, i)).toList();
        tenants.forEach(tenant -> CurrentTenant.runAs(tenant, () -> shelves.replace("of " + tenant)));
        AtomicInteger wrong = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<?>> all = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            all.add(threads.submit(() -> {
                ThreadLocalRandom random = ThreadLocalRandom.current();
                for (int i = 0; i < 5_000; i++) {
                    UUID tenant = tenants.get(random.nextInt(tenants.size()));
                    CurrentTenant.runAs(tenant, () -> {
                        String found = switch (random.nextInt(20)) {
                            case 0 -> {
                                shelves.evictAll();
                                yield shelves.any();
                            }
                            case 1, 2, 3 -> shelves.always();
                            case 4, 5, 6 -> shelves.synchronised("first");
                            default -> shelves.named("first");
                        };
                        if (!found.equals("of " + tenant)) {
                            wrong.incrementAndGet();
                        }
                    });
                }
            }));
        }
        for (Future<?> one : all) {
            one.get();
        }
        threads.shutdown();
        assertThat(wrong).hasValue(0);
        assertThat(Shelves.READS.get()).isBetween(50, 30_000);
    }

    @EnableCaching
    static class Caching {

        @Bean
        CaffeineCacheManager cacheManager() {
            CaffeineCacheManager manager = new CaffeineCacheManager("shelves", "codes");
            manager.setCaffeine(Caffeine.newBuilder().maximumSize(10_000).recordStats());
            return manager;
        }

        @Bean
        Cache injected() {
            return new ConcurrentMapCache("injected");
        }

        @Bean
        MeterRegistry meters() {
            return new SimpleMeterRegistry();
        }

        @Bean
        KeyGenerator constant() {
            return (target, method, parameters) -> "constant";
        }

        @Bean
        Shelves shelves(EntityManager entities) {
            return new Shelves(entities);
        }
    }

    static class Shelves {

        static final AtomicInteger READS = new AtomicInteger();

        private final EntityManager entities;

        Shelves(EntityManager entities) {
            this.entities = entities;
        }

        @Transactional
        public void replace(String name) {
            entities.createQuery("delete from Shelf").executeUpdate();
            entities.persist(TestApplication.shelf(name));
        }

        private String read() {
            READS.incrementAndGet();
            return entities.createQuery("select name from Shelf", String.class).getSingleResult();
        }

        @Cacheable("shelves")
        public String named(String key) {
            return read();
        }

        @Cacheable("shelves")
        public String any() {
            return read();
        }

        @Cacheable(cacheNames = "shelves", keyGenerator = "constant")
        public String always() {
            return read();
        }

        @Cacheable(cacheNames = "shelves", key = "'synchronised ' + #key", sync = true)
        public String synchronised(String key) {
            return read();
        }

        @CachePut(cacheNames = "shelves", key = "#key")
        public String put(String key, String value) {
            return value;
        }

        @CacheEvict(cacheNames = "shelves", allEntries = true)
        public void evictAll() {}

        @Cacheable("codes")
        public String code(String code) {
            return code + READS.incrementAndGet();
        }

        @Cacheable("shelves")
        public String global(String code) {
            return code + READS.incrementAndGet();
        }

        @Cacheable(cacheNames = "codes", key = "'shelf'")
        public TestApplication.Shelf shelf(String code) {
            return new TestApplication.Shelf();
        }
    }
}

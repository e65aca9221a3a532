package dev.tenancy.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.tenancy.CurrentTenant;
import dev.tenancy.TenancySetupException;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.cache.Caching;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.integration.CacheLoader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.Cache;
import org.springframework.cache.Cache.ValueRetrievalException;
import org.springframework.cache.Cache.ValueWrapper;
import org.springframework.cache.CacheManager;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.cache.concurrent.ConcurrentMapCache;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.jcache.JCacheCacheManager;
import org.springframework.cache.support.AbstractValueAdaptingCache;
import org.springframework.cache.support.CompositeCacheManager;
import org.springframework.cache.support.SimpleCacheManager;
import org.springframework.cache.transaction.TransactionAwareCacheManagerProxy;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.serializer.JacksonJsonRedisSerializer;
import org.springframework.data.redis.serializer.RedisSerializationContext.SerializationPair;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionSynchronizationUtils;
import redis.embedded.RedisServer;

/** Each kind of store behind Spring's caches, with two tenants and nobody. */
@ExtendWith(OutputCaptureExtension.class)
class TenantCacheTest {

    private static final String A = "a";
    private static final String B = "b";
    private static final String NAME = "cache";

    private static RedisServer redis;
    private static LettuceConnectionFactory connections;

    @BeforeAll
    static void startRedis() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        redis = RedisServer.newRedisServer()
                .port(port)
                .setting("bind 127.0.0.1")
                .build();
        redis.start();
        connections = new LettuceConnectionFactory("127.0.0.1", port);
        connections.afterPropertiesSet();
        connections.start();
    }

    @AfterAll
    static void stopRedis() throws IOException {
        connections.destroy();
        redis.stop();
    }

    private static TenantCaches parting(TenancyCacheProperties properties) {
        return new TenantCaches(properties);
    }

    private static CacheManager parted(CacheManager manager) {
        return (CacheManager)
                parting(new TenancyCacheProperties(Map.of(), 0)).postProcessAfterInitialization(manager, "m");
    }

    private static Named<Cache> named(String name, CacheManager manager) {
        return Named.of(name, Objects.requireNonNull(parted(manager).getCache(NAME)));
    }

    static Stream<Named<Cache>> stores() {
        return Stream.concat(storesThatFindEntries(), Stream.of(named("unknown", simple(new Unknown()))));
    }

    static Stream<Named<Cache>> storesThatFindEntries() {
        CaffeineCacheManager asynchronous = new CaffeineCacheManager();
        asynchronous.setAsyncCacheMode(true);
        CompositeCacheManager composite = new CompositeCacheManager(parted(new ConcurrentMapCacheManager()));
        return Stream.of(
                named("map", new ConcurrentMapCacheManager()),
                named("Caffeine", new CaffeineCacheManager()),
                named("asynchronous Caffeine", asynchronous),
                named("JCache", jcache(new MutableConfiguration<>())),
                named(
                        "JCache of texts",
                        jcache(new MutableConfiguration<String, String>().setTypes(String.class, String.class))),
                named("Redis", redis(RedisCacheConfiguration.defaultCacheConfig())),
                named(
                        "Redis of one type",
                        redis(RedisCacheConfiguration.defaultCacheConfig()
                                .serializeValuesWith(SerializationPair.fromSerializer(
                                        new JacksonJsonRedisSerializer<>(String.class))))),
                named("single caches", simple(new ConcurrentMapCache(NAME))),
                named("composite", composite),
                named(
                        "in transactions",
                        new TransactionAwareCacheManagerProxy(parted(new ConcurrentMapCacheManager()))));
    }

    private static CacheManager jcache(MutableConfiguration<?, ?> configuration) {
        javax.cache.CacheManager manager = Caching.getCachingProvider(
                        "com.github.benmanes.caffeine.jcache.spi.CaffeineCachingProvider")
                .getCacheManager(URI.create("jcache:" + UUID.randomUUID()), TenantCacheTest.class.getClassLoader());
        manager.createCache(NAME, configuration);
        JCacheCacheManager spring = new JCacheCacheManager(manager);
        spring.afterPropertiesSet();
        return spring;
    }

    private static CacheManager redis(RedisCacheConfiguration configuration) {
        RedisCacheManager manager = RedisCacheManager.builder(
                        RedisCacheWriter.create(connections, writer -> writer.immediateWrites()))
                .cacheDefaults(
                        configuration.prefixCacheNameWith(UUID.randomUUID().toString()))
                .build();
        manager.afterPropertiesSet();
        return manager;
    }

    private static CacheManager simple(Cache cache) {
        SimpleCacheManager manager = new SimpleCacheManager();
        manager.setCaches(List.of(cache));
        manager.afterPropertiesSet();
        return manager;
    }

    private static @Nullable Object get(String tenant, Cache cache, Object key) {
        return CurrentTenant.callAs(tenant, () -> value(cache.get(key)));
    }

    private static @Nullable Object value(@Nullable ValueWrapper found) {
        return found == null ? null : found.get();
    }

    private static void put(String tenant, Cache cache, Object key, @Nullable Object value) {
        CurrentTenant.runAs(tenant, () -> cache.put(key, value));
    }

    @ParameterizedTest
    @MethodSource("stores")
    void eachTenantHasEntriesOfItsOwn(Cache cache) {
        put(A, cache, "key", "of A");
        assertThat(get(A, cache, "key")).isEqualTo("of A");
        assertThat(get(B, cache, "key")).isNull();

        put(B, cache, "key", "of B");
        assertThat(get(A, cache, "key")).isEqualTo("of A");
        assertThat(get(B, cache, "key")).isEqualTo("of B");
        assertThat(CurrentTenant.<String, RuntimeException>callAs(A, () -> cache.get("key", String.class)))
                .isEqualTo("of A");
    }

    @ParameterizedTest
    @MethodSource("stores")
    void whatIsLoadedIsTheTenantsOwn(Cache cache) {
        AtomicInteger loads = new AtomicInteger();
        for (String tenant : List.of(A, B, A, B)) {
            String value = CurrentTenant.callAs(tenant, () -> cache.get("key", () -> tenant + loads.incrementAndGet()));
            assertThat(value).isEqualTo(tenant.equals(A) ? "a1" : "b2");
        }
        assertThat(cache.get("key", () -> "nobody" + loads.incrementAndGet())).isEqualTo("nobody3");
        assertThat(cache.get("key", () -> "nobody" + loads.incrementAndGet())).isEqualTo("nobody4");
    }

    @ParameterizedTest
    @MethodSource("stores")
    void whatALoaderThrowsNamesTheKeyOfTheApplication(Cache cache) {
        IllegalArgumentException failure = new IllegalArgumentException("no");
        Callable<String> failing = () -> {
            throw failure;
        };
        assertThatThrownBy(() -> CurrentTenant.callAs(A, () -> cache.get("key", failing)))
                .isInstanceOfSatisfying(ValueRetrievalException.class, thrown -> {
                    assertThat(thrown.getKey()).isEqualTo("key");
                    assertThat(thrown).hasCause(failure);
                });
        assertThatThrownBy(() -> cache.get("key", failing))
                .isInstanceOf(ValueRetrievalException.class)
                .hasCause(failure);
    }

    @ParameterizedTest
    @MethodSource("storesThatFindEntries")
    void evictingAndClearingTouchesTheTenantsOwn(Cache cache) {
        for (String tenant : List.of(A, B)) {
            put(tenant, cache, "key", tenant);
            put(tenant, cache, "other", tenant);
        }
        CurrentTenant.runAs(A, () -> cache.evict("key"));
        assertThat(get(A, cache, "key")).isNull();
        assertThat(get(A, cache, "other")).isEqualTo(A);
        assertThat(get(B, cache, "key")).isEqualTo(B);

        CurrentTenant.runAs(A, cache::clear);
        assertThat(get(A, cache, "other")).isNull();
        assertThat(get(B, cache, "key")).isEqualTo(B);
        assertThat(get(B, cache, "other")).isEqualTo(B);
    }

    @Test
    void aStoreWhoseEntriesCannotBeFoundIsClearedForAll() {
        Cache cache = named("unknown", simple(new Unknown())).getPayload();
        put(A, cache, "key", A);
        put(B, cache, "key", B);
        CurrentTenant.runAs(A, cache::clear);
        assertThat(get(A, cache, "key")).isNull();
        assertThat(get(B, cache, "key")).isNull();
    }

    @ParameterizedTest
    @MethodSource("stores")
    void withoutATenantThereIsNoCache(Cache cache) {
        put(A, cache, "key", A);
        assertThat(cache.get("key")).isNull();
        assertThat(cache.get("key", String.class)).isNull();
        assertThat(cache.putIfAbsent("nobody's", "value")).isNull();
        cache.put("nobody's", "value");
        assertThat(cache.get("nobody's")).isNull();
        assertThat(get(A, cache, "nobody's")).isNull();
        assertThat(CurrentTenant.<Object, RuntimeException>acrossTenants("a report", () -> value(cache.get("key"))))
                .isNull();
    }

    @ParameterizedTest
    @MethodSource("stores")
    void whoeverEvictsWithoutATenantDoesSoForAll(Cache cache) {
        for (String tenant : List.of(A, B)) {
            put(tenant, cache, "key", tenant);
        }
        cache.evict("key");
        assertThat(get(A, cache, "key")).isNull();
        assertThat(get(B, cache, "key")).isNull();

        put(A, cache, "key", A);
        cache.clear();
        assertThat(get(A, cache, "key")).isNull();
    }

    @ParameterizedTest
    @MethodSource("storesThatFindEntries")
    void whatNobodyEvictsLeavesOtherKeys(Cache cache) {
        put(A, cache, "key", A);
        put(A, cache, "ke?", A);
        cache.evict("ke?");
        assertThat(get(A, cache, "ke?")).isNull();
        assertThat(get(A, cache, "key")).isEqualTo(A);
    }

    @ParameterizedTest
    @MethodSource("stores")
    void onlyWhatIsAbsentIsPut(Cache cache) {
        put(A, cache, "key", "first");
        CurrentTenant.runAs(
                A, () -> assertThat(value(cache.putIfAbsent("key", "second"))).isEqualTo("first"));
        CurrentTenant.runAs(
                B, () -> assertThat(cache.putIfAbsent("key", "of B")).isNull());
        assertThat(get(A, cache, "key")).isEqualTo("first");
        assertThat(get(B, cache, "key")).isEqualTo("of B");
    }

    // Where tenant and key are one text, it must not be read in two ways.
    @ParameterizedTest
    @MethodSource("stores")
    void tenantAndKeyDoNotRunIntoEachOther(Cache cache) {
        List<List<String>> pairs = List.of(
                List.of("a", "1:b:c"),
                List.of("a:1", "b:c"),
                List.of("a:1:b", "c"),
                List.of("a*", "k"),
                List.of("ab", "k"));
        pairs.forEach(pair -> put(pair.get(0), cache, pair.get(1), pair.toString()));
        pairs.forEach(pair -> assertThat(get(pair.get(0), cache, pair.get(1))).isEqualTo(pair.toString()));

        if (!(cache.getNativeCache() instanceof Unknown)) {
            CurrentTenant.runAs("a*", cache::clear);
            assertThat(get("a*", cache, "k")).isNull();
            assertThat(get("ab", cache, "k")).isEqualTo(List.of("ab", "k").toString());
        }
    }

    @Test
    void nullIsKeptToo() {
        for (Named<Cache> cache : List.of(
                named("map", new ConcurrentMapCacheManager()),
                named("redis", redis(RedisCacheConfiguration.defaultCacheConfig())))) {
            put(A, cache.getPayload(), "key", null);
            ValueWrapper kept = CurrentTenant.callAs(A, () -> cache.getPayload().get("key"));
            assertThat(kept).isNotNull();
            assertThat(kept.get()).isNull();
            assertThat(CurrentTenant.<Object, RuntimeException>callAs(
                            B, () -> cache.getPayload().get("key")))
                    .isNull();
        }
    }

    @Test
    void theCacheKeepsItsOwnRulesAboutNull() {
        ConcurrentMapCacheManager manager = new ConcurrentMapCacheManager();
        manager.setAllowNullValues(false);
        Cache cache = named("map", manager).getPayload();
        assertThatThrownBy(() -> put(A, cache, "key", null)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsRetrievedLaterIsTheTenantsOwn() {
        CaffeineCacheManager manager = new CaffeineCacheManager();
        manager.setAsyncCacheMode(true);
        Cache cache = named("Caffeine", manager).getPayload();
        assertThat(retrieved(A, cache)).isEqualTo("a");
        assertThat(retrieved(B, cache)).isEqualTo("b");
        assertThat(retrieved(A, cache)).isEqualTo("a");
        CurrentTenant.runAs(
                A,
                () -> assertThat(Objects.requireNonNull(cache.retrieve("key")).thenApply(TenantCacheTest::unwrapped))
                        .isCompletedWithValue("a"));
        CurrentTenant.runAs("c", () -> assertThat(cache.retrieve("key")).isNull());
        assertThat(cache.retrieve("key")).isNull();
        assertThat(cache.retrieve("key", () -> CompletableFuture.completedFuture("nobody")))
                .isCompletedWithValue("nobody");
    }

    private static @Nullable Object unwrapped(@Nullable Object value) {
        return value instanceof ValueWrapper wrapper ? wrapper.get() : value;
    }

    private static String retrieved(String tenant, Cache cache) {
        return CurrentTenant.callAs(
                tenant,
                () -> cache.retrieve("key", () -> CompletableFuture.supplyAsync(() -> tenant))
                        .join());
    }

    @Test
    void anEntryOfAnotherTenantIsNotUsedThoughTheStoreTakesItsKeyForOurs() {
        Cache cache = named("that ignores case", simple(new IgnoringCase())).getPayload();
        put("acme", cache, "key", "of acme");
        assertThat(get("acme", cache, "key")).isEqualTo("of acme");
        assertThat(get("ACME", cache, "key")).isNull();
        String loaded = CurrentTenant.callAs("ACME", () -> cache.get("key", () -> "of ACME"));
        assertThat(loaded).isEqualTo("of ACME");
    }

    @Test
    void keysOfATypeInWhichATenantHasNoPlaceAreRefused() {
        CacheManager manager =
                parted(jcache(new MutableConfiguration<Long, String>().setTypes(Long.class, String.class)));
        assertThatThrownBy(() -> manager.getCache(NAME))
                .isInstanceOf(TenancySetupException.class)
                .hasMessageContaining("The cache cache takes keys of the type java.lang.Long only")
                .hasMessageContaining("tenancy.cache.shared.cache=<reason>");
    }

    @Test
    void redisTakesKeysOfTypesThatItKnows() {
        Cache cache = named("redis", redis(RedisCacheConfiguration.defaultCacheConfig()))
                .getPayload();
        put(A, cache, 7L, "seven");
        assertThat(get(A, cache, 7L)).isEqualTo("seven");
        assertThat(get(B, cache, 7L)).isNull();
        assertThatThrownBy(() -> put(A, cache, new Object(), "object"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("The cache cache has no text for a key of the type java.lang.Object");
        put(A, cache, LocalDate.EPOCH, "day");
        assertThat(get(A, cache, LocalDate.EPOCH)).isEqualTo("day");
        for (Object own :
                List.of(new Query("open", 2), Map.of("page", new Query("open", 1)), List.of(new Query("all", 3)))) {
            put(A, cache, own, own.toString());
            assertThat(get(A, cache, own)).isEqualTo(own.toString());
            assertThat(get(B, cache, own)).isNull();
        }
    }

    record Query(String state, int page) {}

    static Stream<Named<CacheManager>> managersThatWaitForTheCommit() {
        JCacheCacheManager jcache = (JCacheCacheManager) jcache(new MutableConfiguration<>());
        jcache.setTransactionAware(true);
        jcache.afterPropertiesSet();
        return Stream.of(
                Named.of(
                        "Redis",
                        RedisCacheManager.builder(
                                        RedisCacheWriter.create(connections, writer -> writer.immediateWrites()))
                                .cacheDefaults(RedisCacheConfiguration.defaultCacheConfig()
                                        .prefixCacheNameWith(UUID.randomUUID().toString())
                                        .serializeValuesWith(SerializationPair.fromSerializer(
                                                new JacksonJsonRedisSerializer<>(String.class))))
                                .transactionAware()
                                .build()),
                Named.of("JCache", jcache),
                Named.of("a proxy", new TransactionAwareCacheManagerProxy(parted(new ConcurrentMapCacheManager()))));
    }

    @ParameterizedTest
    @MethodSource("managersThatWaitForTheCommit")
    void whatWaitsForTheCommitIsWhoseItWasWhenItWasAsked(CacheManager manager) {
        Cache cache = Objects.requireNonNull(parted(manager).getCache(NAME));
        put(B, cache, "key", "old");
        put(B, cache, "other", "old");
        put(A, cache, "key", "of A");
        TransactionSynchronizationManager.initSynchronization();
        try {
            put(B, cache, "key", "of B");
            CurrentTenant.runAs(B, () -> cache.evict("other"));
            assertThat(get(B, cache, "key")).isEqualTo("old");
            CurrentTenant.runAs(A, () -> TransactionSynchronizationUtils.triggerAfterCommit());
        } finally {
            TransactionSynchronizationManager.clearSynchronization();
        }
        assertThat(get(A, cache, "key")).isEqualTo("of A");
        assertThat(get(B, cache, "key")).isEqualTo("of B");
        assertThat(get(B, cache, "other")).isNull();

        TransactionSynchronizationManager.initSynchronization();
        try {
            CurrentTenant.runAs(B, cache::clear);
            assertThat(get(B, cache, "key")).isEqualTo("of B");
            TransactionSynchronizationUtils.triggerAfterCommit();
        } finally {
            TransactionSynchronizationManager.clearSynchronization();
        }
        assertThat(get(B, cache, "key")).isNull();
        assertThat(get(A, cache, "key")).isEqualTo("of A");
    }

    @Test
    void whatIsPutWithoutATenantIsToldOnce(CapturedOutput output) {
        Cache cache = named("map", new ConcurrentMapCacheManager()).getPayload();
        put(A, cache, "key", "of A");
        cache.get("key");
        assertThat(output).doesNotContain("Without a tenant");
        assertThat(cache.putIfAbsent("nonce", "seen")).isNull();
        cache.put("attempts", 1);
        assertThat(output)
                .containsOnlyOnce("Without a tenant nothing is kept in the cache cache")
                .contains("tenancy.cache.shared.cache=<reason>");
    }

    @Test
    void aStoreThatLoadsForItselfIsRefused() {
        CaffeineCacheManager caffeine = new CaffeineCacheManager();
        caffeine.setCacheLoader(key -> "loaded for " + (String) key);
        CacheManager jcache = jcache(new MutableConfiguration<String, String>()
                .setTypes(String.class, String.class)
                .setReadThrough(true)
                .setCacheLoaderFactory(Upper::new));
        for (CacheManager manager : List.of(caffeine, jcache)) {
            CacheManager parted = parted(manager);
            assertThatThrownBy(() -> get(A, Objects.requireNonNull(parted.getCache(NAME)), "key"))
                    .isInstanceOf(TenancySetupException.class)
                    .hasMessageContaining("The cache cache loads what it lacks by itself")
                    .hasMessageContaining("tenancy.cache.shared.cache=<reason>");
        }
    }

    @Test
    void whatWeighsEntriesOrTellsHowLongTheyLiveSeesTheValuesOfTheApplication() {
        CaffeineCacheManager weighing = new CaffeineCacheManager();
        weighing.setCaffeine(
                Caffeine.newBuilder().maximumWeight(100).weigher((key, value) -> ((String) value).length()));
        CaffeineCacheManager expiring = new CaffeineCacheManager();
        expiring.setCaffeine(Caffeine.newBuilder()
                .expireAfter(Expiry.creating((key, value) -> Duration.ofHours(((String) value).length()))));
        for (CacheManager manager : List.of(weighing, expiring)) {
            Cache cache = Objects.requireNonNull(parted(manager).getCache(NAME));
            put(A, cache, "key", "of A");
            assertThat(get(A, cache, "key")).isEqualTo("of A");
            assertThat(get(B, cache, "key")).isNull();
        }
    }

    @Test
    void aTenantHasNoMoreEntriesThanItMayWhereChangesWaitForTheCommit() {
        CacheManager manager = (CacheManager) parting(new TenancyCacheProperties(Map.of(), 1))
                .postProcessAfterInitialization(
                        new TransactionAwareCacheManagerProxy(new ConcurrentMapCacheManager()), "m");
        put(A, Objects.requireNonNull(manager.getCache(NAME)), "one", A);
        put(A, Objects.requireNonNull(manager.getCache(NAME)), "two", A);
        assertThat(get(A, Objects.requireNonNull(manager.getCache(NAME)), "one"))
                .isNull();
    }

    static final class Upper implements CacheLoader<String, String> {

        @Override
        public String load(String key) {
            return key.toUpperCase(Locale.ROOT);
        }

        @Override
        public Map<String, String> loadAll(Iterable<? extends String> keys) {
            return Map.of();
        }
    }

    @Test
    void aTenantHasNoMoreEntriesThanItMay() {
        CacheManager manager = (CacheManager) parting(new TenancyCacheProperties(Map.of(), 2))
                .postProcessAfterInitialization(new ConcurrentMapCacheManager(), "m");
        Cache cache = Objects.requireNonNull(manager.getCache(NAME));
        put(B, cache, "one", B);
        put(A, cache, "one", A);
        put(A, cache, "two", A);
        get(A, cache, "one");
        put(A, cache, "three", A);
        assertThat(get(A, cache, "two")).isNull();
        assertThat(get(A, cache, "one")).isEqualTo(A);
        assertThat(get(A, cache, "three")).isEqualTo(A);
        assertThat(get(B, cache, "one")).isEqualTo(B);
    }

    @Test
    void whatIsDeclaredForAllIsSharedButForOwnedEntities() {
        CacheManager manager = (CacheManager) parting(new TenancyCacheProperties(Map.of(NAME, "ISO codes"), 0))
                .postProcessAfterInitialization(new ConcurrentMapCacheManager(), "m");
        Cache cache = Objects.requireNonNull(manager.getCache(NAME));
        put(A, cache, "key", "value");
        assertThat(get(B, cache, "key")).isEqualTo("value");
        assertThat(value(cache.get("key"))).isEqualTo("value");
        for (Object owned :
                List.of(new Owned(), List.of("x", new Owned()), Map.of("x", new Owned()), new Object[] {new Owned()})) {
            for (Runnable way : List.<Runnable>of(
                    () -> cache.put("owned", owned),
                    () -> cache.putIfAbsent("owned", owned),
                    () -> cache.get("owned", () -> owned))) {
                assertThatThrownBy(way::run)
                        .satisfiesAnyOf(
                                thrown -> assertThat(thrown).isInstanceOf(TenancySetupException.class),
                                thrown -> assertThat(thrown).hasCauseInstanceOf(TenancySetupException.class));
            }
        }
        assertThat(cache.get("owned")).isNull();
    }

    @Test
    void settingsWithoutSenseAreRefused() {
        assertThatThrownBy(() -> parting(new TenancyCacheProperties(Map.of("codes", " "), 0)))
                .isInstanceOf(TenancySetupException.class)
                .hasMessageContaining("tenancy.cache.shared.codes gives no reason");
        assertThatThrownBy(() -> parting(new TenancyCacheProperties(Map.of(), -1)))
                .isInstanceOf(TenancySetupException.class)
                .hasMessageContaining("tenancy.cache.max-entries-per-tenant is -1");
    }

    @Test
    void aManagerKeepsItsType() {
        assertThat(parted(new CaffeineCacheManager())).isInstanceOf(CaffeineCacheManager.class);
        assertThat(((com.github.benmanes.caffeine.cache.Cache<?, ?>) Objects.requireNonNull(
                                parted(new CaffeineCacheManager()).getCache(NAME))
                        .getNativeCache()))
                .isNotNull();
        CacheManager closed = new CacheManager() {
            private final Cache cache = new ConcurrentMapCache(NAME);

            @Override
            public Cache getCache(String name) {
                return cache;
            }

            @Override
            public Collection<String> getCacheNames() {
                return List.of(NAME);
            }
        };
        assertThat(parted(closed).getCache(NAME)).isInstanceOf(TenantCache.class);
        assertThat(parted(closed).getCacheNames()).containsExactly(NAME);
    }

    private static final class Owned extends dev.tenancy.TenantOwned {}

    /** A cache of the application's own, which shows nothing of its store. */
    private static final class Unknown extends AbstractValueAdaptingCache {

        private final ConcurrentHashMap<Object, Object> entries = new ConcurrentHashMap<>();

        Unknown() {
            super(true);
        }

        @Override
        protected @Nullable Object lookup(Object key) {
            return entries.get(key);
        }

        @Override
        public String getName() {
            return NAME;
        }

        @Override
        public Object getNativeCache() {
            return this;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> @Nullable T get(Object key, Callable<T> loader) {
            return (T) fromStoreValue(entries.computeIfAbsent(key, one -> {
                try {
                    return toStoreValue(loader.call());
                } catch (Exception failure) {
                    throw new ValueRetrievalException(key, loader, failure);
                }
            }));
        }

        @Override
        public void put(Object key, @Nullable Object value) {
            entries.put(key, toStoreValue(value));
        }

        @Override
        public void evict(Object key) {
            entries.remove(key);
        }

        @Override
        public void clear() {
            entries.clear();
        }
    }

    /** A cache whose store takes keys for one that are not. */
    private static final class IgnoringCase extends ConcurrentMapCache {

        IgnoringCase() {
            super(NAME);
        }

        private static Object folded(Object key) {
            return key.toString().toLowerCase(Locale.ROOT);
        }

        @Override
        protected @Nullable Object lookup(Object key) {
            return super.lookup(folded(key));
        }

        @Override
        public <T> @Nullable T get(Object key, Callable<T> loader) {
            return super.get(folded(key), loader);
        }

        @Override
        public void put(Object key, @Nullable Object value) {
            super.put(folded(key), value);
        }
    }
}

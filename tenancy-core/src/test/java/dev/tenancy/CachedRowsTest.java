package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.persistence.Cacheable;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.NaturalIdCache;
import org.hibernate.cache.internal.SimpleCacheKeysFactory;
import org.hibernate.cache.jcache.internal.JCacheRegionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the owner has put into the caches a moment ago, another tenant does not get out of them. */
class CachedRowsTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    @Entity(name = "Cached")
    @Cacheable
    @Cache(usage = CacheConcurrencyStrategy.READ_WRITE, region = "rows")
    @NaturalIdCache(region = "codes")
    static class Cached extends TenantOwned {

        String text = Model.SECRET;

        @NaturalId
        String code = "code";

        @Cache(usage = CacheConcurrencyStrategy.READ_WRITE, region = "notes")
        @ElementCollection
        Set<String> notes = new HashSet<>(Set.of(Model.SECRET));
    }

    private SessionFactory factory;
    private UUID id;

    @BeforeEach
    void acmeHasACachedRow() {
        factory = factory("jcache");
        id = as(ACME, session -> {
            Cached cached = new Cached();
            session.persist(cached);
            return cached.getId();
        });
    }

    private static SessionFactory factory(Object regions) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("hibernate.cache.use_second_level_cache", "true");
        settings.put("hibernate.cache.use_query_cache", "true");
        settings.put("hibernate.cache.region.factory_class", regions);
        settings.put("hibernate.javax.cache.missing_cache_strategy", "create");
        settings.put("hibernate.generate_statistics", "true");
        settings.put("hibernate.cache.region_prefix", UUID.randomUUID().toString());
        return Model.factory("jdbc:h2:mem:" + UUID.randomUUID(), settings, Cached.class);
    }

    @AfterEach
    void close() {
        factory.close();
    }

    @Test
    void aRowIsFoundInTheCacheByItsOwnerAlone() {
        hitsForTheOwnerAlone(session -> session.find(Cached.class, id));
    }

    @Test
    void aReferenceIsFilledFromTheCacheForItsOwnerAlone() {
        hitsForTheOwnerAlone(session -> {
            try {
                return Hibernate.unproxy(session.getReference(Cached.class, id));
            } catch (org.hibernate.ObjectNotFoundException missing) {
                return null;
            }
        });
    }

    @Test
    @SuppressWarnings("deprecation") // Hibernate 7.2 has no other way.
    void aRowIsFoundByItsNaturalIdInTheCacheByItsOwnerAlone() {
        hitsForTheOwnerAlone(session -> session.bySimpleNaturalId(Cached.class).load("code"));
    }

    @Test
    void aStatelessSessionFindsARowInTheCacheForItsOwnerAlone() {
        hitsForTheOwnerAlone(session ->
                session.getSessionFactory().fromStatelessTransaction(stateless -> stateless.get(Cached.class, id)));
    }

    @Test
    void aQuerysResultIsItsTenantsOwn() {
        hitsForTheOwnerAlone(session -> session.createSelectionQuery("from Cached where id = :id", Cached.class)
                .setParameter("id", id)
                .setCacheable(true)
                .getSingleResultOrNull());
        assertThat(factory.getStatistics().getQueryCacheHitCount()).isPositive();
    }

    @Test
    void aQuerysScalarsAreItsTenantsOwn() {
        Function<Session, String> query =
                session -> session.createSelectionQuery("select text from Cached", String.class)
                        .setCacheable(true)
                        .getSingleResultOrNull();
        assertThat(as(ACME, query)).isEqualTo(Model.SECRET);
        assertThat(as(GLOBEX, query)).isNull();
        assertThat(as(ACME, query)).isEqualTo(Model.SECRET);
        assertThat(factory.getStatistics().getQueryCacheHitCount()).isPositive();
    }

    @Test
    void aCollectionIsFoundInTheCacheByItsOwnerAlone() {
        hitsForTheOwnerAlone(session -> {
            Cached cached = session.find(Cached.class, id);
            return cached == null ? null : Set.copyOf(cached.notes);
        });
    }

    @Test
    void aCachedRowIsNotRemovedByAnotherTenant() {
        as(ACME, session -> session.find(Cached.class, id));
        as(GLOBEX, session -> session.createMutationQuery("delete Cached").executeUpdate());
        assertThat(found(ACME)).isNotNull();
    }

    @Test
    void aRowOfOneIdIsNotMistakenForAnotherTenantsAfterAnEviction() {
        as(ACME, session -> session.find(Cached.class, id));
        factory.getCache().evictAllRegions();
        assertThat(found(GLOBEX)).isNull();
        assertThat(found(ACME)).isNotNull();
        assertThat(found(GLOBEX)).isNull();
    }

    @Test
    void theCurrentTenantsEntryIsEvictedAndNoOther() {
        UUID globexId = as(GLOBEX, session -> {
            Cached cached = new Cached();
            session.persist(cached);
            return cached.getId();
        });
        as(GLOBEX, session -> session.find(Cached.class, globexId));
        found(ACME);
        assertThat(isInTheCache(ACME, id)).isTrue();
        assertThat(isInTheCache(GLOBEX, id)).isFalse();
        CurrentTenant.runAs(GLOBEX, () -> factory.getCache().evict(Cached.class, id));
        assertThat(isInTheCache(ACME, id)).isTrue();
        CurrentTenant.runAs(ACME, () -> factory.getCache().evict(Cached.class, id));
        assertThat(isInTheCache(ACME, id)).isFalse();
        assertThat(isInTheCache(GLOBEX, globexId)).isTrue();
    }

    @Test
    void theCurrentTenantsCollectionIsEvicted() {
        assertThat(found(ACME)).isNotNull();
        CurrentTenant.runAs(ACME, () -> {
            String notes = Cached.class.getName() + ".notes";
            factory.inSession(session -> Hibernate.initialize(session.find(Cached.class, id).notes));
            assertThat(factory.getCache().containsCollection(notes, id)).isTrue();
            factory.getCache().evictCollectionData(notes, id);
            assertThat(factory.getCache().containsCollection(notes, id)).isFalse();
        });
    }

    @Test
    void withoutATenantNobodysEntryIsEvicted() {
        found(ACME);
        assertThatExceptionOfType(NoTenantException.class)
                .isThrownBy(() -> factory.getCache().evict(Cached.class, id))
                .withMessageContaining("Cached");
        assertThat(isInTheCache(ACME, id)).isTrue();
        factory.getCache().evict(Cached.class);
        assertThat(isInTheCache(ACME, id)).isFalse();
    }

    @Test
    void aCacheWhoseKeysTellNoTenantIsRefused() {
        try (SessionFactory forgetful = factory(new JCacheRegionFactory(SimpleCacheKeysFactory.INSTANCE))) {
            assertThatExceptionOfType(TenancySetupException.class)
                    .isThrownBy(() -> CurrentTenant.runAs(
                            ACME, () -> forgetful.inTransaction(session -> session.persist(new Cached()))))
                    .withMessageContaining("CachedRowsTest$Cached");
        }
    }

    private boolean isInTheCache(UUID tenant, UUID row) {
        return CurrentTenant.callAs(tenant, () -> factory.getCache().contains(Cached.class, row));
    }

    private void hitsForTheOwnerAlone(Function<Session, Object> path) {
        assertThat(as(ACME, path)).isNotNull();
        long before = hits();
        assertThat(as(ACME, path)).isNotNull();
        assertThat(hits()).as("hits of the cache").isGreaterThan(before);
        assertThat(as(GLOBEX, path)).isNull();
        assertThat(as(ACME, path)).isNotNull();
    }

    private long hits() {
        return factory.getStatistics().getSecondLevelCacheHitCount()
                + factory.getStatistics().getNaturalIdCacheHitCount()
                + factory.getStatistics().getQueryCacheHitCount();
    }

    private Cached found(UUID tenant) {
        return as(tenant, session -> session.find(Cached.class, id));
    }

    private <T> T as(UUID tenant, Function<Session, T> work) {
        return CurrentTenant.callAs(tenant, () -> factory.fromTransaction(work::apply));
    }
}

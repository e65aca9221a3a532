package dev.tenancy.test.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.brokencaches.BrokenCaches;
import dev.tenancy.cachedshop.CachedShop;
import dev.tenancy.keepingshop.KeepingShop;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CachePartTest {

    @Test
    void ofAGoodApplicationEachCacheIsProven() {
        try (Attacked shop = new Attacked("caches", CachedShop.class)) {
            Map<String, String> all = shop.all();

            assertThat(all.entrySet().stream().filter(one -> !one.getValue().isEmpty()))
                    .isEmpty();
            assertThat(all.keySet())
                    .contains(
                            "cache customers, entry",
                            "cache customers, clear",
                            "Lookup, cached: nameOf",
                            "Lookup, cached: count",
                            "Lookup, cached: emailOf",
                            "cache results, entry",
                            "Lookup, cached: rate",
                            "Lookup, cached: renewed",
                            "Customers, cached: findByEmail",
                            "Customers, cached: countByEmailNotNull",
                            "Names, cached: name");
        }
    }

    @Test
    void ofABrokenOneEachIsNamed() {
        try (Attacked shop = new Attacked("caches", BrokenCaches.class)) {
            Map<String, String> found = shop.failures();

            assertThat(found)
                    .containsOnlyKeys(
                            "cache bean plain, entry",
                            "cache bean plain, clear",
                            "cache bean nothing, entry",
                            "cache bean nothing, clear",
                            "Lookup, cached: count",
                            "Lookup, cached: nameOf",
                            "Lookup, cached: never",
                            "Lookup, cached: nothing");
            assertThat(found.get("cache bean plain, entry"))
                    .startsWith("leak: cache bean plain, entry: another tenant gets")
                    .contains("bean of the type CacheManager or Cache");
            assertThat(found.get("cache bean nothing, entry")).contains("not even its owner");
            assertThat(found.get("Lookup, cached: nameOf"))
                    .startsWith("leak: Lookup, cached: nameOf: once its owner has asked")
                    .contains("CacheManager bean");
            assertThat(found.get("Lookup, cached: count")).startsWith("leak: ").contains("what was kept for the owner");
            assertThat(found.get("Lookup, cached: never"))
                    .startsWith("not proven")
                    .contains("from the cache", "\"Lookup.never\"");
            assertThat(found.get("Lookup, cached: nothing")).contains("no value is known for unknown");
        }
    }

    @Test
    void whatWasKeptBeforeAndCannotBeEmptiedIsNotProven() {
        try (Attacked shop = new Attacked("caches", BrokenCaches.class)) {
            CurrentTenant.runAs(
                    UUID.randomUUID(),
                    () -> shop.context.getBean(BrokenCaches.Lookup.class).count());

            assertThat(shop.failures().get("Lookup, cached: count"))
                    .startsWith("not proven: ")
                    .contains("cacheResolver", "CacheManager bean");
        }
    }

    @Test
    void whatIsSharedByADeclarationTakesNoOwnedRow() {
        try (Attacked shop =
                new Attacked("caches", Map.of("tenancy.cache.shared.rates", "of the central bank"), CachedShop.class)) {
            assertThat(shop.all()).containsEntry("cache rates, owned row", "").doesNotContainKey("cache rates, entry");
            assertThat(shop.evidence("cache rates, owned row")).contains("of the central bank", "refused");
        }
    }

    @Test
    void whatIsSharedAndTakesAnOwnedRowIsALeak() {
        try (Attacked shop = new Attacked(
                "caches", Map.of("tenancy.cache.shared.plain", "said to be the same"), BrokenCaches.class)) {
            assertThat(shop.failures().get("cache bean plain, owned row"))
                    .startsWith("leak: ")
                    .contains("takes an owned row");
        }
    }

    @Test
    void whatIsKeptUnderTheTenantIsNoFinding() {
        try (Attacked shop = new Attacked("caches, state of beans", CachedShop.class)) {
            assertThat(shop.all())
                    .containsEntry("Names, fields", "")
                    .allSatisfy((path, failure) -> assertThat(failure).as(path).isEmpty());
        }
    }

    @Test
    void rowsOfBothTenantsInAFieldAreALeak() {
        try (Attacked shop = new Attacked("caches, background work, state of beans", KeepingShop.class)) {
            assertThat(shop.failures())
                    .containsOnlyKeys("Seen, fields", "Kept, fields")
                    .allSatisfy((path, failure) -> assertThat(failure)
                            .startsWith("leak: " + path + ": the field ")
                            .contains("keeps what belongs to both tenants", "a map whose key has the tenant's id"));
        }
    }

    @Test
    void rowsInAFieldAreAFinding() {
        try (Attacked shop = new Attacked("caches, state of beans", BrokenCaches.class)) {
            assertThat(shop.failures().get("Names, fields"))
                    .startsWith("not proven: Names, fields: the field SEEN keeps what belongs to a tenant")
                    .contains("CacheManager bean");
        }
    }
}

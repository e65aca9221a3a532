package dev.tenancy.test.isolation;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenancyException;
import dev.tenancy.TenancySetupException;
import dev.tenancy.TenantPrincipal;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.core.env.Environment;

/** A cache as such: what a tenant puts into it. */
final class CacheTarget implements Target {

    /** Of the settings that declare a cache to be the same for all tenants. */
    static final String SHARED = "tenancy.cache.shared.";

    private static final String FIX =
            " Declare it as a bean of the type CacheManager or Cache, whose entries Tenancy parts by tenant.";

    private final String name;
    private final Cache cache;
    private final AttackedRows rows;
    private final @Nullable String shared;

    CacheTarget(String name, Cache cache, AttackedRows rows, Environment settings) {
        this.name = name;
        this.cache = cache;
        this.rows = rows;
        this.shared = shared(cache.getName(), settings);
    }

    /** Why a cache is declared to be the same for all tenants; null if it is not. */
    static @Nullable String shared(String cache, Environment settings) {
        String declared = settings.getProperty(SHARED + cache);
        return declared != null ? declared : settings.getProperty(SHARED + "[" + cache + "]");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Stream<Attack> attacks() {
        return shared == null
                ? Stream.of(Attack.proving("entry", this::entry), Attack.proving("clear", this::clear))
                : Stream.of(Attack.proving("owned row", this::ownedRow));
    }

    private String entry() {
        String key = UUID.randomUUID().toString();
        try {
            put(rows.owner(), key, "the owner's");
            if (get(rows.attacker(), key) != null) {
                throw Unproven.leak(Cell.path(name, "entry") + ": another tenant gets what its owner has put." + FIX);
            }
            put(rows.other(), key, "the other's");
            requireHit("entry", key);
            return "for the other tenant: no entry; its owner gets it, also after the other has put one under the same key";
        } finally {
            evict(key);
        }
    }

    private String clear() {
        String key = UUID.randomUUID().toString();
        try {
            put(rows.owner(), key, "the owner's");
            CurrentTenant.runAs(rows.attacker(), cache::clear);
            CurrentTenant.runAs(rows.attacker(), () -> cache.evict(key));
            Object left = get(rows.owner(), key);
            if (left == null) {
                throw Unproven.leak(Cell.path(name, "clear") + ": another tenant removes what its owner has put, if the"
                        + " cache keeps it at all." + FIX);
            }
            CurrentTenant.runAs(rows.owner(), cache::clear);
            if (get(rows.owner(), key) != null) {
                throw new Unproven(
                        "not proven: " + Cell.path(name, "clear") + ": not even its owner removes the entry");
            }
            return "for the other tenant: the entry stays; its owner removes it";
        } finally {
            evict(key);
        }
    }

    private void requireHit(String attack, String key) {
        Object got = get(rows.owner(), key);
        if (!"the owner's".equals(got)) {
            throw new Unproven(
                    "not proven: " + Cell.path(name, attack)
                            + ": not even its owner gets what it has put, once another tenant has put something under the same key."
                            + " Does the cache keep nothing in tests (spring.cache.type=none)? Let it, or list it in notProven().");
        }
    }

    /** A cache that all tenants share by a declaration takes no row of a tenant. */
    private String ownedRow() {
        Object row = rows.mapping()
                .owned()
                .get(0)
                .persister()
                .getRepresentationStrategy()
                .getInstantiator()
                .instantiate();
        String key = UUID.randomUUID().toString();
        try {
            put(rows.owner(), key, row);
        } catch (RuntimeException refused) {
            if (Unproven.chain(refused).anyMatch(TenancyException.class::isInstance)
                    || refused instanceof TenancySetupException) {
                return "shared by all tenants, since it is declared: " + shared + "; an entity of a tenant is refused."
                        + " What is taken from one, such as a text, is not recognized here: the methods that fill the cache"
                        + " are attacked for it";
            }
            throw new Unproven("not proven: " + Cell.path(name, "owned row"), refused);
        } finally {
            evict(key);
        }
        throw Unproven.leak(
                Cell.path(name, "owned row") + ": it is shared by all tenants, and takes an owned row." + FIX);
    }

    private void put(Object tenant, String key, Object value) {
        CurrentTenant.runAs(tenant, () -> cache.put(key, value));
    }

    private @Nullable Object get(Object tenant, String key) {
        try (CurrentTenant.Scope scope = CurrentTenant.enter(TenantPrincipal.system(tenant))) {
            Cache.ValueWrapper found = cache.get(key);
            return found == null ? null : found.get();
        }
    }

    private void evict(String key) {
        CurrentTenant.runAs(rows.owner(), () -> cache.evict(key));
        CurrentTenant.runAs(rows.other(), () -> cache.evict(key));
    }
}

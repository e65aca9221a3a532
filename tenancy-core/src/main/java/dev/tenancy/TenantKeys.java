package dev.tenancy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.hibernate.cache.spi.access.CachedDomainDataAccess;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.generator.Generator;
import org.hibernate.id.OptimizableGenerator;
import org.hibernate.metamodel.spi.RuntimeModelCreationContext;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * What Hibernate keeps for each tenant apart, by the tenant of the session: entries of the second-level cache, and blocks of ids. Rows
 * without an owner have one of each for all.
 */
final class TenantKeys {

    private interface Call {

        @Nullable Object handle(Method method, @Nullable Object[] arguments) throws Throwable;
    }

    private TenantKeys() {}

    /**
     * The cache of rows of tenants. A stateless session takes rows and collections from there, and tells no listener. A session across
     * tenants has entries of its own, which nobody evicts; Hibernate keeps it off the cache from 7.4.9 on.
     */
    static <T extends CachedDomainDataAccess> @Nullable T cacheOfTenants(Class<T> type, @Nullable T cache) {
        return cache == null
                ? null
                : proxy(type, Set.of(type), (method, arguments) -> {
                    if (method.getName().equals("get")) {
                        SharedSessionContractImplementor session = (SharedSessionContractImplementor) arguments[0];
                        if (SessionTenant.isOfAnother(session) || SessionTenant.isCrossing(session)) {
                            return null;
                        }
                    }
                    return isKeyWithTenant(method)
                            ? keyOfTenant(cache, method, arguments)
                            : call(cache, method, arguments);
                });
    }

    private static @Nullable Object keyOfTenant(Object cache, Method method, @Nullable Object[] arguments)
            throws Throwable {
        // Cache.evict and Cache.contains have no session and give no tenant, with which they would find nobody's entry.
        @Nullable Object[] ofTenant = arguments[3] == null ? with(arguments, 3, currentTenant(arguments)) : arguments;
        Object key = call(cache, method, ofTenant);
        if (Objects.equals(key, call(cache, method, with(arguments, 3, null)))) {
            throw new TenancySetupException(
                    "The second-level cache would keep rows of the tenant-owned entity "
                            + entity(arguments).getEntityName() + " by their ids alone, for all tenants together.",
                    "Have its region factory make keys with the tenant, as Hibernate's DefaultCacheKeysFactory does.");
        }
        return key;
    }

    /** The cache of rows without an owner: with entries for each tenant, the others would go on reading what one of them has changed. */
    static <T extends CachedDomainDataAccess> @Nullable T cacheOfEverybody(Class<T> type, @Nullable T cache) {
        return cache == null
                ? null
                : proxy(type, Set.of(type), (method, arguments) -> {
                    if (isKeyWithTenant(method)) {
                        return call(cache, method, with(arguments, 3, null));
                    }
                    return method.getName().equals("generateCacheKey")
                            ? call(cache, method, withoutTenant(arguments))
                            : call(cache, method, arguments);
                });
    }

    /**
     * What the persister of an entity without an owner is made with: its ids come from one block, whoever is current. With blocks for
     * each tenant they would not rise with time, by which Envers tells which revision came first.
     */
    static RuntimeModelCreationContext idsOfEverybody(RuntimeModelCreationContext context) {
        return proxy(
                RuntimeModelCreationContext.class, Set.of(RuntimeModelCreationContext.class), (method, arguments) -> {
                    Object made = call(context, method, arguments);
                    return method.getName().equals("getOrCreateIdGenerator")
                                    && made instanceof OptimizableGenerator generator
                            ? idsOfEverybody(generator)
                            : made;
                });
    }

    private static Generator idsOfEverybody(Generator generator) {
        return proxy(
                Generator.class,
                interfaces(generator, Generator.class),
                (method, arguments) -> call(generator, method, withoutTenant(arguments)));
    }

    // Keys of natural ids are made with the session.
    private static boolean isKeyWithTenant(Method method) {
        return method.getName().equals("generateCacheKey") && method.getParameterCount() == 4;
    }

    private static String currentTenant(@Nullable Object[] key) {
        return ((SessionFactoryImplementor) Objects.requireNonNull(key[2]))
                .getTenantIdentifierJavaType()
                .toString(SessionTenant.current(entity(key).getEntityName()));
    }

    private static EntityPersister entity(@Nullable Object[] key) {
        return key[1] instanceof CollectionPersister collection
                ? collection.getOwnerEntityPersister()
                : (EntityPersister) Objects.requireNonNull(key[1]);
    }

    private static @Nullable Object[] withoutTenant(@Nullable Object[] arguments) {
        @Nullable Object[] changed = arguments;
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof SharedSessionContractImplementor session) {
                changed = with(changed, i, withoutTenant(session));
            }
        }
        return changed;
    }

    private static SharedSessionContractImplementor withoutTenant(SharedSessionContractImplementor session) {
        return proxy(
                SharedSessionContractImplementor.class,
                interfaces(session, SharedSessionContractImplementor.class),
                (method, arguments) -> method.getName().equals("getTenantIdentifier")
                                || method.getName().equals("getTenantIdentifierValue")
                        ? null
                        : call(session, method, arguments));
    }

    private static @Nullable Object[] with(@Nullable Object[] arguments, int position, @Nullable Object argument) {
        @Nullable Object[] changed = Arrays.copyOf(arguments, arguments.length);
        changed[position] = argument;
        return changed;
    }

    private static Set<Class<?>> interfaces(Object target, Class<?> needed) {
        Set<Class<?>> all = new LinkedHashSet<>(Set.of(needed));
        for (Class<?> type = target.getClass(); type != null; type = type.getSuperclass()) {
            addInterfaces(type, all);
        }
        // An application's own may be of a class loader or package of its own, with which no proxy can be made.
        all.removeIf(type -> !type.getName().startsWith("org.hibernate.") || !Modifier.isPublic(type.getModifiers()));
        return all;
    }

    private static void addInterfaces(Class<?> type, Set<Class<?>> all) {
        for (Class<?> one : type.getInterfaces()) {
            all.add(one);
            addInterfaces(one, all);
        }
    }

    private static <T> T proxy(Class<T> type, Set<Class<?>> interfaces, Call call) {
        return type.cast(Proxy.newProxyInstance(
                TenantKeys.class.getClassLoader(),
                interfaces.toArray(new Class<?>[0]),
                (proxy, method, arguments) -> call.handle(method, arguments == null ? new Object[0] : arguments)));
    }

    private static @Nullable Object call(Object target, Method method, @Nullable Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }
}

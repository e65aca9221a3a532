package dev.tenancy.spring.cache;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/** Names the fields of the application's singletons that look like caches of owned entities, and that no tenant has a part in. */
final class FieldsAsCaches implements SmartInitializingSingleton {

    private static final Logger LOG = LoggerFactory.getLogger(FieldsAsCaches.class);

    private final ConfigurableListableBeanFactory beans;

    FieldsAsCaches(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (!AutoConfigurationPackages.has(beans)) {
            return;
        }
        List<String> packages = AutoConfigurationPackages.get(beans);
        for (String name : beans.getSingletonNames()) {
            Object bean = beans.getSingleton(name);
            if (bean != null) {
                Class<?> type = ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(bean));
                if (packages.stream().anyMatch(one -> type.getPackageName().startsWith(one))) {
                    fields(type)
                            .filter(field -> keepsEntities(ResolvableType.forField(field, type)))
                            .forEach(field -> LOG.warn(
                                    "The field {} of the bean {} ({}) can keep rows of several tenants and give one tenant those of another."
                                            + " Use @Cacheable or a cache of the CacheManager, whose entries are parted by tenant.",
                                    field.getName(),
                                    name,
                                    type.getName()));
                }
            }
        }
    }

    private static Stream<Field> fields(Class<?> type) {
        return Stream.<Class<?>>iterate(type, one -> one != null, Class::getSuperclass)
                .flatMap(one -> Arrays.stream(one.getDeclaredFields()));
    }

    // Whatever else has entities in its type, such as a repository, does not keep them.
    private static boolean keepsEntities(ResolvableType type) {
        Class<?> container = type.resolve(Object.class);
        boolean keeps = Map.class.isAssignableFrom(container)
                || Iterable.class.isAssignableFrom(container)
                || AtomicReference.class.isAssignableFrom(container)
                || container.getSimpleName().endsWith("Cache");
        return keeps && Arrays.stream(type.getGenerics()).anyMatch(FieldsAsCaches::holdsEntities);
    }

    private static boolean holdsEntities(ResolvableType type) {
        return OwnedEntityTypes.contain(type.resolve(Object.class)) || keepsEntities(type);
    }
}

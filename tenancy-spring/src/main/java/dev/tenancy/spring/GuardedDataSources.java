package dev.tenancy.spring;

import dev.tenancy.DataSourceGuards;
import dev.tenancy.TenancySetupException;
import jakarta.persistence.EntityManagerFactory;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.BeanInitializationException;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.support.JdbcAccessor;

/**
 * Guards each data source of the application, so that JdbcTemplate and jOOQ are held to the tenant as Hibernate is, and refuses the
 * start where one is not.
 */
// Spring runs post-processors of bean definitions after all others, so that the guard is before what they have wrapped.
final class GuardedDataSources implements MergedBeanDefinitionPostProcessor, SmartInitializingSingleton {

    static final String UNGUARDED = "tenancy.data-sources.unguarded";

    private static final Logger LOG = LoggerFactory.getLogger(GuardedDataSources.class);

    private final ConfigurableListableBeanFactory beans;
    private final DataSourceGuards guards = new DataSourceGuards();
    // By names without case and hyphens, which variables of the environment cannot tell.
    private final Map<String, String> unguarded = new TreeMap<>();

    GuardedDataSources(ConfigurableListableBeanFactory beans, Environment environment) {
        this.beans = beans;
        Binder.get(environment)
                .bind(UNGUARDED, Bindable.mapOf(String.class, String.class))
                .orElse(Map.of())
                .forEach((name, reason) -> {
                    if (reason.isBlank()) {
                        throw new TenancySetupException(
                                UNGUARDED + "." + name + " gives no reason for a data source without a guard.",
                                "Say why no tenant has a part in it, or remove the setting.");
                    }
                    unguarded.put(relaxed(name), reason);
                });
    }

    private static String relaxed(String name) {
        return name.replaceAll("[-_.]", "").toLowerCase(Locale.ROOT);
    }

    boolean isLeftOut(String bean) {
        return unguarded.containsKey(
                relaxed(ScopedProxyUtils.isScopedTarget(bean) ? ScopedProxyUtils.getOriginalBeanName(bean) : bean));
    }

    /** The data sources of the application but for those that are left out, and those that nobody has asked for so far. */
    Collection<DataSource> guarded() {
        return singletons(DataSource.class, name -> !isLeftOut(name) && !isOnDemand(name))
                .values();
    }

    private boolean isOnDemand(String name) {
        return !beans.containsSingleton(name)
                && beans.containsBeanDefinition(name)
                && beans.getMergedBeanDefinition(name).isLazyInit();
    }

    @Override
    public void postProcessMergedBeanDefinition(RootBeanDefinition definition, Class<?> type, String name) {}

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        return bean instanceof DataSource dataSource && !isLeftOut(name) ? GuardedBean.of(dataSource, guards) : bean;
    }

    @Override
    public void afterSingletonsInstantiated() {
        // Also those that are made lazily: until they are, nobody knows which tables are owned.
        Map<String, EntityManagerFactory> factories = new LinkedHashMap<>();
        for (String name : beans.getBeanNamesForType(EntityManagerFactory.class, false, false)) {
            factories.put(name, beans.getBean(name, EntityManagerFactory.class));
        }
        Map<String, DataSource> guarded = new LinkedHashMap<>();
        Map<String, DataSource> leftOut = new LinkedHashMap<>();
        // What has no guard would not be looked at later, so it is made now even if it is lazy.
        singletons(DataSource.class, name -> beans.containsSingleton(name) || isLeftOut(name))
                .forEach((name, dataSource) -> (isLeftOut(name) ? leftOut : guarded).put(name, dataSource));
        checkNames(leftOut.keySet(), guarded.keySet());
        leftOut.keySet()
                .forEach(name ->
                        LOG.info("The data source {} has no guard, because {}", name, unguarded.get(relaxed(name))));
        singletons(JdbcAccessor.class, name -> true).forEach((name, accessor) -> {
            DataSource dataSource = accessor.getDataSource();
            if (dataSource != null && !guarded.containsValue(dataSource) && !leftOut.containsValue(dataSource)) {
                leftOut.put("of the bean " + name, dataSource);
            }
        });
        try {
            guards.complete(guarded, leftOut, factories);
        } catch (TenancySetupException refusal) {
            throw new BeanInitializationException("A data source is not guarded as it has to be", refusal);
        }
    }

    private <T> Map<String, T> singletons(Class<T> type, Predicate<String> wanted) {
        Map<String, T> found = new LinkedHashMap<>();
        for (String name : beans.getBeanNamesForType(type, false, false)) {
            if (wanted.test(name)) {
                found.put(name, beans.getBean(name, type));
            }
        }
        return found;
    }

    private void checkNames(Iterable<String> leftOut, Iterable<String> guarded) {
        Map<String, String> without = new TreeMap<>(unguarded);
        leftOut.forEach(name -> without.remove(relaxed(name)));
        for (String name : beans.getBeanNamesForType(DataSource.class, true, false)) {
            without.remove(relaxed(name));
        }
        if (!without.isEmpty()) {
            throw new TenancySetupException(
                    UNGUARDED + "." + without.keySet().iterator().next() + " names no data source of the application.",
                    "Name a bean of type DataSource; the guarded ones are " + String.join(", ", guarded) + ".");
        }
    }
}

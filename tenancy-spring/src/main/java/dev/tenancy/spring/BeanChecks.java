package dev.tenancy.spring;

import dev.tenancy.Roles;
import dev.tenancy.TenancySetupException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * Refuses beans on which an annotation promises a protection that would not be there. Each bean is looked at when it is made; at the
 * end of the start also those that were made before this, and the types of those that are made later.
 */
final class BeanChecks implements BeanPostProcessor, SmartInitializingSingleton {

    private final RequiredRoles required;
    private final Supplier<Roles> roles;
    private final ConfigurableListableBeanFactory beans;
    private final Set<Class<?>> checked = ConcurrentHashMap.newKeySet();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private volatile boolean isStarted;

    BeanChecks(RequiredRoles required, Supplier<Roles> roles, ConfigurableListableBeanFactory beans) {
        this.required = required;
        this.roles = roles;
        this.beans = beans;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
        check(bean.getClass());
        return bean;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (!isStarted) {
            seen.add(name);
        }
        checkHeld(bean, name);
        return bean;
    }

    @Override
    public void afterSingletonsInstantiated() {
        for (Iterator<String> names = beans.getBeanNamesIterator(); names.hasNext(); ) {
            String name = names.next();
            check(type(name));
            if (!seen.contains(name) && beans.containsSingleton(name)) {
                Object early = beans.getSingleton(name);
                if (early != null) {
                    checkHeld(early, name);
                }
            }
        }
        isStarted = true;
        seen.clear();
    }

    private @Nullable Class<?> type(String name) {
        Class<?> type = beans.containsBeanDefinition(name) ? AutoProxyUtils.determineTargetClass(beans, name) : null;
        return type == null ? beans.getType(name, false) : type;
    }

    private void check(@Nullable Class<?> type) {
        if (type == null) {
            return;
        }
        Class<?> declared = ClassUtils.getUserClass(type);
        if (!checked.add(declared)) {
            return;
        }
        if (required.concern(declared)) {
            List<String> faults = required.faults(declared, roles.get());
            if (!faults.isEmpty()) {
                throw new TenancySetupException(
                        "@RequiresRole on " + declared.getName() + " could not be obeyed: " + String.join("; ", faults)
                                + ".",
                        "Name a role of the hierarchy, and annotate methods that a subclass could override, of a class that can be"
                                + " extended.");
            }
        }
    }

    private void checkHeld(Object bean, String name) {
        Class<?> behind = AopProxyUtils.ultimateTargetClass(bean);
        check(behind);
        if ((required.concern(ClassUtils.getUserClass(behind)) || required.concern(bean.getClass())) && !isHeld(bean)) {
            throw new TenancySetupException(
                    "@RequiresRole on " + behind.getName() + " could not be obeyed: the bean " + name
                            + " is not behind a proxy. It was made before proxies were, because a BeanPostProcessor needs it; or it"
                            + " is part of a circle of beans; or it was registered as an instance.",
                    "Let Spring make the bean, and let nothing that is made so early need it; a provider (ObjectProvider) can ask for"
                            + " it later.");
        }
    }

    private static boolean isHeld(Object bean) {
        return bean instanceof Advised proxy
                && Arrays.stream(proxy.getAdvisors()).anyMatch(RoleAdvisor.class::isInstance);
    }
}

package dev.tenancy.spring.task;

import dev.tenancy.TenancySetupException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.MethodIntrospector;
import org.springframework.util.ClassUtils;

/** Refuses beans on which {@link EachTenant} would do nothing, and puts ShedLock's locks around all tenants. */
// Without an order, so that it sees beans behind their proxies.
final class EachTenantChecks implements BeanPostProcessor, SmartInitializingSingleton {

    private final ObjectProvider<ActiveTenants> tenants;
    private final Set<String> found = ConcurrentHashMap.newKeySet();

    EachTenantChecks(ObjectProvider<ActiveTenants> tenants) {
        this.tenants = tenants;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        Class<?> type = ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(bean));
        Map<Method, EachTenant> methods = MethodIntrospector.selectMethods(
                type, (MethodIntrospector.MetadataLookup<EachTenant>) method -> EachTenantAdvisor.of(method, type));
        for (Method method : methods.keySet()) {
            found.add(ClassUtils.getQualifiedMethodName(method, type));
            if (!isAround(bean) || isOutOfReach(method)) {
                throw new TenancySetupException(
                        "@EachTenant on " + ClassUtils.getQualifiedMethodName(method, type)
                                + " could not be obeyed: no proxy of the bean " + name + " is called in its place.",
                        "Let Spring make the bean, let neither the class nor the method be final, private or static, and let no"
                                + " BeanPostProcessor need the bean.");
            }
        }
        if (!methods.isEmpty()) {
            putLocksAround((Advised) bean);
        }
        return bean;
    }

    private static boolean isOutOfReach(Method method) {
        int modifiers = method.getModifiers();
        return Modifier.isFinal(modifiers) || Modifier.isPrivate(modifiers) || Modifier.isStatic(modifiers);
    }

    private static boolean isAround(Object bean) {
        return bean instanceof Advised proxy
                && List.of(proxy.getAdvisors()).stream().anyMatch(EachTenantAdvisor.class::isInstance);
    }

    // By default they are as late as transactions, and a lock taken for the first tenant would keep the others out.
    private static void putLocksAround(Advised proxy) {
        List<Advisor> advisors = List.of(proxy.getAdvisors());
        int each = 0;
        while (!(advisors.get(each) instanceof EachTenantAdvisor)) {
            each++;
        }
        for (Advisor inside : advisors.subList(each, advisors.size())) {
            if (inside.getClass().getName().startsWith("net.javacrumbs.shedlock.")) {
                proxy.removeAdvisor(inside);
                proxy.addAdvisor(each, inside);
                each++;
            }
        }
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (!found.isEmpty() && tenants.getIfAvailable() == null) {
            throw new TenancySetupException(
                    "@EachTenant on " + found.iterator().next()
                            + " could not be obeyed: nothing says which tenants there are.",
                    "Provide a bean of the type " + ActiveTenants.class.getName() + ".");
        }
    }
}

package dev.tenancy.spring.crud;

import dev.tenancy.TenancySetupException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;

/** What looks safe on a CRUD controller, and is not. Asked of each when it is made, and at the start of those that are made later. */
final class ControllerTraps implements SmartInitializingSingleton {

    // By name: neither of their libraries needs to be there.
    private static final List<String> NOT_INHERITED = List.of(
            "org.springframework.security.access.prepost.PreAuthorize",
            "org.springframework.security.access.prepost.PostAuthorize",
            "org.springframework.security.access.prepost.PreFilter",
            "org.springframework.security.access.prepost.PostFilter",
            "org.springframework.security.access.annotation.Secured",
            "jakarta.annotation.security.RolesAllowed",
            "jakarta.annotation.security.PermitAll",
            "jakarta.annotation.security.DenyAll");

    private final ConfigurableListableBeanFactory beans;
    private final Class<?> base;

    /** @param base the class that all of them extend */
    ControllerTraps(ConfigurableListableBeanFactory beans, Class<?> base) {
        this.beans = beans;
        this.base = base;
    }

    @Override
    public void afterSingletonsInstantiated() {
        for (String name : beans.getBeanNamesForType(base, true, false)) {
            Class<?> type =
                    beans.containsBeanDefinition(name) ? AutoProxyUtils.determineTargetClass(beans, name) : null;
            if (type != null) {
                check(ClassUtils.getUserClass(type), base);
            }
        }
    }

    /** @throws TenancySetupException if the controller would be less protected, or more broken, than it looks */
    static void check(Class<?> controller, Class<?> base) {
        MergedAnnotations annotations = MergedAnnotations.from(controller, SearchStrategy.TYPE_HIERARCHY);
        List<String> faults = new ArrayList<>();
        for (String name : NOT_INHERITED) {
            if (annotations.isPresent(name)) {
                faults.add("@" + ClassUtils.getShortName(name)
                        + " on the class does not reach the methods that it inherits, such as list and get");
            }
        }
        for (Class<?> type = controller; type != null && type != base; type = type.getSuperclass()) {
            for (Method method : type.getDeclaredMethods()) {
                int modifiers = method.getModifiers();
                if (Modifier.isFinal(modifiers) && !Modifier.isPrivate(modifiers) && !Modifier.isStatic(modifiers)) {
                    faults.add("its method " + method.getName()
                            + " is final, so that a proxy would run it on itself and not on the controller");
                }
            }
        }
        if (!faults.isEmpty()) {
            throw new TenancySetupException(
                    "The CRUD controller " + controller.getName() + " was refused: " + String.join("; ", faults) + ".",
                    "Say with @Crud who may do what, or with @RequiresRole on the class who may do anything; annotate single methods of"
                            + " its own as you like, and make none final.");
        }
    }
}

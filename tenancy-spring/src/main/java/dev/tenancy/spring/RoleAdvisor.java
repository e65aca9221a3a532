package dev.tenancy.spring;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Roles;
import dev.tenancy.TenantPrincipal;
import java.io.Serial;
import java.lang.reflect.Method;
import java.util.function.Supplier;
import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.core.Ordered;
import org.springframework.util.ClassUtils;

/** Refuses calls that {@link RequiresRole} does not allow, before anything else is done around the method. */
final class RoleAdvisor extends StaticMethodMatcherPointcutAdvisor {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient RequiredRoles required;
    private final transient Supplier<Roles> roles;

    RoleAdvisor(RequiredRoles required, Supplier<Roles> roles) {
        this.required = required;
        this.roles = roles;
        setOrder(Ordered.HIGHEST_PRECEDENCE);
        setClassFilter(required::concern);
    }

    @Override
    public boolean matches(Method method, Class<?> type) {
        return !required.of(method, type).isEmpty();
    }

    @Override
    public Advice getAdvice() {
        return (MethodInterceptor) this::admit;
    }

    private @Nullable Object admit(MethodInvocation call) throws Throwable {
        Method method = call.getMethod();
        // The class itself, as in matches: of another proxy, and not of what is behind it.
        Object target = call.getThis();
        Class<?> type = target == null ? method.getDeclaringClass() : target.getClass();
        TenantPrincipal caller = CurrentTenant.find().orElse(null);
        for (String role : required.of(method, type)) {
            if (caller == null || !roles.get().includes(caller.role(), role)) {
                throw new RoleRequiredException(
                        ClassUtils.getQualifiedMethodName(method, ClassUtils.getUserClass(type)), role, caller);
            }
        }
        return call.proceed();
    }
}

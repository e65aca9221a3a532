package dev.tenancy.spring.task;

import dev.tenancy.CurrentTenant;
import dev.tenancy.ForEachTenant;
import dev.tenancy.TenancySetupException;
import java.io.Serial;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/** Runs {@link EachTenant} methods for each tenant, around their transactions. */
final class EachTenantAdvisor extends StaticMethodMatcherPointcutAdvisor {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient ObjectProvider<ActiveTenants> tenants;

    EachTenantAdvisor(ObjectProvider<ActiveTenants> tenants) {
        this.tenants = tenants;
        // Transactions, which have the lowest precedence if nobody says otherwise, begin when the tenant is current.
        setOrder(Ordered.LOWEST_PRECEDENCE - 1);
    }

    @Override
    public boolean matches(Method method, Class<?> type) {
        EachTenant each = of(method, type);
        if (each == null) {
            return false;
        }
        String name = ClassUtils.getQualifiedMethodName(method, ClassUtils.getUserClass(type));
        if (method.getReturnType() != void.class) {
            throw new TenancySetupException(
                    "@EachTenant on " + name + " could not be obeyed: it returns a value, and runs more than once.",
                    "Let it return nothing.");
        }
        if (each.parallel() < 1
                || timeout(each, name).isNegative()
                || timeout(each, name).isZero()) {
            throw new TenancySetupException(
                    "@EachTenant on " + name + " gives tenants no turn: parallel is " + each.parallel()
                            + ", timeout is " + each.timeout() + ".",
                    "Let both be positive.");
        }
        return true;
    }

    static @Nullable EachTenant of(Method method, Class<?> type) {
        return AnnotatedElementUtils.findMergedAnnotation(
                AopUtils.getMostSpecificMethod(method, ClassUtils.getUserClass(type)), EachTenant.class);
    }

    private static Duration timeout(EachTenant each, String method) {
        try {
            return DurationStyle.detectAndParse(each.timeout());
        } catch (IllegalArgumentException unreadable) {
            throw new TenancySetupException(
                    "@EachTenant on " + method + " has the timeout " + each.timeout() + ", which is no duration.",
                    "Write it as 5m or PT5M.");
        }
    }

    @Override
    public Advice getAdvice() {
        return (MethodInterceptor) this::forEach;
    }

    private @Nullable Object forEach(MethodInvocation call) {
        Object target = Objects.requireNonNull(call.getThis());
        EachTenant each = Objects.requireNonNull(of(call.getMethod(), target.getClass()));
        String name = ClassUtils.getQualifiedMethodName(call.getMethod(), ClassUtils.getUserClass(target));
        if (CurrentTenant.find().isPresent()) {
            throw new IllegalStateException(
                    "The call of " + name + " was refused: it runs for each tenant, and one is current."
                            + " Call what it does for a single one, without @EachTenant.");
        }
        ForEachTenant.of(tenants.getObject().ids())
                .parallel(each.parallel())
                .timeout(timeout(each, name))
                .run(tenant -> proceed(((ProxyMethodInvocation) call).invocableClone()));
        return null;
    }

    private static void proceed(MethodInvocation call) {
        try {
            call.proceed();
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new CompletionException(failure);
        }
    }
}

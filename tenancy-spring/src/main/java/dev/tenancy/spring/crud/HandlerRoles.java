package dev.tenancy.spring.crud;

import dev.tenancy.spring.Problem;
import dev.tenancy.spring.RequiresRole;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Asks for a role before any handler of a CRUD controller runs, so that none is open because somebody forgot: neither an action
 * that the application overrides, nor one that it adds.
 */
final class HandlerRoles implements HandlerInterceptor {

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method
                && TenantReadController.class.isAssignableFrom(method.getBeanType())) {
            // Spring has looked the bean up by now; what is private to it is not in a proxy.
            Object target =
                    Objects.requireNonNullElse(AopProxyUtils.getSingletonTarget(method.getBean()), method.getBean());
            CrudEngine<?, ?> engine = ((TenantReadController<?, ?>) target).engine();
            if (!engine.hasRole(required(engine, method, request))) {
                throw Problem.forbidden();
            }
        }
        return true;
    }

    private static @Nullable String required(
            CrudEngine<?, ?> engine, HandlerMethod method, HttpServletRequest request) {
        Optional<CrudOperation> inherited = CrudOperation.of(method);
        if (inherited.isPresent()) {
            return engine.offer().role(inherited.get().action());
        }
        RequiresRole own = AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), RequiresRole.class);
        if (own != null) {
            return own.value();
        }
        HttpMethod verb = HttpMethod.valueOf(request.getMethod());
        return engine.roleOf(verb == HttpMethod.GET || verb == HttpMethod.HEAD);
    }
}

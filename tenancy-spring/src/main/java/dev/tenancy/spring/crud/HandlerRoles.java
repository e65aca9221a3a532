package dev.tenancy.spring.crud;

import dev.tenancy.spring.RequiresRole;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Asks for a role before any handler of a CRUD controller runs, so that none is open because somebody forgot: neither an action
 * that the application overrides, nor one that it adds.
 */
final class HandlerRoles implements HandlerInterceptor {

    private record Handler(Class<?> controller, Method method) {}

    /**
     * The role for a handler.
     *
     * @param name null if nobody may call it
     * @param byVerb whether it is that of reading or of writing, as the request's method says
     */
    private record Wanted(@Nullable String name, boolean byVerb) {

        static Wanted by(CrudEngine<?, ?> engine, HandlerMethod method) {
            Optional<CrudOperation> inherited = CrudOperation.of(method);
            if (inherited.isPresent()) {
                return new Wanted(engine.offer().role(inherited.get().action()), false);
            }
            RequiresRole own = AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), RequiresRole.class);
            return own == null ? new Wanted(null, true) : new Wanted(own.value(), false);
        }
    }

    private final Map<Handler, Wanted> known = new ConcurrentHashMap<>();

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method
                && TenantReadController.class.isAssignableFrom(method.getBeanType())) {
            // Spring has looked the bean up by now; what is private to it is not in a proxy.
            Object target =
                    Objects.requireNonNullElse(AopProxyUtils.getSingletonTarget(method.getBean()), method.getBean());
            CrudEngine<?, ?> engine = ((TenantReadController<?, ?>) target).engine();
            TenantReadController.answering(() -> engine.access().demand(required(engine, method, request)));
        }
        return true;
    }

    private @Nullable String required(CrudEngine<?, ?> engine, HandlerMethod method, HttpServletRequest request) {
        Wanted role = known.computeIfAbsent(
                new Handler(method.getBeanType(), method.getMethod()), any -> Wanted.by(engine, method));
        if (!role.byVerb()) {
            return role.name();
        }
        String verb = request.getMethod();
        return engine.roleOf(verb.equals("GET") || verb.equals("HEAD"));
    }
}

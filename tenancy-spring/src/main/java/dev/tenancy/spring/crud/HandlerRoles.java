package dev.tenancy.spring.crud;

import dev.tenancy.spring.RequiresRole;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.core.MethodClassKey;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Asks for a role before any handler of a CRUD controller runs, so that none is open because somebody forgot: neither an action
 * that the application overrides, nor one that it adds.
 */
final class HandlerRoles implements HandlerInterceptor {

    private static final Set<String> READING = Set.of("GET", "HEAD");

    /** The roles that may call a handler, by whether the request's method is one for reading. */
    private record Admitted(Set<String> toRead, Set<String> toWrite) {

        static Admitted by(CrudEngine<?, ?> engine, HandlerMethod method) {
            Access access = engine.access();
            Optional<CrudOperation> inherited = CrudOperation.of(method);
            if (inherited.isPresent()) {
                return ofAny(access.admitted(inherited.get().action()));
            }
            RequiresRole own = AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), RequiresRole.class);
            return own == null
                    ? new Admitted(access.admitted(engine.roleOf(true)), access.admitted(engine.roleOf(false)))
                    : ofAny(access.admitted(own.value()));
        }

        private static Admitted ofAny(Set<String> roles) {
            return new Admitted(roles, roles);
        }
    }

    private final Map<MethodClassKey, Admitted> known = new ConcurrentHashMap<>();

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method
                && TenantReadController.class.isAssignableFrom(method.getBeanType())) {
            // Spring has looked the bean up by now; what is private to it is not in a proxy.
            Object target =
                    Objects.requireNonNullElse(AopProxyUtils.getSingletonTarget(method.getBean()), method.getBean());
            CrudEngine<?, ?> engine = ((TenantReadController<?, ?>) target).engine();
            Admitted admitted = known.computeIfAbsent(
                    new MethodClassKey(method.getMethod(), method.getBeanType()), any -> Admitted.by(engine, method));
            Set<String> roles = READING.contains(request.getMethod()) ? admitted.toRead() : admitted.toWrite();
            TenantReadController.answering(() -> engine.access().demand(roles));
        }
        return true;
    }
}

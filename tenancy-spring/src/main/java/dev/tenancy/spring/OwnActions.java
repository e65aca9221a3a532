package dev.tenancy.spring;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpMethod;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Holds the handlers that an application adds to a CRUD controller: under the role that reads or the one that writes, where they say
 * nothing else, so that none is open by forgetting.
 */
final class OwnActions implements HandlerInterceptor {

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method
                && method.getBean() instanceof TenantReadController<?, ?> controller
                && !isInherited(method.getMethod())
                && !saysItself(method)) {
            String verb = request.getMethod();
            controller.engine().allowOwnAction(HttpMethod.GET.matches(verb) || HttpMethod.HEAD.matches(verb));
        }
        return true;
    }

    // Overridden ones end in the engine, or are the application's word on who may do what.
    private static boolean isInherited(Method method) {
        Method base =
                ReflectionUtils.findMethod(TenantCrudController.class, method.getName(), method.getParameterTypes());
        return base != null && method.getDeclaringClass().isAssignableFrom(TenantCrudController.class);
    }

    private static boolean saysItself(HandlerMethod method) {
        return AnnotatedElementUtils.hasAnnotation(method.getMethod(), RequiresRole.class)
                || AnnotatedElementUtils.hasAnnotation(method.getBeanType(), RequiresRole.class);
    }
}

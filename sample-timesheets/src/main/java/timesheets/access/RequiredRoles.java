package timesheets.access;

import dev.tenancy.Roles;
import dev.tenancy.spring.RequiresRole;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Holds handlers to {@link RequiresRole}, until the library does. */
record RequiredRoles(Roles roles) implements HandlerInterceptor {

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method) {
            RequiresRole required = method.getMethodAnnotation(RequiresRole.class);
            if (required != null) {
                Caller.mustInclude(roles, required.value());
            }
        }
        return true;
    }
}

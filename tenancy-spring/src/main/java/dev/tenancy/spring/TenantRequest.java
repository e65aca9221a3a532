package dev.tenancy.spring;

import dev.tenancy.Roles;
import dev.tenancy.TenantPrincipal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.WebUtils;

/** Where Spring Security is absent: a request whose principal is the one that acts for the tenant, with its roles there. */
final class TenantRequest extends HttpServletRequestWrapper {

    private final TenantPrincipal principal;
    private final Roles roles;

    TenantRequest(HttpServletRequest request, TenantPrincipal principal, Roles roles) {
        super(request);
        this.principal = principal;
        this.roles = roles;
    }

    /** Who sent the request, also if it was already dispatched once and its tenant found then. */
    static @Nullable Principal callerOf(HttpServletRequest request) {
        if (!(request.getUserPrincipal() instanceof TenantPrincipal)) {
            return request.getUserPrincipal();
        }
        TenantRequest earlier = WebUtils.getNativeRequest(request, TenantRequest.class);
        return earlier == null
                ? request.getUserPrincipal()
                : ((HttpServletRequest) earlier.getRequest()).getUserPrincipal();
    }

    @Override
    public Principal getUserPrincipal() {
        return principal;
    }

    @Override
    public String getRemoteUser() {
        return principal.getName();
    }

    @Override
    public boolean isUserInRole(String role) {
        return roles.includes(principal.role(), role);
    }
}

package dev.tenancy.spring;

import dev.tenancy.Roles;
import dev.tenancy.TenantPrincipal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.WebUtils;

/**
 * Where Spring Security is absent: a request whose principal is the one that acts for the tenant, with its roles there; without a
 * tenant nobody has any of these.
 */
final class TenantRequest extends HttpServletRequestWrapper {

    private final @Nullable TenantPrincipal principal;
    private final Roles roles;

    TenantRequest(HttpServletRequest request, @Nullable TenantPrincipal principal, Roles roles) {
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
    public @Nullable Principal getUserPrincipal() {
        return principal == null ? super.getUserPrincipal() : principal;
    }

    @Override
    public @Nullable String getRemoteUser() {
        return principal == null ? super.getRemoteUser() : principal.getName();
    }

    @Override
    public boolean isUserInRole(String role) {
        return principal == null
                ? !roles.contains(role) && super.isUserInRole(role)
                : roles.includes(principal.role(), role);
    }
}

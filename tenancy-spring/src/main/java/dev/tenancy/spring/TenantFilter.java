package dev.tenancy.spring;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.TenantPrincipal;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Makes the caller's tenant current for exactly one dispatch of a request. A plain filter and not a once-per-request one: an
 * ASYNC or ERROR dispatch runs on a thread that has no tenant yet.
 */
final class TenantFilter implements Filter {

    // Also keeps out what PostgreSQL cannot store, such as NUL.
    private static final Pattern TENANT = Pattern.compile("[\\x21-\\x7E]{1,255}");

    private final TenantClaimResolver claims;
    private final Memberships memberships;
    private final String header;
    private final Consumer<TenantPrincipal> entered;
    private final HandlerExceptionResolver problems;

    TenantFilter(
            TenantClaimResolver claims,
            Memberships memberships,
            String header,
            Consumer<TenantPrincipal> entered,
            HandlerExceptionResolver problems) {
        this.claims = claims;
        this.memberships = memberships;
        this.header = header;
        this.entered = entered;
        this.problems = problems;
    }

    @Override
    public void doFilter(ServletRequest servletRequest, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest request = (HttpServletRequest) servletRequest;
        Principal caller = request.getUserPrincipal();
        Optional<TenantClaim> claim =
                caller == null || runsInsideAnother(request) ? Optional.empty() : claims.resolve(caller);
        if (claim.isEmpty()) {
            chain.doFilter(request, response);
            return;
        }
        TenantPrincipal principal;
        try {
            principal = admit(claim.get(), request);
        } catch (ErrorResponseException refusal) {
            problems.resolveException(request, (HttpServletResponse) response, null, refusal);
            return;
        }
        try (CurrentTenant.Scope scope = CurrentTenant.enter(principal)) {
            entered.accept(principal);
            chain.doFilter(request, response);
        }
    }

    private static boolean runsInsideAnother(HttpServletRequest request) {
        DispatcherType type = request.getDispatcherType();
        return (type == DispatcherType.FORWARD || type == DispatcherType.INCLUDE)
                && CurrentTenant.find().isPresent();
    }

    private TenantPrincipal admit(TenantClaim claim, HttpServletRequest request) {
        String tenant = tenant(claim, request);
        Membership membership = (TENANT.matcher(tenant).matches()
                        ? memberships.find(claim.userId(), tenant)
                        : Optional.<Membership>empty())
                .orElseThrow(() -> Problem.of(
                        HttpStatus.FORBIDDEN, "You are not an active member of the company that this request names."));
        return new TenantPrincipal(membership.tenantId(), claim.userId(), membership.role());
    }

    private String tenant(TenantClaim claim, HttpServletRequest request) {
        List<String> named = Collections.list(request.getHeaders(header));
        if (named.size() > 1 || named.size() == 1 && named.get(0).isBlank()) {
            throw Problem.of(
                    HttpStatus.BAD_REQUEST,
                    "The header " + header + " must be given once and name a company by its id or slug; or leave it out"
                            + " to act in the company of the credential.");
        }
        if (named.size() == 1) {
            return named.get(0).strip();
        }
        if (claim.tenants().size() != 1) {
            throw Problem.of(
                    HttpStatus.BAD_REQUEST,
                    "The credential does not name one company. Name one by its id or slug in the header " + header
                            + ".");
        }
        return claim.tenants().get(0);
    }
}

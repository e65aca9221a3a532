package dev.tenancy.spring;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Membership;
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
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Makes the caller's tenant current for exactly one dispatch of a request. A plain filter and not a once-per-request one: an
 * ASYNC or ERROR dispatch runs on a thread that has no tenant yet.
 */
final class TenantFilter implements Filter {

    /** What the rest of the application gets to see of who acts: roles, or a request that names the principal. */
    @FunctionalInterface
    interface Entry {

        /** @param principal who acts from here on; null if a caller of some tenant goes on without one */
        HttpServletRequest show(HttpServletRequest request, @Nullable TenantPrincipal principal);
    }

    /**
     * Requests that need no tenant.
     *
     * @param open what may be called without a credential: one that may not act for a tenant counts as none there
     * @param operators whom alone a token, which is for members of tenants, lets in to actuator
     * @param chooser where a tenant is chosen
     * @param inAllTenants the attributes of sessions that have the same value in all tenants
     * @param bulkhead how many requests of one tenant are worked on
     */
    record Bounds(
            OpenEndpoints open,
            Operators operators,
            TenantChooser chooser,
            Set<String> inAllTenants,
            TenantBulkhead bulkhead) {

        static Bounds of(OpenEndpoints open, TenancyProperties properties, TenantBulkhead bulkhead) {
            return new Bounds(
                    open,
                    Operators.of(properties),
                    TenantChooser.of(properties.resolve().chooser()),
                    properties.session().inAllTenants(),
                    bulkhead);
        }

        boolean isOfNoOperator(OpenEndpoints.Asked asked, @Nullable Principal caller) {
            return asked.actuator()
                    && !asked.probe()
                    && caller != null
                    && ClaimsOfPrincipals.isOwnToken(caller)
                    && !operators.contain(caller);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(TenantFilter.class);

    // Also keeps out what PostgreSQL cannot store, such as NUL.
    private static final Pattern TENANT = Pattern.compile("[\\x21-\\x7E]{1,255}");

    private final TenantClaimResolver claims;
    private final TenantChain chain;
    private final MembershipCache memberships;
    private final Bounds bounds;
    private final Entry entry;
    private final Refusals refusals;

    TenantFilter(
            TenantClaimResolver claims,
            TenantChain chain,
            MembershipCache memberships,
            Bounds bounds,
            Entry entry,
            Refusals refusals) {
        this.claims = claims;
        this.chain = chain;
        this.memberships = memberships;
        this.bounds = bounds;
        this.entry = entry;
        this.refusals = refusals;
    }

    @Override
    public void doFilter(ServletRequest servletRequest, ServletResponse response, FilterChain next)
            throws IOException, ServletException {
        HttpServletRequest request = (HttpServletRequest) servletRequest;
        boolean inside = runsInsideAnother(request);
        OpenEndpoints.Asked asked = bounds.open().of(request);
        Principal caller = TenantRequest.callerOf(request);
        if (bounds.isOfNoOperator(asked, caller)) {
            refusals.answer(
                    request,
                    (HttpServletResponse) response,
                    Problem.forbidden(),
                    "The user of its token is not in tenancy.operators.");
            return;
        }
        TenantPrincipal principal = null;
        if (caller != null && !inside && !asked.actuator() && !bounds.chooser().contains(request)) {
            try {
                principal = principal(request, caller);
            } catch (ErrorResponseException refusal) {
                if (answers(request, asked)) {
                    refuse(request, (HttpServletResponse) response, refusal);
                    return;
                }
            }
        }
        if (principal == null) {
            // What runs inside another request goes on as that one does.
            next.doFilter(inside ? request : entry.show(request, null), response);
            return;
        }
        Object tenant = principal.tenantId();
        ObservedRequests.name(request, tenant);
        // What comes back from another thread, or shows an error, has had its turn; and what is open is never refused.
        boolean counts = request.getDispatcherType() == DispatcherType.REQUEST && !asked.open();
        if (counts && !bounds.bulkhead().enter(tenant)) {
            refusals.answer(
                    request,
                    (HttpServletResponse) response,
                    Problem.tooManyAtOnce(),
                    "tenancy.requests lets no more of the tenant " + tenant + " be worked on.");
            return;
        }
        try (CurrentTenant.Scope scope = CurrentTenant.enter(principal)) {
            goOn(
                    TenantSession.of(entry.show(request, principal), tenant, bounds.inAllTenants()),
                    (HttpServletResponse) response,
                    next);
        } finally {
            if (counts) {
                bounds.bulkhead().leave(tenant);
            }
        }
    }

    // Beans of the scope session are looked for in the request that is told here, where no Spring MVC tells of its own:
    // in filters, for instance.
    private static void goOn(HttpServletRequest request, HttpServletResponse response, FilterChain next)
            throws IOException, ServletException {
        RequestAttributes before = RequestContextHolder.getRequestAttributes();
        ServletRequestAttributes own = new ServletRequestAttributes(request, response);
        RequestContextHolder.setRequestAttributes(own);
        try {
            next.doFilter(request, response);
        } finally {
            RequestContextHolder.setRequestAttributes(before);
            own.requestCompleted();
        }
    }

    // What shows an error, or a part of a page, has nothing to refuse, and what is open neither: they go on without a
    // tenant.
    private static boolean answers(HttpServletRequest request, OpenEndpoints.Asked asked) {
        DispatcherType type = request.getDispatcherType();
        return (type == DispatcherType.REQUEST || type == DispatcherType.ASYNC) && !asked.open();
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response, ErrorResponseException refusal)
            throws IOException {
        if (refusal instanceof TenantChain.UndecidedException && TenantChooser.isForBrowser(request)) {
            refusals.tell(request, refusal.getStatusCode().value(), "It names no company, and a browser sent it.");
            bounds.chooser().show(request, response);
        } else {
            refusals.answer(request, response, refusal);
        }
    }

    private static boolean runsInsideAnother(HttpServletRequest request) {
        DispatcherType type = request.getDispatcherType();
        return (type == DispatcherType.FORWARD || type == DispatcherType.INCLUDE)
                && CurrentTenant.find().isPresent();
    }

    private @Nullable TenantPrincipal principal(HttpServletRequest request, Principal caller) {
        BodyLimit.lift(request);
        TenantClaim claim;
        Membership membership;
        try {
            claim = claims.resolve(caller).orElse(null);
            if (claim == null) {
                return null;
            }
            membership = membership(claim, chain.resolve(request, claim));
        } catch (ErrorResponseException refusal) {
            throw refusal;
        } catch (RuntimeException failure) {
            if (Problems.isMalformed(failure)) {
                throw Problem.malformed();
            }
            DatabaseOutage outage = DatabaseOutage.of(failure);
            if (outage == null) {
                LOG.error(
                        "Whether a caller may act for a tenant could not be found out; the request is refused",
                        failure);
            } else {
                outage.tell(LOG, failure);
            }
            throw Problem.unavailable();
        }
        return new TenantPrincipal(membership.tenantId(), claim.userId(), membership.role());
    }

    private Membership membership(TenantClaim claim, String tenant) {
        Optional<Membership> membership =
                TENANT.matcher(tenant).matches() ? memberships.find(claim.userId(), tenant) : Optional.empty();
        return switch (membership.map(Membership::status).orElse(Membership.Status.SUSPENDED)) {
            case ACTIVE -> membership.orElseThrow();
            case SUSPENDED -> throw Problem.notAMember();
            case TENANT_SUSPENDED -> throw Problem.tenantSuspended();
        };
    }
}

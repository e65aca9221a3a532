package dev.tenancy.spring;

import dev.tenancy.Roles;
import dev.tenancy.TenantClaims;
import dev.tenancy.jwt.TokenVerifier;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.servlet.filter.OrderedFilter;
import org.springframework.boot.web.servlet.AbstractFilterRegistrationBean;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Puts the tenant into requests where Spring Security is absent: bearer tokens are verified by a filter in front. An application
 * that knows its callers in another way provides a {@link TenantClaimResolver}, which reads {@code getUserPrincipal()}. Without
 * either, requests act for no tenant.
 */
@AutoConfiguration(after = {TenancyJwtAutoConfiguration.class, TenancyWebAutoConfiguration.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnMissingClass("org.springframework.security.config.annotation.web.builders.HttpSecurity")
@Lazy(false)
public final class TenancyServletAutoConfiguration {

    // Where Spring Security's filters would be.
    private static final int ORDER = OrderedFilter.REQUEST_WRAPPER_FILTER_MAX_ORDER - 100;

    // Not in a class of its own: its condition has to be asked after the other class has been read.
    @Bean
    @Conditional(CallersAreKnown.class)
    TenantFilter tenantFilter(
            ObjectProvider<TenantClaimResolver> claims,
            TenantClaims tenants,
            ObjectProvider<MembershipCache> cache,
            ObjectProvider<TenantResolver> resolvers,
            Roles roles,
            TenancyProperties properties,
            OpenEndpoints open,
            TenantBulkhead bulkhead,
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        TenantFilter.Entry entry = (request, principal) -> new TenantRequest(request, principal, roles);
        MembershipCache memberships = TenancyMembershipAutoConfiguration.asked(cache);
        TenantChain chain = TenantChain.of(resolvers.orderedStream(), properties, memberships);
        return new TenantFilter(
                ClaimsOfPrincipals.beside(claims.orderedStream(), tenants),
                chain,
                memberships,
                TenantFilter.Bounds.of(open, properties, bulkhead),
                entry,
                refusals(problems));
    }

    // By its name: filters are made while the server starts, and what tells of members is not there yet if it needs
    // JPA.
    @Bean
    @Conditional(CallersAreKnown.class)
    DelegatingFilterProxyRegistrationBean tenantFilterRegistration() {
        return onEveryPath(new DelegatingFilterProxyRegistrationBean("tenantFilter"), ORDER + 1);
    }

    private static Refusals refusals(HandlerExceptionResolver problems) {
        return new Refusals(problems, request -> "the filters of tenancy-spring");
    }

    static final class CallersAreKnown extends AnyNestedCondition {

        CallersAreKnown() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnBean(TenantClaimResolver.class)
        static final class ByTheApplication {}

        @ConditionalOnBean(type = "dev.tenancy.jwt.TokenVerifier")
        static final class ByToken {}
    }

    private static <R extends AbstractFilterRegistrationBean<?>> R onEveryPath(R registration, int order) {
        registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
        registration.setOrder(order);
        return registration;
    }

    /** Bearer tokens of {@code tenancy-jwt}. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(TokenVerifier.class)
    @ConditionalOnBean(TokenVerifier.class)
    @Lazy(false)
    static class BearerTokenConfiguration {

        @Bean
        FilterRegistrationBean<BearerTokenFilter> bearerTokenFilter(
                TokenVerifier verifier,
                OpenEndpoints open,
                @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
            return onEveryPath(
                    new FilterRegistrationBean<>(
                            new BearerTokenFilter(new BearerTokens(verifier), open, refusals(problems))),
                    ORDER);
        }
    }
}

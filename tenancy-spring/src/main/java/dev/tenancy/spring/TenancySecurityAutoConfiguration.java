package dev.tenancy.spring;

import dev.tenancy.Roles;
import dev.tenancy.TenantClaims;
import dev.tenancy.jwt.TokenVerifier;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.authentication.AuthenticationCredentialsNotFoundException;
import org.springframework.security.authentication.AuthenticationManagerResolver;
import org.springframework.security.authorization.AuthenticatedAuthorizationManager;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.util.ClassUtils;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Puts the tenant into every filter chain, the application's own as well, and provides a chain for bearer tokens where the
 * application has none that matches.
 */
@AutoConfiguration(
        after = {
            TenancyJwtAutoConfiguration.class,
            TenancyWebAutoConfiguration.class,
            TenancyMembershipAutoConfiguration.class,
            SecurityAutoConfiguration.class
        },
        before = {ServletWebSecurityAutoConfiguration.class, UserDetailsServiceAutoConfiguration.class},
        beforeName =
                "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(HttpSecurity.class)
@EnableConfigurationProperties(TenancyProperties.class)
@Lazy(false)
public final class TenancySecurityAutoConfiguration {

    private static final List<String> GIVING_AUTHORITIES = List.of(
            "org.springframework.security.core.userdetails.UserDetailsService",
            "org.springframework.security.authentication.AuthenticationProvider",
            "org.springframework.security.authentication.AuthenticationManager",
            "org.springframework.security.core.authority.mapping.GrantedAuthoritiesMapper",
            "org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter",
            "org.springframework.security.oauth2.server.resource.authentication.JwtGrantedAuthoritiesConverter");

    @Bean
    Customizer<HttpSecurity> tenantFilterInEveryChain(
            ObjectProvider<TenantClaimResolver> claims,
            TenantClaims tenants,
            ObjectProvider<MembershipCache> cache,
            ObjectProvider<TenantResolver> resolvers,
            TenantAuthorities authorities,
            TenancyProperties properties,
            OpenEndpoints open,
            TenantBulkhead bulkhead,
            Refusals refusals) {
        TenantFilter.Entry entry = (request, principal) -> {
            authorities.grant(principal == null ? null : principal.role());
            return request;
        };
        MembershipCache memberships = TenancyMembershipAutoConfiguration.asked(cache);
        TenantChain chain = TenantChain.of(resolvers.orderedStream(), properties, memberships);
        TenantFilter filter = new TenantFilter(
                ClaimsOfPrincipals.beside(claims.orderedStream(), tenants),
                chain,
                memberships,
                TenantFilter.Bounds.of(open, properties, bulkhead),
                entry,
                refusals);
        return http -> http.addFilterBefore(filter, AuthorizationFilter.class);
    }

    @Bean
    TenantAuthorities tenantAuthorities(Roles roles) {
        return new TenantAuthorities(roles);
    }

    // Looked for by Spring Security before other beans are made.
    @Bean
    @ConditionalOnMissingBean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static RoleHierarchy tenantRoleHierarchy(Roles roles) {
        return TenantAuthorities.hierarchy(roles);
    }

    @Bean
    SmartInitializingSingleton tellsOfOtherAuthorities(
            TenantAuthorities authorities, ListableBeanFactory beans, Environment environment) {
        return () -> authorities.tellOf(
                givingAuthorities(beans),
                environment.containsProperty("tenancy.roles") || !beans.containsBean("tenantRoles"));
    }

    private static List<String> givingAuthorities(ListableBeanFactory beans) {
        ClassLoader loader = TenancySecurityAutoConfiguration.class.getClassLoader();
        return GIVING_AUTHORITIES.stream()
                .filter(type -> ClassUtils.isPresent(type, loader))
                .flatMap(type ->
                        Stream.of(beans.getBeanNamesForType(ClassUtils.resolveClassName(type, loader), true, false)))
                .distinct()
                .sorted()
                .toList();
    }

    @Bean
    Refusals tenancyRefusals(
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems,
            ObjectProvider<SecurityFilterChain> chains) {
        return new Refusals(
                problems,
                request -> chains.orderedStream()
                        .filter(chain -> chain.matches(request))
                        .map(String::valueOf)
                        .findFirst()
                        .orElse("no filter chain"));
    }

    /** Bearer tokens of {@code tenancy-jwt}. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(TokenVerifier.class)
    @ConditionalOnBean(TokenVerifier.class)
    @Lazy(false)
    static class BearerTokenConfiguration {

        private static final String OWN_CHAIN = "bearerTokenFilterChain";

        @Bean
        BearerAuthentication tenancyBearerAuthentication(
                TokenVerifier verifier, OpenEndpoints open, TenancyProperties properties) {
            return new BearerAuthentication(new BearerTokens(verifier), open, Operators.of(properties));
        }

        // A bean, so that Spring Boot sees that users come from tokens and makes up none with a password of its own. A
        // resource server of the application's can ask it as well.
        @Bean
        AuthenticationManagerResolver<HttpServletRequest> bearerTokenAuthentication(BearerAuthentication bearer) {
            return request -> bearer::authenticate;
        }

        @Bean
        Customizer<HttpSecurity> bearerTokensInEveryChain(BearerAuthentication bearer, Refusals refusals) {
            return http -> http.with(new BearerTokenConfigurer(bearer, refusals));
        }

        // For chains of the application's own, by its name only: there may be other entry points.
        @Bean(defaultCandidate = false)
        AuthenticationEntryPoint bearerTokenEntryPoint(Refusals refusals) {
            return (request, response, refusal) ->
                    refusals.answer(request, response, Problem.unauthorized(), String.valueOf(refusal.getMessage()));
        }

        // The last of all chains, for what no chain of the application's matches. Null, which Spring leaves out, if one
        // of those matches everything: Spring Security refuses to start with a chain behind it.
        @Bean
        @Order(Ordered.LOWEST_PRECEDENCE)
        @Nullable SecurityFilterChain bearerTokenFilterChain(
                HttpSecurity http, OpenEndpoints open, Refusals refusals, ListableBeanFactory beans) {
            if (hasChainForEverything(beans)) {
                return null;
            }
            AuthenticationEntryPoint entryPoint = (request, response, refusal) ->
                    refusals.answer(request, response, Problem.unauthorized(), BearerTokens.NONE);
            return http.csrf(csrf -> csrf.disable())
                    .logout(logout -> logout.disable())
                    .requestCache(cache -> cache.disable())
                    .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                    .exceptionHandling(handling -> handling.authenticationEntryPoint(entryPoint)
                            .accessDeniedHandler((request, response, denied) ->
                                    refusals.answer(request, response, Problem.forbidden(), rule(denied))))
                    .authorizeHttpRequests(requests -> {
                        requests.dispatcherTypeMatchers(DispatcherType.ERROR).permitAll();
                        requests.requestMatchers(open::areForOperators).hasAuthority(Operators.AUTHORITY);
                        requests.anyRequest().access(authenticatedOrOpen(open));
                    })
                    .build();
        }

        // Whoever is known needs no comparison with what is open to all.
        private static AuthorizationManager<RequestAuthorizationContext> authenticatedOrOpen(OpenEndpoints open) {
            AuthorizationManager<RequestAuthorizationContext> authenticated =
                    AuthenticatedAuthorizationManager.authenticated();
            return (caller, context) -> {
                AuthorizationResult result;
                try {
                    result = authenticated.authorize(caller, context);
                } catch (AuthenticationCredentialsNotFoundException none) {
                    // A chain without anonymous users.
                    if (open.contain(context.getRequest())) {
                        return new AuthorizationDecision(true);
                    }
                    throw none;
                }
                return result != null && !result.isGranted() && open.contain(context.getRequest())
                        ? new AuthorizationDecision(true)
                        : result;
            };
        }

        private static boolean hasChainForEverything(ListableBeanFactory beans) {
            return Stream.of(beans.getBeanNamesForType(SecurityFilterChain.class))
                    .filter(name -> !name.equals(OWN_CHAIN))
                    .map(name -> beans.getBean(name))
                    .anyMatch(chain -> chain instanceof DefaultSecurityFilterChain other
                            && other.getRequestMatcher() instanceof AnyRequestMatcher);
        }

        private static String rule(AccessDeniedException denied) {
            return denied instanceof AuthorizationDeniedException decided
                    ? denied.getMessage() + ": " + decided.getAuthorizationResult() + "."
                    : String.valueOf(denied.getMessage());
        }
    }
}

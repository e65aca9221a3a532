package dev.tenancy.spring;

import dev.tenancy.Roles;
import dev.tenancy.TenantClaims;
import dev.tenancy.jwt.KeysUnavailableException;
import dev.tenancy.jwt.TokenVerifier;
import dev.tenancy.jwt.VerifiedToken;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationManagerResolver;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.authentication.AuthenticationFilter;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Puts the tenant into every filter chain, the application's own as well, and provides a chain for bearer tokens where the
 * application has none.
 */
@AutoConfiguration(
        after = {
            TenancyJwtAutoConfiguration.class,
            TenancyWebAutoConfiguration.class,
            TenancyMembershipAutoConfiguration.class,
            SecurityAutoConfiguration.class
        },
        before = {ServletWebSecurityAutoConfiguration.class, UserDetailsServiceAutoConfiguration.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(HttpSecurity.class)
@EnableConfigurationProperties(TenancyProperties.class)
public final class TenancySecurityAutoConfiguration {

    private static final String ROLE_PREFIX = "ROLE_";

    @Bean
    @ConditionalOnMissingBean
    TenantClaimResolver tenantClaimResolver(TenantClaims tenants) {
        return ClaimsOfPrincipals.reading(tenants);
    }

    @Bean
    Customizer<HttpSecurity> tenantFilterInEveryChain(
            TenantClaimResolver claims,
            ObjectProvider<MembershipCache> cache,
            ObjectProvider<TenantResolver> resolvers,
            Roles roles,
            TenancyProperties properties,
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        TenantFilter.Entry entry = (request, principal) -> {
            grant(principal == null ? null : principal.role(), roles);
            return request;
        };
        MembershipCache memberships = TenancyMembershipAutoConfiguration.asked(cache);
        TenantChain chain = TenantChain.of(resolvers.orderedStream(), properties, memberships);
        TenantFilter filter = new TenantFilter(claims, chain, memberships, entry, problems);
        return http -> http.addFilterBefore(filter, AuthorizationFilter.class);
    }

    // Roles are those of the tenant of this request, and without one there are none: an authority of the same name that
    // the
    // credential brought along, or that an earlier dispatch granted, does not count.
    private static void grant(@Nullable String role, Roles roles) {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        if (authentication == null
                || role == null
                        && authentication.getAuthorities().stream()
                                .noneMatch(authority -> isTenantRole(authority, roles))) {
            return;
        }
        List<String> granted = role == null ? List.of() : roles.reachableFrom(role);
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(authentication.toBuilder()
                .authorities(authorities -> {
                    authorities.removeIf(authority -> isTenantRole(authority, roles));
                    granted.forEach(name -> authorities.add(new SimpleGrantedAuthority(ROLE_PREFIX + name)));
                })
                .build());
        SecurityContextHolder.setContext(context);
    }

    private static boolean isTenantRole(GrantedAuthority authority, Roles roles) {
        String name = authority.getAuthority();
        return name != null && name.startsWith(ROLE_PREFIX) && roles.contains(name.substring(ROLE_PREFIX.length()));
    }

    /** Bearer tokens of {@code tenancy-jwt}. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(TokenVerifier.class)
    @ConditionalOnBean(TokenVerifier.class)
    static class BearerTokenConfiguration {

        // A bean, so that Spring Boot sees that users come from tokens and makes up none with a password of its own.
        @Bean
        AuthenticationManagerResolver<HttpServletRequest> bearerTokenAuthentication(TokenVerifier verifier) {
            AuthenticationManager manager = authenticating(new BearerTokens(verifier));
            return request -> manager;
        }

        private static AuthenticationManager authenticating(BearerTokens tokens) {
            return credential -> {
                try {
                    VerifiedToken token = tokens.verify(String.valueOf(credential.getPrincipal()));
                    return new PreAuthenticatedAuthenticationToken(token, "", List.of());
                } catch (BearerTokens.RefusedException refusal) {
                    throw new BadCredentialsException("The bearer token was refused.", refusal);
                } catch (KeysUnavailableException failure) {
                    throw new AuthenticationServiceException("The bearer token cannot be verified.", failure);
                }
            };
        }

        private static @Nullable Authentication sent(HttpServletRequest request) {
            try {
                String token = BearerTokens.sent(request);
                return token == null ? null : new PreAuthenticatedAuthenticationToken(token, "");
            } catch (BearerTokens.RefusedException refusal) {
                throw new BadCredentialsException("The bearer token was refused.", refusal);
            }
        }

        @Bean
        Customizer<HttpSecurity> bearerTokensInEveryChain(
                TokenVerifier verifier, @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
            AuthenticationManager manager = authenticating(new BearerTokens(verifier));
            return http -> {
                AuthenticationFilter filter = new AuthenticationFilter(manager, BearerTokenConfiguration::sent);
                filter.setSuccessHandler((request, response, authentication) -> {});
                filter.setFailureHandler((request, response, refusal) -> problems.resolveException(
                        request,
                        response,
                        null,
                        refusal instanceof AuthenticationServiceException
                                ? Problem.unavailable()
                                : Problem.unauthorized()));
                http.addFilterBefore(filter, AnonymousAuthenticationFilter.class);
            };
        }

        // For chains of the application's own, by its name only: there may be other entry points.
        @Bean(defaultCandidate = false)
        AuthenticationEntryPoint bearerTokenEntryPoint(
                @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
            return unauthorized(problems);
        }

        @Bean
        @ConditionalOnMissingBean(SecurityFilterChain.class)
        @Order(SecurityFilterProperties.BASIC_AUTH_ORDER)
        SecurityFilterChain bearerTokenFilterChain(
                HttpSecurity http,
                OpenEndpoints open,
                @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
            return http.csrf(csrf -> csrf.disable())
                    .logout(logout -> logout.disable())
                    .requestCache(cache -> cache.disable())
                    .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                    .exceptionHandling(handling -> handling.authenticationEntryPoint(unauthorized(problems))
                            .accessDeniedHandler((request, response, denied) ->
                                    problems.resolveException(request, response, null, Problem.forbidden())))
                    .authorizeHttpRequests(requests -> {
                        requests.dispatcherTypeMatchers(DispatcherType.ERROR).permitAll();
                        requests.requestMatchers(open::contain).permitAll();
                        requests.anyRequest().authenticated();
                    })
                    .build();
        }

        private static AuthenticationEntryPoint unauthorized(HandlerExceptionResolver problems) {
            return (request, response, refusal) ->
                    problems.resolveException(request, response, null, Problem.unauthorized());
        }
    }
}

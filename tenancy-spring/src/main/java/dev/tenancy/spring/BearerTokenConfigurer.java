package dev.tenancy.spring;

import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.config.annotation.web.configurers.oauth2.server.resource.OAuth2ResourceServerConfigurer;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.authentication.AuthenticationFilter;

/**
 * Lets a chain accept bearer tokens of {@code tenancy-jwt}. In a chain with {@code oauth2ResourceServer} that is the filter which
 * reads bearer tokens; what its own providers refuse is then verified here.
 */
final class BearerTokenConfigurer extends AbstractHttpConfigurer<BearerTokenConfigurer, HttpSecurity> {

    private final BearerAuthentication bearer;
    private final Refusals refusals;

    BearerTokenConfigurer(BearerAuthentication bearer, Refusals refusals) {
        this.bearer = bearer;
        this.refusals = refusals;
    }

    @Override
    @SuppressWarnings("unchecked")
    public void init(HttpSecurity http) {
        CsrfConfigurer<HttpSecurity> csrf = http.getConfigurer(CsrfConfigurer.class);
        if (csrf != null) {
            // No browser adds such a header by itself, so no other site can make it send one.
            csrf.ignoringRequestMatchers(BearerTokens::areIn);
        }
        if (isResourceServer(http)) {
            // Initialized after all others: the application's own providers are asked first.
            http.with(new BesideResourceServer(bearer));
        }
    }

    @Override
    public void configure(HttpSecurity http) {
        if (isResourceServer(http)) {
            return;
        }
        AuthenticationManager asIs = verified -> verified;
        AuthenticationFilter filter = new AuthenticationFilter(asIs, bearer::convert);
        filter.setSuccessHandler((request, response, authentication) -> {});
        filter.setFailureHandler((request, response, refusal) -> refusals.answer(
                request,
                response,
                refusal instanceof AuthenticationServiceException ? Problem.unavailable() : Problem.unauthorized(),
                String.valueOf(refusal.getMessage())));
        http.addFilterBefore(filter, AnonymousAuthenticationFilter.class);
    }

    @SuppressWarnings("unchecked")
    private static boolean isResourceServer(HttpSecurity http) {
        return http.getConfigurer(OAuth2ResourceServerConfigurer.class) != null;
    }

    /** In a class of its own, which is loaded only where the library of resource servers is there. */
    private static final class BesideResourceServer extends AbstractHttpConfigurer<BesideResourceServer, HttpSecurity> {

        private final BearerAuthentication bearer;

        BesideResourceServer(BearerAuthentication bearer) {
            this.bearer = bearer;
        }

        @Override
        public void init(HttpSecurity http) {
            http.authenticationProvider(new AuthenticationProvider() {

                @Override
                public Authentication authenticate(Authentication credential) {
                    try {
                        return bearer.authenticate(credential);
                    } catch (BadCredentialsException refusal) {
                        throw new InvalidBearerTokenException("The bearer token was refused.", refusal);
                    }
                }

                @Override
                public boolean supports(Class<?> type) {
                    return BearerTokenAuthenticationToken.class.isAssignableFrom(type);
                }
            });
        }
    }
}

package dev.tenancy.benchmarks.http.floor;

import jakarta.servlet.DispatcherType;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import tools.jackson.databind.json.JsonMapper;

/** Spring Security around the same filter, without sessions. */
@Configuration(proxyBeanMethods = false)
@Profile("security")
class SecurityConfiguration {

    @Bean
    SecurityFilterChain tokens(
            HttpSecurity http, TokenProperties properties, Memberships memberships, JsonMapper json) {
        TokenFilter filter = new TokenFilter(properties, memberships, json) {
            @Override
            protected void entered(Caller caller) {
                SecurityContext context = SecurityContextHolder.createEmptyContext();
                context.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(
                        caller, null, List.of(new SimpleGrantedAuthority("ROLE_" + caller.role()))));
                SecurityContextHolder.setContext(context);
            }
        };
        return http.csrf(csrf -> csrf.disable())
                .logout(logout -> logout.disable())
                .requestCache(cache -> cache.disable())
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .addFilterBefore(filter, AuthorizationFilter.class)
                .authorizeHttpRequests(requests -> {
                    requests.dispatcherTypeMatchers(DispatcherType.ERROR).permitAll();
                    requests.anyRequest().authenticated();
                })
                .build();
    }

    // Otherwise Spring Boot makes up a user with a password of its own.
    @Bean
    AuthenticationManager nobodyLogsIn() {
        return authentication -> {
            throw new AuthenticationServiceException("Nobody logs in here: send a token.");
        };
    }
}

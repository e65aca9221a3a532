package timesheets.web;

import jakarta.servlet.DispatcherType;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.DelegatingAuthenticationEntryPoint;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.MediaTypeRequestMatcher;
import org.springframework.security.web.util.matcher.NegatedRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestHeaderRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * The filter chain of the pages: all that is not the API's, whose bearer tokens keep the library's own chain. A browser shows the cookie
 * of its session by itself, on the order of any site, so what changes something needs the token against CSRF as well.
 */
@Configuration(proxyBeanMethods = false)
class WebSecurity {

    private static final String SIGN_IN = "/sign-in";

    // No script and no style inside of a page, so that text that somebody stores cannot become one.
    private static final String CONTENT = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    @Bean
    @Order(1)
    SecurityFilterChain pages(
            HttpSecurity http,
            BrowserSession session,
            @Qualifier("bearerTokenEntryPoint") AuthenticationEntryPoint unauthorized) {
        return http.securityMatcher(pages())
                .authenticationManager(session::signIn)
                .formLogin(form -> form.loginPage(SIGN_IN)
                        .usernameParameter("email")
                        .defaultSuccessUrl("/week")
                        .failureForwardUrl("/sign-in/refused"))
                .logout(logout ->
                        logout.logoutUrl("/sign-out").logoutSuccessUrl("/").addLogoutHandler(session))
                .addFilterAfter(session.new Renewal(), SecurityContextHolderFilter.class)
                .authorizeHttpRequests(requests -> requests.dispatcherTypeMatchers(
                                DispatcherType.ERROR, DispatcherType.FORWARD)
                        .permitAll()
                        .requestMatchers("/", SIGN_IN, "/sign-up", "/welcome", "/join", "/web/**", "/webjars/**")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .exceptionHandling(refused -> refused.authenticationEntryPoint(signIn(unauthorized)))
                .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(CONTENT))
                        .referrerPolicy(policy -> policy.policy(ReferrerPolicy.SAME_ORIGIN)))
                .build();
    }

    private static RequestMatcher pages() {
        PathPatternRequestMatcher.Builder path = PathPatternRequestMatcher.withDefaults();
        return new NegatedRequestMatcher(new OrRequestMatcher(
                path.matcher("/api/**"),
                path.matcher("/actuator/**"),
                path.matcher("/.well-known/**"),
                path.matcher("/v3/**"),
                path.matcher("/swagger-ui/**"),
                path.matcher("/swagger-ui.html")));
    }

    /** A browser is shown the page to sign in; a part of a page asks for it as a whole; a program is told as by the API. */
    private static AuthenticationEntryPoint signIn(AuthenticationEntryPoint unauthorized) {
        MediaTypeRequestMatcher browser = new MediaTypeRequestMatcher(MediaType.TEXT_HTML);
        browser.setUseEquals(true);
        return DelegatingAuthenticationEntryPoint.builder()
                .addEntryPointFor(
                        (request, response, refusal) -> {
                            response.setHeader("HX-Redirect", request.getContextPath() + SIGN_IN);
                            response.sendError(HttpStatus.UNAUTHORIZED.value());
                        },
                        new RequestHeaderRequestMatcher("HX-Request"))
                .addEntryPointFor(new LoginUrlAuthenticationEntryPoint(SIGN_IN), browser)
                .defaultEntryPoint(unauthorized)
                .build();
    }
}

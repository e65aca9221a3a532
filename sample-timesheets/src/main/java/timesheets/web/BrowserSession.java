package timesheets.web;

import dev.tenancy.jwt.TokenVerifier;
import dev.tenancy.jwt.VerifiedToken;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.io.Serializable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.authentication.logout.LogoutHandler;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.security.web.csrf.HttpSessionCsrfTokenRepository;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.util.WebUtils;

/**
 * Who is signed in with a browser. The session holds what every other client of the API holds, a pair of tokens, and renews it as they do:
 * so a session of a browser ends when the API's sessions end, with a new password or when its user ends all of them.
 */
@Component
class BrowserSession implements LogoutHandler {

    private static final Duration SIGNED_IN = Duration.ofHours(12);

    // Longer than a page takes.
    private static final Duration AHEAD = Duration.ofSeconds(30);

    private record Tokens(String access, String refresh) implements Serializable {}

    private final Api api;
    private final TokenVerifier verifier;
    private final Clock clock;
    private final SecurityContextRepository sessions = new HttpSessionSecurityContextRepository();

    BrowserSession(Api api, TokenVerifier verifier, Clock clock) {
        this.api = api;
        this.verifier = verifier;
        this.clock = clock;
    }

    /** Signs in by address and password, as Spring Security's form asks for it. */
    Authentication signIn(Authentication shown) {
        Api.Answer answer = api.post(
                "/api/auth/login",
                Map.of("email", shown.getName(), "password", String.valueOf(shown.getCredentials())));
        if (answer.status() == HttpStatus.UNAUTHORIZED.value()) {
            throw new BadCredentialsException("No account has this address and password.");
        }
        if (!answer.isGood()) {
            HttpStatus status = HttpStatus.valueOf(answer.status());
            String told = switch (status) {
                case TOO_MANY_REQUESTS ->
                    "There were too many attempts. Try again in "
                            + answer.headers().getFirst("Retry-After") + " seconds.";
                case BAD_REQUEST -> "Write an address and a password.";
                default -> "Nobody can sign in at the moment. Try again later.";
            };
            throw new AuthenticationServiceException(told, new ResponseStatusException(status));
        }
        return authentication(answer);
    }

    private Authentication authentication(Api.Answer pair) {
        Tokens tokens = new Tokens(
                String.valueOf(pair.object().get("accessToken")),
                String.valueOf(pair.object().get("refreshToken")));
        return UsernamePasswordAuthenticationToken.authenticated(verifier.verify(tokens.access()), tokens, List.of());
    }

    /**
     * Goes on with a pair of tokens that the API has answered, in place of the one before.
     *
     * @throws org.springframework.web.server.ResponseStatusException if it has answered a problem
     */
    void goOn(Api.Answer pair, HttpServletRequest request, HttpServletResponse response) {
        Authentication next = authentication(pair);
        logout(request, response, SecurityContextHolder.getContext().getAuthentication());
        if (request.getSession(false) != null) {
            request.changeSessionId();
        }
        // A form that another tab still shows is of the company before.
        new HttpSessionCsrfTokenRepository().saveToken(null, request, response);
        keep(next, request, response);
    }

    private void keep(Authentication authentication, HttpServletRequest request, HttpServletResponse response) {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(authentication);
        SecurityContextHolder.setContext(context);
        sessions.saveContext(context, request, response);
    }

    @Override
    public void logout(
            HttpServletRequest request, HttpServletResponse response, @Nullable Authentication authentication) {
        tokens(authentication)
                .ifPresent(tokens -> api.post("/api/auth/logout", Map.of("refreshToken", tokens.refresh())));
    }

    private static Optional<Tokens> tokens(@Nullable Authentication authentication) {
        return Optional.ofNullable(authentication)
                .map(Authentication::getCredentials)
                .filter(Tokens.class::isInstance)
                .map(Tokens.class::cast);
    }

    /** Renews the tokens of a session before they end. Whoever cannot renew them is signed out. */
    final class Renewal extends OncePerRequestFilter {

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain next)
                throws ServletException, IOException {
            HttpSession session = request.getSession(false);
            if (session != null && isDue(SecurityContextHolder.getContext().getAuthentication())) {
                // A refresh token is good once: shown twice, by two requests at the same time, it would end the
                // session.
                synchronized (WebUtils.getSessionMutex(session)) {
                    Authentication present =
                            sessions.loadDeferredContext(request).get().getAuthentication();
                    int refused = renew(present, request, response);
                    if (refused != 0 && ends(present).isBefore(clock.instant())) {
                        response.sendError(refused);
                        return;
                    }
                }
            }
            if (session != null
                    && tokens(SecurityContextHolder.getContext().getAuthentication())
                            .isPresent()) {
                session.setMaxInactiveInterval((int) SIGNED_IN.toSeconds());
            }
            next.doFilter(request, response);
        }

        /** @return the status of a refusal that is no verdict on the token, which can be shown again; 0 if there is none */
        private int renew(@Nullable Authentication present, HttpServletRequest request, HttpServletResponse response) {
            if (!isDue(present)) {
                // Another request has been faster.
                SecurityContextHolder.setContext(
                        sessions.loadDeferredContext(request).get());
                return 0;
            }
            Api.Answer answer = api.post(
                    "/api/auth/refresh",
                    Map.of("refreshToken", tokens(present).orElseThrow().refresh()));
            if (answer.isGood()) {
                keep(authentication(answer), request, response);
            } else if (answer.status() == HttpStatus.UNAUTHORIZED.value()) {
                SecurityContextHolder.clearContext();
                sessions.saveContext(SecurityContextHolder.createEmptyContext(), request, response);
            } else {
                return answer.status();
            }
            return 0;
        }

        private static Instant ends(@Nullable Authentication present) {
            return present != null && present.getPrincipal() instanceof VerifiedToken token
                    ? token.expiresAt()
                    : Instant.MAX;
        }

        private boolean isDue(@Nullable Authentication authentication) {
            return authentication != null
                    && tokens(authentication).isPresent()
                    && authentication.getPrincipal() instanceof VerifiedToken token
                    && !token.expiresAt().isAfter(clock.instant().plus(AHEAD));
        }
    }
}

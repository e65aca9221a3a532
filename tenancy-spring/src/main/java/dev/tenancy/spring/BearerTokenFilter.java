package dev.tenancy.spring;

import dev.tenancy.jwt.KeysUnavailableException;
import dev.tenancy.jwt.VerifiedToken;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Where Spring Security is absent: lets a request in with a good bearer token, or to an open endpoint without any. Later
 * dispatches of the same request go by what its first one found: an ERROR dispatch has to show the error.
 */
final class BearerTokenFilter implements Filter {

    private static final String TOKEN = BearerTokenFilter.class.getName() + ".token";

    private final BearerTokens tokens;
    private final OpenEndpoints open;
    private final HandlerExceptionResolver problems;

    BearerTokenFilter(BearerTokens tokens, OpenEndpoints open, HandlerExceptionResolver problems) {
        this.tokens = tokens;
        this.open = open;
        this.problems = problems;
    }

    @Override
    public void doFilter(ServletRequest servletRequest, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest request = (HttpServletRequest) servletRequest;
        if (request.getDispatcherType() == DispatcherType.REQUEST) {
            try {
                request.setAttribute(TOKEN, admit(request));
            } catch (ErrorResponseException refusal) {
                problems.resolveException(request, (HttpServletResponse) response, null, refusal);
                return;
            }
        }
        chain.doFilter(
                request.getAttribute(TOKEN) instanceof VerifiedToken token ? new Caller(request, token) : request,
                response);
    }

    private @Nullable VerifiedToken admit(HttpServletRequest request) {
        try {
            String sent = BearerTokens.sent(request);
            if (sent != null) {
                return tokens.verify(sent);
            }
        } catch (BearerTokens.RefusedException refusal) {
            throw Problem.unauthorized();
        } catch (KeysUnavailableException failure) {
            throw Problem.unavailable();
        }
        if (!open.contain(request)) {
            throw Problem.unauthorized();
        }
        return null;
    }

    /** A request of somebody who is known. */
    private static final class Caller extends HttpServletRequestWrapper {

        private final VerifiedToken token;

        Caller(HttpServletRequest request, VerifiedToken token) {
            super(request);
            this.token = token;
        }

        @Override
        public Principal getUserPrincipal() {
            return token;
        }

        @Override
        public String getRemoteUser() {
            return token.userId();
        }

        @Override
        public String getAuthType() {
            return "Bearer";
        }
    }
}

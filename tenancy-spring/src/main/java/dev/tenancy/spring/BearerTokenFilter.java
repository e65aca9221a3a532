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

/**
 * Where Spring Security is absent: lets a request in with a good bearer token, or to an open endpoint without any. Later
 * dispatches of the same request go by what its first one found: an ERROR dispatch has to show the error.
 */
final class BearerTokenFilter implements Filter {

    private static final String TOKEN = BearerTokenFilter.class.getName() + ".token";

    private final BearerTokens tokens;
    private final OpenEndpoints open;
    private final Refusals refusals;

    /** A refusal with its reason for the log. */
    private static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient ErrorResponseException problem;

        RefusedException(ErrorResponseException problem, String rule) {
            super(rule);
            this.problem = problem;
        }
    }

    BearerTokenFilter(BearerTokens tokens, OpenEndpoints open, Refusals refusals) {
        this.tokens = tokens;
        this.open = open;
        this.refusals = refusals;
    }

    @Override
    public void doFilter(ServletRequest servletRequest, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest request = (HttpServletRequest) servletRequest;
        if (request.getDispatcherType() == DispatcherType.REQUEST) {
            try {
                request.setAttribute(TOKEN, admit(request));
            } catch (RefusedException refusal) {
                refusals.answer(
                        request, (HttpServletResponse) response, refusal.problem, String.valueOf(refusal.getMessage()));
                return;
            }
        }
        chain.doFilter(
                request.getAttribute(TOKEN) instanceof VerifiedToken token ? new Caller(request, token) : request,
                response);
    }

    private @Nullable VerifiedToken admit(HttpServletRequest request) throws RefusedException {
        boolean isOpen = open.contain(request);
        VerifiedToken token;
        try {
            token = tokens.of(request);
        } catch (BearerTokens.RefusedException refusal) {
            if (isOpen) {
                return null;
            }
            throw new RefusedException(Problem.unauthorized(), String.valueOf(refusal.getMessage()));
        } catch (KeysUnavailableException failure) {
            if (isOpen) {
                return null;
            }
            throw new RefusedException(Problem.unavailable(), "The keys of tokens cannot be fetched.");
        }
        if (!isOpen && token == null) {
            throw new RefusedException(Problem.unauthorized(), BearerTokens.NONE);
        }
        return token;
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

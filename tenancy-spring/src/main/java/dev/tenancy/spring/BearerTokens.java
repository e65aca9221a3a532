package dev.tenancy.spring;

import dev.tenancy.jwt.InvalidTokenException;
import dev.tenancy.jwt.TokenVerifier;
import dev.tenancy.jwt.VerifiedToken;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** Reads a bearer token from the Authorization header (RFC 6750, section 2.1) and verifies it. */
record BearerTokens(TokenVerifier verifier) {

    private static final String SCHEME = "Bearer";

    /** Why a request without a token is refused, for the log. */
    static final String NONE = "It has no bearer token, and tenancy.open does not list it.";

    /** A request whose credential is not good; who sent it is told no more than that. */
    static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1L;

        RefusedException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The token as it was sent, or null if the request has no bearer token. */
    private static @Nullable String sent(HttpServletRequest request) throws RefusedException {
        Enumeration<String> headers = request.getHeaders(HttpHeaders.AUTHORIZATION);
        if (!headers.hasMoreElements()) {
            return null;
        }
        String first = headers.nextElement();
        if (headers.hasMoreElements() && areIn(request)) {
            throw new RefusedException("There is more than one Authorization header.", null);
        }
        if (!isBearer(first)) {
            return null;
        }
        int begin = SCHEME.length();
        return first.substring(first.startsWith(" ", begin) ? begin + 1 : begin);
    }

    /** Whether the request tries to authenticate by a bearer token, well or badly. */
    static boolean areIn(HttpServletRequest request) {
        return Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION)).stream()
                .anyMatch(BearerTokens::isBearer);
    }

    private static boolean isBearer(String header) {
        return header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && (header.length() == SCHEME.length() || Character.isWhitespace(header.charAt(SCHEME.length())));
    }

    /** The token of the request, verified, or null if it has none. */
    @Nullable VerifiedToken of(HttpServletRequest request) throws RefusedException {
        String sent = sent(request);
        return sent == null ? null : verify(sent);
    }

    VerifiedToken verify(String token) throws RefusedException {
        try {
            return verifier.verify(token);
        } catch (InvalidTokenException refusal) {
            throw new RefusedException(String.valueOf(refusal.getMessage()), refusal);
        }
    }
}

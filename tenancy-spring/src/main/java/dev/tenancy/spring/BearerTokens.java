package dev.tenancy.spring;

import dev.tenancy.jwt.InvalidTokenException;
import dev.tenancy.jwt.TokenVerifier;
import dev.tenancy.jwt.VerifiedToken;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** Reads a bearer token from the Authorization header (RFC 6750, section 2.1) and verifies it. */
record BearerTokens(TokenVerifier verifier) {

    private static final String SCHEME = "Bearer";

    /** A request whose credential is not good; who sent it is told no more than that. */
    static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1L;

        RefusedException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The token as it was sent, or null if the request has no bearer token. */
    static @Nullable String sent(HttpServletRequest request) throws RefusedException {
        List<String> headers = Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION));
        if (headers.stream().noneMatch(BearerTokens::isBearer)) {
            return null;
        }
        if (headers.size() > 1) {
            throw new RefusedException("There is more than one Authorization header.", null);
        }
        return headers.get(0).substring(SCHEME.length()).replaceFirst("^ ", "");
    }

    private static boolean isBearer(String header) {
        return header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && (header.length() == SCHEME.length() || Character.isWhitespace(header.charAt(SCHEME.length())));
    }

    VerifiedToken verify(String token) throws RefusedException {
        try {
            return verifier.verify(token);
        } catch (InvalidTokenException refusal) {
            throw new RefusedException("The bearer token was refused.", refusal);
        }
    }
}

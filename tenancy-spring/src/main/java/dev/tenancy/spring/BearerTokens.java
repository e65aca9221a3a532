package dev.tenancy.spring;

import dev.tenancy.jwt.InvalidTokenException;
import dev.tenancy.jwt.TokenVerifier;
import dev.tenancy.jwt.VerifiedToken;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.AuthenticationConverter;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;

/** Reads a bearer token from the Authorization header (RFC 6750, section 2.1) and verifies it. */
record BearerTokens(TokenVerifier verifier) implements AuthenticationConverter, AuthenticationManager {

    private static final String SCHEME = "Bearer ";

    @Override
    public @Nullable Authentication convert(HttpServletRequest request) {
        Enumeration<String> headers = request.getHeaders(HttpHeaders.AUTHORIZATION);
        if (!headers.hasMoreElements()) {
            return null;
        }
        String header = headers.nextElement();
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return null;
        }
        if (headers.hasMoreElements()) {
            throw new BadCredentialsException("There is more than one Authorization header.");
        }
        return new PreAuthenticatedAuthenticationToken(header.substring(SCHEME.length()), "");
    }

    @Override
    public Authentication authenticate(Authentication credential) {
        try {
            VerifiedToken token = verifier.verify(String.valueOf(credential.getPrincipal()));
            return new PreAuthenticatedAuthenticationToken(token, "", List.of());
        } catch (InvalidTokenException refusal) {
            throw new BadCredentialsException("The bearer token was refused.", refusal);
        }
    }
}

package dev.tenancy.spring;

import dev.tenancy.jwt.KeysUnavailableException;
import dev.tenancy.jwt.VerifiedToken;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;

/**
 * Bearer tokens of {@code tenancy-jwt} as Spring Security's authentication. It is no {@code AuthenticationConverter} by type: a
 * resource server takes a bean of that type for its own.
 */
record BearerAuthentication(BearerTokens tokens, OpenEndpoints open, Operators operators) {

    private interface Verification {
        @Nullable VerifiedToken run() throws BearerTokens.RefusedException;
    }

    /** Verified as well: what is open is answered without an identity if the token is no good, which only a converter can tell. */
    @Nullable Authentication convert(HttpServletRequest request) {
        try {
            return authenticated(() -> tokens.of(request));
        } catch (BadCredentialsException | AuthenticationServiceException refusal) {
            if (open.contain(request)) {
                return null;
            }
            throw refusal;
        }
    }

    /** @param credential whose principal is the token's text */
    Authentication authenticate(Authentication credential) {
        Authentication authenticated = authenticated(() -> tokens.verify(String.valueOf(credential.getPrincipal())));
        if (authenticated == null) {
            throw new BadCredentialsException("There is no bearer token.");
        }
        return authenticated;
    }

    private @Nullable Authentication authenticated(Verification verification) {
        try {
            VerifiedToken token = verification.run();
            return token == null
                    ? null
                    : new PreAuthenticatedAuthenticationToken(
                            token, "", AuthorityUtils.createAuthorityList(operators.authorities(token)));
        } catch (BearerTokens.RefusedException refusal) {
            throw new BadCredentialsException(String.valueOf(refusal.getMessage()), refusal);
        } catch (KeysUnavailableException failure) {
            throw new AuthenticationServiceException("The keys of tokens cannot be fetched.", failure);
        }
    }
}

package dev.tenancy.spring;

import dev.tenancy.TenantClaims;
import dev.tenancy.jwt.VerifiedToken;
import java.security.Principal;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.ClaimAccessor;
import org.springframework.util.ClassUtils;

/**
 * The claims of the principals that the library knows: its own tokens, and whatever of Spring Security has claims, which is a
 * resource server's {@code Jwt} and who logged in with OpenID Connect. Any other principal is a user of no tenant.
 */
final class ClaimsOfPrincipals {

    private static final ClassLoader LOADER = ClaimsOfPrincipals.class.getClassLoader();
    private static final boolean OWN = ClassUtils.isPresent("dev.tenancy.jwt.VerifiedToken", LOADER);
    private static final boolean SECURITY =
            ClassUtils.isPresent("org.springframework.security.core.Authentication", LOADER);
    private static final boolean OAUTH2 =
            ClassUtils.isPresent("org.springframework.security.oauth2.core.ClaimAccessor", LOADER);

    private ClaimsOfPrincipals() {}

    static TenantClaimResolver reading(TenantClaims tenants) {
        return caller -> {
            Object principal = SECURITY ? Authenticated.unwrap(caller) : caller;
            if (OWN && Own.isToken(principal)) {
                return Own.claim(principal);
            }
            return OAUTH2 ? OAuth2.claim(principal, tenants) : Optional.empty();
        };
    }

    // Each in a class of its own, which is loaded only where its library is there.

    private static final class Authenticated {

        static Object unwrap(Principal caller) {
            Object principal = caller instanceof Authentication authentication ? authentication.getPrincipal() : null;
            return principal == null ? caller : principal;
        }
    }

    private static final class Own {

        static boolean isToken(Object principal) {
            return principal instanceof VerifiedToken;
        }

        static Optional<TenantClaim> claim(Object principal) {
            VerifiedToken token = (VerifiedToken) principal;
            return Optional.of(new TenantClaim(token.userId(), token.tenants()));
        }
    }

    private static final class OAuth2 {

        static Optional<TenantClaim> claim(Object principal, TenantClaims tenants) {
            if (!(principal instanceof ClaimAccessor claims)) {
                return Optional.empty();
            }
            String user = claims.getClaims().get("sub") instanceof String subject ? subject : "";
            if (user.isBlank()) {
                throw Problem.of(HttpStatus.FORBIDDEN, "The credential names no user (sub).");
            }
            try {
                return Optional.of(new TenantClaim(user, tenants.read(claims.getClaims()::get)));
            } catch (IllegalArgumentException malformed) {
                throw Problem.of(HttpStatus.FORBIDDEN, "The credential's claim of a company is malformed.");
            }
        }
    }
}

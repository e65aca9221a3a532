package dev.tenancy.spring;

import dev.tenancy.TenantClaims;
import dev.tenancy.jwt.VerifiedToken;
import java.security.Principal;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.ClaimAccessor;
import org.springframework.util.ClassUtils;

/**
 * The claims of the principals that the library knows: its own tokens, and whatever of Spring Security has claims, which is a
 * resource server's {@code Jwt} and who logged in with OpenID Connect. Any other principal is a user of no tenant, unless a
 * resolver of the application's knows it.
 */
final class ClaimsOfPrincipals {

    private static final ClassLoader LOADER = ClaimsOfPrincipals.class.getClassLoader();
    private static final boolean OWN = ClassUtils.isPresent("dev.tenancy.jwt.VerifiedToken", LOADER);
    private static final boolean SECURITY =
            ClassUtils.isPresent("org.springframework.security.core.Authentication", LOADER);
    private static final boolean OAUTH2 =
            ClassUtils.isPresent("org.springframework.security.oauth2.core.ClaimAccessor", LOADER);

    private ClaimsOfPrincipals() {}

    /** A resolver for principals of one type and no others. */
    record OfType<T>(Class<T> type, Function<? super T, Optional<TenantClaim>> claim) implements TenantClaimResolver {

        @Override
        public Optional<TenantClaim> resolve(Principal principal) {
            Object known = type.isInstance(principal) ? principal : unwrap(principal);
            return type.isInstance(known) ? claim.apply(type.cast(known)) : Optional.empty();
        }
    }

    /** All resolvers in the order that {@link TenantClaimResolver} promises. */
    static TenantClaimResolver beside(Stream<TenantClaimResolver> own, TenantClaims tenants) {
        List<TenantClaimResolver> all = own.toList();
        List<TenantClaimResolver> ofType =
                all.stream().filter(OfType.class::isInstance).toList();
        List<TenantClaimResolver> others =
                all.stream().filter(one -> !(one instanceof OfType)).toList();
        return caller -> {
            Optional<TenantClaim> read = first(ofType, caller);
            if (read.isPresent()) {
                return read;
            }
            Object principal = unwrap(caller);
            if (OWN && Own.isToken(principal)) {
                return Own.claim(principal);
            }
            Optional<TenantClaim> said = OAUTH2 ? OAuth2.claim(principal, tenants) : Optional.empty();
            boolean isFinal = said.isPresent() && !said.get().tenants().isEmpty();
            return isFinal ? said : first(others, caller).or(() -> said);
        };
    }

    private static Optional<TenantClaim> first(List<TenantClaimResolver> resolvers, Principal caller) {
        for (TenantClaimResolver one : resolvers) {
            Optional<TenantClaim> claim = one.resolve(caller);
            if (claim.isPresent()) {
                return claim;
            }
        }
        return Optional.empty();
    }

    /** Whether somebody showed a token of {@code tenancy-jwt}. */
    static boolean isOwnToken(Principal caller) {
        return OWN && Own.isToken(unwrap(caller));
    }

    private static Object unwrap(Principal caller) {
        return SECURITY ? Authenticated.unwrap(caller) : caller;
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

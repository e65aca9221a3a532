package dev.tenancy.spring;

import java.security.Principal;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads the claim out of an authenticated principal, whatever authenticated it; with Spring Security that is the
 * {@code Authentication}. Provide beans of this type for the users that the library does not know: those of form login or HTTP
 * Basic, for instance. Called once a dispatch, by many threads at the same time.
 *
 * <p>Several may stand beside each other. Asked are, until one answers:
 *
 * <ol>
 *   <li>those made by {@link #of}, for principals of their type, in their {@code @Order};
 *   <li>the library, for tokens of {@code tenancy-jwt}, and for Spring Security's tokens and OpenID Connect users if they name a
 *       company: what a credential says about its company is never left out;
 *   <li>all others, in their {@code @Order}, for any principal but a token of {@code tenancy-jwt};
 *   <li>the library, for Spring Security's tokens and OpenID Connect users that name no company.
 * </ol>
 */
@FunctionalInterface
public interface TenantClaimResolver {

    /** The claim, or empty if this principal is not a user of any tenant: the request then acts for none. */
    Optional<TenantClaim> resolve(Principal principal);

    /**
     * A resolver for one kind of credential, which is asked before the library: the way to read a token differently.
     *
     * @param type of the principal, or of what Spring Security's {@code Authentication.getPrincipal()} answers
     */
    static <T> TenantClaimResolver of(Class<T> type, Function<? super T, Optional<TenantClaim>> claim) {
        return new ClaimsOfPrincipals.OfType<>(type, claim);
    }
}

package dev.tenancy.spring;

import java.security.Principal;
import java.util.Optional;

/**
 * Reads the claim out of an authenticated principal, whatever authenticated it. Provide a bean of this type when the
 * application does not use the tokens of {@code tenancy-jwt}; with Spring Security the principal is the
 * {@code Authentication}. Called once a request, by many threads at the same time.
 */
@FunctionalInterface
public interface TenantClaimResolver {

    /** The claim, or empty if this principal is not a user of any tenant: the request then acts for none. */
    Optional<TenantClaim> resolve(Principal principal);
}

package dev.tenancy;

import java.util.Optional;

/**
 * May this user act for that tenant? The application answers from its own tables; the answer is asked for on every request,
 * so that a member who was removed is out at once. Called by many threads at the same time.
 */
@FunctionalInterface
public interface Memberships {

    /**
     * The membership of a user in a tenant, or empty if there is none or the tenant does not exist: the caller is told the same
     * in both cases. What it throws is taken for a failed look-up, and the request is refused: nobody acts unasked.
     *
     * @param userId the user, as the credential names it
     * @param tenant the tenant's id or slug, as the credential or the request names it: text from outside, to be compared and
     *     never to be trusted
     */
    Optional<Membership> find(String userId, String tenant);

    /**
     * The tenant that a user acts for when nothing names one: their default company. {@link #find} is asked about it like about
     * any other. Unless overridden there is none.
     *
     * @param userId the user, as the credential names it
     * @return the tenant's id or slug
     */
    default Optional<String> preferred(String userId) {
        return Optional.empty();
    }
}

package dev.tenancy;

import java.util.Optional;

/**
 * May this user act for that tenant? The application answers from its own tables; the answer is asked for on every request,
 * so that a member who was removed is out at once. Called by many threads at the same time.
 */
@FunctionalInterface
public interface Memberships {

    /**
     * The membership of a user in a tenant, or empty if there is none, the tenant does not exist, or either is not active:
     * the caller is told the same in all these cases.
     *
     * @param userId the user, as the credential names it
     * @param tenant the tenant's id or slug, as the credential or the request names it: text from outside, to be compared and
     *     never to be trusted
     */
    Optional<Membership> find(String userId, String tenant);
}

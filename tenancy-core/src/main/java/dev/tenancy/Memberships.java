package dev.tenancy;

import java.util.Optional;

/**
 * Answers whether a user may act for a tenant, from the application's own tables. Asked on every request. A cache may keep an answer
 * for seconds, and must drop it when {@link #onChange} fires, so that a removed member is locked out. Called by many threads at the
 * same time.
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

    /**
     * Has a listener called, on the thread that made the change, when what {@link #find} answers may be another than before: for
     * caches of the answers. That is after the database has committed a transaction that wrote to an entity with
     * {@link GlobalEntity#decidesMembership()}, and before the caller's {@code commit()} returns; in auto-commit mode, before the
     * statement's execution returns. It does not matter who wrote: Hibernate, HQL, native SQL, or plain JDBC over a guarded data
     * source. What the guard cannot see into (a statement whose author trusts it, a call of a procedure, a change of the schema)
     * counts as such a write. What was rolled back does not.
     *
     * <p>Not seen: what other nodes and programs write, what a trigger writes, and a commit by a JTA transaction that comes after
     * its connection was closed, which is when the listener is called then. So let nothing be kept for long. What a listener
     * throws is logged.
     *
     * @param listener called by many threads at the same time, and more often than needed; it must not wait for anything
     * @return ends the listening
     */
    static Runnable onChange(Runnable listener) {
        return MembershipChanges.listen(listener);
    }
}

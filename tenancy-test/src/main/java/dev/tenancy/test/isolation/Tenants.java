package dev.tenancy.test.isolation;

/**
 * Who attacks whom.
 *
 * @param owner has the rows that are attacked
 * @param other has rows of its own
 * @param attacker as whom the rows of the owner are attacked: the other one, or in a rehearsal the owner itself, as if nothing
 *     protected them
 */
record Tenants(Object owner, Object other, Object attacker) {

    boolean isRehearsal() {
        return attacker.equals(owner);
    }
}

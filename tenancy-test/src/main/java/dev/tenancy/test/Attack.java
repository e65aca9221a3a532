package dev.tenancy.test;

/**
 * One way in which a target is attacked.
 *
 * @param name unique among those of its target
 */
record Attack(String name, Trial trial) {

    /** Tries it, as the attacker and as the owner. */
    @FunctionalInterface
    interface Trial {

        /**
         * @return the evidence: what the attacker met with, and what the owner got
         * @throws Unproven unless the owner alone gets there
         */
        String run() throws Exception;
    }
}

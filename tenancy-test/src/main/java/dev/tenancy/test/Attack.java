package dev.tenancy.test;

import java.util.concurrent.Callable;

/**
 * One way in which a target is attacked.
 *
 * @param name unique among those of its target; of attacks that differ in what stands behind a colon, reports make one column
 */
record Attack(String name, Trial trial) {

    /** Tries it, as the attacker and as the owner. */
    @FunctionalInterface
    interface Trial {

        /** @throws Unproven unless the owner alone gets there */
        Shown run() throws Exception;
    }

    /** One that proves something whenever it does not fail. */
    static Attack proving(String name, Callable<String> trial) {
        return new Attack(name, () -> Shown.proven(trial.call()));
    }
}

package dev.tenancy.test.isolation;

import java.util.concurrent.Callable;

/**
 * One way in which a target is attacked.
 *
 * @param name unique among those of its target; of attacks that differ in what stands behind a colon, reports make one column
 * @param prepares whether it only finds out what there is to attack, and attacks nothing
 */
record Attack(String name, boolean prepares, Trial trial) {

    Attack(String name, Trial trial) {
        this(name, false, trial);
    }

    /** Tries it, as the attacker and as the owner. */
    @FunctionalInterface
    interface Trial {

        /** @throws Unproven unless the owner alone gets there */
        Shown run() throws Exception;
    }

    static Attack preparing(String name, Trial trial) {
        return new Attack(name, true, trial);
    }

    /** One that proves something whenever it does not fail. */
    static Attack proving(String name, Callable<String> trial) {
        return new Attack(name, () -> Shown.proven(trial.call()));
    }
}

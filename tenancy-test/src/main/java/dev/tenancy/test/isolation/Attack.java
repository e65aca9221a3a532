package dev.tenancy.test.isolation;

import java.util.concurrent.Callable;

/**
 * One way in which a target is attacked.
 *
 * @param name unique among those of its target; of attacks that differ in what stands behind a colon, reports make one column
 * @param unrehearsed whether it need not be noticed when the owner makes it: it attacks nothing, or cannot succeed for the owner either
 */
record Attack(String name, boolean unrehearsed, Trial trial) {

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

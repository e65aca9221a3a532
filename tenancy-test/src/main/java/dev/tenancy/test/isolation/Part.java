package dev.tenancy.test.isolation;

import java.util.stream.Stream;

/** One kind of targets, such as the entities or the endpoints of an application. */
interface Part {

    /** In the plural: "entities". */
    String name();

    /** Asked for once, before the first attack of the part. */
    Stream<? extends Target> targets();

    /** Whether its attacks are made by {@link Tenants#attacker}, so that they can be rehearsed. */
    default boolean isRehearsed() {
        return true;
    }

    /** Removes what the attacks have left; called after the last of them, whatever their outcome. */
    void end();
}

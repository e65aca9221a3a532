package dev.tenancy.test.isolation;

import java.util.stream.Stream;

/** Something of an application that is attacked in several ways: an entity, a repository, an endpoint. */
interface Target {

    /** Unique in its part; with it the adopter lists it in {@code notProven()}. */
    String name();

    /** Asked for one after the other while they run, so that the first may find out what there is for the others. */
    Stream<Attack> attacks();
}

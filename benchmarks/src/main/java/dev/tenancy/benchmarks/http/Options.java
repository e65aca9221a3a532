package dev.tenancy.benchmarks.http;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What is measured, from system properties.
 *
 * @param variants in the order of the columns; the others are told as ratios to the first
 * @param processes of each variant, whose mean is told: the JIT compiler makes something else of the same code in each
 * @param rounds in each of which every variant runs every operation once
 * @param requests of one operation in one round
 * @param warmUp requests that each variant answers before the first round
 * @param connections that send at the same time
 * @param membershipCache how long an application remembers who is a member
 * @param java the home of the JDK that the applications run on
 * @param flags of theirs, beside those that all have; a recording of JFR has to begin here, since one that begins later makes the
 *     JVM compile anew
 * @param classPath of all variants together
 */
record Options(
        List<Variant> variants,
        int processes,
        List<Operation> operations,
        int rounds,
        int requests,
        int warmUp,
        int connections,
        String membershipCache,
        Path java,
        List<String> flags,
        String classPath) {

    Options {
        if (connections < 1 || connections > RunningVariant.POOL) {
            throw new IllegalArgumentException("connections is " + connections + ", and each variant has "
                    + RunningVariant.POOL + " to the database. Set it to 1 to " + RunningVariant.POOL + ".");
        }
    }

    static Options ofSystem() {
        return new Options(
                words("variants", "floor,floor,sample").map(Variant::parse).toList(),
                Integer.getInteger("processes", 1),
                words("operations", "list,page,get,entries,post,put,patch,delete")
                        .map(name -> Operation.valueOf(name.toUpperCase(Locale.ROOT)))
                        .toList(),
                Integer.getInteger("rounds", 8),
                Integer.getInteger("requests", 1_500),
                Integer.getInteger("warmup", 60_000),
                Integer.getInteger("connections", 2),
                "30s",
                Path.of(System.getProperty("java", System.getProperty("java.home"))),
                words("flags", "").filter(flag -> !flag.isBlank()).toList(),
                System.getProperty("java.class.path"));
    }

    static Stream<String> words(String property, String otherwise) {
        return Arrays.stream(System.getProperty(property, otherwise).split(","));
    }

    /** The same, where each request asks who is a member. */
    Options withoutMembershipCache() {
        return new Options(
                variants, processes, operations, rounds, requests, warmUp, connections, "0s", java, flags, classPath);
    }

    /** The same with more flags for the JVM of the applications, and another class path. */
    Options with(List<String> more, String otherClassPath) {
        return new Options(
                variants,
                processes,
                operations,
                rounds,
                requests,
                warmUp,
                connections,
                membershipCache,
                java,
                Stream.concat(flags.stream(), more.stream()).toList(),
                otherClassPath);
    }
}

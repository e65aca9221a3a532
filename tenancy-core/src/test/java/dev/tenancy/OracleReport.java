package dev.tenancy;

import dev.tenancy.SqlGrammar.Sentence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the oracle has counted: leaks by the attack that was planted, false refusals by the productions that they need. */
final class OracleReport {

    /** Which statement showed it, and how. */
    record Example(Sentence sentence, String why, String repetition) {

        @Override
        public String toString() {
            return sentence.steps().stream().map(step -> step + "\n").collect(Collectors.joining()) + why + "\n"
                    + repetition;
        }
    }

    private static final class Count {
        private final Example example;
        private long number;

        private Count(Example example) {
            this.example = example;
        }
    }

    private static final class Share {
        private long all;
        private long valid;
    }

    private final String title;
    private final Map<String, Count> leaks = new TreeMap<>();
    private final Map<Set<String>, Count> falseRefusals = new HashMap<>();
    private final List<Example> faults = new ArrayList<>();
    private final Map<String, Share> validity = new TreeMap<>();
    private final Share statements = new Share();
    private long attacks;
    private long effective;
    private long refused;
    private long explained;
    private long unexplained;
    private String whyUnexplained = "";

    OracleReport(String title) {
        this.title = title;
    }

    void statement(Sentence sentence, boolean valid, boolean hasEffect, boolean isRefused) {
        statements.all++;
        statements.valid += valid ? 1 : 0;
        attacks += valid && sentence.attack() != null ? 1 : 0;
        effective += hasEffect ? 1 : 0;
        refused += isRefused ? 1 : 0;
        for (String production : sentence.productions()) {
            Share share = validity.computeIfAbsent(production, one -> new Share());
            share.all++;
            share.valid += valid ? 1 : 0;
        }
    }

    /** Whether there is an example of the attack already. */
    boolean knowsLeak(String attack) {
        return leaks.containsKey(attack);
    }

    void leak(String attack, Example example) {
        leaks.computeIfAbsent(attack, one -> new Count(example)).number++;
    }

    /** The fewest productions of the statement that are known to be refused; null if none are. */
    Set<String> knownRefusal(Sentence sentence) {
        return falseRefusals.keySet().stream()
                .filter(one -> sentence.productions().containsAll(one))
                .min(Comparator.comparing(Set::size))
                .orElse(null);
    }

    void falseRefusal(Set<String> productions, Example example) {
        falseRefusals.computeIfAbsent(productions, one -> new Count(example)).number++;
    }

    void fault(Example example) {
        faults.add(example);
    }

    /** How many statements the database has explained, how many not, and why not one of these. */
    void plans(long plans, long untold, String why) {
        explained = plans;
        unexplained = untold;
        whyUnexplained = why;
    }

    long explained() {
        return explained;
    }

    long unexplained() {
        return unexplained;
    }

    long statements() {
        return statements.all;
    }

    long valid() {
        return statements.valid;
    }

    long attacks() {
        return attacks;
    }

    long leaks() {
        return leaks.values().stream().mapToLong(one -> one.number).sum();
    }

    long falseRefusals() {
        return falseRefusals.values().stream().mapToLong(one -> one.number).sum();
    }

    List<Example> faults() {
        return faults;
    }

    /** Productions that the database seldom takes, for whoever extends the grammar. */
    String seldomValid() {
        return validity.entrySet().stream()
                .filter(one -> one.getValue().all >= 5 && one.getValue().valid * 5 < one.getValue().all * 2)
                .map(one -> one.getValue().valid + " of " + one.getValue().all + " valid: " + one.getKey() + "\n")
                .collect(Collectors.joining());
    }

    /** One line a kind, with its smallest example. */
    @Override
    public String toString() {
        Map<String, Count> refusals = new TreeMap<>();
        falseRefusals.forEach((productions, count) -> refusals.put(new TreeSet<>(productions).toString(), count));
        return "%s%n%d statements, %d valid, %d of them with an attack, %d attacks of effect, %d refused, %d explained, %d not%s%n%s%s%s"
                .formatted(
                        title,
                        statements.all,
                        statements.valid,
                        attacks,
                        effective,
                        refused,
                        explained,
                        unexplained,
                        unexplained == 0 ? "" : " (" + whyUnexplained + ")",
                        table("leaks", leaks(), leaks),
                        table("false refusals", falseRefusals(), refusals),
                        faults.stream()
                                .limit(5)
                                .map(one -> "fault of the grammar: " + one + "\n")
                                .collect(Collectors.joining()));
    }

    private static String table(String title, long sum, Map<String, Count> counts) {
        return "%6d %s of %d kinds%n".formatted(sum, title, counts.size())
                + counts.entrySet().stream()
                        .sorted(Comparator.comparing(one -> -one.getValue().number))
                        .map(one -> "%6d %s%n       %s%n"
                                .formatted(
                                        one.getValue().number,
                                        one.getKey(),
                                        one.getValue().example.toString().replace("\n", "\n       ")))
                        .collect(Collectors.joining());
    }
}

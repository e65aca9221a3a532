package dev.tenancy;

import dev.tenancy.SqlGrammar.Composer;
import dev.tenancy.SqlGrammar.Sentence;
import dev.tenancy.SqlGrammar.Step;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Makes a statement smaller that shows something: with fewer choices, or plainer ones, as long as it still shows it. */
record Shrinking(Composer composer) {

    private static final int MOST_TRIES = 250;

    @FunctionalInterface
    interface Check {
        boolean isShownBy(Sentence sentence) throws SQLException;
    }

    Sentence smallest(Sentence sentence, Check check) throws SQLException {
        Sentence best = sentence;
        int tries = MOST_TRIES;
        Set<List<Step>> tried = new HashSet<>();
        boolean better = true;
        while (better) {
            better = false;
            for (int size = 32; size > 0; size /= 2) {
                for (int at = 0; at < best.choices().length; at += size) {
                    for (int[] fewer :
                            new int[][] {without(best.choices(), at, size), zeroed(best.choices(), at, size)}) {
                        Sentence candidate = composer.again(fewer);
                        if (weight(candidate) < weight(best)
                                && Objects.equals(candidate.attack(), sentence.attack())
                                && tried.add(candidate.steps())
                                && tries-- > 0
                                && check.isShownBy(candidate)) {
                            best = candidate;
                            better = true;
                        }
                    }
                }
            }
        }
        return best;
    }

    private static long weight(Sentence sentence) {
        return sentence.productions().size() * 1000L
                + sentence.steps().stream()
                        .mapToInt(step -> step.sql().length())
                        .sum();
    }

    private static int[] zeroed(int[] choices, int at, int size) {
        int[] fewer = choices.clone();
        for (int i = at; i < Math.min(at + size, fewer.length); i++) {
            fewer[i] = 0;
        }
        return fewer;
    }

    private static int[] without(int[] choices, int at, int size) {
        int end = Math.min(at + size, choices.length);
        int[] fewer = new int[choices.length - (end - at)];
        System.arraycopy(choices, 0, fewer, 0, at);
        System.arraycopy(choices, end, fewer, at, choices.length - end);
        return fewer;
    }
}

package dev.tenancy.test.isolation;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Makes texts that a regular expression of a constraint takes: of classes, groups, choices and counts, as such expressions are. */
final class PatternText {

    private static final Random RANDOM = new Random();
    private static final String DIGITS = "0123456789";
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";
    private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final String OTHERS = "-_.,;:!?@#+*/ ()";
    private static final String ALL = LETTERS + DIGITS + UPPER + OTHERS;
    // As many as make a text like no other.
    private static final int MANY = 12;
    private static final int TRIES = 20;

    private final String expression;
    private int at;

    private PatternText(String expression) {
        this.expression = expression;
    }

    /** Null if none was found. */
    static @Nullable String of(String expression) {
        Pattern pattern;
        try {
            pattern = Pattern.compile(expression);
        } catch (PatternSyntaxException notOfJava) {
            // Documents have those of JavaScript.
            return null;
        }
        for (int i = 0; i < TRIES; i++) {
            String text = new PatternText(expression).choice();
            if (pattern.matcher(text).matches()) {
                return text;
            }
        }
        return null;
    }

    /** Also if it cannot be said. */
    static boolean matches(String expression, String text) {
        try {
            return Pattern.matches(expression, text);
        } catch (PatternSyntaxException notOfJava) {
            return true;
        }
    }

    private boolean is(char letter) {
        return at < expression.length() && expression.charAt(at) == letter;
    }

    private String choice() {
        List<String> choices = new ArrayList<>();
        choices.add(sequence());
        while (is('|')) {
            at++;
            choices.add(sequence());
        }
        return choices.get(RANDOM.nextInt(choices.size()));
    }

    private String sequence() {
        StringBuilder text = new StringBuilder();
        while (at < expression.length() && !is('|') && !is(')')) {
            int start = at;
            String once = one();
            int end = at;
            int count = count();
            int after = at;
            for (int i = 0; i < count; i++) {
                text.append(i == 0 ? once : again(start));
            }
            at = count == 0 ? after : Math.max(after, end);
        }
        return text.toString();
    }

    private String again(int start) {
        at = start;
        return one();
    }

    private String one() {
        char letter = expression.charAt(at++);
        return switch (letter) {
            case '(' -> group();
            case '[' -> pick(set());
            case '\\' -> at < expression.length() ? pick(escaped()) : "";
            case '.' -> pick(LETTERS + DIGITS);
            case '^', '$' -> "";
            default -> String.valueOf(letter);
        };
    }

    private String group() {
        boolean seen = true;
        if (is('?')) {
            at++;
            // What is ahead or behind is no text itself.
            seen = is(':')
                    || expression.startsWith("<", at)
                            && !expression.startsWith("<=", at)
                            && !expression.startsWith("<!", at);
            at = is(':') ? at + 1 : seen ? expression.indexOf('>', at) + 1 : at + 1;
        }
        String text = choice();
        at++;
        return seen ? text : "";
    }

    private String escaped() {
        char letter = expression.charAt(at++);
        return switch (letter) {
            case 'd' -> DIGITS;
            case 'w' -> LETTERS + DIGITS;
            case 's' -> " ";
            case 'D', 'S', 'W' -> letter == 'W' ? " -" : LETTERS;
            case 'b', 'B', 'A', 'z', 'Z' -> "";
            case 'p' -> property();
            default -> String.valueOf(letter);
        };
    }

    private String property() {
        if (!is('{')) {
            at++;
            return LETTERS;
        }
        String name = expression.substring(at + 1, expression.indexOf('}', at));
        at += name.length() + 2;
        return switch (name) {
            case "Lu", "Upper", "javaUpperCase", "IsUppercase" -> UPPER;
            case "Cc", "Cs", "Cntrl", "C", "Zl", "Zp" -> "";
            case "Nd", "N", "Digit", "IsDigit" -> DIGITS;
            default -> LETTERS;
        };
    }

    private String set() {
        boolean not = is('^');
        if (not) {
            at++;
        }
        StringBuilder letters = new StringBuilder();
        while (at < expression.length() && (!is(']') || letters.isEmpty())) {
            if (is('\\')) {
                at++;
                letters.append(escaped());
                continue;
            }
            char from = expression.charAt(at++);
            if (is('-') && at + 1 < expression.length() && expression.charAt(at + 1) != ']') {
                char to = expression.charAt(at + 1);
                at += 2;
                for (char one = from; one <= to && one - from < 128; one++) {
                    letters.append(one);
                }
            } else {
                letters.append(from);
            }
        }
        at++;
        if (!not) {
            return letters.toString();
        }
        StringBuilder rest = new StringBuilder();
        ALL.chars()
                .filter(one -> letters.indexOf(String.valueOf((char) one)) < 0)
                .forEach(one -> rest.append((char) one));
        return rest.toString();
    }

    private int count() {
        int least = 1;
        if (is('?')) {
            at++;
        } else if (is('*') || is('+')) {
            at++;
            least = MANY;
        } else if (is('{')) {
            int end = expression.indexOf('}', at);
            String[] ends = expression.substring(at + 1, end).split(",", -1);
            at = end + 1;
            least = Integer.parseInt(ends[0].isBlank() ? "0" : ends[0].trim());
            if (ends.length > 1) {
                int most = ends[1].isBlank() ? Math.max(least, MANY) : Integer.parseInt(ends[1].trim());
                least = Math.max(least, Math.min(most, MANY));
            }
        }
        if (is('?') || is('+')) {
            at++;
        }
        return least;
    }

    private static String pick(String letters) {
        return letters.isEmpty() ? "" : String.valueOf(letters.charAt(RANDOM.nextInt(letters.length())));
    }
}

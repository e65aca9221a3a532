package dev.tenancy.test.isolation;

import com.github.curiousoddman.rgxgen.RgxGen;
import com.github.curiousoddman.rgxgen.config.RgxGenOption;
import com.github.curiousoddman.rgxgen.config.RgxGenProperties;
import com.github.curiousoddman.rgxgen.parsing.dflt.RgxGenParseException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Texts that a regular expression of a constraint takes. */
final class PatternText {

    private static final int TRIES = 40;
    // As many as make a text like no other.
    private static final int MANY = 12;

    // They let more texts match, and the library does not read them.
    private static final Pattern FLAGS = Pattern.compile("^\\(\\?[imsux]+\\)");

    private PatternText() {}

    /** One that is long enough to be told from others, if there is one; null if none was found. */
    static @Nullable String of(String expression) {
        RgxGenProperties properties = new RgxGenProperties();
        RgxGenOption.INFINITE_PATTERN_REPETITION.setInProperties(properties, MANY);
        try {
            Pattern pattern = Pattern.compile(expression);
            RgxGen texts = RgxGen.parse(properties, FLAGS.matcher(expression).replaceFirst(""));
            // What an expression looks for ahead and behind is tried, and not made.
            return Stream.generate(texts::generate)
                    .limit(TRIES)
                    .filter(text -> pattern.matcher(text).matches())
                    .reduce((one, other) -> other.length() > one.length() ? other : one)
                    .orElse(null);
        } catch (PatternSyntaxException | RgxGenParseException notOfJava) {
            // Documents have those of JavaScript.
            return null;
        }
    }

    /** Also if it cannot be said. */
    static boolean matches(String expression, String text) {
        try {
            return Pattern.matches(expression, text);
        } catch (PatternSyntaxException notOfJava) {
            return true;
        }
    }
}

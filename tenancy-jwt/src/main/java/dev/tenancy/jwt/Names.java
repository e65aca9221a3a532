package dev.tenancy.jwt;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Texts that name a user, a tenant or a key. */
final class Names {

    static final int LONGEST = 255;

    private Names() {}

    /**
     * Half a surrogate pair is no name: as UTF-8 it becomes a question mark, and so may another. Nor is a control character: it
     * breaks a log's lines, and databases cut texts at some of them.
     */
    static boolean isName(String text) {
        return !text.isBlank()
                && text.length() <= LONGEST
                && text.chars().noneMatch(Character::isISOControl)
                && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /** For messages about the application's own settings. */
    static String shown(@Nullable String id) {
        return id == null ? "without an id" : "\"" + id.replaceAll("\\p{Cntrl}", "?") + "\"";
    }
}

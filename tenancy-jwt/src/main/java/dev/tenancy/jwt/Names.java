package dev.tenancy.jwt;

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
        if (text.isBlank() || text.length() > LONGEST) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char one = text.charAt(i);
            boolean isPair = Character.isHighSurrogate(one)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (Character.isISOControl(one) || Character.isSurrogate(one) && !isPair) {
                return false;
            }
            i += isPair ? 1 : 0;
        }
        return true;
    }

    /** For messages about the application's own settings. */
    static String shown(@Nullable String id) {
        return id == null ? "without an id" : "\"" + id.replaceAll("\\p{Cntrl}", "?") + "\"";
    }
}

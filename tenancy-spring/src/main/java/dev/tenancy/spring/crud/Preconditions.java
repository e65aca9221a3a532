package dev.tenancy.spring.crud;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;

/**
 * What a request demands of the present version of a row (RFC 9110, section 13.1): {@code If-Match} compares strongly, so that a
 * weak tag never matches, and {@code If-None-Match} weakly.
 */
record Preconditions(List<ETag> match, List<ETag> noneMatch) {

    static final Preconditions NONE = new Preconditions(List.of(), List.of());

    static Preconditions of(HttpServletRequest request) {
        return new Preconditions(parse(request, HttpHeaders.IF_MATCH), parse(request, HttpHeaders.IF_NONE_MATCH));
    }

    private static List<ETag> parse(HttpServletRequest request, String header) {
        List<ETag> tags = new ArrayList<>();
        for (String value : Collections.list(request.getHeaders(header))) {
            // Spring's parser skips what it does not understand: a condition that nobody looked at would seem to hold.
            if (!value.strip().matches("\\*|(?:W/)?\"[!#-~]*\"(?:\\s*,\\s*(?:W/)?\"[!#-~]*\")*")) {
                throw new RefusedException(RefusedException.Reason.MALFORMED_CONDITION, header);
            }
            tags.addAll(ETag.parse(value));
        }
        return List.copyOf(tags);
    }

    static RuntimeException failed() {
        return new RefusedException(RefusedException.Reason.CONDITION_FAILED);
    }

    boolean isAbsent() {
        return match.isEmpty();
    }

    /** The tag of a row; null if it has no version. */
    static @Nullable ETag tag(@Nullable Object version) {
        return version == null ? null : new ETag(version.toString(), false);
    }

    /** Whether the row is what {@code If-Match} demands. */
    boolean isMatched(@Nullable Object version) {
        ETag present = tag(version);
        return match.isEmpty()
                || match.stream().anyMatch(tag -> tag.isWildcard() || present != null && tag.compare(present, true));
    }

    /** Whether the row may be written. */
    boolean allow(@Nullable Object version) {
        return isMatched(version) && !isKnown(version);
    }

    /** Whether the caller has this version of the row already. */
    boolean isKnown(@Nullable Object version) {
        if (noneMatch.isEmpty()) {
            return false;
        }
        ETag present = tag(version);
        return noneMatch.stream().anyMatch(tag -> tag.isWildcard() || present != null && tag.compare(present, false));
    }
}

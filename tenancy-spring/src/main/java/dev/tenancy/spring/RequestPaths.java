package dev.tenancy.spring;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;

/** Paths as Spring MVC matches them: split into segments first and decoded then. */
final class RequestPaths {

    private static final String READ_IN_TWO_WAYS = "/\\%;";

    private RequestPaths() {}

    private static final String KNOWN = RequestPaths.class.getName() + ".known";

    /** @param path null if it cannot be decoded */
    private record Known(
            String uri, String context, @Nullable PathContainer path) {}

    /** The path without the application's own prefix, or null if it cannot be decoded. */
    static @Nullable PathContainer of(HttpServletRequest request) {
        // Other dispatches have other paths, and tell them in other ways.
        if (request.getDispatcherType() != DispatcherType.REQUEST) {
            return parse(request);
        }
        String uri = request.getRequestURI();
        String context = request.getContextPath();
        if (request.getAttribute(KNOWN) instanceof Known known
                && known.uri().equals(uri)
                && known.context().equals(context)) {
            return known.path();
        }
        PathContainer path = parse(request);
        request.setAttribute(KNOWN, new Known(uri, context, path));
        return path;
    }

    private static @Nullable PathContainer parse(HttpServletRequest request) {
        try {
            return ServletRequestPathUtils.parse(request).pathWithinApplication();
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    static boolean matches(List<PathPattern> patterns, PathContainer path) {
        for (PathPattern pattern : patterns) {
            if (pattern.matches(path)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a proxy, the container or a handler could take the path for another one than it is matched as. */
    static boolean isAmbiguous(PathContainer path) {
        List<PathContainer.Element> elements = path.elements();
        boolean afterSeparator = false;
        for (PathContainer.Element element : elements) {
            if (element instanceof PathContainer.PathSegment segment) {
                if (!segment.parameters().isEmpty()
                        || segment.value().contains(";")
                        || isReadInTwoWays(segment.valueToMatch())) {
                    return true;
                }
                afterSeparator = false;
            } else if (afterSeparator) {
                return true;
            } else {
                afterSeparator = true;
            }
        }
        return false;
    }

    private static boolean isReadInTwoWays(String segment) {
        for (int i = 0; i < segment.length(); i++) {
            char letter = segment.charAt(i);
            boolean isControl = letter < ' ' || letter == '\u007f';
            if (isControl || READ_IN_TWO_WAYS.indexOf(letter) >= 0) {
                return true;
            }
        }
        return segment.equals(".") || segment.equals("..");
    }
}

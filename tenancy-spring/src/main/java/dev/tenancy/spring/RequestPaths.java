package dev.tenancy.spring;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.ServletRequestPathUtils;

/** Paths as Spring MVC matches them: split into segments first and decoded then. */
final class RequestPaths {

    private static final Pattern READ_IN_TWO_WAYS = Pattern.compile("[/\\\\%;\\p{Cntrl}]|^\\.{1,2}$");

    private RequestPaths() {}

    /** The path without the application's own prefix, or null if it cannot be decoded. */
    static @Nullable PathContainer of(HttpServletRequest request) {
        try {
            return ServletRequestPathUtils.parse(request).pathWithinApplication();
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    /** Whether a proxy, the container or a handler could take the path for another one than it is matched as. */
    static boolean isAmbiguous(PathContainer path) {
        List<PathContainer.Element> elements = path.elements();
        boolean afterSeparator = false;
        for (PathContainer.Element element : elements) {
            if (element instanceof PathContainer.PathSegment segment) {
                if (!segment.parameters().isEmpty()
                        || segment.value().contains(";")
                        || READ_IN_TWO_WAYS.matcher(segment.valueToMatch()).find()) {
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
}

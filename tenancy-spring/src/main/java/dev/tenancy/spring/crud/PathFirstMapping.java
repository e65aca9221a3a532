package dev.tenancy.spring.crud;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.condition.PathPatternsRequestCondition;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Spring MVC's own, which asks each mapping of the application for its methods and media types first and for its path last. A CRUD
 * controller brings ten: here those that begin otherwise than the path are not asked.
 */
final class PathFirstMapping extends RequestMappingHandlerMapping {

    private static final Pattern WILD = Pattern.compile("/?[^/]*[{*?].*", Pattern.DOTALL);

    private final Map<RequestMappingInfo, List<String>> beginnings = new ConcurrentHashMap<>();
    private final ThreadLocal<String> path = new ThreadLocal<>();

    @Override
    protected @Nullable HandlerMethod lookupHandlerMethod(String lookupPath, HttpServletRequest request)
            throws Exception {
        // Patterns are matched with what is decoded.
        if (getPatternParser() == null || !getPatternParser().isCaseSensitive() || lookupPath.indexOf('%') >= 0) {
            return super.lookupHandlerMethod(lookupPath, request);
        }
        path.set(lookupPath);
        try {
            return super.lookupHandlerMethod(lookupPath, request);
        } finally {
            path.remove();
        }
    }

    @Override
    protected @Nullable RequestMappingInfo getMatchingMapping(RequestMappingInfo info, HttpServletRequest request) {
        String wanted = path.get();
        return wanted == null || mayMatch(info, wanted) ? super.getMatchingMapping(info, request) : null;
    }

    // For each mapping of the application, with each request: without a stream and without the lock of a bin.
    private boolean mayMatch(RequestMappingInfo info, String wanted) {
        List<String> known = beginnings.get(info);
        if (known == null) {
            known = beginnings(info);
            beginnings.put(info, known);
        }
        for (String beginning : known) {
            if (wanted.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }

    // Without the slash at the end: "/files/{*path}" matches "/files" as well.
    private static List<String> beginnings(RequestMappingInfo info) {
        PathPatternsRequestCondition patterns = info.getPathPatternsCondition();
        return patterns == null || patterns.isEmptyPathMapping()
                ? List.of("")
                : patterns.getPatternValues().stream()
                        .map(pattern -> WILD.matcher(pattern).replaceFirst(""))
                        .toList();
    }
}

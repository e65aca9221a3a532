package dev.tenancy.spring.crud;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Method;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.condition.PathPatternsRequestCondition;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Spring MVC's own, which asks each mapping of the application for its methods and media types first and for its path last. A CRUD
 * controller brings ten: here those that begin otherwise than the path are not asked. Where it is not one alone that matches, Spring
 * MVC decides as ever.
 */
final class PathFirstMapping extends RequestMappingHandlerMapping {

    private static final Pattern WILD = Pattern.compile("/?[^/]*[{*?].*", Pattern.DOTALL);

    /** With how its patterns begin. */
    private record Begun(RequestMappingInfo mapping, HandlerMethod handler, List<String> beginnings) {

        // For each mapping of the application, with each request: without a stream.
        boolean mayMatch(String path) {
            for (String beginning : beginnings) {
                if (path.startsWith(beginning)) {
                    return true;
                }
            }
            return false;
        }
    }

    // Replaced as a whole. Made and dropped under the lock, so that none is kept which a mapping came or went behind.
    private volatile @Nullable List<Begun> all;

    @Override
    public synchronized void registerMapping(RequestMappingInfo mapping, Object handler, Method method) {
        super.registerMapping(mapping, handler, method);
        all = null;
    }

    @Override
    protected synchronized void registerHandlerMethod(Object handler, Method method, RequestMappingInfo mapping) {
        super.registerHandlerMethod(handler, method, mapping);
        all = null;
    }

    @Override
    public synchronized void unregisterMapping(RequestMappingInfo mapping) {
        super.unregisterMapping(mapping);
        all = null;
    }

    @Override
    protected @Nullable HandlerMethod lookupHandlerMethod(String lookupPath, HttpServletRequest request)
            throws Exception {
        Begun alone = aloneMatching(lookupPath, request);
        if (alone == null) {
            return super.lookupHandlerMethod(lookupPath, request);
        }
        request.setAttribute(BEST_MATCHING_HANDLER_ATTRIBUTE, alone.handler());
        handleMatch(alone.mapping(), lookupPath, request);
        return alone.handler();
    }

    /** With the condition that matched in place of the mapping's own; null if none matches or several do. */
    private @Nullable Begun aloneMatching(String path, HttpServletRequest request) {
        // Patterns are matched with what is decoded.
        if (getPatternParser() == null || !getPatternParser().isCaseSensitive() || path.indexOf('%') >= 0) {
            return null;
        }
        Begun found = null;
        for (Begun one : all()) {
            RequestMappingInfo matching = one.mayMatch(path) ? getMatchingMapping(one.mapping(), request) : null;
            if (matching != null && found != null) {
                return null;
            }
            if (matching != null) {
                found = new Begun(matching, one.handler(), one.beginnings());
            }
        }
        return found;
    }

    private List<Begun> all() {
        List<Begun> known = all;
        return known == null ? allAnew() : known;
    }

    private synchronized List<Begun> allAnew() {
        List<Begun> known = getHandlerMethods().entrySet().stream()
                .map(one -> new Begun(one.getKey(), one.getValue(), beginnings(one.getKey())))
                .toList();
        all = known;
        return known;
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

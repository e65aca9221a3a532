package dev.tenancy.spring.crud;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.condition.PathPatternsRequestCondition;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Spring MVC's own, which asks each mapping of the application for its methods and media types first and for its path last. A CRUD
 * controller brings ten: here those alone are asked that begin as the path does. Where it is not one alone that matches, Spring
 * MVC decides as ever.
 */
final class PathFirstMapping extends RequestMappingHandlerMapping {

    private static final Pattern WILD = Pattern.compile("/?[^/]*[{*?].*", Pattern.DOTALL);

    /** @param longest the length of the longest key: the parts of a long path behind that need no look */
    private record Beginnings(Map<String, List<Map.Entry<RequestMappingInfo, HandlerMethod>>> mappings, int longest) {

        /** Where the longest beginning of a path ends that may be a key. */
        int end(String path) {
            return path.length() <= longest ? path.length() : path.lastIndexOf('/', longest);
        }
    }

    // By how patterns begin, in whole segments. Made and dropped under the lock, so that none is kept which a mapping
    // came or went behind.
    private volatile @Nullable Beginnings beginnings;

    @Override
    public synchronized void registerMapping(RequestMappingInfo mapping, Object handler, Method method) {
        super.registerMapping(mapping, handler, method);
        beginnings = null;
    }

    @Override
    protected synchronized void registerHandlerMethod(Object handler, Method method, RequestMappingInfo mapping) {
        super.registerHandlerMethod(handler, method, mapping);
        beginnings = null;
    }

    @Override
    public synchronized void unregisterMapping(RequestMappingInfo mapping) {
        super.unregisterMapping(mapping);
        beginnings = null;
    }

    @Override
    protected @Nullable HandlerMethod lookupHandlerMethod(String lookupPath, HttpServletRequest request)
            throws Exception {
        Map.Entry<RequestMappingInfo, HandlerMethod> alone = aloneMatching(lookupPath, request);
        if (alone == null) {
            return super.lookupHandlerMethod(lookupPath, request);
        }
        request.setAttribute(BEST_MATCHING_HANDLER_ATTRIBUTE, alone.getValue());
        handleMatch(alone.getKey(), lookupPath, request);
        return alone.getValue();
    }

    /** With the condition that matched in place of the mapping's own; null if none matches or several do. */
    private Map.@Nullable Entry<RequestMappingInfo, HandlerMethod> aloneMatching(
            String path, HttpServletRequest request) {
        // Patterns are matched with what is decoded.
        if (getPatternParser() == null || !getPatternParser().isCaseSensitive() || path.indexOf('%') >= 0) {
            return null;
        }
        Beginnings known = beginnings;
        if (known == null) {
            known = beginningsAnew();
        }
        Map.Entry<RequestMappingInfo, HandlerMethod> found = null;
        for (int end = known.end(path); end >= 0; end = path.lastIndexOf('/', end - 1)) {
            for (Map.Entry<RequestMappingInfo, HandlerMethod> one :
                    known.mappings().getOrDefault(path.substring(0, end), List.of())) {
                RequestMappingInfo matching = getMatchingMapping(one.getKey(), request);
                if (matching != null && found != null) {
                    return null;
                }
                if (matching != null) {
                    found = Map.entry(matching, one.getValue());
                }
            }
        }
        return found;
    }

    private synchronized Beginnings beginningsAnew() {
        Map<String, List<Map.Entry<RequestMappingInfo, HandlerMethod>>> all = new HashMap<>();
        getHandlerMethods()
                .forEach((mapping, handler) -> beginnings(mapping)
                        .forEach(beginning -> all.computeIfAbsent(beginning, any -> new ArrayList<>())
                                .add(Map.entry(mapping, handler))));
        Beginnings known = new Beginnings(
                all, all.keySet().stream().mapToInt(String::length).max().orElse(0));
        beginnings = known;
        return known;
    }

    // Without the slash at the end: "/files/{*path}" matches "/files" as well. A mapping is found once, by the shortest
    // of those of its beginnings that lie within each other.
    private static Set<String> beginnings(RequestMappingInfo info) {
        PathPatternsRequestCondition patterns = info.getPathPatternsCondition();
        if (patterns == null || patterns.isEmptyPathMapping()) {
            return Set.of("");
        }
        Set<String> all = patterns.getPatternValues().stream()
                .map(pattern -> WILD.matcher(pattern).replaceFirst(""))
                .collect(Collectors.toSet());
        return all.stream()
                .filter(one -> all.stream().noneMatch(other -> !one.equals(other) && one.startsWith(other + "/")))
                .collect(Collectors.toSet());
    }
}

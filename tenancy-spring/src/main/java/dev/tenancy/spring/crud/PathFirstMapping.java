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

    // By how patterns begin, in whole segments. Replaced as a whole; made and dropped under the lock, so that none is
    // kept
    // which a mapping came or went behind.
    private volatile @Nullable Map<String, List<Map.Entry<RequestMappingInfo, HandlerMethod>>> byBeginning;

    @Override
    public synchronized void registerMapping(RequestMappingInfo mapping, Object handler, Method method) {
        super.registerMapping(mapping, handler, method);
        byBeginning = null;
    }

    @Override
    protected synchronized void registerHandlerMethod(Object handler, Method method, RequestMappingInfo mapping) {
        super.registerHandlerMethod(handler, method, mapping);
        byBeginning = null;
    }

    @Override
    public synchronized void unregisterMapping(RequestMappingInfo mapping) {
        super.unregisterMapping(mapping);
        byBeginning = null;
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
        Map<String, List<Map.Entry<RequestMappingInfo, HandlerMethod>>> known = byBeginning;
        if (known == null) {
            known = byBeginningAnew();
        }
        Map.Entry<RequestMappingInfo, HandlerMethod> found = null;
        for (int end = path.length(); end >= 0; end = path.lastIndexOf('/', end - 1)) {
            for (Map.Entry<RequestMappingInfo, HandlerMethod> one :
                    known.getOrDefault(path.substring(0, end), List.of())) {
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

    private synchronized Map<String, List<Map.Entry<RequestMappingInfo, HandlerMethod>>> byBeginningAnew() {
        Map<String, List<Map.Entry<RequestMappingInfo, HandlerMethod>>> known = new HashMap<>();
        getHandlerMethods()
                .forEach((mapping, handler) -> beginnings(mapping)
                        .forEach(beginning -> known.computeIfAbsent(beginning, any -> new ArrayList<>())
                                .add(Map.entry(mapping, handler))));
        byBeginning = known;
        return known;
    }

    // Without the slash at the end: "/files/{*path}" matches "/files" as well.
    private static Set<String> beginnings(RequestMappingInfo info) {
        PathPatternsRequestCondition patterns = info.getPathPatternsCondition();
        return patterns == null || patterns.isEmptyPathMapping()
                ? Set.of("")
                : patterns.getPatternValues().stream()
                        .map(pattern -> WILD.matcher(pattern).replaceFirst(""))
                        .collect(Collectors.toSet());
    }
}

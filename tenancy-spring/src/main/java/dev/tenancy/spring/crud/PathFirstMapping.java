package dev.tenancy.spring.crud;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Spring MVC's own, which asks each mapping of the application for its methods and media types first and for its path last. A CRUD
 * controller brings ten: here those alone are asked that begin as the path does. Where it is not one alone that matches, Spring
 * MVC decides as ever.
 */
final class PathFirstMapping extends RequestMappingHandlerMapping {

    // Made under no lock: a request asks for them with that of the registry held, for which whoever changes it waits.
    private final AtomicInteger changes = new AtomicInteger();
    private volatile @Nullable Known known;

    /** @param changes how many there were before it was looked at */
    private record Known(int changes, Beginnings beginnings) {}

    @Override
    public void registerMapping(RequestMappingInfo mapping, Object handler, Method method) {
        super.registerMapping(mapping, handler, method);
        changes.incrementAndGet();
    }

    @Override
    protected void registerHandlerMethod(Object handler, Method method, RequestMappingInfo mapping) {
        super.registerHandlerMethod(handler, method, mapping);
        changes.incrementAndGet();
    }

    @Override
    public void unregisterMapping(RequestMappingInfo mapping) {
        super.unregisterMapping(mapping);
        changes.incrementAndGet();
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
        if (!isTold(path)) {
            return null;
        }
        Map.Entry<RequestMappingInfo, HandlerMethod> found = null;
        for (Map.Entry<RequestMappingInfo, HandlerMethod> one : beginnings().of(path)) {
            RequestMappingInfo matching = getMatchingMapping(one.getKey(), request);
            if (matching != null && found != null) {
                return null;
            }
            if (matching != null) {
                found = Map.entry(matching, one.getValue());
            }
        }
        return found;
    }

    // Patterns are matched with what is decoded.
    private boolean isTold(String path) {
        return getPatternParser() != null && getPatternParser().isCaseSensitive() && path.indexOf('%') < 0;
    }

    /** Whether a mapping begins as a path does, with a segment at least. */
    boolean hasBeginningOf(String path) {
        return isTold(path) && path.indexOf(';') < 0 && beginnings().isOneOf(path);
    }

    private Beginnings beginnings() {
        Known last = known;
        int now = changes.get();
        if (last == null || last.changes() != now) {
            last = new Known(now, Beginnings.of(getHandlerMethods()));
            known = last;
        }
        return last.beginnings();
    }
}

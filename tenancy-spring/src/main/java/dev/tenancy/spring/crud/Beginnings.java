package dev.tenancy.spring.crud;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.condition.PathPatternsRequestCondition;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;

/**
 * Mappings by how their patterns begin, in whole segments, as far as that is the same in each path that matches.
 *
 * @param longest the length of the longest key: the parts of a long path behind that need no look
 */
record Beginnings(Map<String, List<Map.Entry<RequestMappingInfo, HandlerMethod>>> mappings, int longest) {

    private static final Pattern WILD = Pattern.compile("/?[^/]*[{*?].*", Pattern.DOTALL);

    static Beginnings of(Map<RequestMappingInfo, HandlerMethod> handlers) {
        Map<String, List<Map.Entry<RequestMappingInfo, HandlerMethod>>> all = new HashMap<>();
        handlers.forEach((mapping, handler) -> of(mapping)
                .forEach(beginning ->
                        all.computeIfAbsent(beginning, any -> new ArrayList<>()).add(Map.entry(mapping, handler))));
        return new Beginnings(
                all, all.keySet().stream().mapToInt(String::length).max().orElse(0));
    }

    // Without the slash at the end: "/files/{*path}" matches "/files" as well. A mapping is found once, by the shortest
    // of those of its beginnings that lie within each other.
    private static Set<String> of(RequestMappingInfo info) {
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

    /** Those that begin as a path does, which is one without anything encoded and without parameters of segments. */
    List<Map.Entry<RequestMappingInfo, HandlerMethod>> of(String path) {
        List<Map.Entry<RequestMappingInfo, HandlerMethod>> all = new ArrayList<>();
        for (int end = end(path); end >= 0; end = path.lastIndexOf('/', end - 1)) {
            all.addAll(mappings.getOrDefault(path.substring(0, end), List.of()));
        }
        return all;
    }

    /** Whether there is one that begins as a path does, with a segment at least. */
    boolean isOneOf(String path) {
        for (int end = end(path); end > 0; end = path.lastIndexOf('/', end - 1)) {
            if (mappings.containsKey(path.substring(0, end))) {
                return true;
            }
        }
        return false;
    }

    private int end(String path) {
        return path.length() <= longest ? path.length() : path.lastIndexOf('/', longest);
    }
}

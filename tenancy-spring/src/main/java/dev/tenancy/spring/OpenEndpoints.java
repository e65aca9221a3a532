package dev.tenancy.spring;

import dev.tenancy.TenancySetupException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * What may be called without a credential, and with one that is no good: the settings, and the probes of actuator. A path that can be
 * read in two ways is not open, whatever the patterns say.
 */
final class OpenEndpoints {

    /** What the library itself opens, as in the setting. */
    record ByDefault(List<String> endpoints) {}

    /**
     * What is known of a request before it is asked who sent it.
     *
     * @param actuator whether it is for an endpoint of actuator
     * @param probe whether it asks for the health of the application or one of its groups, which an orchestrator does without a
     *     credential
     * @param open whether it needs none
     */
    record Asked(boolean actuator, boolean probe, boolean open) {}

    private static final Asked MALFORMED = new Asked(false, false, false);

    private final Map<String, List<PathPattern>> listed = new HashMap<>();
    private final ActuatorRequests actuator;

    /** @param settings each a method and one of Spring's path patterns */
    OpenEndpoints(List<String> settings, ActuatorRequests actuator) {
        this.actuator = actuator;
        settings.forEach(this::list);
    }

    private void list(String setting) {
        String[] parts = setting.strip().split("\\s+");
        if (parts.length != 2 || !parts[0].matches("[A-Z]+") || !parts[1].startsWith("/")) {
            throw refusal(setting, "a method and a path");
        }
        try {
            PathPattern path = PathPatternParser.defaultInstance.parse(parts[1]);
            listed.computeIfAbsent(parts[0], method -> new ArrayList<>()).add(path);
        } catch (PatternParseException malformed) {
            throw refusal(setting, "a method and one of Spring's path patterns (" + malformed.getMessage() + ")");
        }
    }

    private static TenancySetupException refusal(String setting, String expected) {
        return new TenancySetupException(
                "tenancy.open has \"" + setting + "\", which is not " + expected + ".",
                "Write for instance \"GET /actuator/health\".");
    }

    Asked of(HttpServletRequest request) {
        PathContainer path = RequestPaths.of(request);
        if (path == null) {
            return MALFORMED;
        }
        boolean ofActuator = actuator.contain(request, path);
        boolean clear = !RequestPaths.isAmbiguous(path);
        boolean probe = ofActuator && clear && actuator.isProbe(request, path);
        boolean open =
                probe || clear && RequestPaths.matches(listed.getOrDefault(request.getMethod(), List.of()), path);
        return new Asked(ofActuator, probe, open);
    }

    boolean contain(HttpServletRequest request) {
        return of(request).open();
    }

    /** Whether the request is about the whole application, so that a token lets in only those who run it. */
    boolean areForOperators(HttpServletRequest request) {
        PathContainer path = RequestPaths.of(request);
        return path != null && actuator.contain(request, path) && !contain(request);
    }
}

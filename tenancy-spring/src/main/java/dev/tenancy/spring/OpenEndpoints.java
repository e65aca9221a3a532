package dev.tenancy.spring;

import dev.tenancy.TenancySetupException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * What may be called without a credential, and with one that is no good: the settings, and the probes of actuator. A path that can be
 * read in two ways is not open, whatever the patterns say.
 */
record OpenEndpoints(List<OpenEndpoint> endpoints, ActuatorRequests actuator) {

    /** What the library itself opens, as in the setting. */
    record ByDefault(List<String> endpoints) {}

    private record OpenEndpoint(String method, PathPattern path) {

        static OpenEndpoint parse(String setting) {
            String[] parts = setting.strip().split("\\s+");
            try {
                if (parts.length == 2 && parts[0].matches("[A-Z]+") && parts[1].startsWith("/")) {
                    return new OpenEndpoint(parts[0], PathPatternParser.defaultInstance.parse(parts[1]));
                }
            } catch (PatternParseException malformed) {
                throw refusal(setting, "a method and one of Spring's path patterns (" + malformed.getMessage() + ")");
            }
            throw refusal(setting, "a method and a path");
        }

        private static TenancySetupException refusal(String setting, String expected) {
            return new TenancySetupException(
                    "tenancy.open has \"" + setting + "\", which is not " + expected + ".",
                    "Write for instance \"GET /actuator/health\".");
        }
    }

    static OpenEndpoints parse(List<String> settings, ActuatorRequests actuator) {
        return new OpenEndpoints(settings.stream().map(OpenEndpoint::parse).toList(), actuator);
    }

    boolean contain(HttpServletRequest request) {
        return isListed(request) || actuator.isProbe(request);
    }

    private boolean isListed(HttpServletRequest request) {
        if (endpoints.isEmpty()) {
            return false;
        }
        PathContainer path = RequestPaths.of(request);
        return path != null
                && !RequestPaths.isAmbiguous(path)
                && endpoints.stream()
                        .anyMatch(open -> open.method().equals(request.getMethod())
                                && open.path().matches(path));
    }
}

package dev.tenancy.spring;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.http.server.PathContainer;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.context.support.WebApplicationContextUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** Endpoints by their paths, as the settings under {@code management} have them. Asked for with the first request, not at start. */
final class ActuatorPaths implements ActuatorRequests {

    private static final EndpointId HEALTH = EndpointId.of("health");
    private static final Set<String> READING = Set.of("GET", "HEAD");

    private record Paths(List<PathPattern> endpoints, List<PathPattern> probes, List<PathPattern> probesBeside) {}

    // The server stands when the first request comes, and reading the settings costs more than all else here.
    private final Supplier<Boolean> ownPort;
    private final Supplier<Paths> paths;

    ActuatorPaths(
            Environment environment,
            ObjectProvider<PathMappedEndpoints> endpoints,
            ObjectProvider<HealthEndpointGroups> groups) {
        this.ownPort = SingletonSupplier.of(() -> ManagementPortType.get(environment) == ManagementPortType.DIFFERENT);
        this.paths = SingletonSupplier.of(() -> {
            PathMappedEndpoints mapped = endpoints.getIfAvailable();
            return mapped == null ? new Paths(List.of(), List.of(), List.of()) : paths(mapped, groups.getIfAvailable());
        });
    }

    private static Paths paths(PathMappedEndpoints mapped, @Nullable HealthEndpointGroups groups) {
        String base = mapped.getBasePath();
        Stream<String> links = base.isEmpty() ? Stream.empty() : Stream.of(base, base + "/");
        String health = mapped.getPath(HEALTH);
        Stream<String> probes = health == null
                ? Stream.empty()
                : Stream.concat(
                        Stream.of(health),
                        groups == null
                                ? Stream.empty()
                                : groups.getNames().stream().map(name -> health + "/" + name));
        Collection<String> beside = mapped.getAdditionalPaths(WebServerNamespace.SERVER, HEALTH);
        return new Paths(
                patterns(Stream.concat(links, mapped.getAllPaths().stream().map(path -> path + "/**"))),
                patterns(probes),
                patterns(beside.stream()));
    }

    private static List<PathPattern> patterns(Stream<String> paths) {
        return paths.map(PathPatternParser.defaultInstance::parse).toList();
    }

    @Override
    public boolean contain(HttpServletRequest request) {
        PathContainer path = RequestPaths.of(request);
        return path != null
                && (servesEndpoints(request) && matches(paths.get().endpoints(), path)
                        || matches(paths.get().probesBeside(), path));
    }

    @Override
    public boolean isProbe(HttpServletRequest request) {
        PathContainer path = RequestPaths.of(request);
        return path != null
                && READING.contains(request.getMethod())
                && !RequestPaths.isAmbiguous(path)
                && (servesEndpoints(request) && matches(paths.get().probes(), path)
                        || matches(paths.get().probesBeside(), path));
    }

    private static boolean matches(List<PathPattern> patterns, PathContainer path) {
        return patterns.stream().anyMatch(pattern -> pattern.matches(path));
    }

    // With a port of their own, the same path on the other port is the application's.
    private boolean servesEndpoints(HttpServletRequest request) {
        if (!ownPort.get()) {
            return true;
        }
        WebApplicationContext server = WebApplicationContextUtils.getWebApplicationContext(request.getServletContext());
        return server != null
                && WebServerApplicationContext.hasServerNamespace(server, WebServerNamespace.MANAGEMENT.getValue());
    }
}

package dev.tenancy.spring;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
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

    private record Paths(List<PathPattern> endpoints, List<PathPattern> probes) {

        static final Paths NONE = new Paths(List.of(), List.of());
    }

    private record Servers(Paths all, Paths ownPort) {}

    // The server stands when the first request comes, and reading the settings costs more than all else here.
    private final Supplier<Servers> servers;

    ActuatorPaths(
            Environment environment,
            ObjectProvider<PathMappedEndpoints> endpoints,
            ObjectProvider<HealthEndpointGroups> groups) {
        this.servers = SingletonSupplier.of(() -> {
            PathMappedEndpoints mapped = endpoints.getIfAvailable();
            return mapped == null
                    ? new Servers(Paths.NONE, Paths.NONE)
                    : servers(
                            mapped,
                            groups.getIfAvailable(),
                            ManagementPortType.get(environment) == ManagementPortType.DIFFERENT);
        });
    }

    private static Servers servers(
            PathMappedEndpoints mapped, @Nullable HealthEndpointGroups groups, boolean haveOwnPort) {
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
        List<PathPattern> beside = patterns(mapped.getAdditionalPaths(WebServerNamespace.SERVER, HEALTH).stream());
        Paths served = new Paths(
                patterns(Stream.concat(links, mapped.getAllPaths().stream().map(path -> path + "/**"))),
                patterns(probes));
        // With a port of their own, the same path on the other port is the application's.
        return haveOwnPort
                ? new Servers(new Paths(beside, beside), served)
                : new Servers(new Paths(both(served.endpoints(), beside), both(served.probes(), beside)), Paths.NONE);
    }

    private static List<PathPattern> both(List<PathPattern> some, List<PathPattern> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    private static List<PathPattern> patterns(Stream<String> paths) {
        return paths.map(PathPatternParser.defaultInstance::parse).toList();
    }

    @Override
    public boolean contain(HttpServletRequest request, PathContainer path) {
        return isAmong(request, path, Paths::endpoints);
    }

    @Override
    public boolean isProbe(HttpServletRequest request, PathContainer path) {
        return READING.contains(request.getMethod()) && isAmong(request, path, Paths::probes);
    }

    private boolean isAmong(
            HttpServletRequest request, PathContainer path, Function<Paths, List<PathPattern>> patterns) {
        Servers known = servers.get();
        return RequestPaths.matches(patterns.apply(known.all()), path)
                || RequestPaths.matches(patterns.apply(known.ownPort()), path) && isOnOwnPort(request);
    }

    private static boolean isOnOwnPort(HttpServletRequest request) {
        WebApplicationContext server = WebApplicationContextUtils.getWebApplicationContext(request.getServletContext());
        return server != null
                && WebServerApplicationContext.hasServerNamespace(server, WebServerNamespace.MANAGEMENT.getValue());
    }
}

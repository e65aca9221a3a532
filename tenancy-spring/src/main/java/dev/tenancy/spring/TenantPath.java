package dev.tenancy.spring;

import dev.tenancy.TenancySetupException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/** The tenant as one segment of the path, which Spring MVC's handlers see in the same way: {@code /t/{tenant}/**}. */
record TenantPath(PathPattern pattern) implements TenantResolver {

    private static final String VARIABLE = "tenant";

    static TenantPath of(String setting) {
        PathPattern pattern = parse(setting.strip());
        if (pattern == null) {
            throw new TenancySetupException(
                    "tenancy.resolve.path is \"" + setting + "\", which is no path with the segment {tenant}.",
                    "Write one of Spring's path patterns in which {tenant} is a whole segment, for instance"
                            + " /t/{tenant}/**.");
        }
        return new TenantPath(pattern);
    }

    private static @Nullable PathPattern parse(String setting) {
        if (!setting.startsWith("/") || !List.of(setting.split("/")).contains("{" + VARIABLE + "}")) {
            return null;
        }
        try {
            return PathPatternParser.defaultInstance.parse(setting);
        } catch (PatternParseException malformed) {
            return null;
        }
    }

    @Override
    public Resolution resolve(HttpServletRequest request, TenantClaim claim) {
        PathContainer path = RequestPaths.of(request);
        if (path == null) {
            return TenantChain.reject("The path is malformed.");
        }
        PathPattern.PathMatchInfo match = pattern.matchAndExtract(path);
        if (match == null) {
            return Resolution.notApplicable();
        }
        String tenant = match.getUriVariables().get(VARIABLE);
        return tenant == null || tenant.isBlank() || RequestPaths.isAmbiguous(path)
                ? TenantChain.reject("The path must name one company by its id or slug, as in " + pattern + ".")
                : Resolution.resolved(tenant);
    }
}

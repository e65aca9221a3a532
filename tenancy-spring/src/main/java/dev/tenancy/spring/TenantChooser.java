package dev.tenancy.spring;

import dev.tenancy.TenancySetupException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The page on which users of a browser choose their company, if the application has one. Whoever has a browser can do nothing about a
 * header that is missing; without such a page they get the application's error page.
 *
 * @param page its path, or null
 */
record TenantChooser(@Nullable String page, List<PathPattern> paths, AtomicBoolean told) {

    private static final Logger LOG = LoggerFactory.getLogger(TenantChooser.class);

    static TenantChooser of(@Nullable String setting) {
        if (setting == null) {
            return new TenantChooser(null, List.of(), new AtomicBoolean());
        }
        String page = setting.strip();
        if (!page.matches("(/[A-Za-z0-9._~-]+)+")) {
            throw new TenancySetupException(
                    "tenancy.resolve.chooser is \"" + setting + "\", which is no path of a page.",
                    "Write a path of the application without a pattern, for instance /web/companies.");
        }
        return new TenantChooser(
                page, List.of(PathPatternParser.defaultInstance.parse(page + "/**")), new AtomicBoolean());
    }

    /** Whether the request is for the page or something below it, where no company is needed. */
    boolean contains(HttpServletRequest request) {
        if (paths.isEmpty()) {
            return false;
        }
        PathContainer path = RequestPaths.of(request);
        return path != null && !RequestPaths.isAmbiguous(path) && RequestPaths.matches(paths, path);
    }

    /** Whether a browser asks for a page, and not a script or a program for data. */
    static boolean isForBrowser(HttpServletRequest request) {
        String credential = request.getHeader(HttpHeaders.AUTHORIZATION);
        boolean byToken = credential != null && credential.regionMatches(true, 0, "Bearer", 0, "Bearer".length());
        return !byToken && request.getHeader("X-Requested-With") == null && ProblemAnswer.prefersHtml(request);
    }

    void show(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (page != null) {
            response.sendRedirect(request.getContextPath() + page);
            return;
        }
        if (told.compareAndSet(false, true)) {
            LOG.warn(
                    "A browser's user names no company, and gets an error page. Let Memberships.preferred(user) answer their"
                            + " default company, or set tenancy.resolve.chooser to a page of yours on which they choose one.");
        }
        response.sendError(HttpStatus.BAD_REQUEST.value(), "No company is chosen.");
    }
}

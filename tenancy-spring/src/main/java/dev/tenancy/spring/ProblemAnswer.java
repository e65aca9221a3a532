package dev.tenancy.spring;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.MessageSource;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponse;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends a problem: as JSON, or to a client that prefers HTML as a status alone, for which the container asks the application's error
 * page.
 */
record ProblemAnswer(JsonMapper json, MessageSource messages) {

    private static final MediaType XHTML = MediaType.APPLICATION_XHTML_XML;

    void send(HttpServletRequest request, HttpServletResponse response, ErrorResponse problem) throws IOException {
        int status = problem.getStatusCode().value();
        ProblemDetail body = problem.updateAndGetBody(messages, LocaleContextHolder.getLocale());
        response.resetBuffer();
        problem.getHeaders().forEach((name, values) -> response.setHeader(name, String.join(", ", values)));
        if (status == HttpStatus.UNAUTHORIZED.value()) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        if (prefersHtml(request)) {
            response.sendError(status, body.getDetail());
            return;
        }
        byte[] bytes = json.writeValueAsBytes(members(body));
        response.setStatus(status);
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
        response.flushBuffer();
    }

    // Spring would add the path as "instance", and with it the id: answers would differ between a foreign row and none.
    static Map<String, @Nullable Object> members(ProblemDetail problem) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("type", problem.getType() == null ? "about:blank" : problem.getType());
        members.put("title", String.valueOf(problem.getTitle()));
        members.put("status", problem.getStatus());
        members.put("detail", String.valueOf(problem.getDetail()));
        if (problem.getProperties() != null) {
            members.putAll(problem.getProperties());
        }
        return members;
    }

    /** Whether a page is wanted rather than JSON. */
    static boolean prefersHtml(HttpServletRequest request) {
        List<MediaType> accepted;
        try {
            accepted = MediaType.parseMediaTypes(Collections.list(request.getHeaders(HttpHeaders.ACCEPT)));
        } catch (InvalidMediaTypeException malformed) {
            return false;
        } catch (RuntimeException refused) {
            if (Problems.isMalformed(refused)) {
                return false;
            }
            throw refused;
        }
        double html = Math.max(quality(accepted, MediaType.TEXT_HTML), quality(accepted, XHTML));
        double other = Math.max(
                quality(accepted, MediaType.APPLICATION_JSON), quality(accepted, MediaType.APPLICATION_PROBLEM_JSON));
        return html > other;
    }

    /** How much a type is wanted (RFC 9110, section 12.5.1); a little less if only a wildcard says so. */
    private static double quality(List<MediaType> accepted, MediaType type) {
        MediaType closest = null;
        for (MediaType range : accepted) {
            if (range.includes(type) && (closest == null || range.isMoreSpecific(closest))) {
                closest = range;
            }
        }
        if (closest == null) {
            return 0;
        }
        return closest.isConcrete() ? closest.getQualityValue() : closest.getQualityValue() * 0.9999;
    }
}

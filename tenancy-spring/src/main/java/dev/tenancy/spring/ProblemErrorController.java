package dev.tenancy.spring;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.web.ErrorProperties;
import org.springframework.boot.webmvc.autoconfigure.error.BasicErrorController;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorViewResolver;
import org.springframework.boot.webmvc.error.ErrorAttributes;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.PathContainer;
import org.springframework.web.servlet.ModelAndView;

/**
 * Spring Boot's error controller, with problem details for what failed before or behind the controllers that are answered so. A call of its
 * path is not an error, and there is nothing to show.
 */
class ProblemErrorController extends BasicErrorController {

    private final Predicate<PathContainer> answered;

    /** @param answered of which paths the errors are problem details */
    ProblemErrorController(
            ErrorAttributes attributes,
            ErrorProperties properties,
            List<ErrorViewResolver> resolvers,
            Predicate<PathContainer> answered) {
        super(attributes, properties, resolvers);
        this.answered = answered;
    }

    @Override
    public ModelAndView errorHtml(HttpServletRequest request, HttpServletResponse response) {
        tellDirectCall(request);
        return super.errorHtml(request, response);
    }

    @Override
    public ResponseEntity<Map<String, @Nullable Object>> error(HttpServletRequest request) {
        tellDirectCall(request);
        if (!answered.test(failed(request))) {
            return super.error(request);
        }
        HttpStatus status = getStatus(request);
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(ProblemAnswer.members(Problem.of(status, detail(status)).getBody()));
    }

    private static void tellDirectCall(HttpServletRequest request) {
        if (request.getDispatcherType() == DispatcherType.REQUEST
                && request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) == null) {
            request.setAttribute(RequestDispatcher.ERROR_STATUS_CODE, HttpStatus.NOT_FOUND.value());
        }
    }

    private static PathContainer failed(HttpServletRequest request) {
        Object uri = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        String path = uri instanceof String text ? text : request.getRequestURI();
        String prefix = request.getContextPath();
        try {
            return PathContainer.parsePath(path.startsWith(prefix) ? path.substring(prefix.length()) : path);
        } catch (IllegalArgumentException malformed) {
            return PathContainer.parsePath("/");
        }
    }

    private static String detail(HttpStatus status) {
        return switch (status) {
            case BAD_REQUEST -> "The request is malformed.";
            case UNAUTHORIZED -> "This needs a valid credential.";
            case NOT_FOUND -> "There is no such resource.";
            case INTERNAL_SERVER_ERROR -> "The request failed; the fault is ours and is logged.";
            default -> "The request was refused: " + status.getReasonPhrase() + ".";
        };
    }
}

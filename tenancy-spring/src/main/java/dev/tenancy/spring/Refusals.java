package dev.tenancy.spring;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Answers requests that are refused before any handler runs. The caller is told as little as the problem says; the log, at DEBUG, which
 * filters and which of their rules refused.
 *
 * @param filters names the filters that the request went through
 */
record Refusals(HandlerExceptionResolver problems, Function<HttpServletRequest, String> filters) {

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    /** @param rule why, for the log: it names no credential */
    void answer(HttpServletRequest request, HttpServletResponse response, ErrorResponseException problem, String rule) {
        tell(request, problem.getStatusCode().value(), rule);
        problems.resolveException(request, response, null, problem);
    }

    void answer(HttpServletRequest request, HttpServletResponse response, ErrorResponseException problem) {
        answer(request, response, problem, String.valueOf(problem.getBody().getDetail()));
    }

    void tell(HttpServletRequest request, int status, String rule) {
        if (LOG.isDebugEnabled()) {
            LOG.debug(
                    "{} {} was answered {}: {} Refused by {}.",
                    request.getMethod(),
                    request.getRequestURI(),
                    status,
                    rule,
                    filters.apply(request));
        }
    }
}

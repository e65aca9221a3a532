package dev.tenancy.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * Refusals as problem details (RFC 9457). None holds a path or an id, so that the answer for a foreign row and for a missing
 * one are the same to the byte.
 */
final class Problem {

    static final String MISSING = "There is no such resource.";

    private Problem() {}

    record FieldFault(String field, String message) {}

    static ErrorResponseException of(HttpStatus status, String detail) {
        return of(status, detail, null);
    }

    static ErrorResponseException of(HttpStatus status, String detail, @Nullable Throwable cause) {
        return new ErrorResponseException(status, ProblemDetail.forStatusAndDetail(status, detail), cause);
    }

    static ErrorResponseException missing() {
        return of(HttpStatus.NOT_FOUND, MISSING);
    }

    static ErrorResponseException invalid(List<FieldFault> faults) {
        return new ErrorResponseException(HttpStatus.BAD_REQUEST, invalidBody(faults), null);
    }

    static ProblemDetail invalidBody(List<FieldFault> faults) {
        ProblemDetail body =
                ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, "The body has invalid fields; see errors.");
        body.setProperty("errors", faults);
        return body;
    }
}

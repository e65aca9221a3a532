package dev.tenancy.spring;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * Refusals as problem details (RFC 9457). None holds a path or an id, so that the answer for a foreign row and for a missing
 * one are the same to the byte.
 */
final class Problem {

    static final String MISSING = "There is no such resource.";

    private static final URI TENANT_SUSPENDED = URI.create("https://tenancy.dev/problems/tenant-suspended");

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

    static ErrorResponseException unauthorized() {
        return of(HttpStatus.UNAUTHORIZED, "This needs a valid bearer token.");
    }

    /** The one answer to somebody who may not act for a company, whether it exists or not. */
    static ErrorResponseException notAMember() {
        return of(HttpStatus.FORBIDDEN, "You are not an active member of the company that this request names.");
    }

    static ErrorResponseException tenantSuspended() {
        ErrorResponseException suspended = of(
                HttpStatus.FORBIDDEN, "The company that this request names is suspended: nobody can act for it now.");
        suspended.setType(TENANT_SUSPENDED);
        suspended.setTitle("Company suspended");
        return suspended;
    }

    // Without a cause, which another advice would take for its own.
    static ErrorResponseException unavailable() {
        ErrorResponseException unavailable = of(
                HttpStatus.SERVICE_UNAVAILABLE,
                "What decides on this request cannot be reached at the moment. Try again later.");
        unavailable.getHeaders().set(HttpHeaders.RETRY_AFTER, "5");
        return unavailable;
    }

    static ErrorResponseException invalidParameters(List<FieldFault> faults) {
        ErrorResponseException invalid = of(HttpStatus.BAD_REQUEST, "The request has invalid parameters; see errors.");
        invalid.getBody().setProperty("errors", faults);
        return invalid;
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

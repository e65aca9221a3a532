package dev.tenancy.spring;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.net.URI;
import java.util.Collection;
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

    /**
     * What is wrong with one field or parameter.
     *
     * @param row which row of a bulk request, from 0
     * @param field null if the row is wrong as a whole
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record FieldFault(@Nullable Integer row, @Nullable String field, String message) {

        FieldFault(@Nullable String field, String message) {
            this(null, field, message);
        }

        FieldFault in(@Nullable Integer row) {
            return new FieldFault(row, field, message);
        }
    }

    static ErrorResponseException of(HttpStatus status, String detail) {
        return of(status, detail, (Throwable) null);
    }

    static ErrorResponseException of(HttpStatus status, String detail, @Nullable Throwable cause) {
        return new ErrorResponseException(status, ProblemDetail.forStatusAndDetail(status, detail), cause);
    }

    static ErrorResponseException of(HttpStatus status, String detail, List<FieldFault> faults) {
        ErrorResponseException problem = of(status, detail);
        if (!faults.isEmpty()) {
            problem.getBody().setProperty("errors", faults);
        }
        return problem;
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

    static ErrorResponseException stale() {
        return of(
                HttpStatus.PRECONDITION_FAILED, "The row is not in the state that the request demands. Read it again.");
    }

    static ErrorResponseException forbidden() {
        return of(HttpStatus.FORBIDDEN, "Your role does not allow this.");
    }

    static ErrorResponseException tooLarge(long bytes) {
        return of(
                HttpStatus.CONTENT_TOO_LARGE,
                "The body is larger than the " + bytes + " bytes that are taken here. Send less at a time.");
    }

    static ErrorResponseException parameter(String name, String why) {
        return of(
                HttpStatus.BAD_REQUEST, "The parameter " + name + " " + why + ".", List.of(new FieldFault(name, why)));
    }

    /** The name is the caller's: it is told in {@code errors} only if it could be one. */
    static ErrorResponseException unknownParameter(String name, Collection<String> allowed) {
        return of(
                HttpStatus.BAD_REQUEST,
                "There is an unknown parameter; this list takes " + allowed + ".",
                List.of(new FieldFault(shown(name), "is unknown")));
    }

    /** A name of the caller's, to be shown; null if it could be none. */
    static @Nullable String shown(String name) {
        return name.matches("[A-Za-z0-9_.-]{1,100}") ? name : null;
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

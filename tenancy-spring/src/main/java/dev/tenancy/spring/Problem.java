package dev.tenancy.spring;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.JDBCException;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.ConstraintViolationException.ConstraintKind;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.util.ClassUtils;
import org.springframework.web.ErrorResponseException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.ValueInstantiationException;

/**
 * The refusals of this library, as problem details (RFC 9457), for handlers of the application that are to answer in the same
 * words: {@code throw Problem.missing()}. None holds a path or an id, so that the answer for a foreign row and for a missing one
 * are the same to the byte. Each method returns a new exception, to be thrown.
 */
public final class Problem {

    private static final URI TENANT_SUSPENDED = URI.create("https://tenancy.dev/problems/tenant-suspended");

    // A value that is too large for its index or its row, and a statement that is too complex. Too many columns or
    // arguments of a function (54011, 54023) are the application's own doing.
    private static final Set<String> BY_CALLERS = Set.of("54000", "54001");

    private Problem() {}

    /** What is thrown here, to be told from the exceptions of others. */
    static class Refusal extends ErrorResponseException {

        private static final long serialVersionUID = 1L;

        Refusal(ProblemDetail body, @Nullable Throwable cause) {
            super(HttpStatusCode.valueOf(body.getStatus()), body, cause);
        }
    }

    /**
     * What is wrong with one field or parameter: a member of {@code errors}.
     *
     * @param row which row of a bulk request, from 0; null in any other request
     * @param field dotted where records are nested; null if the row or the body is wrong as a whole
     * @param message what it must be, to be read after the name of the field: "must not be null"
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record FieldFault(
            @Nullable Integer row, @Nullable String field, String message) {

        private static final Map<Class<?>, String> WORDS = Map.ofEntries(
                Map.entry(String.class, "text"),
                Map.entry(UUID.class, "a UUID"),
                Map.entry(Boolean.class, "true or false"),
                Map.entry(Long.class, "a whole number"),
                Map.entry(Integer.class, "a whole number"),
                Map.entry(Short.class, "a whole number"),
                Map.entry(BigDecimal.class, "a number"),
                Map.entry(Double.class, "a number"),
                Map.entry(Float.class, "a number"),
                Map.entry(BigInteger.class, "a whole number"),
                Map.entry(Byte.class, "a whole number from -128 to 127"),
                Map.entry(Character.class, "text of one character"),
                Map.entry(Duration.class, "a duration such as PT1H30M"),
                Map.entry(Year.class, "a year such as 2026"),
                Map.entry(YearMonth.class, "a month such as 2026-03"),
                Map.entry(ZonedDateTime.class, "a time such as 2026-03-02T10:00:00Z"),
                Map.entry(LocalDate.class, "a date such as 2026-03-02"),
                Map.entry(LocalTime.class, "a time such as 10:00"),
                Map.entry(LocalDateTime.class, "a date and time such as 2026-03-02T10:00"),
                Map.entry(Instant.class, "a time such as 2026-03-02T10:00:00Z"),
                Map.entry(OffsetDateTime.class, "a time such as 2026-03-02T10:00:00Z"));

        /** A fault of a request that has one row or none. */
        public FieldFault(@Nullable String field, String message) {
            this(null, field, message);
        }

        /** A fault of a field whose name the caller made up: it is told only if it could be one. */
        public static FieldFault ofUnknown(String name, String message) {
            return new FieldFault(name.matches("[A-Za-z0-9_.-]{1,100}") ? name : null, message);
        }

        /** A value that is none of the type. */
        public static FieldFault ofType(String field, Class<?> type) {
            return new FieldFault(field, "must be " + words(ClassUtils.resolvePrimitiveIfNecessary(type)));
        }

        private static String words(Class<?> type) {
            return type.isEnum()
                    ? "one of "
                            + Arrays.stream(type.getEnumConstants())
                                    .map(constant -> ((Enum<?>) constant).name())
                                    .toList()
                    : WORDS.getOrDefault(type, type.isRecord() ? "a JSON object" : "of another type or format");
        }

        /** The value at which Jackson stopped; without a field if that was the body itself. */
        public static FieldFault of(JacksonException unreadable) {
            String path = unreadable.getPath().stream()
                    .map(JacksonException.Reference::getPropertyName)
                    .filter(Objects::nonNull)
                    .collect(Collectors.joining("."));
            String field = path.isEmpty() ? null : path;
            // The constructor of a record threw, whose words are not for callers.
            if (unreadable instanceof ValueInstantiationException) {
                return new FieldFault(field, "is not allowed");
            }
            if (field == null) {
                return new FieldFault(null, "is not the JSON that is expected here");
            }
            return unreadable instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null
                    ? ofType(field, mismatch.getTargetType())
                    : new FieldFault(field, "has the wrong type or format");
        }
    }

    /** A refusal in words of the application's own. They are sent as they are: let them hold nothing of another tenant. */
    public static ErrorResponseException of(HttpStatus status, String detail) {
        return of(status, detail, (Throwable) null);
    }

    /** The same with what led to it, for the log. */
    public static ErrorResponseException of(HttpStatus status, String detail, @Nullable Throwable cause) {
        return new Refusal(ProblemDetail.forStatusAndDetail(status, detail), cause);
    }

    static ErrorResponseException of(ProblemDetail problem) {
        return new Refusal(problem, null);
    }

    /** The same with its {@code errors}, which are left out if there are none. */
    public static ErrorResponseException of(HttpStatus status, String detail, List<FieldFault> faults) {
        ErrorResponseException problem = of(status, detail);
        if (!faults.isEmpty()) {
            problem.getBody().setProperty("errors", faults);
        }
        return problem;
    }

    /** 404, of a row that is not there or is another tenant's. */
    public static ErrorResponseException missing() {
        return of(HttpStatus.NOT_FOUND, "There is no such resource.");
    }

    /** 403, of a member whose role is too low. */
    public static ErrorResponseException forbidden() {
        return of(HttpStatus.FORBIDDEN, "Your role does not allow this.");
    }

    /** 403, of rows that every company reads and none changes. */
    public static ErrorResponseException libraryRow(List<FieldFault> faults) {
        return of(
                HttpStatus.FORBIDDEN,
                "The row belongs to the library, which every company reads and none changes.",
                faults);
    }

    /** 400, of a body with these faults. */
    public static ErrorResponseException invalid(List<FieldFault> faults) {
        return of(HttpStatus.BAD_REQUEST, "The body has invalid fields; see errors.", faults);
    }

    /** 400, of one parameter of the query; {@code why} ends the sentence "The parameter x …". */
    public static ErrorResponseException parameter(String name, String why) {
        return of(
                HttpStatus.BAD_REQUEST, "The parameter " + name + " " + why + ".", List.of(new FieldFault(name, why)));
    }

    /** 409 or 400, of a row that the database refused; {@code faults} tell what is known of its fields. */
    public static ErrorResponseException violated(JDBCException refusal, List<FieldFault> faults) {
        if (refusal instanceof ConstraintViolationException violation) {
            return violated(violation.getKind(), faults);
        }
        return isTooMuch(refusal.getSQLState())
                ? tooMuch(faults)
                : of(HttpStatus.BAD_REQUEST, "A value is too long or out of range.", faults);
    }

    /** Whether what passes a limit of the database (SQLSTATE class 54) is something that a caller sends. */
    static boolean isTooMuch(@Nullable String state) {
        return state != null && BY_CALLERS.contains(state);
    }

    static ErrorResponseException tooMuch(List<FieldFault> faults) {
        return of(
                HttpStatus.BAD_REQUEST,
                "A value is too long for the database, or the request asks too much at once. Shorten it.",
                faults);
    }

    static ErrorResponseException violated(ConstraintKind constraint, List<FieldFault> faults) {
        return switch (constraint) {
            case UNIQUE -> of(HttpStatus.CONFLICT, "A row with the same unique value exists already.", faults);
            case FOREIGN_KEY ->
                of(
                        HttpStatus.CONFLICT,
                        "The row is still referenced by another, or refers to one that is gone.",
                        faults);
            default -> of(HttpStatus.BAD_REQUEST, "A value is missing or not allowed.", faults);
        };
    }

    /** 413, of a body with more bytes than these. */
    public static ErrorResponseException tooLarge(long bytes) {
        return of(
                HttpStatus.CONTENT_TOO_LARGE,
                "The body is larger than the " + bytes + " bytes that are taken here. Send less at a time.");
    }

    static ErrorResponseException malformed() {
        return of(HttpStatus.BAD_REQUEST, "The request is malformed.");
    }

    static ErrorResponseException failed() {
        return of(HttpStatus.INTERNAL_SERVER_ERROR, "The request failed; the fault is ours and is logged.");
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

    /** 429 with {@code Retry-After}, of a tenant that has too many requests at work. */
    public static ErrorResponseException tooManyAtOnce() {
        return later(
                HttpStatus.TOO_MANY_REQUESTS,
                "Too many requests of this company are worked on at the moment. Try again in a moment.",
                1);
    }

    // Without a cause, which another advice would take for its own.
    static ErrorResponseException unavailable() {
        return unavailable("What decides on this request cannot be reached at the moment. Try again later.");
    }

    /** 503, with when to come back. */
    static ErrorResponseException unavailable(String detail) {
        return later(HttpStatus.SERVICE_UNAVAILABLE, detail, 5);
    }

    private static ErrorResponseException later(HttpStatus status, String detail, int seconds) {
        ErrorResponseException refusal = of(status, detail);
        refusal.getHeaders().set(HttpHeaders.RETRY_AFTER, String.valueOf(seconds));
        return refusal;
    }
}

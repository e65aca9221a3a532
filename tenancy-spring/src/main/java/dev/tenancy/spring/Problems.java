package dev.tenancy.spring;

import dev.tenancy.ForeignReferenceException;
import jakarta.persistence.LockTimeoutException;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.PessimisticLockException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.DataException;
import org.hibernate.exception.JDBCConnectionException;
import org.hibernate.exception.LockAcquisitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.validation.FieldError;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/**
 * Answers every refusal with problem details, and never with a text of the database or of a class. It has no order: advice of
 * the application comes first.
 */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    static ErrorResponseException unreadable(JacksonException cause) {
        List<Problem.FieldFault> faults = cause.getPath().stream()
                .map(JacksonException.Reference::getPropertyName)
                .filter(name -> name != null)
                .limit(1)
                .map(name -> new Problem.FieldFault(
                        name,
                        cause instanceof UnrecognizedPropertyException ? "is unknown" : "has the wrong type or format"))
                .toList();
        return faults.isEmpty()
                ? Problem.of(HttpStatus.BAD_REQUEST, "The body is not the JSON that is expected here.", cause)
                : Problem.invalid(faults);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException unreadable,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        ErrorResponseException problem = unreadable.getCause() instanceof JacksonException cause
                ? unreadable(cause)
                : Problem.of(HttpStatus.BAD_REQUEST, "The body is missing or cannot be read.");
        return handleExceptionInternal(problem, problem.getBody(), headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException invalid, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        List<Problem.FieldFault> faults =
                invalid.getFieldErrors().stream().map(Problems::fault).toList();
        return handleExceptionInternal(invalid, Problem.invalidBody(faults), headers, status, request);
    }

    private static Problem.FieldFault fault(FieldError error) {
        String message = error.getDefaultMessage();
        return new Problem.FieldFault(error.getField(), message == null ? "is invalid" : message);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleNoResourceFoundException(
            NoResourceFoundException missing, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return handleExceptionInternal(missing, Problem.missing().getBody(), headers, status, request);
    }

    @ExceptionHandler
    @Nullable ResponseEntity<Object> conflict(ConstraintViolationException violation, WebRequest request) {
        return switch (violation.getKind()) {
            case UNIQUE -> answer(HttpStatus.CONFLICT, "A row with the same unique value exists already.", request);
            case FOREIGN_KEY ->
                answer(
                        HttpStatus.CONFLICT,
                        "The row is still referenced by another, or refers to one that is gone.",
                        request);
            default -> answer(HttpStatus.BAD_REQUEST, "A value is missing or not allowed.", request);
        };
    }

    @ExceptionHandler
    @Nullable ResponseEntity<Object> outOfRange(DataException unstorable, WebRequest request) {
        LOG.warn("A value passed validation but not the database: bound it on the record", unstorable);
        return answer(HttpStatus.BAD_REQUEST, "A value is too long or out of range.", request);
    }

    // Not told apart from a reference to no row, by the library or here.
    @ExceptionHandler
    @Nullable ResponseEntity<Object> reference(ForeignReferenceException refused, WebRequest request) {
        return answer(HttpStatus.BAD_REQUEST, "The row refers to another that does not exist.", request);
    }

    @ExceptionHandler
    @Nullable ResponseEntity<Object> role(RoleRequiredException refused, WebRequest request) {
        return refused.actsForTenant()
                ? answer(HttpStatus.FORBIDDEN, "Your role does not allow this.", request)
                : answer(HttpStatus.UNAUTHORIZED, "This needs a valid credential.", request);
    }

    @ExceptionHandler({
        OptimisticLockException.class,
        PessimisticLockException.class,
        LockTimeoutException.class,
        LockAcquisitionException.class,
        ConcurrencyFailureException.class
    })
    @Nullable ResponseEntity<Object> changedMeanwhile(Exception conflict, WebRequest request) {
        return answer(HttpStatus.CONFLICT, "Somebody else changed the row at the same time. Read it again.", request);
    }

    @ExceptionHandler
    void passOn(ExportAbortedException aborted) {
        throw aborted;
    }

    @ExceptionHandler({
        JDBCConnectionException.class,
        DataAccessResourceFailureException.class,
        CannotCreateTransactionException.class
    })
    @Nullable ResponseEntity<Object> databaseDown(Exception failure, WebRequest request) {
        LOG.error("The database cannot be reached", failure);
        ErrorResponseException problem = Problem.unavailable();
        return handleExceptionInternal(
                problem, problem.getBody(), problem.getHeaders(), problem.getStatusCode(), request);
    }

    @ExceptionHandler
    @Nullable ResponseEntity<Object> unexpected(Exception failure, WebRequest request) {
        LOG.error("A request failed", failure);
        return answer(
                HttpStatus.INTERNAL_SERVER_ERROR, "The request failed; the fault is ours and is logged.", request);
    }

    private @Nullable ResponseEntity<Object> answer(HttpStatus status, String detail, WebRequest request) {
        ErrorResponseException problem = Problem.of(status, detail);
        return handleExceptionInternal(problem, problem.getBody(), new HttpHeaders(), status, request);
    }

    // Spring would add the path as "instance", and with it the id: answers would differ between a foreign row and none.
    @Override
    protected ResponseEntity<Object> createResponseEntity(
            @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (!(body instanceof ProblemDetail problem)) {
            return super.createResponseEntity(body, headers, status, request);
        }
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", problem.getType() == null ? "about:blank" : problem.getType());
        members.put("title", String.valueOf(problem.getTitle()));
        members.put("status", problem.getStatus());
        members.put("detail", String.valueOf(problem.getDetail()));
        if (problem.getProperties() != null) {
            members.putAll(problem.getProperties());
        }
        HttpHeaders own = new HttpHeaders();
        own.putAll(headers);
        own.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (status.isSameCodeAs(HttpStatus.UNAUTHORIZED)) {
            own.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        return new ResponseEntity<>(members, own, status);
    }
}

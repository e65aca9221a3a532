package dev.tenancy.spring;

import dev.tenancy.ForeignReferenceException;
import jakarta.persistence.EntityExistsException;
import jakarta.persistence.LockTimeoutException;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.PessimisticLockException;
import jakarta.persistence.QueryTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.ConstraintViolationException.ConstraintKind;
import org.hibernate.exception.DataException;
import org.hibernate.exception.JDBCConnectionException;
import org.hibernate.exception.LockAcquisitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionTimedOutException;
import org.springframework.validation.FieldError;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;

/**
 * Answers every refusal with problem details, and never with a text of the database or of a class. It has no order: advice of
 * the application comes first.
 */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {

    // What servers and Spring Security throw at a request that makes no sense; by name, since none of them need be
    // there.
    private static final Set<String> MALFORMED = Set.of(
            "org.apache.tomcat.util.http.InvalidParameterException",
            "org.eclipse.jetty.http.HttpException$RuntimeException",
            "org.springframework.security.web.firewall.RequestRejectedException");

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    private static final String RETRY_AFTER_SECONDS = "5";

    private static ErrorResponseException unreadable(JacksonException cause) {
        Problem.FieldFault fault = Problem.FieldFault.of(cause);
        return fault.field() == null
                ? Problem.of(HttpStatus.BAD_REQUEST, "The body is not the JSON that is expected here.", cause)
                : Problem.invalid(List.of(fault));
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
        return handleExceptionInternal(invalid, Problem.invalid(faults).getBody(), headers, status, request);
    }

    private static Problem.FieldFault fault(FieldError error) {
        String message = error.getDefaultMessage();
        return new Problem.FieldFault(error.getField(), message == null ? "is invalid" : message);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleMissingServletRequestParameter(
            MissingServletRequestParameterException missing,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        return answer(Problem.parameter(missing.getParameterName(), "must not be missing"), request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException mismatch, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (!(mismatch instanceof MethodArgumentTypeMismatchException argument) || argument.getRequiredType() == null) {
            return super.handleTypeMismatch(mismatch, headers, status, request);
        }
        String why = Problem.FieldFault.ofType(argument.getName(), argument.getRequiredType())
                .message();
        return answer(Problem.parameter(argument.getName(), why), request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleNoResourceFoundException(
            NoResourceFoundException missing, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return handleExceptionInternal(missing, Problem.missing().getBody(), headers, status, request);
    }

    @ExceptionHandler
    @Nullable ResponseEntity<Object> conflict(ConstraintViolationException violation, WebRequest request) {
        return answer(Problem.violated(violation.getKind(), List.of()), request);
    }

    // By its id, before the database is asked: two rows of one request, for instance.
    @ExceptionHandler
    @Nullable ResponseEntity<Object> taken(EntityExistsException known, WebRequest request) {
        return answer(Problem.violated(ConstraintKind.UNIQUE, List.of()), request);
    }

    @ExceptionHandler
    @Nullable ResponseEntity<Object> outOfRange(DataException unstorable, WebRequest request) {
        LOG.warn("A value passed validation but not the database: bound it on the record", unstorable);
        return answer(Problem.outOfRange(List.of()), request);
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

    // Spring wraps what Hibernate says when a transaction commits.
    @ExceptionHandler
    @Nullable ResponseEntity<Object> integrity(DataIntegrityViolationException violation, WebRequest request) {
        if (violation.getCause() instanceof ConstraintViolationException cause) {
            return conflict(cause, request);
        }
        LOG.warn("The database refused a value", violation);
        return answer(Problem.violated(ConstraintKind.OTHER, List.of()), request);
    }

    /** A database that cannot be reached, has no connection left, or takes too long. */
    @ExceptionHandler({
        CannotCreateTransactionException.class,
        JDBCConnectionException.class,
        DataAccessResourceFailureException.class,
        TransientDataAccessResourceException.class,
        SQLTransientConnectionException.class,
        QueryTimeoutException.class,
        org.hibernate.QueryTimeoutException.class,
        org.springframework.dao.QueryTimeoutException.class,
        TransactionTimedOutException.class
    })
    @Nullable ResponseEntity<Object> unavailable(Exception failure, WebRequest request) {
        LOG.error("The database did not answer", failure);
        ErrorResponseException problem = Problem.of(
                HttpStatus.SERVICE_UNAVAILABLE, "The database cannot be reached, or takes too long. Try again later.");
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        return handleExceptionInternal(problem, problem.getBody(), headers, problem.getStatusCode(), request);
    }

    @ExceptionHandler
    @Nullable ResponseEntity<Object> unexpected(Exception failure, WebRequest request) {
        if (isMalformed(failure)) {
            return answer(HttpStatus.BAD_REQUEST, "The request is malformed.", request);
        }
        LOG.error("A request failed", failure);
        return answer(
                HttpStatus.INTERNAL_SERVER_ERROR, "The request failed; the fault is ours and is logged.", request);
    }

    // They come out of the first handler that asks for a parameter.
    private static boolean isMalformed(Exception failure) {
        for (Class<?> type = failure.getClass(); type != null; type = type.getSuperclass()) {
            if (MALFORMED.contains(type.getName())) {
                return true;
            }
        }
        return false;
    }

    private @Nullable ResponseEntity<Object> answer(HttpStatus status, String detail, WebRequest request) {
        return answer(Problem.of(status, detail), request);
    }

    private @Nullable ResponseEntity<Object> answer(ErrorResponseException problem, WebRequest request) {
        return handleExceptionInternal(problem, problem.getBody(), new HttpHeaders(), problem.getStatusCode(), request);
    }

    // Of what is sent already nothing can be taken back. The failure has to reach the container, which breaks the
    // connection off:
    // an end like any other would make half an answer look like all of it.
    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception failure, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (request instanceof ServletWebRequest servlet
                && servlet.getResponse() != null
                && servlet.getResponse().isCommitted()) {
            throw new IllegalStateException("The answer had begun already; the connection is broken off.", failure);
        }
        return super.handleExceptionInternal(failure, body, headers, status, request);
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

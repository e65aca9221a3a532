package dev.tenancy.spring;

import dev.tenancy.CurrentTenant;
import dev.tenancy.ForeignReferenceException;
import dev.tenancy.ForeignRowException;
import dev.tenancy.LibraryRowException;
import dev.tenancy.TenantChangedException;
import jakarta.persistence.EntityExistsException;
import jakarta.persistence.EntityNotFoundException;
import jakarta.persistence.LockTimeoutException;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.PessimisticLockException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.hibernate.ObjectNotFoundException;
import org.hibernate.StaleStateException;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.ConstraintViolationException.ConstraintKind;
import org.hibernate.exception.DataException;
import org.hibernate.exception.LockAcquisitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.context.MessageSourceResolvable;
import org.springframework.core.MethodParameter;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpStatus;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.TransactionException;
import org.springframework.validation.FieldError;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.ErrorResponse;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;

/** The problem that each failure is, told without a text of the database or of a class. */
final class Problems {

    // What servers and Spring Security throw at a request that makes no sense; by name, since none of them need be
    // there.
    private static final Set<String> MALFORMED = Set.of(
            "org.apache.tomcat.util.http.InvalidParameterException",
            "org.eclipse.jetty.http.HttpException$RuntimeException",
            "org.springframework.security.web.firewall.RequestRejectedException");

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    private Problems() {}

    /** What this library refused, or what cannot be read; null if it is anything else. Nobody else has an answer to these. */
    static @Nullable ErrorResponse ofRefusal(Throwable failure) {
        if (failure instanceof Problem.Refusal refusal) {
            return refusal;
        }
        if (failure instanceof RoleRequiredException refused) {
            return refused.actsForTenant()
                    ? Problem.forbidden()
                    : Problem.of(HttpStatus.UNAUTHORIZED, "This needs a valid credential.");
        }
        if (isMalformed(failure)) {
            return Problem.malformed();
        }
        if (failure instanceof MultipartException && !(failure instanceof ErrorResponse)) {
            return Problem.of(HttpStatus.BAD_REQUEST, "The parts of the body cannot be read.");
        }
        return ofRow(failure);
    }

    // Spring and JPA wrap what the core refuses; what an application wraps is its own affair.
    private static @Nullable ErrorResponse ofRow(Throwable failure) {
        Throwable one = failure;
        while (one != null) {
            // Not told apart from a reference to no row, by the library or here.
            if (one instanceof ForeignReferenceException) {
                return Problem.of(HttpStatus.BAD_REQUEST, "The row refers to another that does not exist.");
            }
            if (one instanceof LibraryRowException) {
                return Problem.libraryRow(List.of());
            }
            if (one instanceof ForeignRowException || one instanceof TenantChangedException) {
                LOG.warn("A row of another tenant was refused", failure);
                return Problem.of(HttpStatus.BAD_REQUEST, "The row is not one of this company.");
            }
            boolean missing = one instanceof EntityNotFoundException || one instanceof ObjectNotFoundException;
            if (missing && CurrentTenant.find().isPresent()) {
                return Problem.missing();
            }
            boolean isWrapper = one instanceof DataAccessException
                    || one instanceof TransactionException
                    || one instanceof PersistenceException;
            one = isWrapper ? one.getCause() : null;
        }
        return null;
    }

    /** Whether the server or Spring Security refuses to read the request: at the first question for a header or parameter. */
    static boolean isMalformed(Throwable failure) {
        for (Class<?> type = failure.getClass(); type != null; type = type.getSuperclass()) {
            if (MALFORMED.contains(type.getName())) {
                return true;
            }
        }
        return false;
    }

    /** The problem of anything that Spring, JPA or the database refuses; null if the failure is none of these. */
    static @Nullable ErrorResponse of(Throwable failure) {
        ErrorResponse refusal = ofRefusal(failure);
        if (refusal != null) {
            return refusal;
        }
        ErrorResponse request = ofRequest(failure);
        return request == null ? ofDatabase(failure) : request;
    }

    private static @Nullable ErrorResponse ofRequest(Throwable failure) {
        if (failure instanceof HttpMessageNotReadableException unreadable) {
            return unreadable.getCause() instanceof JacksonException cause
                    ? unreadable(cause)
                    : Problem.of(HttpStatus.BAD_REQUEST, "The body is missing or cannot be read.");
        }
        if (failure instanceof MethodArgumentNotValidException invalid) {
            return Problem.invalid(
                    invalid.getFieldErrors().stream().map(Problems::fault).toList());
        }
        if (failure instanceof HandlerMethodValidationException invalid && !invalid.isForReturnValue()) {
            return Problem.of(HttpStatus.BAD_REQUEST, "The request is not valid; see errors.", faults(invalid));
        }
        if (failure instanceof MissingServletRequestParameterException missing) {
            return Problem.parameter(missing.getParameterName(), "must not be missing");
        }
        if (failure instanceof MethodArgumentTypeMismatchException argument && argument.getRequiredType() != null) {
            String why = Problem.FieldFault.ofType(argument.getName(), argument.getRequiredType())
                    .message();
            return Problem.parameter(argument.getName(), why);
        }
        if (failure instanceof TypeMismatchException) {
            return Problem.malformed();
        }
        if (failure instanceof NoResourceFoundException || failure instanceof NoHandlerFoundException) {
            return Problem.missing();
        }
        return failure instanceof ErrorResponse known ? known : null;
    }

    private static ErrorResponseException unreadable(JacksonException cause) {
        Problem.FieldFault fault = Problem.FieldFault.of(cause);
        return fault.field() == null
                ? Problem.of(HttpStatus.BAD_REQUEST, "The body is not the JSON that is expected here.", cause)
                : Problem.invalid(List.of(fault));
    }

    private static Problem.FieldFault fault(FieldError error) {
        return new Problem.FieldFault(error.getField(), message(error));
    }

    private static String message(MessageSourceResolvable error) {
        String message = error.getDefaultMessage();
        return message == null ? "is invalid" : message;
    }

    private static List<Problem.FieldFault> faults(HandlerMethodValidationException invalid) {
        List<Problem.FieldFault> faults = new ArrayList<>();
        for (ParameterValidationResult result : invalid.getParameterValidationResults()) {
            String name = name(result.getMethodParameter());
            for (MessageSourceResolvable error : result.getResolvableErrors()) {
                faults.add(
                        error instanceof FieldError field
                                ? fault(field)
                                : new Problem.FieldFault(name, message(error)));
            }
        }
        return faults;
    }

    private static @Nullable String name(MethodParameter parameter) {
        RequestParam named = parameter.getParameterAnnotation(RequestParam.class);
        return named == null || named.name().isEmpty() ? parameter.getParameterName() : named.name();
    }

    private static @Nullable ErrorResponse ofDatabase(Throwable failure) {
        // Before Spring's translation, which takes it for a lack of resources.
        if (Problem.isTooMuch(DatabaseOutage.state(failure))) {
            LOG.warn("A value or a statement is too large for the database: bound it on the record", failure);
            return Problem.tooMuch(List.of());
        }
        // Before what Hibernate and Spring make of it: a row that somebody else changed, of a lock that was not to be
        // had.
        DatabaseOutage outage = DatabaseOutage.of(failure);
        if (outage != null) {
            return unavailable(outage, failure);
        }
        if (failure instanceof ConstraintViolationException violation) {
            return Problem.violated(violation, List.of());
        }
        // By its id, before the database is asked: two rows of one request, for instance.
        if (failure instanceof EntityExistsException) {
            return Problem.violated(ConstraintKind.UNIQUE, List.of());
        }
        if (failure instanceof DataException outOfRange) {
            LOG.warn("A value passed validation but not the database: bound it on the record", failure);
            return Problem.violated(outOfRange, List.of());
        }
        // Spring wraps what Hibernate says when a transaction commits.
        if (failure instanceof DataIntegrityViolationException) {
            if (failure.getCause() instanceof ConstraintViolationException violation) {
                return Problem.violated(violation, List.of());
            }
            LOG.warn("The database refused a value", failure);
            return Problem.violated(ConstraintKind.OTHER, List.of());
        }
        // Hibernate's own, where no session translates it: of a stateless one, for instance.
        if (failure instanceof OptimisticLockException
                || failure instanceof StaleStateException
                || failure instanceof PessimisticLockException
                || failure instanceof LockTimeoutException
                || failure instanceof LockAcquisitionException
                || failure instanceof ConcurrencyFailureException) {
            return Problem.of(HttpStatus.CONFLICT, "Somebody else changed the row at the same time. Read it again.");
        }
        return null;
    }

    private static ErrorResponse unavailable(DatabaseOutage outage, Throwable failure) {
        outage.tell(LOG, failure);
        return Problem.unavailable("The database cannot be reached, or takes too long. Try again later.");
    }

    /** A failure of the application. */
    static ErrorResponse failed(Throwable failure) {
        LOG.error("A request failed", failure);
        return Problem.failed();
    }
}

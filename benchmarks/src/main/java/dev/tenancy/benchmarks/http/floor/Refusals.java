package dev.tenancy.benchmarks.http.floor;

import jakarta.validation.ConstraintViolationException;
import java.util.List;
import java.util.Map;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Answers what is refused as problem details. */
@RestControllerAdvice
class Refusals extends ResponseEntityExceptionHandler {

    @Override
    protected ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException invalid, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ProblemDetail problem = invalid.getBody();
        problem.setProperty(
                "errors",
                invalid.getFieldErrors().stream()
                        .map(error -> fault(error.getField(), String.valueOf(error.getDefaultMessage())))
                        .toList());
        return ResponseEntity.status(status).body(problem);
    }

    @ExceptionHandler
    ProblemDetail invalid(ConstraintViolationException invalid) {
        ProblemDetail problem = ProblemDetail.forStatus(HttpStatus.BAD_REQUEST);
        List<Map<String, String>> errors = invalid.getConstraintViolations().stream()
                .map(one -> fault(one.getPropertyPath().toString(), one.getMessage()))
                .toList();
        problem.setProperty("errors", errors);
        return problem;
    }

    @ExceptionHandler({DataIntegrityViolationException.class, OptimisticLockingFailureException.class})
    ProblemDetail conflict() {
        return ProblemDetail.forStatus(HttpStatus.CONFLICT);
    }

    private static Map<String, String> fault(String field, String message) {
        return Map.of("field", field, "message", message);
    }
}

package dev.tenancy.test.isolation;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A cell of the matrix that is not proven: the other tenant got somewhere, or the owner did not. */
final class Unproven extends AssertionError {

    private static final long serialVersionUID = 1L;

    private final boolean leak;

    Unproven(String message) {
        this(message, false, null);
    }

    Unproven(String message, Throwable cause) {
        this(message + ": " + told(cause), false, cause);
    }

    private Unproven(String message, boolean leak, @Nullable Throwable cause) {
        super(message, cause);
        this.leak = leak;
    }

    /** @param cause is not told: the message says it all */
    static Unproven since(Throwable cause, String message) {
        return new Unproven(message, false, cause);
    }

    static Unproven leak(String message) {
        return new Unproven("leak: " + message, true, null);
    }

    boolean isLeak() {
        return leak;
    }

    static String told(@Nullable Throwable failure) {
        return chain(failure)
                .map(one -> one.getClass().getSimpleName() + " " + one.getMessage())
                .distinct()
                .collect(Collectors.joining("; "));
    }

    static Stream<Throwable> chain(@Nullable Throwable failure) {
        return Stream.<Throwable>iterate(failure, one -> one != null, Throwable::getCause);
    }
}

package dev.tenancy.spring.crud;

import dev.tenancy.spring.Problem;
import java.util.List;
import java.util.Objects;
import org.hibernate.JDBCException;
import org.jspecify.annotations.Nullable;

/**
 * Why a request is refused, as data. It takes the transaction back on its way to {@link TenantReadController}, which alone has
 * statuses and words for it.
 */
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    enum Reason {
        /** No tenant, and so no member, is current. */
        UNAUTHENTICATED,
        /** The member's role is too low. */
        FORBIDDEN,
        /** The row is not there, is another tenant's, or is out of the controller's scope. */
        MISSING,
        /** What one parameter must be is the only fault. */
        PARAMETER,
        /** About the parameters that the list takes. */
        UNKNOWN_PARAMETER,
        NOT_ACCEPTABLE,
        /** The tenant has as many exports under way as it may. */
        TOO_MANY_EXPORTS,
        /** About the header. */
        MALFORMED_CONDITION,
        CONDITION_MISSING,
        CONDITION_FAILED,
        /** About the number of rows that the body may hold. */
        NOT_ROWS,
        INVALID,
        LIBRARY_ROW,
        /** Rows of a bulk request have another version than the one sent. */
        STALE,
        /** The cause is what the database said. */
        VIOLATED
    }

    private final Reason reason;
    private final String about;
    private final transient List<Problem.FieldFault> faults;

    private RefusedException(Reason reason, String about, List<Problem.FieldFault> faults, @Nullable Throwable cause) {
        // Callers cause it and nobody is to look into it: a stack trace would only cost time.
        super(reason + " " + about, cause, false, false);
        this.reason = reason;
        this.about = about;
        this.faults = faults;
    }

    RefusedException(Reason reason) {
        this(reason, "", List.of(), null);
    }

    RefusedException(Reason reason, String about) {
        this(reason, about, List.of(), null);
    }

    RefusedException(Reason reason, List<Problem.FieldFault> faults) {
        this(reason, "", faults, null);
    }

    /** @param why ends the sentence "The parameter x …" */
    static RefusedException parameter(String name, String why) {
        return new RefusedException(Reason.PARAMETER, List.of(new Problem.FieldFault(name, why)));
    }

    static RefusedException unknownParameter(String name, Iterable<String> taken) {
        return new RefusedException(
                Reason.UNKNOWN_PARAMETER,
                taken.toString(),
                List.of(Problem.FieldFault.ofUnknown(name, "is unknown")),
                null);
    }

    static RefusedException violated(JDBCException refusal, List<Problem.FieldFault> faults) {
        return new RefusedException(Reason.VIOLATED, "", faults, refusal);
    }

    Reason reason() {
        return reason;
    }

    String about() {
        return about;
    }

    List<Problem.FieldFault> faults() {
        return faults;
    }

    /** Of {@link Reason#VIOLATED} alone. */
    JDBCException violation() {
        return (JDBCException) Objects.requireNonNull(getCause());
    }
}

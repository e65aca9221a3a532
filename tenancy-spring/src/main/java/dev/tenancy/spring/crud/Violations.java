package dev.tenancy.spring.crud;

import dev.tenancy.spring.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.hibernate.JDBCException;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Tells a caller of a violated constraint in terms of the record: the fields, never the constraint, the columns or the values. A
 * column that the record does not show, such as the tenant's, is left out.
 */
record Violations(RecordShape<?, ?> shape) {

    private static final Set<String> TOO_MUCH = Set.of("54000", "54001");

    boolean isOne(RuntimeException failure) {
        return constraint(failure) != null || refusedValue(failure) != null;
    }

    // Out of range; or too large for an index or a row, or too complex, which Hibernate has no types for.
    private static @Nullable JDBCException refusedValue(RuntimeException failure) {
        return failure instanceof JDBCException refusal
                        && (refusal instanceof DataException
                                || TOO_MUCH.contains(String.valueOf(refusal.getSQLState())))
                ? refusal
                : null;
    }

    /** What to throw instead; the failure itself if it is none of these. */
    RuntimeException explain(RuntimeException failure, @Nullable Integer row) {
        ConstraintViolationException violation = constraint(failure);
        if (violation == null) {
            JDBCException refused = row == null ? null : refusedValue(failure);
            return refused != null
                    ? RefusedException.violated(
                            refused,
                            List.of(new Problem.FieldFault(row, null, "has a value that is too long or out of range")))
                    : failure;
        }
        String message = switch (violation.getKind()) {
            case UNIQUE -> "is taken by another row";
            case FOREIGN_KEY -> "does not exist";
            case NOT_NULL -> "must not be null";
            default -> "is not allowed";
        };
        return RefusedException.violated(violation, faults(violation, row, message));
    }

    // When a transaction commits, Spring wraps what the database says of deferred constraints.
    private static @Nullable ConstraintViolationException constraint(@Nullable Throwable failure) {
        for (Throwable one = failure; one != null; one = one.getCause()) {
            if (one instanceof ConstraintViolationException violation) {
                return violation;
            }
        }
        return null;
    }

    private List<Problem.FieldFault> faults(
            ConstraintViolationException violation, @Nullable Integer row, String message) {
        List<String> columns = new ArrayList<>(shape.columnsOf(violation.getConstraintName()));
        if (violation.getKind() == ConstraintViolationException.ConstraintKind.NOT_NULL
                && violation.getConstraintName() != null) {
            columns.add(SchemaFacts.normal(violation.getConstraintName()));
        }
        List<String> fields = columns.stream()
                .flatMap(column -> shape.fieldOf(column).stream())
                .toList();
        if (fields.isEmpty()) {
            return row == null ? List.of() : List.of(new Problem.FieldFault(row, null, message));
        }
        String together = fields.size() == 1 ? message : message + ", together with the others here";
        return fields.stream()
                .map(field -> new Problem.FieldFault(row, field, together))
                .toList();
    }
}

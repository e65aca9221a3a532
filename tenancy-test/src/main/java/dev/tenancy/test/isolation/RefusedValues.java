package dev.tenancy.test.isolation;

import jakarta.validation.ConstraintViolationException;
import java.util.List;
import java.util.Optional;

/** The values of a row that Bean Validation has refused. Only asked where that is there. */
record RefusedValues(List<Refused> all) {

    /**
     * @param type of the row
     * @param path of the attribute in it
     */
    record Refused(Class<?> type, String path, String why) {}

    /** Empty if something else has failed. */
    static Optional<RefusedValues> of(Throwable failure) {
        return Unproven.chain(failure)
                .filter(one -> one.getClass().getName().equals("jakarta.validation.ConstraintViolationException"))
                .findFirst()
                .map(RefusedValues::read);
    }

    private static RefusedValues read(Throwable failure) {
        return new RefusedValues(((ConstraintViolationException) failure)
                .getConstraintViolations().stream()
                        .map(one -> new Refused(
                                one.getRootBeanClass(), one.getPropertyPath().toString(), one.getMessage()))
                        .toList());
    }
}

package dev.tenancy.spring.crud;

import dev.tenancy.spring.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is wrong with one row, or with each of many. */
final class Faults {

    private final boolean bulk;
    private final List<Problem.FieldFault> all = new ArrayList<>();

    Faults(boolean bulk) {
        this.bulk = bulk;
    }

    <T extends @Nullable Object> T in(int row, Function<List<Problem.FieldFault>, T> check) {
        List<Problem.FieldFault> found = new ArrayList<>();
        T result = check.apply(found);
        found.forEach(fault -> all.add(bulk ? new Problem.FieldFault(row, fault.field(), fault.message()) : fault));
        return result;
    }

    void refuse() {
        refuse(RefusedException.Reason.INVALID);
    }

    void refuse(RefusedException.Reason reason) {
        if (!all.isEmpty()) {
            throw new RefusedException(reason, all);
        }
    }
}

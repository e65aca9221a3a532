package dev.tenancy.spring.crud;

import dev.tenancy.spring.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

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

    boolean isEmpty() {
        return all.isEmpty();
    }

    List<Problem.FieldFault> all() {
        return all;
    }

    void refuse() {
        if (!all.isEmpty()) {
            throw Problem.invalid(all);
        }
    }

    void refuse(HttpStatus status, String detail) {
        if (!all.isEmpty()) {
            throw Problem.of(status, detail, all);
        }
    }
}

package dev.tenancy.benchmarks.http.floor;

import java.util.List;
import java.util.function.LongSupplier;

record PageOf<D>(List<D> content, Position page) {

    record Position(int size, int number, long totalElements, long totalPages, boolean last) {}

    /** @param count asked only if the rows do not tell the total */
    static <D> PageOf<D> of(List<D> content, int number, int size, LongSupplier count) {
        long before = (long) number * size;
        boolean isEnd = content.size() < size && (!content.isEmpty() || number == 0);
        long total = isEnd ? before + content.size() : count.getAsLong();
        return new PageOf<>(
                content,
                new Position(size, number, total, (total + size - 1) / size, before + content.size() >= total));
    }
}

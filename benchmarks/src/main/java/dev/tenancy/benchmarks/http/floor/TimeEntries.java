package dev.tenancy.benchmarks.http.floor;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The time entries of a tenant. */
interface TimeEntries {

    /** What a list may be sorted by. */
    enum Sort {
        ID("id", "id"),
        DATE("date", "worked_on"),
        MINUTES("minutes", "minutes");

        private final String field;
        private final String column;

        Sort(String field, String column) {
            this.field = field;
            this.column = column;
        }

        String field() {
            return field;
        }

        String column() {
            return column;
        }
    }

    /**
     * A page of the entries of a project, or of all.
     *
     * @param userId whose entries alone, if not null
     */
    PageOf<TimeEntryDto> list(
            UUID tenantId,
            @Nullable UUID projectId,
            @Nullable UUID userId,
            Sort sort,
            boolean descending,
            int page,
            int size);
}

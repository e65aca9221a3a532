package dev.tenancy.benchmarks.http.floor;

import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

record TimeEntryDto(
        UUID id,
        UUID projectId,
        UUID userId,
        LocalDate date,
        int minutes,
        @Nullable String description,
        boolean billable) {}

package timesheets.timeentries;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

record TimeEntryDto(
        @Nullable UUID id,
        @NotNull UUID projectId,
        @Nullable UUID userId,
        @NotNull LocalDate date,
        @NotNull @Min(1) @Max(1440) Integer minutes,
        @Nullable @Size(max = 1000) String description,
        @NotNull Boolean billable) {}

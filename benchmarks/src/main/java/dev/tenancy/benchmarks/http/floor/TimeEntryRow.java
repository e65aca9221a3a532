package dev.tenancy.benchmarks.http.floor;

import jakarta.persistence.Column;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Version;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A time entry, whoever keeps the tenants apart. The project is its id: nothing here needs more of it. */
@MappedSuperclass
abstract class TimeEntryRow {

    @Id
    private UUID id;

    @Version
    private long version;

    private UUID projectId;
    private UUID userId;

    @Column(name = "worked_on")
    private LocalDate date;

    private int minutes;
    private @Nullable String description;
    private boolean billable;

    @SuppressWarnings("NullAway.Init") // Hibernate fills the fields in.
    protected TimeEntryRow() {}

    TimeEntryDto dto() {
        return new TimeEntryDto(id, projectId, userId, date, minutes, description, billable);
    }
}

package timesheets.timeentries;

import dev.tenancy.TenantOwned;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.ManyToOne;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import timesheets.projects.Project;

@Entity
public class TimeEntry extends TenantOwned {

    @ManyToOne(optional = false, fetch = FetchType.LAZY)
    private Project project;

    private UUID userId;

    @Column(name = "worked_on")
    private LocalDate date;

    private int minutes;
    private @Nullable String description;
    private boolean billable;

    @SuppressWarnings("NullAway.Init") // Hibernate fills the fields in.
    protected TimeEntry() {}

    public TimeEntry(
            Project project, UUID userId, LocalDate date, int minutes, @Nullable String description, boolean billable) {
        this.project = project;
        this.userId = userId;
        this.date = date;
        this.minutes = minutes;
        this.description = description;
        this.billable = billable;
    }

    void bookFor(UUID userId) {
        this.userId = userId;
    }
}

package timesheets.timeentries;

import dev.tenancy.spring.crud.Crud;
import dev.tenancy.spring.crud.TenantCrudController;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/time-entries")
@Crud(
        read = "STAFF",
        write = "STAFF",
        readOnly = "userId",
        filter = "projectId, project.customerId, userId, date, minutes, billable",
        sort = "date, minutes, projectId, project.name, userId, billable",
        search = "description, project.name")
class TimeEntryController extends TenantCrudController<TimeEntry, TimeEntryDto> {

    @Override
    protected @Nullable Predicate scope(CriteriaBuilder criteria, Root<TimeEntry> row) {
        return hasRole("ADMIN") ? null : criteria.equal(row.get("userId"), userId(UUID::fromString));
    }

    @Override
    protected void beforeCreate(TimeEntry row) {
        row.bookFor(userId(UUID::fromString));
    }
}

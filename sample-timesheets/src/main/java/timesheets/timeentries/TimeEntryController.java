package timesheets.timeentries;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Roles;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.spring.Crud;
import dev.tenancy.spring.TenantCrudController;
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
        filter = {"date", "minutes", "billable", "userId", "projectId", "project.customerId"},
        sort = {"date", "minutes", "projectId", "userId", "billable"},
        search = "description")
class TimeEntryController extends TenantCrudController<TimeEntry, TimeEntryDto> {

    private final Roles roles;

    TimeEntryController(Roles roles) {
        this.roles = roles;
    }

    @Override
    protected @Nullable Predicate scope(CriteriaBuilder criteria, Root<TimeEntry> row) {
        TenantPrincipal member = CurrentTenant.require();
        return roles.includes(member.role(), "ADMIN") ? null : criteria.equal(row.get("userId"), idOf(member));
    }

    @Override
    protected void beforeCreate(TimeEntry row) {
        row.bookFor(idOf(CurrentTenant.require()));
    }

    private static UUID idOf(TenantPrincipal member) {
        return UUID.fromString(member.getName());
    }
}

package timesheets.projects;

import dev.tenancy.spring.Crud;
import dev.tenancy.spring.TenantCrudController;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/projects")
@Crud(
        read = "STAFF",
        write = "ADMIN",
        filter = {"name", "status", "customerId"},
        sort = {"name", "status", "customerId"},
        search = "name")
class ProjectController extends TenantCrudController<Project, ProjectDto> {}

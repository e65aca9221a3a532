package timesheets.projects;

import dev.tenancy.spring.crud.Crud;
import dev.tenancy.spring.crud.TenantCrudController;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/projects")
@Crud(read = "STAFF", write = "ADMIN", filter = "status, customerId", sort = "name, status", search = "name")
class ProjectController extends TenantCrudController<Project, ProjectDto> {}

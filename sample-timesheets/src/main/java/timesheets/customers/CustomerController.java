package timesheets.customers;

import dev.tenancy.spring.Crud;
import dev.tenancy.spring.TenantCrudController;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/customers")
@Crud(
        read = "STAFF",
        write = "ADMIN",
        filter = {"name", "email"},
        sort = {"name", "email"},
        search = {"name", "email"})
class CustomerController extends TenantCrudController<Customer, CustomerDto> {}

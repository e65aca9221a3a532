package timesheets.customers;

import dev.tenancy.spring.crud.Crud;
import dev.tenancy.spring.crud.TenantCrudController;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/customers")
@Crud(read = "STAFF", write = "ADMIN", filter = "email", sort = "name, email", search = "name, email")
class CustomerController extends TenantCrudController<Customer, CustomerDto> {}

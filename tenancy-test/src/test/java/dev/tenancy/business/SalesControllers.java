package dev.tenancy.business;

import dev.tenancy.spring.Problem;
import dev.tenancy.spring.RequiresRole;
import dev.tenancy.spring.crud.Crud;
import dev.tenancy.spring.crud.TenantCrudController;
import dev.tenancy.spring.crud.TenantReadController;
import jakarta.persistence.EntityManager;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.data.domain.Pageable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** A row or the answer that it is missing. */
final class Found {

    private Found() {}

    static <T> T in(Optional<T> row) {
        return row.orElseThrow(Problem::missing);
    }
}

record ProductDto(
        UUID id,
        UUID categoryId,
        @NotBlank @Size(max = 30) String sku,
        @NotBlank String name,
        @NotNull @PositiveOrZero BigDecimal price,
        boolean discontinued) {}

@RestController
@RequestMapping("/api/products")
@Crud(read = "STAFF", write = "STAFF", filter = "sku, categoryId, price", search = "name", sort = "name, price")
class ProductController extends TenantCrudController<Product, ProductDto> {

    private final StockLevels stock;
    private final Prices prices;

    ProductController(StockLevels stock, Prices prices) {
        this.stock = stock;
        this.prices = prices;
    }

    @Override
    protected void beforeUpdate(ProductDto was, Product row) {
        prices.forget(was.id());
    }

    @GetMapping("/{id}/stock")
    long stock(@PathVariable UUID id) {
        return stock.available(id);
    }

    @GetMapping("/{id}/price")
    ResponseEntity<BigDecimal> price(@PathVariable UUID id) {
        return ResponseEntity.ofNullable(prices.ofProduct(id));
    }
}

record WarehouseDto(UUID id, String code) {}

@RestController
@RequestMapping("/api/warehouses")
@Crud(read = "STAFF", search = "code")
class WarehouseController extends TenantReadController<Warehouse, WarehouseDto> {

    record Movement(@NotNull UUID productId, int quantity) {}

    record Level(UUID productId, String product, int quantity) {}

    private final StockLevels stock;
    private final EntityManager entities;

    WarehouseController(StockLevels stock, EntityManager entities) {
        this.stock = stock;
        this.entities = entities;
    }

    @GetMapping("/{id}/stock")
    @Transactional(readOnly = true)
    public List<Level> levels(@PathVariable UUID id) {
        return stock.findByWarehouseId(id).stream()
                .map(one -> new Level(one.product.getId(), one.product.name(), one.quantity))
                .toList();
    }

    @PostMapping("/{id}/movements")
    @RequiresRole("STAFF")
    @Transactional
    public int move(@PathVariable UUID id, @Valid @RequestBody Movement movement) {
        StockLevel level = stock.findByProductIdAndWarehouseId(movement.productId(), id)
                .orElseGet(() -> {
                    StockLevel fresh = new StockLevel();
                    fresh.warehouse = Found.in(Optional.ofNullable(entities.find(Warehouse.class, id)));
                    fresh.product = Found.in(Optional.ofNullable(entities.find(Product.class, movement.productId())));
                    return stock.save(fresh);
                });
        level.quantity += movement.quantity();
        return level.quantity;
    }
}

@RestController
@RequestMapping("/api/customers")
class CustomerController {

    record Place(
            @Size(max = 80) String street,
            @Size(max = 12) String zip,
            @Size(max = 60) String city) {

        static Place of(Address address) {
            return address == null ? null : new Place(address.street, address.zip, address.city);
        }

        Address address() {
            Address address = new Address();
            address.street = street;
            address.zip = zip;
            address.city = city;
            return address;
        }
    }

    record Form(
            @NotBlank @Size(max = 20) String number,
            @NotBlank String name,
            @Email String email,
            Place billing,
            Set<String> tags) {}

    record View(
            UUID id,
            String number,
            String name,
            String email,
            Customer.Standing standing,
            Place billing,
            Set<String> tags) {

        static View of(Customer row) {
            return new View(
                    row.getId(),
                    row.number,
                    row.name,
                    row.email,
                    row.standing,
                    Place.of(row.billing),
                    Set.copyOf(row.tags));
        }
    }

    record SiteView(UUID id, @NotBlank String label, Place address) {}

    record Person(UUID id, @NotBlank String name, @Email String email, String phone) {

        static Person of(Contact row) {
            return new Person(row.getId(), row.name, row.email, row.phone);
        }
    }

    private final Customers customers;
    private final Contacts contacts;
    private final Sites sites;

    CustomerController(Customers customers, Contacts contacts, Sites sites) {
        this.customers = customers;
        this.contacts = contacts;
        this.sites = sites;
    }

    @GetMapping
    @Transactional(readOnly = true)
    public List<View> list(@RequestParam(defaultValue = "") String name, Pageable page) {
        return customers
                .findByNameContainingIgnoreCase(name, page)
                .map(View::of)
                .getContent();
    }

    @GetMapping("/{id}")
    @Transactional(readOnly = true)
    public View one(@PathVariable UUID id) {
        return View.of(Found.in(customers.findById(id)));
    }

    @GetMapping("/number/{number}")
    @Transactional(readOnly = true)
    public ResponseEntity<View> byNumber(@PathVariable String number) {
        return ResponseEntity.of(customers.findByNumber(number).map(View::of));
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Transactional
    public View add(@Valid @RequestBody Form form) {
        if (form.email() != null && customers.existsByEmail(form.email())) {
            throw Problem.of(HttpStatus.CONFLICT, "A customer has that email.");
        }
        return View.of(customers.saveAndFlush(filled(new Customer(), form)));
    }

    @PutMapping("/{id}")
    @Transactional
    public View replace(@PathVariable UUID id, @Valid @RequestBody Form form) {
        return View.of(customers.saveAndFlush(filled(Found.in(customers.findById(id)), form)));
    }

    private static Customer filled(Customer row, Form form) {
        row.number = form.number();
        row.name = form.name();
        row.email = form.email();
        row.billing = form.billing() == null ? null : form.billing().address();
        row.tags = form.tags() == null ? Set.of() : form.tags();
        return row;
    }

    @PutMapping("/{id}/standing/{standing}")
    @Transactional
    public void stand(@PathVariable UUID id, @PathVariable Customer.Standing standing) {
        Found.in(customers.findById(id)).standing = standing;
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Transactional
    public void remove(@PathVariable UUID id) {
        customers.delete(Found.in(customers.findById(id)));
    }

    @GetMapping("/{customerId}/contacts")
    List<Person> contacts(@PathVariable UUID customerId) {
        return contacts.findByCustomerIdOrderByName(customerId).stream()
                .map(Person::of)
                .toList();
    }

    @PostMapping("/{customerId}/contacts")
    @ResponseStatus(HttpStatus.CREATED)
    @Transactional
    public UUID addContact(@PathVariable UUID customerId, @Valid @RequestBody Person person) {
        Contact contact = new Contact();
        contact.customer = Found.in(customers.findById(customerId));
        contact.name = person.name();
        contact.email = person.email();
        contact.phone = person.phone();
        return contacts.save(contact).getId();
    }

    @GetMapping("/{customerId}/sites")
    List<SiteView> sites(@PathVariable UUID customerId) {
        return sites.findByCustomerId(customerId).stream()
                .map(site -> new SiteView(site.getId(), site.label, Place.of(site.address)))
                .toList();
    }

    @PostMapping("/{customerId}/sites")
    @ResponseStatus(HttpStatus.CREATED)
    @Transactional
    public UUID addSite(@PathVariable UUID customerId, @Valid @RequestBody SiteView form) {
        Site site = new Site();
        site.customer = Found.in(customers.findById(customerId));
        site.label = form.label();
        site.address = form.address() == null ? null : form.address().address();
        return sites.save(site).getId();
    }

    @PutMapping("/{customerId}/sites/{siteId}/label")
    @Transactional
    public void rename(@PathVariable UUID customerId, @PathVariable UUID siteId, @RequestParam String label) {
        Found.in(sites.findByIdAndCustomerId(siteId, customerId)).label = label;
    }

    @DeleteMapping("/{customerId}/sites/{siteId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Transactional
    public void removeSite(@PathVariable UUID customerId, @PathVariable UUID siteId) {
        sites.delete(Found.in(sites.findByIdAndCustomerId(siteId, customerId)));
    }
}

@RestController
@RequestMapping("/api")
class CatalogueController {

    record Node(UUID id, @NotBlank String name, UUID parentId) {}

    record SupplierView(
            UUID id, @NotBlank String name, @Size(max = 20) String vatId, Set<UUID> productIds) {}

    private final EntityManager entities;
    private final Products products;
    private final Suppliers suppliers;

    CatalogueController(EntityManager entities, Products products, Suppliers suppliers) {
        this.entities = entities;
        this.products = products;
        this.suppliers = suppliers;
    }

    @GetMapping("/categories")
    List<Node> categories() {
        return entities.createQuery(
                        "select c.id, c.name, p.id from Category c left join c.parent p order by c.name", Node.class)
                .getResultList();
    }

    @PostMapping("/categories")
    @ResponseStatus(HttpStatus.CREATED)
    @Transactional
    public UUID addCategory(@Valid @RequestBody Node node) {
        Category category = new Category();
        category.name = node.name();
        if (node.parentId() != null) {
            category.parent = Found.in(Optional.ofNullable(entities.find(Category.class, node.parentId())));
        }
        entities.persist(category);
        return category.getId();
    }

    @GetMapping("/categories/{categoryId}/products")
    List<String> products(@PathVariable UUID categoryId) {
        return products.findByCategoryIdAndDiscontinuedFalse(categoryId).stream()
                .map(product -> product.sku + " " + product.name)
                .toList();
    }

    @GetMapping("/suppliers")
    List<String> suppliers() {
        return suppliers.findAll().stream().map(supplier -> supplier.name).toList();
    }

    @GetMapping("/suppliers/{id}")
    SupplierView supplier(@PathVariable UUID id) {
        Supplier row = Found.in(suppliers.findWithProductsById(id));
        return new SupplierView(
                row.getId(),
                row.name,
                row.vatId,
                row.products.stream().map(Product::getId).collect(Collectors.toSet()));
    }

    @PostMapping("/suppliers")
    @ResponseStatus(HttpStatus.CREATED)
    @Transactional
    public UUID addSupplier(@Valid @RequestBody SupplierView form) {
        Supplier supplier = new Supplier();
        supplier.name = form.name();
        supplier.vatId = form.vatId();
        if (form.productIds() != null) {
            supplier.products.addAll(products.findAllById(form.productIds()));
        }
        return suppliers.save(supplier).getId();
    }

    @PutMapping("/suppliers/{supplierId}/products/{productId}")
    @Transactional
    public void supply(@PathVariable UUID supplierId, @PathVariable UUID productId) {
        Found.in(suppliers.findById(supplierId)).products.add(Found.in(products.findById(productId)));
    }

    @DeleteMapping("/suppliers/{supplierId}/products/{productId}")
    @Transactional
    public void drop(@PathVariable UUID supplierId, @PathVariable UUID productId) {
        Found.in(suppliers.findById(supplierId)).products.remove(Found.in(products.findById(productId)));
    }
}

@RestController
@RequestMapping("/api")
class OrderController {

    record Line(@NotNull UUID productId, @Positive int quantity) {}

    record Form(
            @NotNull UUID customerId,
            UUID deliverToId,
            @NotBlank @Size(max = 20) String number,
            @Valid List<Line> lines) {}

    record View(UUID id, String number, String customer, SalesOrder.Status status, BigDecimal total) {

        static View of(SalesOrder row) {
            BigDecimal total = row.lines.stream()
                    .map(line -> line.price.multiply(BigDecimal.valueOf(line.quantity)))
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
            return new View(row.getId(), row.number, row.customer.name(), row.status, total);
        }
    }

    record Bill(UUID id, String number, BigDecimal amount, LocalDate dueOn, LocalDate paidOn) {

        static Bill of(Invoice row) {
            return new Bill(row.getId(), row.number, row.amount, row.dueOn, row.paidOn);
        }
    }

    record BillForm(
            @NotBlank @Size(max = 20) String number,
            @NotNull LocalDate dueOn) {}

    private final Orders orders;
    private final Customers customers;
    private final Sites sites;
    private final Products products;
    private final Invoices invoices;
    private final Work work;

    OrderController(Orders orders, Customers customers, Sites sites, Products products, Invoices invoices, Work work) {
        this.orders = orders;
        this.customers = customers;
        this.sites = sites;
        this.products = products;
        this.invoices = invoices;
        this.work = work;
    }

    @GetMapping("/orders")
    @Transactional(readOnly = true)
    public List<View> list(@RequestParam Optional<SalesOrder.Status> status) {
        return status.map(orders::findByStatus).orElseGet(orders::findAll).stream()
                .map(View::of)
                .toList();
    }

    @GetMapping("/orders/{id}")
    @Transactional(readOnly = true)
    public View one(@PathVariable UUID id) {
        return View.of(Found.in(orders.findById(id)));
    }

    @GetMapping("/orders/by-number")
    @Transactional(readOnly = true)
    public View byNumber(@RequestParam String number) {
        return View.of(Found.in(orders.findByNumber(number)));
    }

    @PostMapping("/orders")
    @ResponseStatus(HttpStatus.CREATED)
    @Transactional
    public View add(@Valid @RequestBody Form form) {
        SalesOrder order = new SalesOrder();
        order.number = form.number();
        order.customer = Found.in(customers.findById(form.customerId()));
        if (form.deliverToId() != null) {
            order.deliverTo = Found.in(sites.findById(form.deliverToId()));
        }
        if (form.lines() != null) {
            form.lines().forEach(line -> order.lines.add(line(order, line)));
        }
        return View.of(orders.saveAndFlush(order));
    }

    private OrderLine line(SalesOrder order, Line form) {
        OrderLine line = new OrderLine();
        line.salesOrder = order;
        line.product = Found.in(products.findById(form.productId()));
        line.price = line.product.price;
        line.quantity = form.quantity();
        return line;
    }

    @PostMapping("/orders/{id}/lines")
    @Transactional
    public View addLine(@PathVariable UUID id, @Valid @RequestBody Line form) {
        SalesOrder order = Found.in(orders.findById(id));
        order.lines.add(line(order, form));
        return View.of(order);
    }

    @DeleteMapping("/orders/{salesOrderId}/lines/{orderLineId}")
    @Transactional
    public void removeLine(@PathVariable UUID salesOrderId, @PathVariable UUID orderLineId) {
        SalesOrder order = Found.in(orders.findById(salesOrderId));
        if (!order.lines.removeIf(line -> line.getId().equals(orderLineId))) {
            throw Problem.missing();
        }
    }

    @PostMapping("/orders/{id}/confirmation")
    @Transactional
    public void confirm(@PathVariable UUID id) {
        if (orders.mark(id, SalesOrder.Status.CONFIRMED) == 0) {
            throw Problem.missing();
        }
    }

    @PostMapping("/orders/{salesOrderId}/invoice")
    @ResponseStatus(HttpStatus.CREATED)
    @Transactional
    public Bill bill(@PathVariable UUID salesOrderId, @Valid @RequestBody BillForm form) {
        SalesOrder order = Found.in(orders.findById(salesOrderId));
        Invoice invoice = new Invoice();
        invoice.salesOrder = order;
        invoice.number = form.number();
        invoice.dueOn = form.dueOn();
        invoice.amount = View.of(order).total();
        return Bill.of(invoices.saveAndFlush(invoice));
    }

    @GetMapping("/invoices/{id}")
    Bill bill(@PathVariable UUID id) {
        return Bill.of(Found.in(invoices.findById(id)));
    }

    @GetMapping("/invoices/overdue")
    List<Bill> overdue() {
        return invoices.findByPaidOnIsNullAndDueOnBefore(LocalDate.of(2999, 1, 1)).stream()
                .map(Bill::of)
                .toList();
    }

    @PostMapping("/invoices/{id}/payment")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void pay(@PathVariable UUID id) {
        work.settle(Found.in(invoices.findById(id)).getId());
    }

    @GetMapping("/reports/turnover")
    @Transactional(readOnly = true)
    public Map<String, BigDecimal> turnover() {
        return orders.findAll().stream()
                .map(View::of)
                .collect(Collectors.groupingBy(
                        View::customer, Collectors.reducing(BigDecimal.ZERO, View::total, BigDecimal::add)));
    }

    @GetMapping(path = "/reports/turnover.csv", produces = "text/csv")
    @Transactional(readOnly = true)
    public ResponseEntity<String> csv() {
        String lines = turnover().entrySet().stream()
                .map(one -> '"' + one.getKey().replace("\"", "\"\"") + "\";" + one.getValue())
                .collect(Collectors.joining("\r\n", "customer;turnover\r\n", "\r\n"));
        return ResponseEntity.ok()
                .contentType(new MediaType("text", "csv"))
                .header("Content-Disposition", "attachment; filename=turnover.csv")
                .body(lines);
    }

    @GetMapping("/reports/dashboard")
    Map<String, Object> dashboard() {
        return Map.of("customers", customers.count(), "orders", orders.count(), "open", invoices.open());
    }
}

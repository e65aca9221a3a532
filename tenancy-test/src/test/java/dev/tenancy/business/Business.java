package dev.tenancy.business;

import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.spring.task.ActiveTenants;
import dev.tenancy.spring.task.EachTenant;
import jakarta.persistence.EntityManager;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.Pageable;
import org.springframework.data.jpa.repository.EntityGraph;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** An application of the size that the documentation speaks of, to tell how long it is attacked. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@ComponentScan
@EnableCaching
@EnableAsync
@EnableScheduling
class Business {

    /** A user is a member of the tenant that stands in the user's name. */
    @Bean
    Memberships memberships() {
        return (user, tenant) -> user.equals("member of " + tenant)
                ? Optional.of(new Membership(UUID.fromString(tenant), "OWNER"))
                : Optional.empty();
    }

    @Bean
    ActiveTenants activeTenants(Companies companies) {
        return () ->
                companies.findByActiveTrue().stream().map(company -> company.id).toList();
    }

    @Bean
    CacheManager cacheManager() {
        return new ConcurrentMapCacheManager("prices", "rates");
    }
}

interface Companies extends JpaRepository<Company, UUID> {
    List<Company> findByActiveTrue();
}

interface Customers extends JpaRepository<Customer, UUID> {
    Optional<Customer> findByNumber(String number);

    boolean existsByEmail(String email);

    Page<Customer> findByNameContainingIgnoreCase(String name, Pageable page);

    @Query("select distinct c from Customer c join c.tags t where t in :tags")
    List<Customer> tagged(Collection<String> tags);
}

interface Contacts extends JpaRepository<Contact, UUID> {
    List<Contact> findByCustomerIdOrderByName(UUID customerId);

    List<Contact> findByEmail(String email);
}

interface Sites extends JpaRepository<Site, UUID> {
    List<Site> findByCustomerId(UUID customerId);

    Optional<Site> findByIdAndCustomerId(UUID id, UUID customerId);
}

interface Products extends JpaRepository<Product, UUID> {
    Optional<Product> findBySku(String sku);

    List<Product> findByCategoryIdAndDiscontinuedFalse(UUID categoryId);
}

interface Suppliers extends JpaRepository<Supplier, UUID> {
    @EntityGraph(attributePaths = "products")
    Optional<Supplier> findWithProductsById(UUID id);
}

interface StockLevels extends JpaRepository<StockLevel, UUID> {
    Optional<StockLevel> findByProductIdAndWarehouseId(UUID productId, UUID warehouseId);

    List<StockLevel> findByWarehouseId(UUID warehouseId);

    @Query("select coalesce(sum(s.quantity), 0) from StockLevel s where s.product.id = :productId")
    long available(UUID productId);
}

interface Employees extends JpaRepository<Employee, UUID> {
    List<Employee> findByManagerId(UUID managerId);

    Optional<Employee> findByEmail(String email);
}

interface Projects extends JpaRepository<Project, UUID> {
    List<Project> findByStatusOrderByTitle(Project.Status status);
}

interface Tasks extends JpaRepository<Task, UUID> {
    List<Task> findByProjectId(UUID projectId);

    List<Task> findByDoneFalseAndDueBefore(LocalDate day);
}

interface TimeEntries extends JpaRepository<TimeEntry, UUID> {
    List<TimeEntry> findByDayBetween(LocalDate from, LocalDate to);

    @Query("select coalesce(sum(t.minutes), 0) from TimeEntry t where t.task.project.id = :projectId")
    long minutesOf(UUID projectId);
}

interface Orders extends JpaRepository<SalesOrder, UUID> {
    Optional<SalesOrder> findByNumber(String number);

    List<SalesOrder> findByStatus(SalesOrder.Status status);

    @Modifying
    @Query("update SalesOrder o set o.status = :status where o.id = :id")
    int mark(UUID id, SalesOrder.Status status);
}

interface Invoices extends JpaRepository<Invoice, UUID> {
    List<Invoice> findByPaidOnIsNullAndDueOnBefore(LocalDate day);

    @Query("select coalesce(sum(i.amount), 0) from Invoice i where i.paidOn is null")
    BigDecimal open();
}

/** What is asked for often. */
@Service
class Prices {

    private final EntityManager entities;

    Prices(EntityManager entities) {
        this.entities = entities;
    }

    @Cacheable("prices")
    @Transactional(readOnly = true)
    public BigDecimal ofProduct(UUID productId) {
        Product product = entities.find(Product.class, productId);
        return product == null ? null : product.price;
    }

    @CacheEvict("prices")
    public void forget(UUID productId) {}

    @Cacheable("rates")
    @Transactional(readOnly = true)
    public BigDecimal ofEmployee(UUID employeeId) {
        Employee employee = entities.find(Employee.class, employeeId);
        return employee == null ? null : employee.hourlyRate;
    }
}

/** What goes on beside requests. */
@Service
class Work {

    private final Invoices invoices;
    private final Tasks tasks;

    Work(Invoices invoices, Tasks tasks) {
        this.invoices = invoices;
        this.tasks = tasks;
    }

    @Async
    @Transactional
    public void settle(UUID invoiceId) {
        invoices.findById(invoiceId).ifPresent(invoice -> invoice.paidOn = LocalDate.now());
    }

    @Scheduled(cron = "0 0 4 * * *")
    @EachTenant
    @Transactional
    public void dunning() {
        invoices.findByPaidOnIsNullAndDueOnBefore(LocalDate.now().minusDays(14))
                .forEach(invoice -> invoice.dueOn = LocalDate.now());
    }

    @Scheduled(cron = "0 0 5 * * *")
    @EachTenant
    @Transactional
    public void postpone() {
        tasks.findByDoneFalseAndDueBefore(LocalDate.now()).forEach(task -> task.due = LocalDate.now());
    }
}

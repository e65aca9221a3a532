package dev.tenancy.business;

import dev.tenancy.GlobalEntity;
import dev.tenancy.TenantOwned;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.Table;
import jakarta.persistence.UniqueConstraint;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

// A workshop with a shop: what it sells, what it works on, what it bills. Fifteen owned entities.

@Entity
@GlobalEntity(reason = "it is the tenant itself")
class Company {
    @Id
    UUID id;

    boolean active = true;

    protected Company() {}

    Company(UUID id) {
        this.id = id;
    }
}

@Embeddable
class Address {
    @Column(length = 80)
    String street;

    @Column(length = 12)
    String zip;

    @Column(length = 60)
    String city;
}

@Entity
@Table(
        uniqueConstraints = {
            @UniqueConstraint(columnNames = {"tenant_id", "number"}),
            @UniqueConstraint(columnNames = {"tenant_id", "email"})
        })
class Customer extends TenantOwned {
    enum Standing {
        LEAD,
        ACTIVE,
        CLOSED
    }

    @Column(nullable = false, length = 20)
    String number;

    @Column(nullable = false)
    String name;

    String email;

    @Enumerated(EnumType.STRING)
    @Column(nullable = false)
    Standing standing = Standing.LEAD;

    @Embedded
    Address billing = new Address();

    @ElementCollection
    Set<String> tags = new HashSet<>();

    @OneToMany(mappedBy = "customer", cascade = CascadeType.ALL, orphanRemoval = true)
    List<Contact> contacts = new ArrayList<>();

    // A proxy has no fields of its own.
    String name() {
        return name;
    }
}

@Entity
class Contact extends TenantOwned {
    @ManyToOne(optional = false, fetch = FetchType.LAZY)
    Customer customer;

    @Column(nullable = false)
    String name;

    String email;
    String phone;
}

@Entity
class Site extends TenantOwned {
    @ManyToOne(optional = false, fetch = FetchType.LAZY)
    Customer customer;

    @Column(nullable = false)
    String label;

    @Embedded
    Address address = new Address();
}

@Entity
@Table(uniqueConstraints = @UniqueConstraint(columnNames = {"tenant_id", "name"}))
class Category extends TenantOwned {
    @ManyToOne(fetch = FetchType.LAZY)
    Category parent;

    @Column(nullable = false)
    String name;
}

@Entity
@Table(uniqueConstraints = @UniqueConstraint(columnNames = {"tenant_id", "sku"}))
class Product extends TenantOwned {
    @ManyToOne(fetch = FetchType.LAZY)
    Category category;

    @Column(nullable = false, length = 30)
    String sku;

    @Column(nullable = false)
    String name;

    @Column(nullable = false, precision = 12, scale = 2)
    BigDecimal price;

    boolean discontinued;

    String name() {
        return name;
    }
}

@Entity
@Table(uniqueConstraints = @UniqueConstraint(columnNames = {"tenant_id", "vatId"}))
class Supplier extends TenantOwned {
    @Column(nullable = false)
    String name;

    @Column(length = 20)
    String vatId;

    @ManyToMany
    Set<Product> products = new HashSet<>();
}

@Entity
@Table(uniqueConstraints = @UniqueConstraint(columnNames = {"tenant_id", "code"}))
class Warehouse extends TenantOwned {
    @Column(nullable = false, length = 10)
    String code;

    @Embedded
    Address address = new Address();
}

@Entity
@Table(uniqueConstraints = @UniqueConstraint(columnNames = {"tenant_id", "product_id", "warehouse_id"}))
class StockLevel extends TenantOwned {
    @ManyToOne(optional = false, fetch = FetchType.LAZY)
    Product product;

    @ManyToOne(optional = false, fetch = FetchType.LAZY)
    Warehouse warehouse;

    int quantity;
}

@Entity
@Table(uniqueConstraints = @UniqueConstraint(columnNames = {"tenant_id", "email"}))
class Employee extends TenantOwned {
    @ManyToOne(fetch = FetchType.LAZY)
    Employee manager;

    @Column(nullable = false)
    String name;

    @Column(nullable = false)
    String email;

    @Column(precision = 8, scale = 2)
    BigDecimal hourlyRate;

    LocalDate hiredOn;
}

@Entity
class Project extends TenantOwned {
    enum Status {
        PLANNED,
        RUNNING,
        DONE
    }

    @ManyToOne(optional = false, fetch = FetchType.LAZY)
    Customer customer;

    @Column(nullable = false)
    String title;

    @Enumerated(EnumType.STRING)
    @Column(nullable = false)
    Status status = Status.PLANNED;

    LocalDate startsOn;

    @Column(precision = 12, scale = 2)
    BigDecimal budget;

    @ManyToMany
    Set<Employee> team = new HashSet<>();
}

@Entity
class Task extends TenantOwned {
    @ManyToOne(optional = false, fetch = FetchType.LAZY)
    Project project;

    @ManyToOne(fetch = FetchType.LAZY)
    Employee assignee;

    @Column(nullable = false)
    String title;

    @Column(length = 2000)
    String description;

    LocalDate due;
    boolean done;
}

@Entity
class TimeEntry extends TenantOwned {
    @ManyToOne(optional = false, fetch = FetchType.LAZY)
    Task task;

    @ManyToOne(optional = false, fetch = FetchType.LAZY)
    Employee employee;

    @Column(name = "worked_on", nullable = false)
    LocalDate day;

    int minutes;
    String note;
}

@Entity
@Table(uniqueConstraints = @UniqueConstraint(columnNames = {"tenant_id", "number"}))
class SalesOrder extends TenantOwned {
    enum Status {
        OPEN,
        CONFIRMED,
        BILLED
    }

    @ManyToOne(optional = false, fetch = FetchType.LAZY)
    Customer customer;

    @ManyToOne(fetch = FetchType.LAZY)
    Site deliverTo;

    @Column(nullable = false, length = 20)
    String number;

    @Column(nullable = false)
    LocalDate orderedOn = LocalDate.now();

    @Enumerated(EnumType.STRING)
    @Column(nullable = false)
    Status status = Status.OPEN;

    @OneToMany(mappedBy = "salesOrder", cascade = CascadeType.ALL, orphanRemoval = true)
    List<OrderLine> lines = new ArrayList<>();
}

@Entity
class OrderLine extends TenantOwned {
    @ManyToOne(optional = false, fetch = FetchType.LAZY)
    SalesOrder salesOrder;

    @ManyToOne(optional = false, fetch = FetchType.LAZY)
    Product product;

    int quantity;

    @Column(nullable = false, precision = 12, scale = 2)
    BigDecimal price;
}

@Entity
@Table(uniqueConstraints = @UniqueConstraint(columnNames = {"tenant_id", "number"}))
class Invoice extends TenantOwned {
    @OneToOne(optional = false, fetch = FetchType.LAZY)
    SalesOrder salesOrder;

    @Column(nullable = false, length = 20)
    String number;

    @Column(nullable = false)
    LocalDate dueOn;

    @Column(nullable = false, precision = 12, scale = 2)
    BigDecimal amount;

    LocalDate paidOn;
}

package documents;

import com.zaxxer.hikari.HikariDataSource;
import dev.tenancy.Memberships;
import dev.tenancy.TenantOwned;
import jakarta.persistence.Entity;
import jakarta.persistence.MappedSuperclass;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.jooq.DSLContext;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a reader of the documents has in their own application, so that no snippet declares it. */
abstract class YourApplication {

    UUID acme;
    List<UUID> companies;
    DSLContext jooq;
    ExecutorService executor;
    HikariDataSource pool;
    Invoices invoices;
    JdbcClient jdbc;
    JdbcTemplate jdbcTemplate;
    Memberships memberships;
    Session session;
    SessionFactory factory;
}

interface Invoices {
    void bill(UUID timeEntry);

    void sendAll();
}

@MappedSuperclass
abstract class BaseEntity {}

@MappedSuperclass
abstract class CompanyEntity extends BaseEntity {}

@Entity
class Pet extends CompanyEntity {}

@Entity
class Owner extends CompanyEntity {
    static Owner withPet() {
        return new Owner();
    }
}

@MappedSuperclass
abstract class NamedEntity extends BaseEntity {}

@Entity
class Customer extends TenantOwned {}

interface Customers extends JpaRepository<Customer, UUID> {}

@Entity
class TimeEntry extends TenantOwned {
    void bookFor(UUID user) {}
}

record TimeEntryDto(UUID id, UUID userId, LocalDate date, int minutes) {}

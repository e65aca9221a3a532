package dev.tenancy.shop;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.CrudRepository;
import org.springframework.data.repository.query.Param;

public interface InvoiceRepository extends CrudRepository<Invoice, UUID> {

    List<Invoice> findByCustomerNameAndDueBetween(String name, LocalDate from, LocalDate to);

    List<Invoice> findByCustomer(Customer customer);

    @Query("select sum(i.amount) from Invoice i join i.customer c where c.id = :customerId and i.number = :number")
    BigDecimal total(@Param("customerId") UUID customerId, @Param("number") String number);
}

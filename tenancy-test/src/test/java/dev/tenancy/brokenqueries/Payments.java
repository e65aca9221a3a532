package dev.tenancy.brokenqueries;

import java.util.List;
import java.util.UUID;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.Pageable;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;
import org.springframework.data.repository.query.Param;

public interface Payments extends Repository<Payment, UUID> {

    @NativeQuery("select * from payment where note = :note")
    List<Payment> noted(@Param("note") String note);

    @Query(
            value = "select * from payment where tenant_id = :#{@tenant.id()} and note = ?1",
            countQuery = "select count(*) from payment where note = ?1",
            nativeQuery = true)
    Page<Payment> paged(String note, Pageable page);

    @NativeQuery("/* tenancy: trusted because it counts only */ select count(*) from payment")
    long total();

    @Query("select p from Payment p")
    List<Payment> all();
}

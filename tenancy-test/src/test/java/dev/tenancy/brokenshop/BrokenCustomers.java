package dev.tenancy.brokenshop;

import dev.tenancy.shop.Customer;
import java.util.List;
import java.util.UUID;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;
import org.springframework.data.repository.query.Param;

public interface BrokenCustomers extends Repository<Customer, UUID>, Fragment {

    @Query(
            value = "/* tenancy: trusted because it is a test */ select name from customer where email = :email",
            nativeQuery = true)
    List<String> names(@Param("email") String email);

    @Query(value = "/* tenancy: trusted because it is a test */ select count(*) from customer", nativeQuery = true)
    long total();

    @Modifying
    @Query(
            value = "/* tenancy: trusted because it is a test */ update customer set name = 'x' where id = :id",
            nativeQuery = true)
    int rename(@Param("id") UUID id);

    @Query("select c from Customer c where c.name = 'nobody has this name'")
    List<Customer> nobody();

    @Query("select c from Customer c where c.name = :#{#filter.text()}")
    List<Customer> filtered(@Param("filter") Filter filter);

    @Query("select c from Customer c")
    List<Customer> all();

    interface Filter {
        String text();
    }
}

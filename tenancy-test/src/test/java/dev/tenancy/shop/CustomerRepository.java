package dev.tenancy.shop;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.Pageable;
import org.springframework.data.domain.Slice;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.query.Param;
import org.springframework.scheduling.annotation.Async;

public interface CustomerRepository
        extends JpaRepository<Customer, UUID>, JpaSpecificationExecutor<Customer>, CustomerSearch {

    interface NameOnly {
        String getName();
    }

    record Contact(String name, String email) {}

    Optional<Customer> findByName(String name);

    List<Customer> findByActiveTrue();

    List<Customer> findByNameInAndCreditLessThan(Collection<String> names, int credit);

    List<Customer> findBySinceAfterOrderByName(Instant since);

    Page<Customer> findByNameContaining(String part, Pageable page);

    Slice<Customer> findByCountryTitle(String title, Pageable page);

    Stream<Customer> streamByEmail(String email);

    @Async
    CompletableFuture<Customer> findOneByEmailIgnoreCase(String email);

    boolean existsByEmail(String email);

    long countByNameNot(String name);

    List<NameOnly> findNamesByEmail(String email);

    <T> List<T> findByEmail(String email, Class<T> type);

    long deleteByName(String name);

    @Query(
            "select new dev.tenancy.shop.CustomerRepository$Contact(c.name, c.email) from Customer c where c.name like :text")
    List<Contact> contacts(@Param("text") String text);

    @Query("select sum(c.credit) from Customer c where c.since >= ?1")
    Long credit(Instant from);

    @Query(
            value = "select count(*) from customer where tenant_id = :#{@tenant.id()} and name = :name",
            nativeQuery = true)
    long counted(@Param("name") String name);

    @Modifying(clearAutomatically = true)
    @Query("update Customer c set c.credit = c.credit + 1 where c.id = :customer")
    int raise(@Param("customer") UUID id);

    default String greeting(UUID id) {
        return "Dear " + findById(id).orElseThrow().getName();
    }
}

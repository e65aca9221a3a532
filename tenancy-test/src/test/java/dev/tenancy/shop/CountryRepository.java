package dev.tenancy.shop;

import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.CrudRepository;
import org.springframework.data.repository.query.Param;

public interface CountryRepository extends CrudRepository<Country, String> {

    @Query("select count(c) from Customer c where c.country.code = :code")
    long customers(@Param("code") String code);

    default long total() {
        return count();
    }
}

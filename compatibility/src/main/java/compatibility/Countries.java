package compatibility;

import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.rest.core.annotation.RepositoryRestResource;

@RepositoryRestResource
interface Countries extends JpaRepository<Country, String> {

    @Query(
            value = "select * from country where name operator(pg_catalog.~*) :pattern order by code",
            nativeQuery = true)
    List<Country> matching(String pattern);
}

package compatibility;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;
import org.springframework.data.repository.CrudRepository;
import org.springframework.data.rest.core.annotation.RepositoryRestResource;

@RepositoryRestResource(exported = false)
interface CountryRows extends CrudRepository<CountryRows.CountryRow, String> {

    @Table("country")
    record CountryRow(@Id String code, String name) {}
}

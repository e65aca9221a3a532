package compatibility;

import java.util.List;
import java.util.UUID;
import org.springframework.data.annotation.Id;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.relational.core.mapping.Table;
import org.springframework.data.repository.CrudRepository;
import org.springframework.data.rest.core.annotation.RepositoryRestResource;

/** Spring Data JDBC, over tables that Hibernate maps as well. */
@RepositoryRestResource(exported = false)
interface NoteRows extends CrudRepository<NoteRows.NoteRow, UUID> {

    @Table("note")
    record NoteRow(@Id UUID id, UUID tenantId, long version, String text) {}

    List<NoteRow> findByTenantIdOrderByText(UUID tenant);

    @Query("select * from note where tenant_id = :tenant and text = :text")
    List<NoteRow> named(UUID tenant, String text);
}

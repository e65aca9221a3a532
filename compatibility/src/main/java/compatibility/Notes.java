package compatibility;

import java.util.List;
import java.util.UUID;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.Pageable;
import org.springframework.data.jpa.repository.EntityGraph;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.rest.core.annotation.RepositoryRestResource;
import org.springframework.data.rest.core.annotation.RestResource;

@RepositoryRestResource
interface Notes extends JpaRepository<Note, UUID>, JpaSpecificationExecutor<Note> {

    interface Shown {
        String getText();
    }

    record Titled(String text) {}

    List<Shown> findShownByTextStartingWith(String start);

    List<Titled> findTitledByFolderName(String name);

    @EntityGraph("Note.folder")
    List<Note> findByTextContaining(String part);

    Page<Note> findByFolderName(String name, Pageable page);

    @RestResource(exported = false)
    @Query(value = "select * from note where tenant_id = :tenant and text ilike :pattern", nativeQuery = true)
    List<Note> nativeOf(UUID tenant, String pattern);

    @RestResource(exported = false)
    @Query(value = "select * from note where text ilike :pattern", nativeQuery = true)
    List<Note> nativeOfAll(String pattern);
}

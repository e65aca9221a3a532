package timesheets.access;

import dev.tenancy.GlobalEntity;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.util.UUID;
import org.hibernate.annotations.UuidGenerator;

/** A tenant. */
@Entity
@GlobalEntity(reason = "the tenants themselves")
public class Company {

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    private UUID id;

    private String slug;
    private String name;

    @SuppressWarnings("NullAway.Init") // Hibernate fills the fields in.
    protected Company() {}

    @SuppressWarnings("NullAway.Init") // Hibernate makes the id.
    public Company(String slug, String name) {
        this.slug = slug;
        this.name = name;
    }

    public UUID id() {
        return id;
    }

    String slug() {
        return slug;
    }

    String name() {
        return name;
    }
}

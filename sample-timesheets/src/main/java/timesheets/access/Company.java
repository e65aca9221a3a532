package timesheets.access;

import dev.tenancy.GlobalEntity;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Locale;
import java.util.UUID;
import org.hibernate.annotations.UuidGenerator;

/** A tenant. */
@Entity
@GlobalEntity(reason = "the tenants themselves", decidesMembership = true)
public class Company {

    /** Whether anybody may act for the company. There is no call to change it: operators do so in the database. */
    enum Status {
        ACTIVE,
        SUSPENDED
    }

    private static final SecureRandom RANDOM = new SecureRandom();

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    private UUID id;

    private String slug;
    private String name;

    @Enumerated(EnumType.STRING)
    private Status status;

    @SuppressWarnings("NullAway.Init") // Hibernate fills the fields in.
    protected Company() {}

    @SuppressWarnings("NullAway.Init") // Hibernate makes the id.
    public Company(String slug, String name) {
        this.slug = slug;
        this.name = name;
        this.status = Status.ACTIVE;
    }

    /** With a slug that nobody else has, so that no answer tells which names are taken. */
    static Company named(String name) {
        String ascii = Normalizer.normalize(name, Normalizer.Form.NFKD)
                .replaceAll("\\p{M}", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-");
        String start = ascii.substring(0, Math.min(ascii.length(), 40)).replaceAll("^-|-$", "");
        String tail = Long.toString(RANDOM.nextLong(1L << 40) + (1L << 40), 36);
        return new Company(start.isEmpty() ? tail : start + "-" + tail, name);
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

    boolean isActive() {
        return status == Status.ACTIVE;
    }
}

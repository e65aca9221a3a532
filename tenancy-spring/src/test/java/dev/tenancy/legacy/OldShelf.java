package dev.tenancy.legacy;

import dev.tenancy.GlobalEntity;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;

/** Of another database, outside of the packages that the test application scans. */
@Entity(name = "OldShelf")
@Table(name = "shelf")
@GlobalEntity(reason = "a test")
public class OldShelf {

    @Id
    UUID id;
}

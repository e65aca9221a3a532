package dev.tenancy;

import jakarta.persistence.Column;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Version;
import java.util.UUID;
import org.hibernate.annotations.TenantId;
import org.hibernate.annotations.UuidGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A row that belongs to one tenant: extend it, and there is nothing else to do. The tenant is stamped when the row is
 * inserted, every query is confined to the current tenant, and the tenant of a row never changes.
 *
 * <p>The columns are {@code id} (a UUID of version 7, RFC 9562: ordered by time, so it tells no volume), {@code tenant_id}
 * and {@code version} (optimistic locking). An entity that cannot extend this class, or has ids of another type, is
 * tenant-owned just as well when it maps an attribute with Hibernate's {@link TenantId}.
 *
 * <p>Not thread-safe, like every entity.
 */
@MappedSuperclass
public abstract class TenantOwned {

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    private @Nullable UUID id;

    @TenantId
    @Column(name = "tenant_id", nullable = false, updatable = false)
    private @Nullable UUID tenantId;

    @Version
    @Column(nullable = false)
    private long version;

    /** Null until the row is persisted. */
    public @Nullable UUID getId() {
        return id;
    }

    /** Null until the row is persisted. */
    public @Nullable UUID getTenantId() {
        return tenantId;
    }

    /** Counts the updates of the row, from 0. */
    public long getVersion() {
        return version;
    }
}

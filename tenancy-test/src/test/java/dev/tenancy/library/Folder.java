package dev.tenancy.library;

import dev.tenancy.TenantOwned;
import jakarta.persistence.Entity;
import jakarta.persistence.ManyToOne;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;

/** Kept in the second-level cache, and held by those within. */
@Entity
@Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
public class Folder extends TenantOwned {

    @ManyToOne
    private Folder parent;

    private String name;

    protected Folder() {}

    public Folder(Folder parent) {
        this.parent = parent;
    }
}

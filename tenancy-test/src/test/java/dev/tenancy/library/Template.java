package dev.tenancy.library;

import dev.tenancy.LibraryRows;
import dev.tenancy.TenantOwned;
import jakarta.persistence.Entity;

/** In a package of its own, so that the application of the other tests does not have it. */
@Entity
@LibraryRows(tenant = Template.LIBRARY)
public class Template extends TenantOwned {

    public static final String LIBRARY = "00000000-0000-0000-0000-00000000000a";

    private String title;
}

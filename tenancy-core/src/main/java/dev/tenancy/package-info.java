/**
 * Who the current tenant is, and the isolation of its rows.
 *
 * <p>Read {@link dev.tenancy.CurrentTenant} first: a block of code acts for one tenant, and only inside such a block can
 * the rows of that tenant be touched. An entity becomes a tenant's own by extending {@link dev.tenancy.TenantOwned}, or everybody's
 * by {@link dev.tenancy.GlobalEntity}; {@link dev.tenancy.TenantIsolation} then makes Hibernate keep to it, guards what else runs
 * over the data source, and refuses a schema that would not keep tenants apart. Whether a user may act for a tenant is asked of
 * {@link dev.tenancy.Memberships}, which the application answers from its own tables.
 */
@NullMarked
package dev.tenancy;

import org.jspecify.annotations.NullMarked;

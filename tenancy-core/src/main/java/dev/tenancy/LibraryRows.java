package dev.tenancy;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets every tenant read the rows of one tenant, the library, besides its own: templates, standard accounts. Stands at an owned
 * entity that is the root of its hierarchy, and holds for its subclasses, secondary tables and collections too.
 *
 * <pre>{@code
 * @Entity
 * @LibraryRows(tenant = "00000000-0000-0000-0000-00000000000a")
 * class Account extends TenantOwned { … }
 * }</pre>
 *
 * <p>Queries, joins and collections show a tenant its own rows and the library's; rows of other entities may refer to both.
 * Whatever writes or locks reaches the tenant's own rows only, and an instance of the library's that is changed or removed is
 * refused with a {@link LibraryRowException}. The library's rows are written as any tenant's, by whoever acts for its id, and
 * only inside a crossing that says why:
 *
 * <pre>{@code
 * CurrentTenant.acrossTenants("chart of accounts 2027", () -> CurrentTenant.runAs(library, () -> …));
 * }</pre>
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface LibraryRows {

    /**
     * The id of the tenant that the library's rows belong to, as text of the type that tenants' ids have. It is the same for all
     * entities of a session factory, and no customer's: give nobody a membership in it who is not to see what it has otherwise.
     */
    String tenant();
}

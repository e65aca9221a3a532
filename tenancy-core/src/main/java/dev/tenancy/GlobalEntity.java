package dev.tenancy;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The loud opposite of {@link TenantOwned}: the rows of this entity belong to no tenant, and every tenant can see them. An entity
 * that is neither keeps the application from starting, so that none is shared by mistake.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface GlobalEntity {

    /** Why it is right that all tenants share the rows; not blank. For whoever reviews the class. */
    String reason();

    /**
     * Whether {@link Memberships#find} is answered from rows of this entity: members, companies with their status, users. Once a
     * statement that writes to its tables is committed over a guarded connection, whoever issued it, the listeners of
     * {@link Memberships#onChange} are told. The tables are those of the entity and its superclasses, its secondary tables, join
     * tables and element collections; a delete in a table from which the mapping cascades to these counts too. A view of them
     * that is mapped as an entity of its own has to say so itself.
     */
    boolean decidesMembership() default false;
}

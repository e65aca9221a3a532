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
}

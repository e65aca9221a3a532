package dev.tenancy.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The lowest role, in the current tenant, that may call a method of a bean, be it a handler or a service; on a class, all its
 * methods, inherited ones as well. The role is a name of the hierarchy in {@code tenancy.roles} and includes those above it.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface RequiresRole {

    /** The role's name. */
    String value();
}

package dev.tenancy.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a {@link TenantReadController} or {@link TenantCrudController} offers, and to whom. It is read off the concrete class.
 * A role is a name of the hierarchy in {@code tenancy.roles} and includes those above it; an action without a role is denied
 * to everyone. The application does not start with a role or a field that does not exist.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Crud {

    /** The lowest role that lists and gets. */
    String read() default "";

    /** The lowest role that creates, replaces, patches and deletes, where no attribute below says otherwise. */
    String write() default "";

    /** The lowest role that creates; {@link #write()} if empty. */
    String create() default "";

    /** The lowest role that replaces and patches; {@link #write()} if empty. */
    String update() default "";

    /** The lowest role that deletes; {@link #write()} if empty. */
    String delete() default "";

    /** The fields of the record by which a list may be sorted, besides {@code id}. */
    String[] sort() default {};

    /** The text fields of the record that the parameter {@code search} looks into, ignoring case. */
    String[] search() default {};

    /**
     * The fields of the record that are shown but never taken from a request, besides {@code id}, {@code tenantId} and
     * {@code version}.
     */
    String[] readOnly() default {};
}

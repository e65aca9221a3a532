package dev.tenancy.spring.crud;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a {@link TenantReadController} or {@link TenantCrudController} offers, and to whom. It is read off the concrete class.
 * A role is a name of the hierarchy in {@code tenancy.roles} and includes those above it; an action without a role is denied
 * to everyone. The application does not start with a role or a field that does not exist.
 *
 * <p>Where fields are listed, each text may name several, with commas between them: {@code sort = "name, email"} is
 * {@code sort = {"name", "email"}}. Names are those of the record, {@code customerId} for the id of the association
 * {@code customer}, and dotted through embeddables ({@code address.city}) and associations ({@code project.customerId}).
 *
 * <p>A handler method that the application adds to such a controller needs {@link #read()} for GET and HEAD, {@link #write()}
 * for all else, unless {@link dev.tenancy.spring.RequiresRole} on the method says otherwise; without a role it is denied as well.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Crud {

    /** The lowest role that lists and gets. */
    String read() default "";

    /** The lowest role that creates, replaces, patches and deletes, where no attribute below says otherwise. */
    String write() default "";

    /** The lowest role that creates, one row or many; {@link #write()} if empty. */
    String create() default "";

    /** The lowest role that replaces and patches, one row or many; {@link #write()} if empty. */
    String update() default "";

    /** The lowest role that deletes, one row or many; {@link #write()} if empty. */
    String delete() default "";

    /**
     * The fields by which a list may be filtered. Each is a parameter, {@code status=ACTIVE}, and takes the operators that its
     * type has: {@code .in} (values with commas between them, or several parameters) and {@code .isnull} (true or false) for
     * all; {@code .gte}, {@code .lte}, {@code .gt} and {@code .lt} for numbers, dates and times; {@code .contains}, which
     * ignores case, for text. A reference to another tenant's row is found by nobody, like one to no row.
     */
    String[] filter() default {};

    /** The fields by which a list may be sorted, besides {@code id}. Null counts as the greatest value. */
    String[] sort() default {};

    /** The text fields that the parameter {@code search} looks into, ignoring case. */
    String[] search() default {};

    /**
     * The fields of the record that are shown but never taken from a request, besides {@code id}, {@code tenantId} and
     * {@code version}; dotted within embeddables ({@code address.verified}). What a body says of them is ignored, so that what was
     * read can be sent back.
     */
    String[] readOnly() default {};

    /** How a list goes on after its first page. */
    Paging paging() default Paging.PAGES;

    /**
     * Whether replacing, patching and deleting need the header {@code If-Match} (a {@code version} in each row of a bulk
     * request), so that nobody overwrites what they have not seen; without it they are answered 428 (RFC 6585). The entity
     * must have a {@code @Version} attribute.
     */
    boolean requireIfMatch() default false;

    /** How a list goes on after its first page. */
    enum Paging {

        /** By the number of the page ({@code page}), with the totals unless {@code total=false}. */
        PAGES,

        /**
         * By the place of the last row ({@code after}): as fast on the last page as on the first, and no row is shown twice
         * or left out when others come and go; without totals and without a jump to a page.
         */
        KEYSET
    }
}

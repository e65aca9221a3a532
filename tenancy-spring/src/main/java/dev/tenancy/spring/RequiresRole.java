package dev.tenancy.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The lowest role, in the current tenant, that may call a method of a Spring bean, be it a handler or a service; on a class, all
 * methods that its beans have, inherited ones as well. The role is a name of the hierarchy in {@code tenancy.roles} and includes
 * those above it.
 *
 * <p>It counts wherever it is found: on the method and on what that overrides or implements, on the bean's own class and on what
 * that extends or implements, directly or as part of another annotation. Where several are found, all have to be met, so that none
 * can take back what another asks for; the same goes for {@link dev.tenancy.spring.crud.Crud}.
 *
 * <p>A caller whose role is too low, and one who acts for no tenant, gets a {@link RoleRequiredException} before the method runs and
 * before a transaction begins; over HTTP that is 403, or 401 where no tenant is current.
 * {@link dev.tenancy.CurrentTenant#runAs Work on nobody's behalf} has no role and is refused.
 *
 * <p>As with all that Spring does around methods, a call from within the same object is not seen, nor is one to an object that is
 * no bean. The application does not start with a role that does not exist, or where the annotation could not be obeyed: on a
 * private, static or final method, on a final class or a record, on a class that has final methods, or on a bean that came too
 * early. {@code equals}, {@code hashCode} and {@code toString} are never held.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface RequiresRole {

    /** The role's name. */
    String value();
}

package dev.tenancy.spring.task;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Has a method run once for each tenant that the bean {@link ActiveTenants} lists, with that tenant current and on nobody's behalf.
 * It is for {@code @Scheduled} methods:
 *
 * <pre>{@code
 * @Scheduled(cron = "0 0 3 * * *")
 * @EachTenant
 * void remind() {
 *     invoices.findOverdue().forEach(mails::remind);
 * }
 * }</pre>
 *
 * <p>A failure keeps no other tenant from its turn; when all have had theirs, one
 * {@link dev.tenancy.TenantsFailedException} names those that failed. A slow tenant keeps none waiting: {@link #parallel} run at the same
 * time, and one whose {@link #timeout} is over is interrupted. A transaction ({@code @Transactional} on the same method) is the
 * tenant's own; a lock of ShedLock is held once for all tenants. {@link dev.tenancy.ForEachTenant} does the same by hand.
 *
 * <p>The method returns nothing, and is one of a bean that Spring can make a proxy of; otherwise the application does not start. A call
 * while a tenant is current is an {@link IllegalStateException}.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface EachTenant {

    /** How many tenants have their turn at the same time: 1 or more. */
    int parallel() default 4;

    /** How long one tenant's turn may take, as {@link java.time.Duration#parse} or Spring Boot reads it: {@code PT5M}, {@code 5m}. */
    String timeout() default "1h";
}

package dev.tenancy.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.UUID;
import org.springframework.test.context.jdbc.Sql;

/**
 * SQL scripts that run for a named tenant, in a Spring test: as {@link Sql}, which runs for the tenant of {@link WithTenant}. Repeat it for
 * several tenants, each with scripts of its own; they run in the order given, after those of {@link Sql}, and those that clean up before them.
 *
 * <pre>
 * &#64;TenantSql(tenant = ACME, scripts = "/acme.sql")
 * &#64;TenantSql(tenant = GLOBEX, scripts = "/globex.sql")
 * </pre>
 *
 * <p>The scripts belong to the transaction of the test, if it has one. They are held to the tenant like all else: each names it in each
 * statement on owned tables. On a method it wins over the class.
 */
@Documented
@Inherited
@Repeatable(TenantSql.Several.class)
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface TenantSql {

    /** The tenant's id, as text. */
    String tenant();

    /** The type of the ids of tenants: {@link UUID}, {@link Long} or {@link String}. */
    Class<?> type() default UUID.class;

    /** The scripts, found as {@link Sql#scripts()} are: beside the test's class, or from the root of the class path with a slash. */
    String[] scripts() default {};

    /** Statements that run after the scripts. */
    String[] statements() default {};

    /** Before the test method or after it; the phases of a class are refused. */
    Sql.ExecutionPhase executionPhase() default Sql.ExecutionPhase.BEFORE_TEST_METHOD;

    /** For several tenants; the compiler puts it there. */
    @Documented
    @Inherited
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.TYPE, ElementType.METHOD})
    @interface Several {

        /** One for each. */
        TenantSql[] value();
    }
}

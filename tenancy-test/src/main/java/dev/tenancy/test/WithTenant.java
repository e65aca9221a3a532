package dev.tenancy.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.UUID;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs a test method, or all of a class, while a tenant is current, with JUnit alone or in a Spring test of any kind. On a method it wins
 * over the class.
 *
 * <pre>
 * &#64;DataJpaTest
 * &#64;WithTenant("6f3f9c7e-58c3-4a2c-b7f4-0d7a1f3d1c11")
 * class CustomersTest {
 * }
 * </pre>
 *
 * <p>In a Spring test the tenant is entered before the transaction of the test begins and before {@code @Sql} scripts run, so that both
 * belong to it; {@code @BeforeEach} methods run for it as well. Requests that the test sends act for whom their credential says, as in
 * the running application.
 */
@Documented
@Inherited
@ExtendWith(WithTenantExtension.class)
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface WithTenant {

    /** The tenant's id, as text. */
    String value();

    /** The type of the ids of tenants: {@link UUID}, {@link Long} or {@link String}. */
    Class<?> type() default UUID.class;

    /** Who acts for the tenant, as a credential would name them; without it nobody does, and the test is the system's. */
    String user() default "";

    /** The user's role in the tenant; given with {@link #user()}, and only then. */
    String role() default "";
}

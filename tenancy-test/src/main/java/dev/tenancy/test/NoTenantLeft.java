package dev.tenancy.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Fails a test that ends while a tenant is current which was not when it began: a scope of {@link dev.tenancy.CurrentTenant#enter} that
 * nobody closed. The tenant is taken off the thread, so that it is no other test's. The tenant of {@link WithTenant} does not count.
 *
 * <p>For all tests without an annotation, turn on JUnit's detection of extensions, in {@code junit-platform.properties} or as a system
 * property: {@code junit.jupiter.extensions.autodetection.enabled=true}.
 */
@Documented
@Inherited
@ExtendWith(NoTenantLeftExtension.class)
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface NoTenantLeft {}

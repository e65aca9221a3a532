package dev.tenancy.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a controller whose errors are answered with problem details (RFC 9457) by this library, as those of its own controllers are:
 * before an advice of the application, which is asked only about exceptions that are the application's own. An
 * {@code @ExceptionHandler} method in the controller itself comes first, and a client that prefers HTML gets the application's
 * error page.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface ProblemDetails {}

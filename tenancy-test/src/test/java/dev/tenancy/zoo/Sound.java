package dev.tenancy.zoo;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A class that does rightly what a specimen beside it does wrong: nothing is found in it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Sound {

    /** Of the application, such as {@code "a.b=c"}. */
    String[] settings() default {};
}

package dev.tenancy.zoo;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A class that adds one leak to the good application, and how the kit tells of it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Leak {

    /** Its target. */
    String at();

    /** The attack that shows it; others at the same place may do so, too. */
    String shownBy();

    /** What the message says. */
    String[] told();

    /** Of the application, such as {@code "a.b=c"}. */
    String[] settings() default {};
}

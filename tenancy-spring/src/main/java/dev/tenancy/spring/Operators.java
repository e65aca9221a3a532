package dev.tenancy.spring;

import java.security.Principal;
import java.util.List;
import java.util.Set;

/**
 * The users who run the application, by the names of their tokens. No tenant's role makes one, so that nobody can grant it to themselves or
 * to their members.
 */
record Operators(Set<String> users) {

    /** Without Spring's prefix of roles: the name of no tenant role is ever the same. */
    static final String AUTHORITY = "TENANCY_OPERATOR";

    static Operators of(TenancyProperties properties) {
        return new Operators(Set.copyOf(properties.operators()));
    }

    boolean contain(Principal token) {
        return users.contains(token.getName());
    }

    List<String> authorities(Principal token) {
        return contain(token) ? List.of(AUTHORITY) : List.of();
    }
}

package dev.tenancy.spring;

import dev.tenancy.Roles;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.access.hierarchicalroles.RoleHierarchyImpl;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * The roles of members as Spring Security's authorities. Those are the tenant's of this request, and without one there are none: an
 * authority of the same name that the credential brought along, or that an earlier dispatch granted, does not count, or else whoever
 * makes users could make them owners of any tenant. Authorities of all other names stay as they are. Safe for use by many threads.
 */
final class TenantAuthorities {

    private static final Logger LOG = LoggerFactory.getLogger(TenantAuthorities.class);
    private static final String PREFIX = "ROLE_";

    private final Roles roles;
    private final Map<String, List<GrantedAuthority>> given;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    TenantAuthorities(Roles roles) {
        this.roles = roles;
        this.given = roles.names().stream().collect(Collectors.toMap(role -> role, this::of));
    }

    /** Spring Security's hierarchy of the same roles. */
    static RoleHierarchy hierarchy(Roles roles) {
        return RoleHierarchyImpl.fromHierarchy(
                PREFIX + roles.toString().replace(" > ", " > " + PREFIX).replace("\n", "\n" + PREFIX));
    }

    /** @param role of the caller in the tenant of this request; null if there is none */
    void grant(@Nullable String role) {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        if (authentication == null
                || role == null && authentication.getAuthorities().stream().noneMatch(this::isTenantRole)) {
            return;
        }
        List<GrantedAuthority> granted = role == null ? List.of() : given.getOrDefault(role, List.of());
        for (GrantedAuthority authority : authentication.getAuthorities()) {
            if (isTenantRole(authority) && granted.stream().noneMatch(one -> isSame(one, authority))) {
                tell(authority.getAuthority());
            }
        }
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(authentication.toBuilder()
                .authorities(authorities -> {
                    authorities.removeIf(this::isTenantRole);
                    authorities.addAll(granted);
                })
                .build());
        SecurityContextHolder.setContext(context);
    }

    private List<GrantedAuthority> of(String role) {
        return roles.reachableFrom(role).stream()
                .<GrantedAuthority>map(name -> new SimpleGrantedAuthority(PREFIX + name))
                .toList();
    }

    private static boolean isSame(GrantedAuthority one, GrantedAuthority other) {
        return Objects.equals(one.getAuthority(), other.getAuthority());
    }

    private boolean isTenantRole(GrantedAuthority authority) {
        String name = authority.getAuthority();
        return name != null && name.startsWith(PREFIX) && roles.contains(name.substring(PREFIX.length()));
    }

    private void tell(@Nullable String authority) {
        if (authority != null && told.add(authority)) {
            LOG.warn(
                    "The authority {} of a user does not count: tenancy.roles ({}) has a role of that name, and only a membership"
                            + " gives it. {}",
                    authority,
                    line(),
                    fix());
        }
    }

    /**
     * Tells at start of authorities that may have the name of a tenant role.
     *
     * @param sources the beans that give users authorities
     * @param areChosen whether the application has set the roles
     */
    void tellOf(List<String> sources, boolean areChosen) {
        if (sources.isEmpty()) {
            return;
        }
        String words =
                "tenancy.roles is {}{}, and users get authorities from {} as well. Theirs do not count where they have the"
                        + " name of a tenant role ({}): only a membership gives those. All others count. {}";
        List<String> names = roles.names().stream().map(PREFIX::concat).toList();
        if (areChosen) {
            LOG.info(words, line(), "", sources, names, fix());
        } else {
            LOG.warn(words, line(), " by default", sources, names, fix());
        }
    }

    private String line() {
        return roles.toString().replace("\n", ", ");
    }

    private static String fix() {
        return "If the application means another thing by it, set tenancy.roles to names that it uses for nothing else, for instance"
                + " OWNER > COMPANY_ADMIN > STAFF.";
    }
}

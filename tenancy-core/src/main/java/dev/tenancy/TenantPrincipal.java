package dev.tenancy;

import java.io.Serializable;
import java.security.Principal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody acting for one tenant. Immutable, and safe to hand to another thread.
 *
 * @param tenantId the id of the tenant: a {@link UUID}, a {@link Long} or a non-blank {@link String}, of the type that the
 *     entities' {@code @TenantId} attributes have
 * @param userId the user, as the credential names it (the {@code sub} claim of a token); null when code acts for the tenant
 *     on nobody's behalf, as a scheduled job does
 * @param role the name of the user's role in this tenant; null when {@code userId} is
 */
public record TenantPrincipal(
        Object tenantId, @Nullable String userId, @Nullable String role) implements Principal, Serializable {

    /**
     * @throws IllegalArgumentException if the tenant id has another type or is a blank text, or if only one of user and
     *     role is given
     */
    public TenantPrincipal {
        if (!(tenantId instanceof UUID || tenantId instanceof Long || tenantId instanceof String)) {
            throw new IllegalArgumentException("A tenant id is a UUID, a Long or a String, not a "
                    + tenantId.getClass().getName() + ". Pass the id itself, not the tenant or a text of it.");
        }
        if (tenantId instanceof String text && text.isBlank()) {
            throw new IllegalArgumentException("A tenant id must not be blank. Pass the id of a real tenant.");
        }
        if ((userId == null) != (role == null)) {
            throw new IllegalArgumentException("A principal has a user and a role, or neither.");
        }
    }

    /** Code acting for a tenant on nobody's behalf; it has no role, so role checks refuse it. */
    public static TenantPrincipal system(Object tenantId) {
        return new TenantPrincipal(tenantId, null, null);
    }

    /** The user, or {@code "system"}. */
    @Override
    public String getName() {
        return userId == null ? "system" : userId;
    }
}

package dev.tenancy.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a credential says: who calls, and for which tenant. The membership decides if it is so.
 *
 * @param userId the user, as {@link dev.tenancy.Memberships} knows it
 * @param tenants the ids or slugs of tenants: usually one, none if the credential names none, several where the identity provider
 *     names several; none of these is guessed then
 */
public record TenantClaim(String userId, List<String> tenants) {

    public TenantClaim {
        tenants = List.copyOf(tenants);
    }

    /** A claim for one tenant, or for none if it is null. */
    public TenantClaim(String userId, @Nullable String tenant) {
        this(userId, tenant == null ? List.of() : List.of(tenant));
    }
}

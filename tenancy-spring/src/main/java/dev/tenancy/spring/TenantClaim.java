package dev.tenancy.spring;

import org.jspecify.annotations.Nullable;

/**
 * What a credential says: who calls, and for which tenant. The membership decides if it is so.
 *
 * @param userId the user, as {@link dev.tenancy.Memberships} knows it
 * @param tenant the tenant's id or slug; null if the credential names none
 */
public record TenantClaim(String userId, @Nullable String tenant) {}

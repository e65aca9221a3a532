package dev.tenancy;

/**
 * The fact that a user belongs to a tenant.
 *
 * @param tenantId the id of the tenant: a {@link java.util.UUID}, a {@link Long} or a {@link String}
 * @param role the name of the user's role there, one of those that {@link Roles} knows
 */
public record Membership(Object tenantId, String role) {}

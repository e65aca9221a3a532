package dev.tenancy;

/**
 * The fact that a user belongs to a tenant. Whether they may act for it is a matter of the status.
 *
 * @param tenantId the id of the tenant: a {@link java.util.UUID}, a {@link Long} or a {@link String}
 * @param role the name of the user's role there, one of those that {@link Roles} knows
 * @param status whether the user may act for the tenant now
 */
public record Membership(Object tenantId, String role, Status status) {

    /** Whether a member may act for a tenant. */
    public enum Status {

        /** The member may act. */
        ACTIVE,

        /** The member may not act for now, and is answered like somebody who does not belong to the tenant. */
        SUSPENDED,

        /** Nobody may act for the tenant for now; its members are told so, and nobody else is. */
        TENANT_SUSPENDED
    }

    /** An active membership. */
    public Membership(Object tenantId, String role) {
        this(tenantId, role, Status.ACTIVE);
    }
}

package dev.tenancy.test.isolation;

/** How a user stands to a tenant. */
public enum Standing {

    /** A member with all roles that the endpoints ask for. */
    MEMBER,

    /** Was a member when the credential was issued, and is none any more. */
    FORMER_MEMBER,

    /** A member of another tenant only, whose credential names this tenant nevertheless. */
    STRANGER
}

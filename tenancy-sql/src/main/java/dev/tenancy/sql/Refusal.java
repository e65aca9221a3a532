package dev.tenancy.sql;

/**
 * Why a statement is not accepted. Immutable; its texts hold names of the statement, and never a value.
 *
 * @param subject what it is about: the owner of the rows, or in parentheses the kind of thing and its name
 * @param why the end of a sentence that begins with "was refused:"
 * @param fix what the author of the statement can do
 */
public record Refusal(Reason reason, String subject, String why, String fix) {

    /** What kind of refusal it is. */
    public enum Reason {
        /** Nothing shows that the statement keeps to the current tenant. */
        UNPROVEN,
        /** It gives a row to another tenant. */
        TENANT_CHANGED,
        /** It shows no row, and tells how many there are of all tenants: nothing to refuse where no tenant is current. */
        COUNTS_OTHERS,
        /** It may make a row refer to another tenant's: nothing to refuse where no tenant is current, in a row of nobody's. */
        REFERS_TO_OTHERS,
        /** It cannot be read, so that nothing is known of it. */
        UNREADABLE
    }
}

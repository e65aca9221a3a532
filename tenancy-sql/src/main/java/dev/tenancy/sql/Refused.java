package dev.tenancy.sql;

/** Ends a judgement with a refusal. */
final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    final transient Refusal refusal;

    private Refused(Refusal refusal) {
        super(refusal.why(), null, false, false);
        this.refusal = refusal;
    }

    static Refused unproven(String subject, String why, String fix) {
        return new Refused(new Refusal(Refusal.Reason.UNPROVEN, subject, why, fix));
    }

    static Refused counting(String subject, String why, String fix) {
        return new Refused(new Refusal(Refusal.Reason.COUNTS_OTHERS, subject, why, fix));
    }

    static Refused reference(String holder) {
        return new Refused(new Refusal(
                Refusal.Reason.REFERS_TO_OTHERS,
                "(reference " + holder + ")",
                "it may be set to another tenant's row, and no foreign key refuses that",
                "Set it to a parameter, or to a sub-select of the id from the referenced table that is restricted to the tenant;"
                        + " or let the mapping make a foreign key."));
    }

    static Refused link(String holder) {
        return new Refused(new Refusal(
                Refusal.Reason.REFERS_TO_OTHERS,
                "(reference " + holder + ")",
                "it may change what leads to other tenants' rows",
                "Name the rows that it may lead to: … and x_id in (select id from x where tenant_id = ?), as a condition of its own"
                        + " between ANDs."));
    }

    static Refused moved(String owner) {
        return new Refused(new Refusal(Refusal.Reason.TENANT_CHANGED, owner, "it sets the tenant of a row", ""));
    }

    static Refused function(String name) {
        return unproven(
                "(function " + name + ")",
                "what the function reads cannot be seen",
                "Write the query out, or give the reason why it is safe in a comment at its beginning:"
                        + " /* tenancy: trusted because … */");
    }
}

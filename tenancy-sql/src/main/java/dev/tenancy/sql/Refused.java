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

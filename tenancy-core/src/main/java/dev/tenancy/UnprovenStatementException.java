package dev.tenancy;

import dev.tenancy.sql.Refusal;

/** Thrown before a statement runs of which it cannot be shown that it keeps to the current tenant. */
public final class UnprovenStatementException extends TenancyException {

    private static final long serialVersionUID = 1L;

    UnprovenStatementException(String subject, String why, String fix) {
        super("A statement" + on(subject) + " was refused: " + why + ". " + fix);
    }

    /** @param beginning how the statement begins, without its values; empty if that cannot be told */
    UnprovenStatementException(Refusal refusal, String beginning) {
        super("A statement" + on(refusal.subject()) + " was refused: " + refusal.why() + ". " + refusal.fix()
                + (beginning.isEmpty()
                        ? ""
                        : " It begins: " + beginning
                                + " (the whole text is logged at level DEBUG by dev.tenancy.StatementGuard)"));
    }

    // What is not an entity stands in parentheses.
    private static String on(String subject) {
        if (!subject.startsWith("(")) {
            return " on the tenant-owned entity " + subject;
        }
        return subject.equals("(statement)") ? "" : " on " + subject.substring(1, subject.length() - 1);
    }
}

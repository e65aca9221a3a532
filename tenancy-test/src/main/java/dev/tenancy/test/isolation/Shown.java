package dev.tenancy.test.isolation;

/** What an attack that did not fail has shown. */
record Shown(Cell.Verdict verdict, String evidence) {

    /** The owner alone got there. */
    static Shown proven(String evidence) {
        return new Shown(Cell.Verdict.PROVEN, evidence);
    }

    /** No owned row was asked for, for the owner neither. */
    static Shown untouched(String evidence) {
        return new Shown(Cell.Verdict.UNTOUCHED, evidence);
    }
}

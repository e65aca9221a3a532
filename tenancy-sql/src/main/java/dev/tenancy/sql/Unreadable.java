package dev.tenancy.sql;

/** A text that cannot be read to its end: what was met, and where. */
final class Unreadable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    final String what;
    final int position;

    Unreadable(String what, int position) {
        super(what, null, false, false);
        this.what = what;
        this.position = position;
    }
}

package dev.tenancy.spring.crud;

/** An export that failed when part of it was sent already. It has to reach the container, which breaks the connection off: an end
 * like any other would make half of the rows look like all of them. */
final class ExportAbortedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ExportAbortedException(Throwable cause) {
        super("An export failed when part of it was sent already; the connection is broken off.", cause);
    }
}

package dev.tenancy;

/** Thrown when a row that every tenant reads, by {@link LibraryRows}, was about to be changed, removed or locked. */
public final class LibraryRowException extends TenancyException {

    private static final long serialVersionUID = 1L;

    private static final String WRITE = " Whoever maintains the library writes inside"
            + " CurrentTenant.acrossTenants(\"why\", () -> CurrentTenant.runAs(library, …)).";

    private LibraryRowException(String message) {
        super(message);
    }

    static LibraryRowException readOnly(String entity) {
        return new LibraryRowException("A change of the tenant-owned entity " + entity
                + " was refused: the row is the library's, which every tenant reads and none writes. Copy it into a row of the"
                + " tenant's own, and change that." + WRITE);
    }

    static LibraryRowException withoutCrossing(String entity) {
        return new LibraryRowException("A change of the tenant-owned entity " + entity
                + " was refused: it is for the library, whose rows every tenant reads, and no crossing says why."
                + WRITE);
    }

    static LibraryRowException refersToOwn(String reference, String target) {
        return new LibraryRowException(
                "The reference " + reference
                        + " was refused: a row of the library, which every tenant reads, would refer to a row of "
                        + target
                        + " that only its own tenant reads. Mark that entity with @LibraryRows as well, or leave the reference null.");
    }
}

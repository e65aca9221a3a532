package dev.tenancy;

/**
 * Thrown at start, when the way the application is set up would not be safe or could not work. The message says what was
 * refused and how to mend it; the two can be had apart, to be laid out for a reader.
 */
public final class TenancySetupException extends TenancyException {

    private static final long serialVersionUID = 1L;

    private final String refused;
    private final String fix;

    /**
     * @param refused the setting, class or member at fault, and what is wrong with it, as one sentence
     * @param fix what to do about it
     */
    public TenancySetupException(String refused, String fix) {
        super(refused + " " + fix);
        this.refused = refused;
        this.fix = fix;
    }

    /** The setting, class or member at fault, and what is wrong with it. */
    public String refused() {
        return refused;
    }

    /** What to do about it. */
    public String fix() {
        return fix;
    }
}

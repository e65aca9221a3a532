package dev.tenancy;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown at start, when the way the application is set up would not be safe or could not work. The message says what was
 * refused and how to mend it; the two can be had apart, to be laid out for a reader.
 */
public final class TenancySetupException extends TenancyException {

    private static final long serialVersionUID = 1L;

    private final String refused;
    private final String fix;
    private final transient List<Finding> findings;

    /**
     * @param refused the setting, class or member at fault, and what is wrong with it, as one sentence
     * @param fix what to do about it
     */
    public TenancySetupException(String refused, String fix) {
        super(refused + " " + fix);
        this.refused = refused;
        this.fix = fix;
        this.findings = List.of();
    }

    TenancySetupException(List<Finding> findings) {
        this(
                "The session factory was refused, because tenants would not be safe from each other: " + findings.size()
                        + " finding(s).",
                findings);
    }

    static TenancySetupException ofApplication(List<Finding> findings) {
        return new TenancySetupException(
                "The application was refused, because tenants would not be safe from each other: " + findings.size()
                        + " finding(s).",
                findings);
    }

    private TenancySetupException(String refused, List<Finding> findings) {
        super(refused + findings.stream().map(one -> "\n" + one).collect(Collectors.joining()));
        this.refused = refused
                + findings.stream()
                        .map(one -> "\n" + one.id() + ": " + one.subject() + " " + one.problem() + ".")
                        .collect(Collectors.joining());
        this.fix = findings.stream()
                .map(one -> one.id() + ", " + one.subject() + ": " + one.remedy())
                .collect(Collectors.joining("\n"));
        this.findings = List.copyOf(findings);
    }

    /** The setting, class or member at fault, and what is wrong with it. */
    public String refused() {
        return refused;
    }

    /** What to do about it. */
    public String fix() {
        return fix;
    }

    /** All that the start-up check found; empty if something else was refused. */
    public List<Finding> findings() {
        // A copy that was serialized has none.
        return findings == null ? List.of() : findings;
    }
}

package dev.tenancy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Thrown at start, when the way the application is set up would not be safe or could not work. The message says what was
 * refused and how to mend it; the two can be had apart, to be laid out for a reader. Of several findings the message names the
 * subjects only, and the stack trace tells all.
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
        this("session factory", findings, null);
    }

    /** @param script where the SQL of those findings is that have some; null if it is in no file */
    TenancySetupException(List<Finding> findings, @Nullable Path script) {
        this("session factory", findings, script);
    }

    static TenancySetupException ofApplication(List<Finding> findings) {
        return new TenancySetupException("application", findings, null);
    }

    private TenancySetupException(String what, List<Finding> findings, @Nullable Path script) {
        super(headline(what, findings) + (findings.size() == 1 ? "\n" + findings.get(0) : subjects(findings)));
        this.refused = headline(what, findings)
                + byKind(findings)
                        .map(kind ->
                                "\n\n" + kind.get(0).id() + ": " + kind.get(0).reason()
                                        + kind.stream()
                                                .map(one -> "\n    " + one.subject() + " " + one.problem() + ".")
                                                .collect(Collectors.joining()))
                        .collect(Collectors.joining());
        this.fix = fix(findings, script);
        this.findings = List.copyOf(findings);
        if (findings.size() > 1) {
            addSuppressed(new All(refused + "\n\n" + fix));
        }
    }

    private static String headline(String what, List<Finding> findings) {
        return "The " + what + " was refused, because tenants would not be safe from each other: " + findings.size()
                + " finding(s).";
    }

    // Each layer that the exception passes may log its message, so that all of it would be told several times.
    private static String subjects(List<Finding> findings) {
        return byKind(findings)
                .map(kind -> " " + kind.get(0).id() + ": "
                        + kind.stream().map(Finding::subject).collect(Collectors.joining(", ")) + ".")
                .collect(Collectors.joining());
    }

    private static Stream<List<Finding>> byKind(List<Finding> findings) {
        return findings.stream()
                .collect(Collectors.groupingBy(Finding::id, TreeMap::new, Collectors.toList()))
                .values()
                .stream();
    }

    private static String fix(List<Finding> findings, @Nullable Path script) {
        String where = "";
        if (script != null) {
            where = " The SQL is in " + script + ", in the order in which it can run.";
        } else if (findings.stream().filter(MigrationScript::mends).count() > 1) {
            where = " The setting " + TenantIsolation.MIGRATION_SCRIPT
                    + " names a file to be written with the SQL, in the order in which it can run.";
        }
        Map<String, String> subjects = findings.stream()
                .filter(one -> script == null || !MigrationScript.mends(one))
                .collect(Collectors.groupingBy(
                        one -> "\n    " + one.remedy().replace("\n", "\n    "),
                        LinkedHashMap::new,
                        Collectors.mapping(one -> "\n" + one.id() + ": " + one.subject(), Collectors.joining())));
        return "Mend each; docs/doctor.md explains them by their numbers." + where
                + subjects.entrySet().stream()
                        .map(one -> "\n" + one.getValue() + one.getKey())
                        .collect(Collectors.joining());
    }

    /** Stands below the stack trace, where it is told once; never thrown by itself. */
    private static final class All extends RuntimeException {

        private static final long serialVersionUID = 1L;

        All(String text) {
            super(text, null, false, false);
        }
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

package dev.tenancy;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hibernate.Version;
import org.jspecify.annotations.Nullable;

/**
 * The version of Hibernate that runs, and whether the isolation holds on it. Asked before anything else is touched, so that an
 * application on another version reads which to take, and not which method is missing: this class leans on no other of Hibernate's
 * than {@code Version}.
 */
final class HibernateVersion {

    private static final Pattern NUMBERS = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+)\\b.*");

    private HibernateVersion() {}

    /** @throws TenancySetupException if the isolation does not hold on it */
    static void check() {
        List<Finding> findings = examine(Version.getVersionString(), springBoot());
        if (!findings.isEmpty()) {
            throw new TenancySetupException(findings);
        }
    }

    /** @param springBoot the version of Spring Boot, which chooses Hibernate's; null without one */
    static List<Finding> examine(String version, @Nullable String springBoot) {
        Matcher numbers = NUMBERS.matcher(version);
        String subject = "Hibernate " + version + (springBoot == null ? "" : " (with Spring Boot " + springBoot + ")");
        if (!numbers.matches()) {
            return List.of(Fault.HIBERNATE_TOO_OLD.found(subject, "does not tell its version"));
        }
        int major = Integer.parseInt(numbers.group(1));
        int minor = Integer.parseInt(numbers.group(2));
        if (major > 7) {
            return List.of(Fault.HIBERNATE_TOO_NEW.found(subject, "is not supported yet"));
        }
        if (major < 7) {
            return List.of(
                    Fault.HIBERNATE_TOO_OLD.found(subject, "has none of the places that the isolation is put into"));
        }
        if (minor < 2) {
            return List.of(
                    Fault.HIBERNATE_TOO_OLD.found(
                            subject,
                            "does not let its own tenant filter be replaced, nor tell which attribute of an entity is the tenant"));
        }
        return List.of();
    }

    /** Whether it knows {@code @Audited} and {@code @Temporal}, and the tables of such histories. */
    static boolean keepsHistories() {
        Matcher numbers = NUMBERS.matcher(Version.getVersionString());
        return numbers.matches() && Integer.parseInt(numbers.group(2)) >= 4;
    }

    private static @Nullable String springBoot() {
        try {
            return Class.forName(
                            "org.springframework.boot.SpringBootVersion",
                            false,
                            HibernateVersion.class.getClassLoader())
                    .getPackage()
                    .getImplementationVersion();
        } catch (ClassNotFoundException withoutSpringBoot) {
            return null;
        }
    }
}

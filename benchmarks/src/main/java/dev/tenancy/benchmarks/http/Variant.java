package dev.tenancy.benchmarks.http;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An application and what is added to it, such as {@code floor}, {@code floor+security} or {@code sample+policies+virtual}. Its
 * class path has the jars that it would have in a project of its own, and none of the others' auto-configurations.
 */
record Variant(String name, boolean isSample, Set<Feature> features) {

    /** What can be added. */
    enum Feature {
        /** Spring Security, and the metrics of actuator: the sample has both. */
        SECURITY,
        /** Hibernate's own {@code @TenantId}. */
        TENANTID,
        /** Row-level security. */
        POLICIES,
        /** JDBC in place of JPA. */
        JDBC,
        /** Virtual threads. */
        VIRTUAL
    }

    private static final Set<Feature> OF_SAMPLE = EnumSet.of(Feature.POLICIES, Feature.VIRTUAL);

    private static final String LIBRARY = "tenancy-.*|sample-timesheets.*|springdoc-.*|swagger-.*|webjars-.*|bucket4j.*"
            + "|flyway-.*|spring-boot-(starter-)?flyway.*|h2-.*|jackson-dataformat-yaml.*|commons-csv.*";
    private static final String SECURITY =
            "spring-security-.*|spring-boot-(starter-)?security.*|micrometer-(core|jakarta9).*"
                    + "|spring-boot-(starter-)?(actuator|micrometer|health).*|HdrHistogram.*";
    private static final String JPA = "hibernate-(core|models).*|spring-orm.*|spring-data-.*|jakarta\\.persistence.*"
            + "|spring-boot-(starter-)?(data|hibernate|jpa).*";

    static Variant parse(String name) {
        String[] words = name.split("\\+");
        boolean isSample = words[0].equals("sample");
        Set<Feature> features = EnumSet.noneOf(Feature.class);
        for (String word : Arrays.asList(words).subList(1, words.length)) {
            features.add(Feature.valueOf(word.toUpperCase(Locale.ROOT)));
        }
        if (!isSample && !words[0].equals("floor") || isSample && !OF_SAMPLE.containsAll(features)) {
            throw new IllegalArgumentException("There is no variant " + name + ". It is floor with any of"
                    + " +security, +tenantid, +policies, +jdbc, +virtual, or sample with any of +policies, +virtual.");
        }
        if (features.containsAll(Set.of(Feature.TENANTID, Feature.JDBC))) {
            throw new IllegalArgumentException(
                    "There is no variant " + name + ": @TenantId is Hibernate's. Leave out +tenantid or +jdbc.");
        }
        return new Variant(name, isSample, features);
    }

    boolean has(Feature feature) {
        return features.contains(feature);
    }

    /** The classes that configure it, for Spring. */
    String sources() {
        return isSample ? "timesheets.TimesheetsApplication" : "dev.tenancy.benchmarks.http.floor.FloorApplication";
    }

    /** What it has of the class path of all. */
    String classPath(String all) {
        List<String> without = new ArrayList<>();
        if (!isSample) {
            without.add(LIBRARY);
            if (!has(Feature.SECURITY)) {
                without.add(SECURITY);
            }
            if (has(Feature.JDBC)) {
                without.add(JPA);
            }
        }
        Pattern left = Pattern.compile(without.isEmpty() ? "(?!)" : String.join("|", without));
        return Arrays.stream(all.split(File.pathSeparator))
                .filter(entry -> !left.matcher(artifact(Path.of(entry))).matches())
                .collect(Collectors.joining(File.pathSeparator));
    }

    // A jar, or the target/classes of a module.
    private static String artifact(Path entry) {
        boolean isModule = entry.endsWith(Path.of("target", "classes"));
        Path named = isModule ? entry.resolve("../..").normalize() : entry;
        return String.valueOf(named.getFileName());
    }

    /** What it is started with, beside what every variant is. */
    List<String> arguments(Tokens tokens, String membershipCache) {
        List<String> arguments = new ArrayList<>();
        arguments.add("--spring.threads.virtual.enabled=" + has(Feature.VIRTUAL));
        String prefix = isSample ? "tenancy" : "floor";
        arguments.add("--" + prefix + ".membership-cache=" + membershipCache);
        arguments.add("--" + prefix + ".jwt.secret=" + tokens.secret());
        arguments.add("--" + prefix + ".jwt.issuer=" + Tokens.ISSUER);
        arguments.add("--" + prefix + ".jwt.audience=" + Tokens.AUDIENCE);
        if (isSample) {
            arguments.add("--spring.profiles.active=comparison");
            // It does not start without these; nothing that is measured sends a letter.
            arguments.add("--spring.mail.host=localhost");
            arguments.add("--timesheets.mail-from=comparison@localhost");
            arguments.add("--timesheets.address=http://localhost");
            arguments.add("--spring.flyway.locations=" + String.join(",", Database.migrations(has(Feature.POLICIES))));
        } else {
            arguments.add("--spring.config.name=floor");
            List<String> profiles = new ArrayList<>(List.of("floor"));
            features.forEach(feature -> profiles.add(feature.name().toLowerCase(Locale.ROOT)));
            arguments.add("--spring.profiles.active=" + String.join(",", profiles));
        }
        return arguments;
    }
}

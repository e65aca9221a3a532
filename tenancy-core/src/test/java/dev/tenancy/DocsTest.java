package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the documents to what is there. */
class DocsTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)\\.(\\w+)`");
    private static final Pattern SECOND_CELL = Pattern.compile("(?m)^\\| `.*\\| `([^|]+)` \\|$");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

    @Test
    void eachTestThatTheDocumentsNameIsThere() throws IOException {
        List<String> sources = sources();
        List<String> missing = new ArrayList<>();
        int named = 0;
        for (Path document : documents()) {
            for (MatchResult test : matches(TEST, document)) {
                named++;
                if (sources.stream()
                        .noneMatch(one -> one.contains("class " + test.group(1) + " ")
                                && one.contains(" " + test.group(2) + "("))) {
                    missing.add(document.getFileName() + ": " + test.group());
                }
            }
        }
        assertThat(named).isGreaterThan(100);
        assertThat(missing).isEmpty();
    }

    @Test
    void theSampleIsShownAsItIs() throws IOException {
        String sample = withoutSpace(String.join("", javaFiles("sample-timesheets", "src/main/java")));
        String document = Files.readString(ROOT.resolve("docs/django-rest-framework.md"));
        String sideBySide = document.substring(0, document.indexOf("## Names"));
        List<String> lines = SECOND_CELL
                .matcher(sideBySide)
                .results()
                .map(row -> row.group(1))
                .toList();
        assertThat(lines).hasSizeGreaterThan(50);
        assertThat(lines).allSatisfy(line -> assertThat(sample).contains(withoutSpace(line)));
    }

    private static String withoutSpace(String code) {
        return code.replaceAll("\\s", "");
    }

    @Test
    void eachLinkBetweenTheDocumentsLeadsSomewhere() throws IOException {
        for (Path document : documents()) {
            for (MatchResult link : matches(LINK, document)) {
                assertThat(document.resolveSibling(link.group(1)))
                        .as(document.getFileName().toString())
                        .exists();
            }
        }
    }

    private static List<MatchResult> matches(Pattern pattern, Path document) throws IOException {
        return pattern.matcher(Files.readString(document)).results().toList();
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(docs, Stream.of(ROOT.resolve("README.md")))
                    .filter(one -> one.toString().endsWith(".md"))
                    .toList();
        }
    }

    private static List<String> sources() throws IOException {
        List<String> sources = new ArrayList<>();
        for (String module : List.of(
                "tenancy-sql",
                "tenancy-core",
                "tenancy-jwt",
                "tenancy-spring",
                "tenancy-test",
                "sample-timesheets",
                "compatibility")) {
            sources.addAll(javaFiles(module, "src/test/java"));
        }
        return sources;
    }

    private static List<String> javaFiles(String module, String folder) throws IOException {
        List<String> sources = new ArrayList<>();
        try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve(folder))) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".java")).toList()) {
                sources.add(Files.readString(file));
            }
        }
        return sources;
    }
}

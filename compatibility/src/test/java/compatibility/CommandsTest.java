package compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The commands that the documents show: the modules, files, jars and tests that they name are there. */
class CommandsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path SAMPLE = ROOT.resolve("sample-timesheets");

    // Blocks of no language are commands and what they print.
    private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```(?:sh|bash)?\n(.*?)^ *```$|`(\\./mvnw [^`]*)`");
    private static final Pattern MODULES = Pattern.compile("-pl ([\\w,-]+)");
    private static final Pattern TESTS = Pattern.compile("-Dtest='?([\\w,]+)'?");
    private static final Pattern JAR = Pattern.compile("java -jar \\S*/target/(\\S+)\\.jar");
    private static final Pattern FILE =
            Pattern.compile("(?<![\\w./-])((?:src|docs|sample-timesheets|\\.ci)(?:/[\\w.*-]+)*)");
    private static final Pattern VERSION = Pattern.compile("<version>([^<]+)</version>");

    /** A command, and the document that shows it. */
    private record Command(Path document, String text) {

        Stream<String> named(Pattern pattern) {
            return pattern.matcher(text).results().map(found -> found.group(1));
        }

        @Override
        public String toString() {
            return ROOT.relativize(document) + ": " + text.strip();
        }
    }

    @Test
    void theModulesOfACommandAreThere() throws IOException {
        assertThat(commands()).anyMatch(command -> command.named(MODULES).count() > 0);
        for (Command command : commands()) {
            assertThat(command.named(MODULES).flatMap(names -> Stream.of(names.split(","))))
                    .as(command.toString())
                    .allSatisfy(module ->
                            assertThat(ROOT.resolve(module).resolve("pom.xml")).exists());
        }
    }

    @Test
    void theFilesOfACommandAreThere() throws IOException {
        for (Command command : commands()) {
            assertThat(command.named(FILE).filter(file -> !file.contains("/target/")))
                    .as(command.toString())
                    .allMatch(file -> isThere(ROOT, file) || isThere(SAMPLE, file));
        }
    }

    @Test
    void theJarsOfACommandAreThoseThatTheBuildMakes() throws IOException {
        String version = VERSION.matcher(Files.readString(ROOT.resolve("pom.xml")))
                .results()
                .map(found -> found.group(1))
                .filter(text -> text.matches("\\d.*"))
                .findFirst()
                .orElseThrow();
        for (Command command : commands()) {
            assertThat(command.named(JAR))
                    .as(command.toString())
                    .allMatch(jar -> jar.endsWith("-" + version + "-exec"));
        }
    }

    @Test
    void theTestsOfACommandAreThere() throws IOException {
        List<String> tests;
        try (Stream<Path> files = Files.walk(ROOT)) {
            tests = files.filter(file -> !file.toString().contains("/target/"))
                    .map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".java"))
                    .map(file -> file.replace(".java", ""))
                    .toList();
        }
        for (Command command : commands()) {
            assertThat(command.named(TESTS).flatMap(names -> Stream.of(names.split(","))))
                    .as(command.toString())
                    .allMatch(tests::contains);
        }
    }

    private static boolean isThere(Path folder, String pattern) {
        PathMatcher named = FileSystems.getDefault().getPathMatcher("glob:" + folder.resolve(pattern));
        Path parent = folder.resolve(pattern).normalize().getParent();
        if (!Files.isDirectory(parent)) {
            return false;
        }
        try (Stream<Path> files = Files.list(parent)) {
            return files.anyMatch(named::matches);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static List<Command> commands() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(docs, Stream.of(ROOT.resolve("README.md"), SAMPLE.resolve("README.md")))
                    .filter(one -> one.toString().endsWith(".md"))
                    .flatMap(CommandsTest::shownIn)
                    .toList();
        }
    }

    private static Stream<Command> shownIn(Path document) {
        try {
            return BLOCK.matcher(Files.readString(document))
                    .results()
                    .flatMap(CommandsTest::lines)
                    .map(line -> new Command(document, line));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Stream<String> lines(MatchResult block) {
        return block.group(1) == null
                ? Stream.of(block.group(2))
                : block.group(1).lines();
    }
}

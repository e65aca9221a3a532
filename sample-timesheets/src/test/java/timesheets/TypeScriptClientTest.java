package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * The API document in the hands of others: two linters find nothing, and a TypeScript client that is generated of it compiles strictly
 * and works with the server. The programs are those of {@code src/test/typescript/package-lock.json}.
 */
@Tag("node")
@DisabledIfSystemProperty(
        named = "timesheets.database",
        matches = "postgres",
        disabledReason = "The document is the same on each database.")
class TypeScriptClientTest extends TimesheetsTest {

    private static final Path SOURCES = Path.of("src", "test", "typescript");
    private static final Path WORK = Path.of("target", "typescript");
    private static final Path INSTALLED = WORK.resolve("node_modules").resolve("installed-package-lock.json");

    @BeforeEach
    void install() throws IOException, InterruptedException {
        Files.createDirectories(WORK);
        try (Stream<Path> sources = Files.list(SOURCES)) {
            for (Path source : sources.toList()) {
                Files.copy(source, WORK.resolve(source.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.writeString(
                WORK.resolve("openapi.json"), anonymous.get("/v3/api-docs").body());
        Path wanted = SOURCES.resolve("package-lock.json");
        if (!Files.exists(INSTALLED) || Files.mismatch(INSTALLED, wanted) != -1) {
            run("npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund");
            Files.copy(wanted, INSTALLED, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Test
    void spectralFindsNothingInTheDocument() throws IOException, InterruptedException {
        run("npm", "exec", "--offline", "--", "spectral", "lint", "--fail-severity=hint", "openapi.json");
    }

    @Test
    void redoclyFindsNothingInTheDocument() throws IOException, InterruptedException {
        run("node", "redocly.js");
    }

    @Test
    void aGeneratedClientCompilesStrictlyAndReachesTheRowsOfItsCompanyAlone() throws IOException, InterruptedException {
        run("npm", "exec", "--offline", "--", "openapi-typescript", "openapi.json", "--output", "schema.d.ts");
        assertThat(SOURCES.resolve("scenario.ts"))
                .content()
                .doesNotContainPattern("\\bas (?!its\\b)\\w|<any>|: any\\b|@ts-");
        run("npm", "exec", "--offline", "--", "tsc");
        run("node", "scenario.js", anonymous.server());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(WORK, "output", ".txt");
        Process process = start(output, command);
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        assertThat(process.waitFor())
                .as("%s%n%s", List.of(command), Files.readString(output))
                .isZero();
    }

    private static Process start(Path output, String... command) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(WORK.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        // It would ask at home whether there is a newer one.
        builder.environment().put("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
        builder.environment().put("REDOCLY_TELEMETRY", "off");
        try {
            return builder.start();
        } catch (IOException failure) {
            throw new UncheckedIOException(
                    "There is no " + command[0]
                            + ", which the tests of the API document need. Install Node.js of 18.17 or later with npm"
                            + " (Debian: apt-get install nodejs npm), or leave these tests out: -DexcludedGroups=node",
                    failure);
        }
    }
}

package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that Spring Boot's DevTools restart, in a virtual machine of its own: they do nothing in one that runs tests. */
class DevToolsTest {

    @Test
    void aRestartIsAsTheFirstStart(@TempDir Path folder) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Process application = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        // Caches of Spring and of the JDK hold what they know by soft references.
                        "-XX:SoftRefLRUPolicyMSPerMB=0",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RestartedApplication.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(application.waitFor(2, TimeUnit.MINUTES))
                    .as(Files.readString(output))
                    .isTrue();
        } finally {
            application.destroyForcibly();
        }
        List<String> expected = IntStream.rangeClosed(1, 2)
                .boxed()
                .flatMap(run -> List.of(
                        "> run: " + run,
                        "> library is kept: true",
                        "> shelves of an earlier run: 0",
                        "> crossings heard: 1",
                        "> crossings counted: 1",
                        "> made: 201",
                        "> own: 200",
                        "> foreign: 404",
                        "> role: 403",
                        "> statement: refused")
                        .stream())
                .toList();
        assertThat(Files.readAllLines(output))
                .filteredOn(line -> line.startsWith("> "))
                .as(Files.readString(output))
                .startsWith(expected.toArray(String[]::new))
                .last()
                .isEqualTo("> first context is gone: true");
    }
}

package aheadoftime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample with an archive of its loaded classes (CDS), which one start writes and the next one reads. */
class ClassArchiveTest {

    @TempDir
    private Path folder;

    @Test
    void tenantsAreHeldAsWithoutIt() throws Exception {
        String classPath = jars();
        Path archive = folder.resolve("sample.jsa");
        try (RunningSample training = new RunningSample(
                folder.resolve("training"),
                classPath,
                List.of("-Dspring.context.exit=onRefresh", "-XX:ArchiveClassesAtExit=" + archive))) {
            assertThat(training.exit()).as(training.output()).isZero();
            assertThat(archive).as(training.output()).exists();
        }

        Path loaded = folder.resolve("loaded");
        // Without its archive it would not start.
        List<String> flags =
                List.of("-Xshare:on", "-XX:SharedArchiveFile=" + archive, "-Xlog:class+load:file=" + loaded);
        try (RunningSample sample = new RunningSample(folder.resolve("log"), classPath, flags)) {
            String address = sample.address();
            String acme = sample.login(address, "owner@acme.test");
            String globex = sample.login(address, "owner@globex.test");
            String customer = RunningSample.id(sample.get(address + "/api/customers", acme));
            assertThat(sample.get(address + "/api/customers/" + customer, acme).statusCode())
                    .isEqualTo(200);
            assertThat(sample.get(address + "/api/customers/" + customer, globex)
                            .statusCode())
                    .isEqualTo(404);
            assertThat(loaded)
                    .content()
                    .containsPattern("dev\\.tenancy\\.spring\\.\\S+ source: shared objects file \\(top\\)");
        }
    }

    // An archive holds no classes from folders, as a build has them.
    private String jars() throws IOException {
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            entries.add(Files.isDirectory(path) ? jar(path, entries.size()).toString() : entry);
        }
        return String.join(File.pathSeparator, entries);
    }

    private Path jar(Path root, int number) throws IOException {
        Path jar = folder.resolve(number + ".jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(path -> !path.equals(root)).sorted().toList()) {
                boolean isFolder = Files.isDirectory(file);
                entries.putNextEntry(new ZipEntry(root.relativize(file) + (isFolder ? "/" : "")));
                if (!isFolder) {
                    Files.copy(file, entries);
                }
            }
        }
        return jar;
    }
}

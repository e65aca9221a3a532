package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The calls that docs/crud.md and docs/quickstart.md show, in a shell and as they are written, but for the port. */
class DocumentedCallsTest extends TimesheetsTest {

    private static final Path DOCS = Path.of("..", "docs");
    // Those of a language as well: each end of one would be taken for the beginning of the next.
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
    private static final String ADDRESS = "http://localhost:8080";

    @Test
    void resourcesAnswerAsTheirDocumentSays() throws Exception {
        StringBuilder script = new StringBuilder();
        for (String block : blocks("crud.md")) {
            if (block.startsWith("TOKEN=")) {
                script.append(block);
            } else if (block.startsWith("call ")) {
                calls(block)
                        .forEach(call -> script.append("answer=$(").append(call).append("""
                    echo "$answer" | head -n 1
                    # What the document tells its reader to do.
                    location=$(echo "$answer" | tr -d '\\r' | sed -n 's/^Location: //p')
                    if [ -n "$location" ]; then ROW=$location; fi
                    """));
            }
        }

        assertThat(run(script.toString()))
                .extracting(line -> line.replaceAll("^HTTP/\\S+ (\\d+).*", "$1"))
                .containsExactly("200", "400", "201", "200", "200", "412", "304", "204", "400", "200");
    }

    @Test
    void whoeverLogsInAsTheQuickstartSaysHasTheTokensThatItNames() throws Exception {
        List<String> login = blocks("quickstart.md").stream()
                .filter(block -> block.startsWith("curl "))
                .toList();
        assertThat(login).hasSize(1);
        assertThat(run(login.get(0).replace("curl ", "curl -s ")))
                .singleElement()
                .asString()
                .contains("\"accessToken\":", "\"refreshToken\":");
    }

    private static List<String> blocks(String document) throws IOException {
        return BLOCK.matcher(Files.readString(DOCS.resolve(document)))
                .results()
                .filter(block -> block.group(1).isEmpty())
                .map(block -> block.group(2))
                .toList();
    }

    /** One call may take several lines. */
    private static List<String> calls(String block) {
        List<String> calls = new ArrayList<>();
        for (String line : block.replace("\\\n", " ").split("\n")) {
            calls.add(line.strip() + ")\n");
        }
        return calls;
    }

    private List<String> run(String script) throws IOException, InterruptedException {
        Path file = Files.createTempFile("calls", ".sh");
        Path said = Files.createTempFile("calls", ".txt");
        try {
            Files.writeString(file, script.replace(ADDRESS, anonymous.server()));
            Process shell = new ProcessBuilder("sh", "-e", file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            assertThat(shell.waitFor(1, TimeUnit.MINUTES)).isTrue();
            String output = Files.readString(said, StandardCharsets.UTF_8);
            assertThat(shell.exitValue()).as(output).isZero();
            return output.lines().toList();
        } finally {
            Files.delete(file);
            Files.delete(said);
        }
    }
}

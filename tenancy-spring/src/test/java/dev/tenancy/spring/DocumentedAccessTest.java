package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/access.md shows about any authentication is what {@link TwoIdentitiesTest} runs, to the letter. */
class DocumentedAccessTest {

    @Test
    void theCodeOfThePageIsTheCodeOfTheTest() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "access.md"));
        String section = page.substring(page.indexOf("## Any authentication"), page.indexOf("## Roles"));
        String test = squeezed(Files.readString(Path.of("src/test/java/dev/tenancy/spring/TwoIdentitiesTest.java")));
        List<String> shown = Pattern.compile("(?s)```java\n(.*?)```")
                .matcher(section)
                .results()
                .map(block -> squeezed(block.group(1)))
                .toList();
        assertThat(shown).hasSize(4).allSatisfy(code -> assertThat(test).contains(code));
    }

    private static String squeezed(String code) {
        return code.replaceAll("\\s+", " ").strip();
    }
}

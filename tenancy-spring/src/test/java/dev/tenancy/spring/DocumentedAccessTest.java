package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What docs/access.md shows about a login and about any authentication is what {@link TwoIdentitiesTest} and {@link ThreeChainsTest} run, to the letter
 * but for the imports.
 */
class DocumentedAccessTest {

    @Test
    void theCodeOfThePageIsTheCodeOfTheTest() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "access.md"));
        String sections = between("### A login that issues a token", "### What is accepted", page)
                + between("## Any authentication", "## Roles", page);
        String tests = squeezed(source("TwoIdentitiesTest") + source("ThreeChainsTest"));
        List<String> shown = Pattern.compile("(?s)```java\n(.*?)```")
                .matcher(sections)
                .results()
                .map(block -> squeezed(block.group(1).replaceAll("(?m)^import .*;$", "")))
                .toList();
        assertThat(shown).hasSize(6).allSatisfy(code -> assertThat(tests).contains(code));
    }

    private static String between(String from, String to, String page) {
        return page.substring(page.indexOf(from), page.indexOf(to));
    }

    private static String source(String test) throws IOException {
        return Files.readString(Path.of("src/test/java/dev/tenancy/spring", test + ".java"));
    }

    private static String squeezed(String code) {
        return code.replaceAll("\\s+", "");
    }
}

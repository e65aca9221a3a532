package timesheets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import tools.jackson.databind.JsonNode;

class DemoDataTest extends TimesheetsTest {

    // Other tests add rows; the names of theirs hold a UUID, and their entries are of 2020.
    @Test
    void eachCompanyHasBeenAtWork() {
        for (Api company : List.of(acme, globex)) {
            assertThat(company.all(CUSTOMERS))
                    .filteredOn(DemoDataTest::isFromTheDemo)
                    .hasSize(20);
            assertThat(company.all(PROJECTS))
                    .filteredOn(DemoDataTest::isFromTheDemo)
                    .hasSize(60);
            List<JsonNode> entries = company.all(ENTRIES).stream()
                    .filter(entry -> !entry.get("date").asString().startsWith("2020"))
                    .toList();
            assertThat(entries).hasSize(500);
            assertThat(entries).allMatch(entry -> entry.get("minutes").asInt() % 15 == 0);
            assertThat(entries.stream().map(entry -> entry.get("date")).distinct())
                    .hasSizeGreaterThan(20);
            assertThat(entries.stream().map(entry -> entry.get("userId")).distinct())
                    .hasSizeGreaterThan(2);
        }
    }

    private static boolean isFromTheDemo(JsonNode row) {
        return row.get("name").asString().matches("[A-Za-z& ]+");
    }

    @Test
    void theDemoRefusesADatabaseThatMightBeSomebodys() {
        assertThatException()
                .isThrownBy(() -> start("--spring.datasource.url=jdbc:h2:file:./target/" + UUID.randomUUID()))
                .havingRootCause()
                .withMessageContaining("in-memory");
    }

    @Test
    void withoutTheDemoProfileTheApplicationAsksForItsDatabase() {
        assertThatException()
                .isThrownBy(() -> start("--spring.profiles.active=production"))
                .havingRootCause()
                .withMessageContaining("TIMESHEETS_");
    }

    @Test
    void withoutTheDemoProfileTheApplicationAsksForAMailServer() {
        assertThatException()
                .isThrownBy(() -> start(
                        "--spring.profiles.active=production",
                        "--spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID(),
                        "--spring.datasource.username=sa",
                        "--spring.datasource.password=",
                        "--timesheets.address=https://timesheets.example",
                        "--tenancy.jwt.secret=" + "secret".repeat(10)))
                .havingRootCause()
                .withMessageContaining("TIMESHEETS_MAIL_");
    }

    private static void start(String... arguments) {
        new SpringApplicationBuilder(TimesheetsApplication.class)
                .properties("server.port=0", "logging.level.root=off")
                .run(arguments)
                .close();
    }
}

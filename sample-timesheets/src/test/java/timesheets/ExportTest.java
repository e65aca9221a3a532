package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** A list of 100,000 rows, exported by a company of its own. */
class ExportTest extends AccessTest {

    private static final int ROWS = 100_000;
    private static final int LIMIT = 24 * 1024 * 1024;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TransactionTemplate transaction;

    private UUID company;

    @AfterEach
    void remove() {
        CurrentTenant.runAs(
                company,
                () -> transaction.executeWithoutResult(
                        status -> jdbc.update("delete from time_entry where tenant_id = ?", company)));
    }

    @Test
    void aLongExportTakesNoMoreMemoryAtItsEndThanAtItsBeginning() throws Exception {
        Api owner = owner();
        company = UUID.fromString(company(owner));
        UUID project =
                UUID.fromString(owner.created(PROJECTS, project("Long", owner.created(CUSTOMERS, customer("Long")))));
        fill(project, UUID.fromString(userId(owner)));
        HttpResponse<java.io.InputStream> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(owner.server() + ENTRIES + "/export?sort=date"))
                                .header("Authorization", "Bearer " + owner.token())
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        long early = 0;
        long late = 0;
        int lines = 0;
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            while (reader.readLine() != null) {
                lines++;
                if (lines == ROWS / 20) {
                    early = usedHeap();
                }
                if (lines == ROWS / 20 * 18) {
                    late = usedHeap();
                }
            }
        }
        assertThat(lines).isEqualTo(ROWS + 1);
        assertThat(late - early).as("bytes more at the end").isLessThan(LIMIT);
    }

    private void fill(UUID project, UUID user) {
        LocalDate day = LocalDate.of(2000, 1, 1);
        CurrentTenant.runAs(
                company,
                () -> transaction.executeWithoutResult(status -> {
                    for (int first = 0; first < ROWS; first += 10_000) {
                        List<Object[]> rows = new ArrayList<>();
                        for (int i = first; i < first + 10_000; i++) {
                            rows.add(new Object[] {
                                company,
                                UUID.randomUUID(),
                                project,
                                user,
                                Date.valueOf(day.plusDays(i % 5000)),
                                "Entry " + i
                            });
                        }
                        jdbc.batchUpdate("""
                        insert into time_entry
                            (tenant_id, id, version, project_id, user_id, worked_on, minutes, description, billable)
                        values (?, ?, 0, ?, ?, ?, 60, ?, true)""", rows);
                    }
                }));
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
